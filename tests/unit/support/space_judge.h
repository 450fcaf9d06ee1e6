/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Holds an address space against the model: what a reader that shares no code with the library
 * finds, and what hoist_visit and hoist_query say, has to be what the model says.
 */
#ifndef TEST_SPACE_JUDGE_H
#define TEST_SPACE_JUDGE_H

#include "arena.h"

/*
 * All leaves tile all stretches, all tables are known, and no frame is held without being one but
 * for so many that wait for a flush.
 */
void judge_everything(struct arena *arena, const struct hoist_space *space, uint64_t waiting);

/* The next three use the leaves that judge_everything has collected last. */
void judge_visit(const struct hoist_space *space);

/* Runs are made of all leaves, and are as long as they can be. */
void judge_runs(const struct hoist_space *space);

/* A visit of a part begins and ends with the leaves that hold its first and its last byte. */
void judge_partial_visit(const struct hoist_space *space, uint64_t first, uint64_t last);

/* One address, canonical or not. */
void judge_query(struct arena *arena, const struct hoist_space *space, uint64_t va);

/* How many leaves judge_everything has found. */
unsigned judge_leaf_count(void);

#endif
