/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The steps of each kind of change. One traversal (walk.h) takes them through the range, the first
 * time to count, the second time to write.
 */
#include "change.h"

#include "build.h"
#include "fill.h"
#include "listing.h"

/* Lists `count` pages from a linear address on, that `entry` was one of. */
static void list(struct hoist_change *change, uint64_t first, uint64_t count, unsigned level,
                 uint64_t entry)
{
    const struct hoist_flush_range pages = {first, count, hoist_entry_span(level)};

    hoist_list_pages(change->space, change->flush, &pages, entry);
}

/* All that an entry covers may be known by 4 KiB pages. */
static void list_entry(struct hoist_change *change, const struct hoist_place *place, uint64_t entry)
{
    const uint64_t span = hoist_entry_span(place->level);

    list(change, place->first & ~(span - 1), span / HOIST_SIZE_4K, HOIST_LEVEL_PT, entry);
}

/* Has that flushed in the middle of a change. */
static void flush_between(struct hoist_change *change, const struct hoist_place *place,
                          uint64_t entry)
{
    const uint64_t span = hoist_entry_span(place->level);
    const struct hoist_flush_range pages = {place->first & ~(span - 1), span / HOIST_SIZE_4K,
                                            HOIST_SIZE_4K};

    hoist_flush_between(change->space, change->flush, &pages, entry);
}

/* Goes down a link, which must grant what is mapped below it. */
static enum hoist_result pass_link(struct hoist_change *change, const struct hoist_place *place,
                                   uint64_t link)
{
    const uint64_t wide = hoist_widened(link, change->needed);

    if (wide == link) {
        return HOIST_OK;
    }
    if (change->space->keep_links) {
        return HOIST_NARROW_LINK;
    }
    if (hoist_is_lent(change->space, place->level, place->first)) {
        return HOIST_SHARED_HALF;
    }
    if (change->is_writing) {
        hoist_store(place->entries, wide);
        list_entry(change, place, HOIST_ENTRY_GLOBAL);
    }
    return HOIST_OK;
}

/*
 * A leaf that cannot stay whole. While counting it is done with; while writing its pieces are gone
 * through like any others.
 */
static void split(struct hoist_change *change, const struct hoist_place *place, uint64_t leaf,
                  uint64_t *done)
{
    const struct hoist_step step = {leaf, place->entries, place->grants, place->level};

    if (!change->is_writing) {
        hoist_count_tables(change, place->level - 1, place->first, hoist_last_of_entry(place));
        *done = 1;
        return;
    }
    hoist_split_entry(change->space, change->reserve, &step, change->needed);
    change->space->change_number++;
    if (change->kind == HOIST_CHANGE_PROTECT || change->kind == HOIST_CHANGE_REMAP) {
        flush_between(change, place, leaf);
    } else {
        list_entry(change, place, leaf);
    }
}

/* ---- map and remap ---- */

/* Whether a leaf of this level maps a linear address as the change wants it. */
static bool is_wanted(const struct hoist_change *change, uint64_t leaf, unsigned level,
                      uint64_t linear)
{
    const uint64_t pa = linear + change->pa_offset;
    const uint64_t mask = hoist_entry_span(level) - 1;
    const uint64_t wanted = (pa & ~mask) | change->flags[level];

    /*
     * Offsets are compared by themselves: in a large leaf, address bit 12 would pass for the PAT
     * bit.
     */
    return ((linear ^ pa) & mask) == 0 && ((leaf ^ wanted) & ~HOIST_ENTRY_STATE) == 0;
}

/* A table gives way to a leaf: through not-present, for size and frames change together. */
static enum hoist_result replace_table(struct hoist_change *change, const struct hoist_place *place,
                                       uint64_t link, uint64_t leaf)
{
    if (change->use == HOIST_RANGE_LIVE) {
        return HOIST_RANGE_IN_USE;
    }
    if (change->is_writing) {
        hoist_store(place->entries, 0);
        flush_between(change, place, HOIST_ENTRY_GLOBAL);
        hoist_drop_tables(change->space, change->flush, link, place->level - 1);
        change->space->change_number++;
        hoist_store(place->entries, leaf);
    }
    return HOIST_OK;
}

/* An entry that is present where a leaf should go. */
static enum hoist_result map_over(struct hoist_change *change, const struct hoist_place *place,
                                  uint64_t *done)
{
    const uint64_t wanted = (place->first + change->pa_offset) | change->flags[place->level];
    const uint64_t found = hoist_load(place->entries);

    if (hoist_entry_is_link(found, place->level)) {
        if (change->kind == HOIST_CHANGE_REMAP) {
            *done = 1;
            return replace_table(change, place, found, wanted);
        }
        return pass_link(change, place, found);
    }
    *done = 1;
    if (((found ^ wanted) & ~HOIST_ENTRY_STATE) == 0) {
        return HOIST_OK;
    }
    if (change->kind == HOIST_CHANGE_MAP) {
        return HOIST_ALREADY_MAPPED;
    }
    if (change->is_writing) {
        hoist_store(place->entries, wanted);
        list(change, place->first, 1, place->level, found);
    }
    return HOIST_OK;
}

/* An entry that cannot be a leaf of the change: too large, or covered in part. */
static enum hoist_result map_below(struct hoist_change *change, const struct hoist_place *place,
                                   uint64_t *done)
{
    const uint64_t found = hoist_load(place->entries);
    const uint64_t last = hoist_last_of_entry(place);
    const unsigned below = place->level - 1;

    if (hoist_entry_is_link(found, place->level)) {
        return pass_link(change, place, found);
    }
    if (!hoist_entry_is_present(found)) {
        *done = 1;
        if (hoist_is_lent(change->space, place->level, place->first)) {
            return HOIST_SHARED_HALF;
        }
        if (change->is_writing) {
            const uint64_t table = hoist_build_table(change, below, place->first, last);

            hoist_store(place->entries,
                        table | hoist_link_flags(change->space, place->level, change->access));
        } else {
            hoist_count_tables(change, below, place->first, last);
        }
        return HOIST_OK;
    }
    if (is_wanted(change, found, place->level, place->first)) {
        *done = 1;
        return HOIST_OK;
    }
    if (change->kind == HOIST_CHANGE_MAP) {
        return HOIST_ALREADY_MAPPED;
    }
    split(change, place, found, done);
    return HOIST_OK;
}

/*
 * Both on copies: what they are handed lives in memory, and the traversal should live in registers.
 */
HOIST_INLINE enum hoist_result
map_copy(struct hoist_change *change, const struct hoist_place *place, bool is_leaf, uint64_t *done)
{
    const struct hoist_place copy = *place;
    uint64_t dealt_with = 0;
    const enum hoist_result result =
        is_leaf ? map_over(change, &copy, &dealt_with) : map_below(change, &copy, &dealt_with);

    *done = dealt_with;
    return result;
}

static enum hoist_result map_step(void *context, struct hoist_place *place, uint64_t *done)
{
    struct hoist_change *change = context;
    const uint64_t whole = place->level <= change->top ? hoist_whole_entries(place) : 0;
    const uint64_t found = hoist_load(place->entries);

    if (hoist_entry_is_link(found, place->level) && hoist_widened(found, change->needed) == found &&
        (whole == 0 || change->kind == HOIST_CHANGE_MAP)) {
        change->has_met = change->has_met || whole != 0;
        return HOIST_OK;
    }
    if (whole == 0) {
        return map_copy(change, place, false, done);
    }
    *done = change->is_empty ? whole : hoist_count_absent(place->entries, whole);
    change->has_met = change->has_met || *done != whole;
    if (*done == 0) {
        return map_copy(change, place, true, done);
    }
    if (change->is_writing) {
        hoist_fill_leaves(place->entries, *done,
                          (place->first + change->pa_offset) | change->flags[place->level],
                          UINT64_C(1) << place->shift);
    }
    return HOIST_OK;
}

/* ---- protect ---- */

/* Leaves that the range covers whole, up to the first entry that is none. Returns how many. */
static uint64_t protect_leaves(struct hoist_change *change, const struct hoist_place *place,
                               uint64_t whole)
{
    const unsigned level = place->level;
    const uint64_t span = hoist_entry_span(level);
    const uint64_t kept = (HOIST_ENTRY_ADDRESS & ~(span - 1)) | HOIST_ENTRY_STATE;
    uint64_t changed = 0; /* how many before entry i, without a gap */
    uint64_t old = 0;
    uint64_t i;

    for (i = 0; i < whole; i++) {
        const uint64_t found = hoist_load(&place->entries[i]);
        const uint64_t wanted = (found & kept) | change->flags[level];

        if (!hoist_entry_is_present(found) || !hoist_entry_is_leaf(found, level)) {
            break;
        }
        if (change->is_writing && wanted != found) {
            hoist_store(&place->entries[i], wanted);
            old |= found;
            changed++;
        } else if (changed != 0) {
            list(change, place->first + (i - changed) * span, changed, level, old);
            changed = 0;
        }
    }
    if (changed != 0) {
        list(change, place->first + (i - changed) * span, changed, level, old);
    }
    return i;
}

static enum hoist_result protect_step(void *context, struct hoist_place *place, uint64_t *done)
{
    struct hoist_change *change = context;
    const uint64_t whole = place->level <= change->top ? hoist_whole_entries(place) : 0;
    uint64_t found;

    *done = protect_leaves(change, place, whole);
    if (*done != 0) {
        return HOIST_OK;
    }
    found = hoist_load(place->entries);
    if (!hoist_entry_is_present(found)) {
        return HOIST_NOT_MAPPED;
    }
    if (hoist_entry_is_link(found, place->level)) {
        return pass_link(change, place, found);
    }
    if (((found ^ change->flags[place->level]) &
         ~(hoist_leaf_pa(found, place->level) | HOIST_ENTRY_STATE)) == 0) {
        *done = 1;
        return HOIST_OK;
    }
    split(change, place, found, done);
    return HOIST_OK;
}

/* ---- unmap ---- */

static enum hoist_result unmap_step(void *context, struct hoist_place *place, uint64_t *done)
{
    struct hoist_change *change = context;
    const uint64_t whole = hoist_whole_entries(place);
    uint64_t absent;
    uint64_t found;

    if (whole != 0 && !change->is_writing) {
        *done = whole; /* frames are taken for what is covered in part alone */
        return HOIST_OK;
    }
    absent = hoist_count_absent(place->entries, place->entry_count);
    if (absent != 0 || place->level == HOIST_LEVEL_PT) {
        *done = place->level == HOIST_LEVEL_PT ? place->entry_count : absent;
        if (*done != absent) {
            /* Looking at each for its global bit would cost as much as clearing it. */
            hoist_clear_entries(&place->entries[absent], *done - absent);
            list(change, place->first + absent * HOIST_SIZE_4K, *done - absent, HOIST_LEVEL_PT,
                 HOIST_ENTRY_GLOBAL);
        }
        return HOIST_OK;
    }
    found = hoist_load(place->entries);
    if (whole == 0) {
        if (hoist_entry_is_leaf(found, place->level)) {
            split(change, place, found, done);
        }
        return HOIST_OK;
    }
    if (hoist_entry_is_leaf(found, place->level)) {
        *done = 1;
        hoist_store(place->entries, 0);
        list(change, place->first, 1, place->level, found);
    } else if (change->tables == HOIST_DROP_TABLES && place->level <= change->space->cpu.levels &&
               !hoist_is_lent(change->space, place->level, place->first)) {
        *done = 1;
        hoist_store(place->entries, 0);
        list_entry(change, place, HOIST_ENTRY_GLOBAL);
        hoist_drop_tables(change->space, change->flush, found, place->level - 1);
        change->space->change_number++;
    }
    return HOIST_OK;
}

/* ---- split ---- */

static enum hoist_result split_step(void *context, struct hoist_place *place, uint64_t *done)
{
    struct hoist_change *change = context;
    const uint64_t found = hoist_load(place->entries);

    if (place->level <= change->top) {
        *done = place->entry_count;
    } else if (hoist_entry_is_link(found, place->level)) {
        *done = place->level == change->top + 1 ? 1 : 0;
    } else if (hoist_entry_is_present(found)) {
        split(change, place, found, done);
    } else {
        *done = 1;
    }
    return HOIST_OK;
}

/* ---- both times ---- */

static enum hoist_result go_through(struct hoist_change *change)
{
    const struct hoist_tour tour = {change->space, change->first, change->last, change, NULL};

    if (!change->is_writing) {
        hoist_trail_begin(&change->trail, change->space);
        hoist_trail_to_fork(&change->trail, &tour, change->needed);
    }
    switch (change->kind) {
    case HOIST_CHANGE_MAP:
    case HOIST_CHANGE_REMAP: return hoist_traverse(&tour, &change->trail, map_step, NULL);
    case HOIST_CHANGE_PROTECT: return hoist_traverse(&tour, &change->trail, protect_step, NULL);
    case HOIST_CHANGE_UNMAP: return hoist_traverse(&tour, &change->trail, unmap_step, NULL);
    default: return hoist_traverse(&tour, &change->trail, split_step, NULL);
    }
}

void hoist_change_set_access(struct hoist_change *change, struct hoist_access access)
{
    const bool has_nx = change->space->cpu.has_nx;

    change->access = access;
    change->needed = hoist_needed_grants(access);
    change->flags[HOIST_LEVEL_PT] = hoist_encode_leaf(access, HOIST_LEVEL_PT, has_nx);
    change->flags[HOIST_LEVEL_PD] = hoist_merge_leaf(change->flags[HOIST_LEVEL_PT], HOIST_LEVEL_PT);
    change->flags[HOIST_LEVEL_PDPT] = change->flags[HOIST_LEVEL_PD];
}

enum hoist_result hoist_change_count(struct hoist_change *change)
{
    change->is_writing = false;
    return go_through(change);
}

enum hoist_result hoist_change_write(struct hoist_change *change)
{
    struct hoist_supply supply;
    struct hoist_flush own;
    enum hoist_result result = hoist_supply_get(change->space, &change->count, &supply);

    if (result != HOIST_OK) {
        return result;
    }
    change->reserve = supply.reserve;
    change->flush = hoist_list_begin(change->space, &own);
    change->is_writing = true;
    result = go_through(change);
    hoist_list_end(change->space, change->flush);
    return result;
}
