/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A set of states, each with the number of sequences that lead to it and one of them.
 *
 * What the library does depends on what is in the tables, and not on where they lie or how they
 * came to be; so sequences that lead to the same state go on in the same way, and only one of them
 * has to.
 */
#ifndef TINY_STATES_H
#define TINY_STATES_H

#include "model.h"

struct tiny_node {
    struct tiny_state state;
    uint64_t sequence_count;
    uint32_t parent; /* in the set before, by number */
    struct tiny_operation operation;
};

struct tiny_states {
    struct tiny_node *nodes;
    uint32_t *buckets; /* numbers of nodes, plus 1 */
    uint32_t node_count;
    uint32_t bucket_count; /* a power of two */
};

void tiny_states_open(struct tiny_states *states);
void tiny_states_close(struct tiny_states *states);

/* Adds the state, or adds the sequences to those that lead there already. */
void tiny_states_add(struct tiny_states *states, const struct tiny_node *node);

#endif
