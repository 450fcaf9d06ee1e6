/* SPDX-License-Identifier: BSD-2-Clause */
/* Choosing between four levels and five. */
#include "depth.h"

static uint32_t larger(uint32_t left, uint32_t right)
{
    return left > right ? left : right;
}

/* 0 is no wish, and so the largest number of all. */
static uint32_t smaller_wish(uint32_t left, uint32_t right)
{
    return right == 0 || (left != 0 && left < right) ? left : right;
}

bool depth_choose(const struct depth_cpu *cpu, const struct depth_wishes *wishes, uint32_t *levels,
                  struct problem *problem)
{
    const uint32_t least = larger(DEPTH_LEAST, larger(wishes->mode, wishes->least));
    const uint32_t most = smaller_wish(DEPTH_MOST, smaller_wish(wishes->mode, wishes->most));

    if (least > most) {
        return problem_set(problem, PROBLEM_DEPTH_CONTRADICTION, wishes->from, least, most);
    }
    *levels = cpu->runs_at < least ? least : cpu->runs_at > most ? most : cpu->runs_at;
    if (*levels == DEPTH_MOST && !cpu->has_five && cpu->runs_at != DEPTH_MOST) {
        return problem_set(problem, PROBLEM_DEPTH_CPU, wishes->from, least, DEPTH_LEAST);
    }
    return true;
}
