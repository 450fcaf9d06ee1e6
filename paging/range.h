/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole ranges, with the largest leaves that alignment, CPU and caller allow; all or nothing.
 *
 * A range is cut into at most five runs (4K head, 2M, 1G, 2M, 4K tail); every table is reached once
 * for each run. Frames for all missing tables are taken before the first entry is written.
 */
#ifndef HOIST_PAGING_RANGE_H
#define HOIST_PAGING_RANGE_H

#include "space.h"

/* Leaf sizes by the level of the table that holds them. */
enum hoist_leaf_size { HOIST_LEAF_4K = 1, HOIST_LEAF_2M = 2, HOIST_LEAF_1G = 3 };

/* Bytes that one leaf maps. */
static inline uint64_t hoist_leaf_bytes(enum hoist_leaf_size size)
{
    return hoist_entry_span((unsigned)size);
}

/*
 * Maps the extent, with no leaf larger than `largest`; on a CPU without 1 GiB pages 2 MiB leaves
 * are the largest. Pages that are mapped already, to the same frames with the same access (A and D
 * do not count), are left as they are, whatever their leaf size. Where a table stands in the place
 * of a large leaf, its entries are used, so a range can be mapped again after it was mapped by
 * smaller pages.
 *
 * Only entries that were not present become present, so nothing has to be flushed. Links that grant
 * too little, as in tables made by somebody else, are widened, and hooks->flush is called for what
 * they cover.
 *
 * UNALIGNED_PAGE, UNALIGNED_FRAME, UNALIGNED_SIZE; NOT_CANONICAL: an end is in the hole, the range
 * crosses it, or wraps; PA_TOO_WIDE; BAD_LEAF_SIZE; NO_READ, BAD_ACCESS, NO_NX; NO_FRAME_FOR_...:
 * the allocator ran out; ALREADY_MAPPED: a page of the extent has a different mapping. Everything
 * is as before then.
 */
HOIST_MUST_CHECK enum hoist_result hoist_map(struct hoist_space *space,
                                             const struct hoist_extent *extent,
                                             struct hoist_access access,
                                             enum hoist_leaf_size largest);

/*
 * The frames that mappings will take, found without writing anything. Start from {0}; count the
 * ranges of a plan in ascending order of address, and tables that several of them share are counted
 * once.
 */
struct hoist_count {
    uint64_t frame_count;                      /* the sum, root table included */
    uint64_t of_level[HOIST_LEVELS_MAX + 1];   /* new tables of each level */
    uint64_t last_table[HOIST_LEVELS_MAX + 1]; /* number, plus 1, of the table counted last */
    uint64_t last_va;                          /* of what was counted last; 0 at the start */
};

/*
 * Adds what hoist_map would take for the extent. Same errors as hoist_map but for the allocator's,
 * with the count left as it was; and OUT_OF_ORDER where the extent does not lie above those counted
 * before.
 */
HOIST_MUST_CHECK enum hoist_result hoist_count_map(const struct hoist_space *space,
                                                   struct hoist_count *count,
                                                   const struct hoist_extent *extent,
                                                   struct hoist_access access,
                                                   enum hoist_leaf_size largest);

#endif
