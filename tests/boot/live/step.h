/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One instruction at a time: what the library executes is counted, and after each instruction of
 * it the memory that is being mapped anew is read, by the tables as they stand at that moment.
 */
#ifndef STEP_H
#define STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel-stub/fault.h"

#define STEP_WATCHES 8u
#define STEP_SAME    4u /* of them for step_watch_same */

/*
 * A word that is read after each instruction. It has to be `before`, then, where may_vanish is set,
 * not mapped for a while, then `after`, and never goes back.
 */
struct step_watch {
    uint64_t va;
    uint64_t before;
    uint64_t after;
    bool may_vanish;
    bool until_flush; /* free to change once something is flushed */
    unsigned stage;   /* 0: before, 1: not mapped, 2: after */
};

/* What was executed between step_start and step_stop. */
struct step_counts {
    uint64_t instructions;
    uint64_t invlpg;
    uint64_t cr3_loads;
    uint64_t cr4_loads;
    uint64_t wrong; /* reads that found what must not be there */
};

/* Watches for the next STEP_EXPECT. */
void step_watch(uint64_t va, uint64_t before, uint64_t after, bool may_vanish);

/* Watches STEP_SAME words that must stay as they are: at va and then every `stride_bytes`. */
void step_watch_same(uint64_t va, uint64_t stride_bytes);

/*
 * Watches the first entry of the table that a link of this level points to. Until something is
 * flushed the CPU may still walk the table, whatever has become of the link (SDM volume 3, section
 * 4.10.3).
 */
void step_watch_table(uint64_t va, unsigned level);

void step_start(void);
const struct step_counts *step_stop(void);

/*
 * Two checks in one: the call answered HOIST_OK, and no instruction of it broke what is watched.
 * Forgets the watches.
 */
#define STEP_EXPECT(sentence, call)                                 \
    do {                                                            \
        enum hoist_result step_result;                              \
                                                                    \
        step_start();                                               \
        step_result = (call);                                       \
        step_judge(sentence, step_result == HOIST_OK, step_stop()); \
    } while (0)

void step_judge(const char *sentence, bool is_ok, const struct step_counts *counts);

/* One check: what ran last flushed something. */
void step_expect_flush(void);

/* Called by traps.c for each single step. */
void step_handle(const struct fault_frame *frame);

#endif
