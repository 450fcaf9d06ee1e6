/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Holds what was built against the plan, both ways: every planned byte is mapped to its frame with
 * its rights, by links and leaf together, and nothing else is mapped.
 */
#ifndef VERIFY_H
#define VERIFY_H

#include "hoist_paging.h"
#include "plan.h"
#include "problem.h"

#include <stdbool.h>
#include <stdint.h>

/* Where every table must lie, and how many there must be. */
struct verify_tables {
    uint64_t pa;
    uint64_t frame_count;
};

/*
 * Walks the whole space. On success each range's leaf_count says what it was mapped by. On failure
 * *problem is of a PROBLEM_VERIFY_ kind and names the range and the address.
 */
bool verify_space(const struct hoist_space *space, struct plan *plan,
                  const struct verify_tables *tables, struct problem *problem);

#endif
