/* SPDX-License-Identifier: BSD-2-Clause */
/* The arena: handed out from the beginning to the end. */
#include "arena.h"

#include <stddef.h>

#include "check.h"

#ifndef ARENA_BYTES
#define ARENA_BYTES (2u << 20)
#endif

static uint8_t arena[ARENA_BYTES] __attribute__((aligned(65536)));
static size_t used;

void arena_begin(void)
{
    used = 0;
}

bool arena_allocate(void *context, uint64_t size_bytes, struct hoist_pa *pa)
{
    const size_t size = (size_t)size_bytes;
    const size_t first = (used + (size - 1)) & ~(size - 1);

    (void)context;
    if (first + size > sizeof(arena)) {
        return false;
    }
    used = first + size;
    for (size_t i = 0; i < size; i++) {
        arena[first + i] = 0xa5; /* the library clears what it needs to be clear */
    }
    pa->value = (uintptr_t)&arena[first];
    return true;
}

uint64_t arena_get(uint64_t size_bytes)
{
    struct hoist_pa pa = {0};

    if (!arena_allocate(NULL, size_bytes, &pa)) {
        say("NOT OK the arena is used up\n");
        machine_stop(false);
    }
    for (size_t i = 0; i < (size_t)size_bytes; i++) {
        ((volatile uint8_t *)(uintptr_t)pa.value)[i] = 0;
    }
    return pa.value;
}
