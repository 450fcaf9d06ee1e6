/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random numbers for property tests, and what a failed check says: everything that repeats it.
 *
 * Environment: HOIST_SEED (any number), HOIST_OPERATIONS (how many).
 */
#ifndef TEST_PROPERTY_H
#define TEST_PROPERTY_H

#include <stdbool.h>
#include <stdint.h>

/* What is going on, for the sentence of a failure. */
struct property {
    const char *name; /* NULL: the failure has been counted already */
    const char *step;
    uint64_t seed;
    uint64_t operation;
    uint64_t operation_count;
};

extern struct property property;

/* Takes seed and count from the environment and prints the seed, with the plan line of TAP. */
void property_begin(const char *name, uint64_t operation_count);

/* Ends the program with status 1. */
_Noreturn void property_fail(const char *condition, const char *file, int line);

#define CHECK(condition)                                   \
    do {                                                   \
        if (!(condition))                                  \
            property_fail(#condition, __FILE__, __LINE__); \
    } while (0)

uint64_t random_number(void);

/* Goes on from another state; the old one is returned. */
uint64_t random_swap(uint64_t state);

/* A number from 0 to limit - 1. */
uint64_t random_below(uint64_t limit);

bool one_in(uint64_t n);

#endif
