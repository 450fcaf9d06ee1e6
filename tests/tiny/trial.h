/* SPDX-License-Identifier: BSD-2-Clause */
/* One operation, tried on the library and held against the model in every respect. */
#ifndef TINY_TRIAL_H
#define TINY_TRIAL_H

#include "memory.h"

/* Where an operation starts: the tables, and what the model says of them. */
struct tiny_start {
    struct tiny_memory memory;
    struct tiny_state state;
};

/* How much was done. */
struct tiny_tally {
    uint64_t operations; /* run to their end, each once */
    uint64_t refusals;   /* of these */
    uint64_t failures;   /* runs with fewer frames than it takes */
};

/* How closely an operation is looked at; each does what those before it do. */
enum tiny_care {
    TINY_RESULT_ALONE, /* the answer, the count before, and the tables after */
    TINY_WATCHED,      /* a CPU looks on (cpu_model.h) */
    TINY_THOROUGH      /* with too few frames, with frames in reserve, and on a range in use */
};

/*
 * Runs the operation; forecast->after is the state it leads to, and the tables are in
 * bench->memory.
 */
void tiny_try(struct tiny_bench *bench, const struct tiny_start *start,
              const struct tiny_operation *operation, enum tiny_care care,
              struct tiny_forecast *forecast);

extern struct tiny_tally tiny_tally;

#endif
