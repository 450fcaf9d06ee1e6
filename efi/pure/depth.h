/* SPDX-License-Identifier: BSD-2-Clause */
/* How many levels the kernel's page tables have: SDM volume 3, section 4.5.1 (CR4.LA57). */
#ifndef DEPTH_H
#define DEPTH_H

#include "problem.h"
#include "text.h"

#include <stdbool.h>
#include <stdint.h>

#define DEPTH_LEAST 4u
#define DEPTH_MOST  5u

/* What the processor has and does. */
struct depth_cpu {
    uint32_t runs_at; /* CR4.LA57 as the firmware has it: 4 or 5 */
    bool has_five;    /* CPUID.(7,0):ECX.LA57 */
};

/* Numbers of levels; 0 is no wish. A mode is a least and a most of the same number. */
struct depth_wishes {
    struct text from; /* whose wishes they are: "configuration" */
    uint32_t mode;
    uint32_t least;
    uint32_t most;
};

/*
 * The depth that the processor runs at where that is as wished, else the other one. Fails with a
 * PROBLEM_DEPTH_ kind: the wishes contradict each other, or the processor lacks the fifth level.
 */
bool depth_choose(const struct depth_cpu *cpu, const struct depth_wishes *wishes, uint32_t *levels,
                  struct problem *problem);

#endif
