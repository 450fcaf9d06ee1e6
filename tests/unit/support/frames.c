/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of frames for page tables. */
#include "frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAME_BYTES 4096u

static _Noreturn void give_up(const char *what, uint64_t pa)
{
    fprintf(stderr, "frames: %s (physical address %llx)\n", what, (unsigned long long)pa);
    abort();
}

static bool allocate_table(void *context, struct hoist_frame_4k *frame)
{
    struct frames *frames = context;

    if (frames->taken == frames->count) {
        return false;
    }
    frame->pa = FRAMES_PA + frames->taken * FRAME_BYTES;
    frames->taken++;
    return true;
}

static void free_table(void *context, struct hoist_frame_4k frame)
{
    (void)context;
    give_up("nothing that was counted comes back", frame.pa);
}

static void *table_at(void *context, struct hoist_frame_4k frame)
{
    return frames_at(context, frame.pa);
}

const struct hoist_hooks frames_hooks = {
    .allocate_table = allocate_table, .free_table = free_table, .table_at = table_at};

void frames_open(struct frames *frames, uint64_t count)
{
    const size_t size_bytes = (size_t)(count + FRAMES_SPARE) * FRAME_BYTES;

    *frames = (struct frames){malloc(size_bytes), count, 0};
    if (frames->memory == NULL) {
        give_up("no memory", size_bytes);
    }
    memset(frames->memory, 0xa7, (size_t)count * FRAME_BYTES);
    memset(frames->memory + (size_t)count * FRAME_BYTES, 0, FRAMES_SPARE * FRAME_BYTES);
}

void frames_close(struct frames *frames)
{
    free(frames->memory);
    frames->memory = NULL;
}

uint64_t *frames_at(const struct frames *frames, uint64_t pa)
{
    if (pa % FRAME_BYTES != 0 || pa < FRAMES_PA ||
        pa - FRAMES_PA >= (frames->count + FRAMES_SPARE) * FRAME_BYTES) {
        give_up("no such frame", pa);
    }
    return (uint64_t *)(void *)(frames->memory + (pa - FRAMES_PA));
}

uint64_t *frames_entry(const struct frames *frames, uint64_t root_pa, uint64_t va, unsigned levels,
                       unsigned level)
{
    uint64_t pa = root_pa;

    for (unsigned at = levels;; at--) {
        uint64_t *entry = &frames_at(frames, pa)[(va >> (12 + 9 * (at - 1))) & 511];

        if (at == level) {
            return entry;
        }
        pa = *entry & UINT64_C(0x000ffffffffff000);
    }
}
