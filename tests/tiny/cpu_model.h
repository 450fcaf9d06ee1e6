/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A CPU that uses the tables while they are changed, as hostile as the manual allows: it knows
 * every page that is mapped and every table that is linked, fills up whenever it can, and forgets
 * what it is told to and no more (SDM volume 3, sections 4.10.2 to 4.10.4).
 */
#ifndef TINY_CPU_MODEL_H
#define TINY_CPU_MODEL_H

#include "flush.h"
#include "memory.h"

struct tiny_cpu {
    uint8_t pages[TINY_PAGES];               /* as the model writes them; 0: not known */
    uint64_t links[TINY_LEVELS][TINY_PAGES]; /* to the tables of levels 1 and 2 above a page */
    const struct tiny_operation *operation;  /* that is going on */
    const struct tiny_state *before;
    const struct tiny_state *after;
};

/* From here on the CPU looks on. */
void tiny_cpu_watch(struct tiny_bench *bench, struct tiny_cpu *cpu);

/* The flush hook. What the CPU sees and what it could still see must be right at this moment. */
void tiny_cpu_flush(struct tiny_bench *bench, const struct hoist_flush *what);

/*
 * The operation has ended, and the CPU looks no longer: what it still knows must be so, and
 * nothing was flushed that it could not know.
 */
void tiny_cpu_end(struct tiny_bench *bench);

#endif
