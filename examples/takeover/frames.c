/* SPDX-License-Identifier: BSD-2-Clause */
/* Free frames. */
#include "frames.h"

#define FRAMES_BYTES UINT64_C(4096)
#define FRAMES_NONE  UINT64_MAX

static uint64_t first = FRAMES_NONE;
static uint64_t free_count;
static uint64_t offset;

void frames_start(uint64_t direct_map_offset)
{
    offset = direct_map_offset;
}

void *frames_at(uint64_t pa)
{
    return (void *)(offset + pa);
}

void frames_free(uint64_t pa)
{
    *(uint64_t *)frames_at(pa) = first;
    first = pa;
    free_count++;
}

/* From the end, so that the lowest frame is taken first. */
void frames_add(uint64_t pa, uint64_t size_bytes)
{
    for (uint64_t end = pa + size_bytes; end > pa; end -= FRAMES_BYTES) {
        frames_free(end - FRAMES_BYTES);
    }
}

bool frames_allocate(uint64_t *pa)
{
    if (first == FRAMES_NONE) {
        return false;
    }
    *pa = first;
    first = *(uint64_t *)frames_at(first);
    free_count--;
    return true;
}

uint64_t frames_count(void)
{
    return free_count;
}
