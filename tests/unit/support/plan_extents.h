/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the first address space of the machine (plan_machine.h) has to be: a sorted list of extents, found from the
 * promises of plan.h and hoist.h without a line of the loader's.
 */
#ifndef TEST_PLAN_EXTENTS_H
#define TEST_PLAN_EXTENTS_H

#include "plan_machine.h"

#define EXTENT_LIMIT    256u
#define EXTENT_NO_PLACE (-1)
#define EXTENT_OVERLAP  (-2)
#define EXTENT_BEYOND   (-3)

/* `last` is inclusive. */
struct extent {
    uint64_t first;
    uint64_t last;
    uint64_t pa;
    bool writable;
    bool executable;
    uint8_t cache;
};

/*
 * What has to be mapped, sorted, neighbours that only continue each other merged. Returns how many extents, or why
 * there can be no plan: an EXTENT_ number.
 */
int machine_extents(struct extent *extents);

/* Whether the CPU can map all of it. */
bool machine_can_map(const struct extent *extents, int count);

#endif
