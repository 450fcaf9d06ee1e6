/* SPDX-License-Identifier: BSD-2-Clause */
/* What this CPU can do, and how its firmware runs it. */
#ifndef CPU_H
#define CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "hoist_paging.h"
#include "mtrr.h"

struct cpu {
    struct hoist_cpu paging; /* as the firmware runs it; accept_missing_nx is on: such
                               * a CPU can still be booted on */
    bool has_five_levels;
    bool has_pat;
    bool has_mtrrs;
    struct mtrr mtrr;
    uint64_t tsc_hz; /* 0: unknown */
};

/* Asks the CPU, and for the TSC's speed the firmware's timer where the CPU does not say. */
void cpu_probe(struct cpu *cpu);

/* Measures the TSC's frequency anew, for some 15 ms, where the CPU does not say it. */
void cpu_refine_tsc(struct cpu *cpu);

#endif
