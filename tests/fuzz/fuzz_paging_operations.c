/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sequences of operations on an address space, each held against a flat model, with every one of its
 * frames lacking, and against a CPU that forgets nothing before it is told to: what
 * tests/property/paging_operations_model.c does, where the input takes the place of chance, so that
 * coverage leads it.
 *
 * The input: two bytes for each random number that choosing the operations takes.
 */
#include <inttypes.h>
#include <string.h>

#include "property.h"
#include "require.h"
#include "space_trial.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OPERATIONS_MOST 40u

struct property property = {.name = "sequences of operations"};

static const uint8_t *input;
static size_t input_size;
static uint64_t mix_state;
static bool is_mixing; /* inside an operation numbers follow from its salt, not from the input */

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t random_number(void)
{
    uint16_t word = 0;

    if (is_mixing) {
        return mix(mix_state += UINT64_C(0x9e3779b97f4a7c15));
    }
    if (input_size >= sizeof word) {
        memcpy(&word, input, sizeof word);
        input += sizeof word;
        input_size -= sizeof word;
    }
    return mix(word);
}

uint64_t random_swap(uint64_t state)
{
    const uint64_t old = mix_state;

    mix_state = state;
    is_mixing = !is_mixing;
    return old;
}

/* Small numbers come as they are, so that a byte of the input means the same choice each time. */
uint64_t random_below(uint64_t limit)
{
    uint16_t word = 0;

    if (is_mixing || limit > UINT16_MAX || input_size < sizeof word) {
        return random_number() % limit;
    }
    memcpy(&word, input, sizeof word);
    input += sizeof word;
    input_size -= sizeof word;
    return word % limit;
}

bool one_in(uint64_t n)
{
    return random_below(n) == 0;
}

_Noreturn void property_fail(const char *condition, const char *file, int line)
{
    fprintf(stderr, "operation %" PRIu64 " (%s): %s:%d: not so: %s\n", property.operation,
            property.step, file, line, condition);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t widths[] = {36, 40, 46, 52};
    static bool is_open;
    struct hoist_cpu cpu;

    if (size < 2) {
        return 0;
    }
    if (!is_open) {
        trial_open();
        is_open = true;
    }
    input = data + 2;
    input_size = size - 2;
    cpu = (struct hoist_cpu){(data[0] & 1) != 0 ? 5 : 4, widths[data[1] % 4], (data[0] & 2) != 0,
                             (data[0] & 4) != 0, (data[0] & 8) != 0};
    trial_begin(&cpu);
    for (property.operation = 0;
         property.operation < OPERATIONS_MOST && input_size != 0 && !trial_is_large();
         property.operation++) {
        const struct operation operation = operation_make();

        trial_run(&operation);
    }
    return 0;
}
