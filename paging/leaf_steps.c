/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps that change what is mapped where it is: protect, unmap and split. */
#include "build.h"
#include "fill.h"
#include "steps.h"

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
            hoist_change_list(change, place->first + (i - changed) * span, changed, level, old);
            changed = 0;
        }
    }
    if (changed != 0) {
        hoist_change_list(change, place->first + (i - changed) * span, changed, level, old);
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
        return hoist_change_pass_link(change, place, found);
    }
    if (((found ^ change->flags[place->level]) &
         ~(hoist_leaf_pa(found, place->level) | HOIST_ENTRY_STATE)) == 0) {
        *done = 1;
        return HOIST_OK;
    }
    hoist_change_split(change, place, found, done);
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
            hoist_change_list(change, place->first + absent * HOIST_SIZE_4K, *done - absent,
                              HOIST_LEVEL_PT, HOIST_ENTRY_GLOBAL);
        }
        return HOIST_OK;
    }
    found = hoist_load(place->entries);
    if (whole == 0) {
        if (hoist_entry_is_leaf(found, place->level)) {
            hoist_change_split(change, place, found, done);
        }
        return HOIST_OK;
    }
    if (hoist_entry_is_leaf(found, place->level)) {
        *done = 1;
        hoist_store(place->entries, 0);
        hoist_change_list(change, place->first, 1, place->level, found);
    } else if (change->tables == HOIST_DROP_TABLES && place->level <= change->space->cpu.levels &&
               !hoist_is_lent(change->space, place->level, place->first)) {
        *done = 1;
        hoist_store(place->entries, 0);
        hoist_change_list_entry(change, place, HOIST_ENTRY_GLOBAL);
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
        hoist_change_split(change, place, found, done);
    } else {
        *done = 1;
    }
    return HOIST_OK;
}

enum hoist_result hoist_traverse_to_protect(struct hoist_change *change)
{
    const struct hoist_tour tour = hoist_change_tour(change);

    return hoist_traverse(&tour, &change->trail, protect_step, NULL);
}

enum hoist_result hoist_traverse_to_unmap(struct hoist_change *change)
{
    const struct hoist_tour tour = hoist_change_tour(change);

    return hoist_traverse(&tour, &change->trail, unmap_step, NULL);
}

enum hoist_result hoist_traverse_to_split(struct hoist_change *change)
{
    const struct hoist_tour tour = hoist_change_tour(change);

    return hoist_traverse(&tour, &change->trail, split_step, NULL);
}
