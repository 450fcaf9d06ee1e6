/* SPDX-License-Identifier: BSD-2-Clause */
/* How the parts of the plan are put together; for the plan_*.c files alone. */
#ifndef PLAN_PARTS_H
#define PLAN_PARTS_H

#include "plan.h"

/*
 * Adds a range, in pieces where the type by the MTRRs changes within it and a leaf could reach over
 * the change. False, with *problem set: the list is full.
 */
bool plan_add(struct plan *plan, const struct plan_input *input, const struct plan_range *range,
              struct problem *problem);

/*
 * Stack, hand-off and framebuffer, which get their places here, in one window of whole gigabytes,
 * and the trampoline, which has its own.
 */
bool plan_add_window(struct plan *plan, const struct plan_input *input, struct plan_places *places,
                     struct problem *problem);

/* The runtime services' regions, in the direct map's place, which must be known by now. */
bool plan_add_runtime(struct plan *plan, const struct plan_input *input,
                      const struct plan_places *places, struct problem *problem);

/* RAM, with the rights that what is planned so far leaves it: so this comes last. */
bool plan_add_direct_map(struct plan *plan, const struct plan_input *input,
                         struct plan_places *places, struct problem *problem);

/*
 * Holds the sorted plan against the rules: no two ranges overlap; none is writable and executable,
 * nor is any physical page through two of them; no physical page has two cache types.
 */
bool plan_check(const struct plan *plan, const struct plan_input *input, struct problem *problem);

#endif
