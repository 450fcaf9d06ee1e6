/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole ranges: map, map again, protect, unmap, split; with the largest leaves that alignment, CPU
 * and caller allow. Each is all or nothing.
 *
 * Every call first goes through the range without writing: it finds conflicts and the exact number
 * of frames. Then it takes the frames, and then nothing can fail any more. On any answer but
 * HOIST_OK the tables are bit for bit what they were.
 *
 * Live tables. Every store is a single 64-bit one, and a new table is complete before the one store
 * that links it. A leaf that the range covers in part is split first: one store that changes the
 * size alone; where the pieces then get another meaning, hooks->flush is called in between. A
 * change of size together with frames, rights or cache type goes through not-present with a flush
 * in the middle, which hoist_remap alone needs, and refuses for a range in use. A and D bits that a
 * CPU sets in an entry while it is being changed may be lost.
 *
 * The tables must be a tree, as this library makes them: a change does not look for tables that are
 * reached twice. Foreign ones can be checked beforehand by hoist_visit with a budget.
 *
 * Common errors: UNALIGNED_PAGE, UNALIGNED_SIZE; NOT_CANONICAL: an end is in the hole, the range
 * crosses it, or wraps; SHARED_HALF: see hoist_upper_half; NO_FRAME_FOR_...: the allocator or
 * space->frames has fewer than counted. Where an access is given: NO_READ, BAD_ACCESS, NO_NX;
 * NARROW_LINK, where space->keep_links is set. Where frames are: UNALIGNED_FRAME, PA_TOO_WIDE.
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

/* What unmapping does with tables that the range covers whole. */
enum hoist_tables {
    HOIST_DROP_TABLES, /* unlinks and frees them, without looking at what they hold */
    HOIST_KEEP_TABLES  /* clears their entries, for a range that will soon be mapped again */
};

/* Whether somebody may use the range while it is changed. */
enum hoist_use { HOIST_RANGE_IDLE, HOIST_RANGE_LIVE };

/*
 * Maps the extent, with no leaf larger than `largest`; on a CPU without 1 GiB pages 2 MiB leaves
 * are the largest. Pages that are mapped already, to the same frames with the same access (A and D
 * do not count), are left as they are, whatever their leaf size. Where a table stands in the place
 * of a large leaf, its entries are used, so a range can be mapped again after it was mapped by
 * smaller pages.
 *
 * Only entries that were not present become present, so nothing has to be flushed. Links that grant
 * too little, as in tables made by somebody else, are widened; what they cover is to be flushed.
 *
 * Also BAD_LEAF_SIZE; ALREADY_MAPPED: a page of the extent has a different mapping.
 */
HOIST_MUST_CHECK enum hoist_result hoist_map(struct hoist_space *space,
                                             const struct hoist_extent *extent,
                                             struct hoist_access access,
                                             enum hoist_leaf_size largest);

/*
 * The same for an extent in which the caller knows that nothing is mapped and no table stands in
 * the place of a leaf: its entries are not looked at. What was mapped there all the same is lost.
 */
HOIST_MUST_CHECK enum hoist_result hoist_map_empty(struct hoist_space *space,
                                                   const struct hoist_extent *extent,
                                                   struct hoist_access access,
                                                   enum hoist_leaf_size largest);

/*
 * Maps the extent whatever was mapped there. Leaves that are there already with the same frames and
 * access stay, even where they are larger than `largest` or covered in part. Tables in the place
 * of a large leaf give way to it and are freed.
 *
 * Also BAD_LEAF_SIZE; RANGE_IN_USE: `use` is HOIST_RANGE_LIVE, and a table would give way to a
 * large leaf, which needs a moment without a mapping; also where the table is empty or maps the
 * same.
 */
HOIST_MUST_CHECK enum hoist_result hoist_remap(struct hoist_space *space,
                                               const struct hoist_extent *extent,
                                               struct hoist_access access,
                                               enum hoist_leaf_size largest, enum hoist_use use);

/*
 * Gives all pages of the range this access; the frames, A and D stay. A large leaf that has it
 * already stays whole, though the range covers only part of it. NOT_MAPPED: a page of the range is
 * not mapped.
 */
HOIST_MUST_CHECK enum hoist_result hoist_protect(struct hoist_space *space,
                                                 const struct hoist_range *range,
                                                 struct hoist_access access);

/*
 * Takes away what is mapped in the range. What is not mapped stays so: no error. Tables that the
 * range covers only in part stay, even if empty (hoist_collapse).
 */
HOIST_MUST_CHECK enum hoist_result
hoist_unmap(struct hoist_space *space, const struct hoist_range *range, enum hoist_tables tables);

/*
 * Makes every leaf that the range touches no larger than `largest`, without changing what is
 * mapped: sizes alone, so the range may be in use. Also BAD_LEAF_SIZE.
 */
HOIST_MUST_CHECK enum hoist_result hoist_split(struct hoist_space *space,
                                               const struct hoist_range *range,
                                               enum hoist_leaf_size largest);

/*
 * The frames that changes will take, found without writing anything. Start from {0}. For mappings,
 * count the ranges of a plan in ascending order of address, and tables that several of them share
 * are counted once.
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

/*
 * What the call of that name would take now, in *frame_count; the same errors but for the
 * allocator's, and *frame_count is not written then.
 */
HOIST_MUST_CHECK enum hoist_result
hoist_count_remap(const struct hoist_space *space, const struct hoist_extent *extent,
                  struct hoist_access access, enum hoist_leaf_size largest, uint64_t *frame_count);
HOIST_MUST_CHECK enum hoist_result hoist_count_protect(const struct hoist_space *space,
                                                       const struct hoist_range *range,
                                                       struct hoist_access access,
                                                       uint64_t *frame_count);
HOIST_MUST_CHECK enum hoist_result hoist_count_unmap(const struct hoist_space *space,
                                                     const struct hoist_range *range,
                                                     uint64_t *frame_count);
HOIST_MUST_CHECK enum hoist_result hoist_count_split(const struct hoist_space *space,
                                                     const struct hoist_range *range,
                                                     enum hoist_leaf_size largest,
                                                     uint64_t *frame_count);

#endif
