/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Judges the machine's plan and its tables (plan_tables.h) by what was promised (plan_extents.h), with CHECK() of
 * property.h.
 */
#ifndef TEST_PLAN_JUDGE_H
#define TEST_PLAN_JUDGE_H

#include "plan_extents.h"

/* Why there is no plan. */
void judge_refusal(const struct promise *promise);

void judge_plan(const struct promise *promise);

/* What the reader has found: see built_read(). */
void judge_tables(const struct promise *promise);

/* What the loader's own reader has found is what the independent one has: see built_judge(). */
void judge_mapping(void);

#endif
