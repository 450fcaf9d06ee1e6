/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fewer tables for the same mappings: empty ones freed, uniform ones merged; and all of a half
 * freed.
 *
 * None of these allocates. Common errors: UNALIGNED_PAGE, UNALIGNED_SIZE, NOT_CANONICAL,
 * SHARED_HALF.
 */
#ifndef HOIST_PAGING_TIDY_H
#define HOIST_PAGING_TIDY_H

#include "range.h"

/*
 * Frees every table above the range in which nothing is present, bottom up; the root table stays.
 * Tables that the range touches are looked at whole, so neighbours of the range are safe.
 */
HOIST_MUST_CHECK enum hoist_result hoist_collapse(struct hoist_space *space,
                                                  const struct hoist_range *range);

/*
 * Replaces each table that the range covers whole, and whose leaves all go on from one another with
 * the same access, by one large leaf, where frames are aligned for it; 1 GiB leaves where the CPU
 * has them. It is a change of size alone: one store, then the flush. A and D of the large leaf are
 * set where any of the small ones had them. Effective rights stay: a link that restricts its table
 * keeps it.
 */
HOIST_MUST_CHECK enum hoist_result hoist_merge(struct hoist_space *space,
                                               const struct hoist_range *range);

/*
 * Unmaps all of the lower half and frees its tables, at once; the root table and the upper half
 * stay. `free_page` gets every leaf that hoist_give put there (owned.h), and may be NULL where
 * there is none. hooks->flush is called for everything, first and also where the space collects, so
 * that what is handed back may be reused at once. SPACE_IN_USE: a CPU runs on the tables
 * (hooks->is_root_in_use).
 */
HOIST_MUST_CHECK enum hoist_result hoist_clear(struct hoist_space *space,
                                               void (*free_page)(void *context, struct hoist_pa pa,
                                                                 enum hoist_leaf_size size));

/*
 * The same, and then frees what is left: the upper half's tables where they are this space's own,
 * and the root. The space is empty afterwards. SPACE_IN_USE; SHARED_HALF: other spaces have
 * borrowed the upper half.
 */
HOIST_MUST_CHECK enum hoist_result
hoist_destroy(struct hoist_space *space,
              void (*free_page)(void *context, struct hoist_pa pa, enum hoist_leaf_size size));

#endif
