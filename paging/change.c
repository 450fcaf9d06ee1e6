/* SPDX-License-Identifier: BSD-2-Clause */
/* A change of a range: what its steps share, and the two times through. */
#include "change.h"

#include "build.h"
#include "listing.h"
#include "steps.h"

void hoist_change_list(struct hoist_change *change, uint64_t first, uint64_t count, unsigned level,
                       uint64_t entry)
{
    const struct hoist_flush_range pages = {first, count, hoist_entry_span(level)};

    hoist_list_pages(change->space, change->flush, &pages, entry);
}

void hoist_change_list_entry(struct hoist_change *change, const struct hoist_place *place,
                             uint64_t entry)
{
    const struct hoist_flush_range pages = hoist_pages_of_entry(place->first, place->level);

    hoist_list_pages(change->space, change->flush, &pages, entry);
}

void hoist_change_flush_between(struct hoist_change *change, const struct hoist_place *place,
                                uint64_t entry)
{
    const struct hoist_flush_range pages = hoist_pages_of_entry(place->first, place->level);

    hoist_flush_between(change->space, change->flush, &pages, entry);
}

enum hoist_result hoist_change_pass_link(struct hoist_change *change,
                                         const struct hoist_place *place, uint64_t link)
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
        if (change->kind == HOIST_CHANGE_MAP) {
            hoist_change_list_entry(change, place, HOIST_ENTRY_GLOBAL);
        } else { /* a leaf below may be split next, and sizes change alone */
            hoist_change_flush_between(change, place, HOIST_ENTRY_GLOBAL);
        }
    }
    return HOIST_OK;
}

void hoist_change_split(struct hoist_change *change, const struct hoist_place *place, uint64_t leaf,
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
        hoist_change_flush_between(change, place, leaf);
    } else {
        hoist_change_list_entry(change, place, leaf);
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
    const struct hoist_tour tour = hoist_change_tour(change);

    change->is_writing = false;
    hoist_trail_begin(&change->trail, change->space);
    hoist_trail_to_fork(&change->trail, &tour, change->needed);
    return change->traverse(change);
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
    result = change->traverse(change);
    hoist_list_end(change->space, change->flush);
    return result;
}
