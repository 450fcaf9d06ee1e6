/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the steps of all changes share, and the traversals that they make. Internal to the library.
 */
#ifndef HOIST_PAGING_STEPS_H
#define HOIST_PAGING_STEPS_H

#include "change.h"

/* Lists `count` pages from a linear address on, that `entry` was one of. */
void hoist_change_list(struct hoist_change *change, uint64_t first, uint64_t count, unsigned level,
                       uint64_t entry);

/* All that the place's first entry covers; it may be known by 4 KiB pages. */
void hoist_change_list_entry(struct hoist_change *change, const struct hoist_place *place,
                             uint64_t entry);

/* Has that flushed in the middle of a change. */
void hoist_change_flush_between(struct hoist_change *change, const struct hoist_place *place,
                                uint64_t entry);

/*
 * Goes down a link, which must grant what is mapped below it: widens it, or NARROW_LINK,
 * SHARED_HALF.
 */
HOIST_MUST_CHECK enum hoist_result
hoist_change_pass_link(struct hoist_change *change, const struct hoist_place *place, uint64_t link);

/*
 * A leaf that cannot stay whole. While counting it is done with; while writing its pieces are gone
 * through like any others.
 */
void hoist_change_split(struct hoist_change *change, const struct hoist_place *place, uint64_t leaf,
                        uint64_t *done);

/* What a change goes through. */
HOIST_INLINE struct hoist_tour hoist_change_tour(struct hoist_change *change)
{
    const struct hoist_tour tour = {change->space, change->first, change->last, change, NULL};

    return tour;
}

/* The traversals, one for each pair of steps: map and remap; protect; unmap; split. */
HOIST_MUST_CHECK enum hoist_result hoist_traverse_to_map(struct hoist_change *change);
HOIST_MUST_CHECK enum hoist_result hoist_traverse_to_protect(struct hoist_change *change);
HOIST_MUST_CHECK enum hoist_result hoist_traverse_to_unmap(struct hoist_change *change);
HOIST_MUST_CHECK enum hoist_result hoist_traverse_to_split(struct hoist_change *change);

#endif
