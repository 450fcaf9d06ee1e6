/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps that give pages frames: map and remap. */
#include "build.h"
#include "fill.h"
#include "steps.h"

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
        hoist_change_flush_between(change, place, HOIST_ENTRY_GLOBAL);
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
        return hoist_change_pass_link(change, place, found);
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
        hoist_change_list(change, place->first, 1, place->level, found);
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
        return hoist_change_pass_link(change, place, found);
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
    hoist_change_split(change, place, found, done);
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
    const uint64_t found = hoist_load(place->entries);
    uint64_t whole;

    /* What is met most often on the way comes first. */
    if (hoist_entry_is_link(found, place->level) && hoist_widened(found, change->needed) == found &&
        change->kind == HOIST_CHANGE_MAP) {
        return HOIST_OK;
    }
    whole = place->level <= change->top ? hoist_whole_entries(place) : 0;
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

enum hoist_result hoist_traverse_to_map(struct hoist_change *change)
{
    const struct hoist_tour tour = hoist_change_tour(change);

    return hoist_traverse(&tour, &change->trail, map_step, NULL);
}
