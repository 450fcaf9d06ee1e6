/* SPDX-License-Identifier: BSD-2-Clause */
/* Arguments of changes. Internal to the library. */
#ifndef HOIST_TREE_CHECK_H
#define HOIST_TREE_CHECK_H

#include "tree_traverse.h"

/* UNALIGNED_SIZE, UNALIGNED_PAGE, NOT_CANONICAL. */
HOIST_MUST_CHECK enum hoist_result hoist_tree_check_range(const struct hoist_tree *tree,
                                                          const struct hoist_range *range);

/* The same, and UNALIGNED_FRAME, PA_TOO_WIDE. */
HOIST_MUST_CHECK enum hoist_result hoist_tree_check_extent(const struct hoist_tree *tree,
                                                           const struct hoist_extent *extent);

/*
 * The highest level of leaves where virtual and physical addresses differ by `difference`; 0 as the
 * limit is none.
 */
unsigned hoist_tree_top(const struct hoist_tree *tree, uint64_t difference, unsigned limit);

/* Whether all of the group that the leaf belongs to lies in a range of linear addresses. */
bool hoist_covers_group(const struct hoist_tree *tree, const struct hoist_tree_spot *leaf,
                        uint64_t first, uint64_t last);

/*
 * How many tables it takes below an absent entry to map what the tour covers of it, when leaves of
 * all levels up to `top` may be used.
 */
uint64_t hoist_tables_for(const struct hoist_tree *tree, const struct hoist_tree_spot *spot,
                          unsigned top);

/* The same below the root table of an empty tree, for a range of linear addresses. */
uint64_t hoist_tables_of_empty(const struct hoist_tree *tree, uint64_t first, uint64_t last,
                               unsigned top);

#endif
