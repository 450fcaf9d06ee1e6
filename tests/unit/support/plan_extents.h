/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the first address space of the machine (plan_machine.h) has to be: a sorted list of extents, found from the
 * promises of plan.h and hoist.h without a line of the loader's.
 */
#ifndef TEST_PLAN_EXTENTS_H
#define TEST_PLAN_EXTENTS_H

#include "plan_machine.h"
#include "problem.h"

#define EXTENT_LIMIT 1024u

/* `last` is inclusive. */
struct extent {
    uint64_t first;
    uint64_t last;
    uint64_t pa;
    bool writable;
    bool executable;
    uint8_t cache;
    uint64_t largest_bytes; /* of a leaf in it, if that is not forbidden otherwise */
    unsigned number;        /* one extent is not continued by another of another number */
};

/* If there is any refusal, the plan must be refused for one of them; otherwise it has these extents. */
struct promise {
    struct extent extents[EXTENT_LIMIT];
    size_t count;
    uint64_t direct_map_va;
    enum problem_kind refusals[4];
    unsigned refusal_count;
};

/* Neighbours that only continue each other are one extent. */
void machine_promise(struct promise *promise);

/* Whether the CPU can map all of it. */
bool machine_can_map(const struct promise *promise);

#endif
