/* SPDX-License-Identifier: BSD-2-Clause */
/* Random numbers and failures of property tests. */
#include "property.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct property property;
static uint64_t random_state;

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text != NULL && *text != '\0' ? strtoull(text, NULL, 0) : otherwise;
}

void property_begin(const char *name, uint64_t operation_count)
{
    property.name = name;
    property.step = "start";
    property.seed = number_from("HOIST_SEED", (uint64_t)time(NULL));
    property.operation_count = number_from("HOIST_OPERATIONS", operation_count);
    random_state = property.seed;
    printf("1..1\n# seed %" PRIu64 " (set HOIST_SEED to repeat)\n", property.seed);
    fflush(stdout);
}

void property_fail(const char *condition, const char *file, int line)
{
    if (property.name != NULL) {
        printf("not ok 1 - %s\n", property.name);
    }
    printf("# operation %" PRIu64 " (%s) of seed %" PRIu64 "\n# %s:%d: %s\n", property.operation,
           property.step, property.seed, file, line, condition);
    fflush(stdout);
    exit(1);
}

/* splitmix64 (Steele, Lea, Flood 2014). */
uint64_t random_number(void)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t random_swap(uint64_t state)
{
    const uint64_t old = random_state;

    random_state = state;
    return old;
}

uint64_t random_below(uint64_t limit)
{
    return random_number() % limit;
}

bool one_in(uint64_t n)
{
    return random_below(n) == 0;
}
