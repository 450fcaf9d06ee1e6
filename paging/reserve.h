/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames for tables, had before the first entry is written, so that nothing can fail half-way.
 *
 * They form a list through their own first word: a reserve of any length needs no memory of its
 * own. A caller may fill one beforehand and set space->frames to it; no change then calls the
 * allocator, which so may map memory itself.
 */
#ifndef HOIST_PAGING_RESERVE_H
#define HOIST_PAGING_RESERVE_H

#include "space.h"

/* Start from {0}. */
struct hoist_reserve {
    uint64_t first_pa;
    uint64_t frame_count;
};

/* Puts a frame in; its content is overwritten. It is the reserve's until it is taken out. */
void hoist_reserve_add(const struct hoist_space *space, struct hoist_reserve *reserve,
                       struct hoist_frame_4k frame);

/* Takes one frame out of a reserve that has one. False: it is empty. */
bool hoist_reserve_take(const struct hoist_space *space, struct hoist_reserve *reserve,
                        struct hoist_frame_4k *frame);

#endif
