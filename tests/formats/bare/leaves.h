/* SPDX-License-Identifier: BSD-2-Clause */
/* What a walk finds, for those who look from outside (watched_guest.py). */
#ifndef BARE_LEAVES_H
#define BARE_LEAVES_H

#include "tree.h"

/*
 * A line for each leaf: LEAF, its first and last address, where it is mapped to, what it allows by
 * itself and below its links, and the rights and the cache type of the access that stands for it.
 */
void say_leaves(const struct hoist_tree *tree);

/* LEAF and others: a number after a blank. */
void say_field(uint64_t number);

#endif
