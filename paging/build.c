/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables: had, counted, filled, linked, dropped. */
#include "build.h"

#include "fill.h"

static enum hoist_result no_frame_for(unsigned level)
{
    switch (level) {
    case HOIST_LEVEL_PT: return HOIST_NO_FRAME_FOR_PT;
    case HOIST_LEVEL_PD: return HOIST_NO_FRAME_FOR_PD;
    case HOIST_LEVEL_PDPT: return HOIST_NO_FRAME_FOR_PDPT;
    case HOIST_LEVEL_PML4: return HOIST_NO_FRAME_FOR_PML4;
    default: return HOIST_NO_FRAME_FOR_PML5;
    }
}

static bool get_frame(struct hoist_space *space, struct hoist_supply *supply)
{
    struct hoist_frame_4k frame;

    if (!space->hooks->allocate_table(space->context, &frame)) {
        return false;
    }
    hoist_reserve_add(space, &supply->own, frame);
    return true;
}

static void give_back(struct hoist_space *space, struct hoist_supply *supply)
{
    struct hoist_frame_4k frame;

    while (hoist_reserve_take(space, &supply->own, &frame)) {
        space->hooks->free_table(space->context, frame);
    }
}

/* The level of the n-th table, from the root down. */
static unsigned level_of(const uint64_t of_level[], uint64_t n)
{
    unsigned level = HOIST_LEVELS_MAX;

    for (; level > HOIST_LEVEL_PT && n >= of_level[level]; level--) {
        n -= of_level[level];
    }
    return level;
}

enum hoist_result hoist_supply_get(struct hoist_space *space, const struct hoist_count *count,
                                   struct hoist_supply *supply)
{
    supply->reserve = space->frames;
    if (space->frames != NULL) {
        return space->frames->frame_count >= count->frame_count
                   ? HOIST_OK
                   : no_frame_for(level_of(count->of_level, space->frames->frame_count));
    }
    supply->own.first_pa = 0;
    supply->own.frame_count = 0;
    supply->reserve = &supply->own;
    while (supply->own.frame_count != count->frame_count) {
        if (!get_frame(space, supply)) {
            const unsigned level = level_of(count->of_level, supply->own.frame_count);

            give_back(space, supply);
            return no_frame_for(level);
        }
    }
    return HOIST_OK;
}

uint64_t *hoist_supply_take(const struct hoist_space *space, struct hoist_reserve *reserve,
                            uint64_t *pa)
{
    uint64_t *table = hoist_reach(space, reserve->first_pa);

    *pa = reserve->first_pa;
    reserve->first_pa = *table;
    reserve->frame_count--;
    return table;
}

/* The tables of one level above a range, but for the first where it was the last to be counted. */
static void count_level(struct hoist_count *count, unsigned level, uint64_t first, uint64_t last)
{
    const unsigned shift = hoist_level_shift(level + 1);
    const uint64_t from = (first >> shift) + 1;
    const uint64_t to = (last >> shift) + 1;
    const uint64_t number = to - from + (count->last_table[level] == from ? 0 : 1);

    count->last_table[level] = to;
    count->of_level[level] += number;
    count->frame_count += number;
}

void hoist_count_tables(struct hoist_change *change, unsigned level, uint64_t first, uint64_t last)
{
    const uint64_t mask = hoist_entry_span(level) - 1;
    const bool begins_inside = (first & mask) != 0;
    const bool ends_inside = (~last & mask) != 0;

    count_level(&change->count, level, first, last);
    if (level == HOIST_LEVEL_PT) {
        return;
    }
    if (level > change->top) {
        hoist_count_tables(change, level - 1, first, last);
        return;
    }
    /* Leaves of this level cover all but the two ends; splitting stops at them. */
    if (change->kind == HOIST_CHANGE_SPLIT) {
        return;
    }
    if ((first | mask) == (last | mask)) {
        if (begins_inside || ends_inside) {
            hoist_count_tables(change, level - 1, first, last);
        }
        return;
    }
    if (begins_inside) {
        hoist_count_tables(change, level - 1, first, first | mask);
    }
    if (ends_inside) {
        hoist_count_tables(change, level - 1, last & ~mask, last);
    }
}

uint64_t hoist_build_table(const struct hoist_change *change, unsigned level, uint64_t first,
                           uint64_t last)
{
    const unsigned shift = hoist_level_shift(level);
    const uint64_t span = hoist_entry_span(level);
    const uint64_t links = hoist_link_grants(change->access);
    unsigned index = hoist_index(first, level);
    uint64_t at = first;
    uint64_t pa;
    uint64_t *table = hoist_supply_take(change->space, change->reserve, &pa);

    hoist_clear_entries(table, index);
    while (at <= last) {
        const uint64_t whole = ((last + 1) >> shift) - (at >> shift);

        if (level <= change->top && (at & (span - 1)) == 0 && whole != 0) {
            hoist_fill_leaves(&table[index], whole, (at + change->pa_offset) | change->flags[level],
                              span);
            index += (unsigned)whole;
            at += whole * span;
        } else {
            const uint64_t end = at | (span - 1);

            table[index] =
                hoist_build_table(change, level - 1, at, end < last ? end : last) | links;
            index++;
            at = end + 1;
        }
    }
    hoist_clear_entries(&table[index], hoist_table_entries() - index);
    return pa;
}

void hoist_split_entry(const struct hoist_space *space, struct hoist_reserve *reserve,
                       const struct hoist_step *step, uint64_t needed)
{
    const uint64_t link = HOIST_ENTRY_PRESENT | HOIST_ENTRY_WRITABLE;
    uint64_t pa;
    uint64_t *table = hoist_supply_take(space, reserve, &pa);

    hoist_fill_leaves(table, hoist_table_entries(), hoist_split_leaf(step->value, step->level, 0),
                      hoist_entry_span(step->level - 1));
    hoist_store(step->entry, pa | link | ((step->value | needed) & HOIST_ENTRY_USER));
}

void hoist_drop_tables(struct hoist_space *space, struct hoist_flush *flush, uint64_t link,
                       unsigned level)
{
    const struct hoist_frame_4k frame = {hoist_table_pa(link)};
    const uint64_t *table = hoist_reach(space, frame.pa);

    for (unsigned i = 0; level > HOIST_LEVEL_PT && i < hoist_table_entries(); i++) {
        const uint64_t entry = hoist_load(&table[i]);

        if (hoist_entry_is_link(entry, level)) {
            hoist_drop_tables(space, flush, entry, level - 1);
        }
    }
    hoist_reserve_add(space, &flush->freed, frame);
}
