/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames taken from the allocator before the first entry is written, so that nothing can fail
 * half-way. Internal to the library.
 *
 * The frames form a list through their own first word: a reserve of any length needs no memory of
 * its own.
 */
#ifndef HOIST_PAGING_RESERVE_H
#define HOIST_PAGING_RESERVE_H

#include "space.h"

struct hoist_reserve {
    uint64_t first_pa;
    uint64_t frame_count;
};

/*
 * Takes of_level[level] frames for each level; that is HOIST_LEVELS_MAX + 1 numbers, with [0]
 * unused. Where the allocator runs out, every frame goes back and the error names the level of the
 * first table that would have gone without, counted from the root down.
 */
HOIST_MUST_CHECK enum hoist_result hoist_reserve_fill(struct hoist_space *space,
                                                      const uint64_t of_level[],
                                                      struct hoist_reserve *reserve);

/*
 * Takes one frame out of a reserve that has one; its content is undefined. Returns where it can be
 * written.
 */
uint64_t *hoist_reserve_take(struct hoist_space *space, struct hoist_reserve *reserve,
                             uint64_t *pa);

/* Gives what is left in the reserve back to the allocator. */
void hoist_reserve_return(struct hoist_space *space, struct hoist_reserve *reserve);

#endif
