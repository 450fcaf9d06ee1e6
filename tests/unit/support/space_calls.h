/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library's calls behind operations (space_operation.h), with what they hand out held against
 * the model as it was before.
 */
#ifndef TEST_SPACE_CALLS_H
#define TEST_SPACE_CALLS_H

#include "arena.h"
#include "space_operation.h"

#define TAKEN_LIMIT 16u

struct trial_space {
    struct hoist_space space;
    struct arena *arena;
    struct hoist_cursor cursor;            /* as old as the space, whatever happened to it */
    struct hoist_stale taken[TAKEN_LIMIT]; /* pages that wait for a flush */
    unsigned taken_count;
};

/* An empty space on the model's CPU. */
void calls_begin(struct trial_space *trial, struct arena *arena);

/* Any kind but flushing and narrowing. */
enum hoist_result calls_carry_out(struct trial_space *trial, const struct operation *operation);

bool calls_can_count(const struct operation *operation);

/* Frames by the counting call of that name, held against those expected of each level. */
enum hoist_result calls_count(const struct trial_space *trial, const struct operation *operation,
                              uint64_t *frame_count, const uint64_t of_level[6]);

/* All pages that were taken can be released after a flush. */
void calls_release(struct trial_space *trial);

/* What other software does to a link. */
void calls_narrow(struct trial_space *trial, const struct operation *operation);

#endif
