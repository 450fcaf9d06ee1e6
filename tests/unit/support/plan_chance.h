/* SPDX-License-Identifier: BSD-2-Clause */
/* A random machine to boot on (plan_machine.h). */
#ifndef TEST_PLAN_CHANCE_H
#define TEST_PLAN_CHANCE_H

void machine_begin(void);

#endif
