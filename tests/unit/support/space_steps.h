/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Steps that operations on the model are made of. Internal to space_change.c, space_steps.c and
 * space_tidy.c.
 */
#ifndef TEST_SPACE_STEPS_H
#define TEST_SPACE_STEPS_H

#include "space_change.h"

/* The operation that is carried out now. */
extern const struct operation *now;

void refuse(enum hoist_result result);

/* Refused, or too large: the model will be put back. */
bool is_over(void);

/* There is room for what one step adds; else it is too large. */
bool is_room(void);

/* Of the leaf of this size that va lies in. */
uint64_t first_of_leaf(uint64_t va, unsigned level);
uint64_t last_of_leaf(uint64_t va, unsigned level);

/* The last byte of the operation's range. */
uint64_t last_of_range(void);

void add_table(uint64_t va, unsigned level, unsigned rights);

/* Links on the way to a table of this level, as far as they exist, must grant what is needed. */
void pass_links(uint64_t va, unsigned level);

/* Takes tables below this level away that lie inside, both ends inclusive. */
void drop_tables(uint64_t first, uint64_t last, unsigned below);

/* The leaf that va lies in becomes leaves of the next smaller size. */
void split_leaf(uint64_t va, unsigned needed);

/* The leaf at one end of the range, until it does not reach out of it. */
void split_edge(uint64_t va);

/* What hoist_merge and hoist_collapse do with the operation's range. */
void merge(void);
void collapse(void);

#endif
