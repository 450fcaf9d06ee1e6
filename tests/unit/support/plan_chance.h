/* SPDX-License-Identifier: BSD-2-Clause */
/* A random machine to boot on (plan_machine.h). */
#ifndef TEST_PLAN_CHANCE_H
#define TEST_PLAN_CHANCE_H

#include "plan_machine.h"
#include "property.h"

void machine_begin(void);

static inline uint64_t pages_below(uint64_t limit)
{
    return random_below(limit) * PAGE;
}

#endif
