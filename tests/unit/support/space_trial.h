/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Carries an operation out on an address space and holds everything against the model: the answer
 * and the counted frames beforehand, no change where it is refused or where any of its frames is
 * lacking, and then every leaf, table, frame, look-up, visit and stale translation.
 */
#ifndef TEST_SPACE_TRIAL_H
#define TEST_SPACE_TRIAL_H

#include "space_operation.h"

/* How often what happened; for the last line of a test. */
struct trial_tally {
    uint64_t done[OPERATION_KINDS];
    uint64_t refused[OPERATION_KINDS];
    uint64_t skipped; /* too large */
    uint64_t spaces;
    uint64_t frames;       /* taken by changes that were done */
    uint64_t shortages;    /* changes tried with a frame lacking */
    uint64_t flushes;      /* calls of hooks->flush */
    uint64_t translations; /* looked up one by one */
};

extern struct trial_tally tally;

/* Once for a program. */
void trial_open(void);

/* An empty space on this CPU. */
void trial_begin(const struct hoist_cpu *cpu);

/* The next operation; the model describes the space before it and after it. */
void trial_run(const struct operation *operation);

/* The space has grown so large that it is better given up for a new one. */
bool trial_is_large(void);

#endif
