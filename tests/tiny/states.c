/* SPDX-License-Identifier: BSD-2-Clause */
/* A hash table that grows. */
#include "states.h"

#include <stdlib.h>
#include <string.h>

#include "report.h"

#define FIRST_BUCKETS 1024u

void tiny_states_open(struct tiny_states *states)
{
    states->node_count = 0;
    states->bucket_count = FIRST_BUCKETS;
    states->nodes = malloc(FIRST_BUCKETS / 2 * sizeof *states->nodes);
    states->buckets = calloc(FIRST_BUCKETS, sizeof *states->buckets);
    CHECK(states->nodes != NULL && states->buckets != NULL, "there is no memory for the states");
}

void tiny_states_close(struct tiny_states *states)
{
    free(states->nodes);
    free(states->buckets);
    memset(states, 0, sizeof *states);
}

/* FNV-1a, by words. */
static uint32_t hash(const struct tiny_state *state)
{
    uint64_t words[sizeof *state / sizeof(uint64_t)];
    uint64_t sum = UINT64_C(0xcbf29ce484222325);

    memcpy(words, state, sizeof words);
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
        sum = (sum ^ words[i]) * UINT64_C(0x100000001b3);
        sum ^= sum >> 29;
    }
    return (uint32_t)(sum ^ sum >> 32);
}

/* The bucket of the state, or the empty one where it belongs. */
static uint32_t *find(const struct tiny_states *states, const struct tiny_state *state)
{
    uint32_t at = hash(state) & (states->bucket_count - 1);

    while (states->buckets[at] != 0 &&
           memcmp(&states->nodes[states->buckets[at] - 1].state, state, sizeof *state) != 0) {
        at = (at + 1) & (states->bucket_count - 1);
    }
    return &states->buckets[at];
}

/* Twice the buckets; never more than half of them are in use. */
static void grow(struct tiny_states *states)
{
    free(states->buckets);
    states->bucket_count *= 2;
    states->buckets = calloc(states->bucket_count, sizeof *states->buckets);
    states->nodes = realloc(states->nodes, states->bucket_count / 2 * sizeof *states->nodes);
    CHECK(states->nodes != NULL && states->buckets != NULL, "there is no memory for the states");
    for (uint32_t i = 0; i < states->node_count; i++) {
        *find(states, &states->nodes[i].state) = i + 1;
    }
}

void tiny_states_add(struct tiny_states *states, const struct tiny_node *node)
{
    uint32_t *bucket = find(states, &node->state);

    if (*bucket != 0) {
        states->nodes[*bucket - 1].sequence_count += node->sequence_count;
        return;
    }
    if (states->node_count == states->bucket_count / 2) {
        grow(states);
        bucket = find(states, &node->state);
    }
    states->nodes[states->node_count++] = *node;
    *bucket = states->node_count;
}
