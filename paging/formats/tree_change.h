/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changing ranges of a tree: map, protect, unmap, allocate, free.
 *
 * Addresses and sizes are multiples of the format's smallest page; a range is half-open, and its
 * end may be 2^64. All or nothing: a call goes through the tables once to see what is in the way
 * and how many tables it takes, gets those, and then writes. Until then nothing is changed, and
 * after that only a write hook can fail.
 *
 * A range must not cross from one half of the address space into the other.
 */
#ifndef HOIST_TREE_CHANGE_H
#define HOIST_TREE_CHANGE_H

#include "tree.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Maps an extent by the largest leaves that its addresses, the format and the CPU allow, up to
 * `largest_level` (1: pages alone; 0: no limit). What is mapped already in the same way stays;
 * HOIST_ALREADY_MAPPED: something else is in the way.
 *
 * Errors of all calls here: UNALIGNED_PAGE, UNALIGNED_FRAME, UNALIGNED_SIZE, NOT_CANONICAL,
 * PA_TOO_WIDE; NOT_EXPRESSIBLE, BAD_ACCESS, NO_NX; BAD_LEAF_SIZE; NO_FRAME_FOR_TABLE;
 * NARROW_LINK (a link above denies what is asked for); BAD_ENTRY; GROUPED_LEAF (a part of leaves
 * that map one block together); and what the hooks answer.
 */
HOIST_MUST_CHECK enum hoist_result hoist_tree_map(struct hoist_tree *tree,
                                                  const struct hoist_extent *extent,
                                                  struct hoist_access access,
                                                  unsigned largest_level);

/* How many tables hoist_tree_map would take, the root included; nothing is written. */
HOIST_MUST_CHECK enum hoist_result
hoist_tree_count_map(const struct hoist_tree *tree, const struct hoist_extent *extent,
                     struct hoist_access access, unsigned largest_level, uint64_t *table_count);

/*
 * Takes rights away and gives rights (READ, WRITE, EXECUTE, USER, GLOBAL of access.h), in this
 * order; all else stays, and a large leaf that the range covers in part is split.
 * HOIST_NOT_MAPPED: a hole is in the range. NOT_EXPRESSIBLE also where a leaf's present rights are
 * none that an access stands for.
 */
HOIST_MUST_CHECK enum hoist_result hoist_tree_protect(struct hoist_tree *tree,
                                                      const struct hoist_range *range,
                                                      uint8_t clear, uint8_t set);

/* Holes are passed over; a large leaf that the range covers in part is split. Tables stay. */
HOIST_MUST_CHECK enum hoist_result hoist_tree_unmap(struct hoist_tree *tree,
                                                    const struct hoist_range *range);

/*
 * Maps fresh memory (hooks->allocate_page), by smallest pages. HOIST_ALREADY_MAPPED: not all of the
 * range is a hole. HOIST_NO_PAGE: there was not enough; what was got is given back.
 */
HOIST_MUST_CHECK enum hoist_result hoist_tree_allocate(struct hoist_tree *tree,
                                                       const struct hoist_range *range,
                                                       struct hoist_access access);

/*
 * Unmaps and gives the memory back (hooks->free_page, if there is one), and tables that are empty
 * then (hooks->free_table, if there is one); the root table stays. A large leaf must be covered
 * whole or not at all: HOIST_BAD_LEAF_SIZE.
 */
HOIST_MUST_CHECK enum hoist_result hoist_tree_free(struct hoist_tree *tree,
                                                   const struct hoist_range *range);

#ifdef __cplusplus
}
#endif

#endif
