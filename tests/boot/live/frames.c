/* SPDX-License-Identifier: BSD-2-Clause */
/* An allocator that trusts nobody. */
#include "frames.h"

#include "expect.h"
#include "paging/cpu.h"

#define FRAMES_POOL       2048u /* table frames */
#define FRAMES_WORDS      512u
#define FRAMES_NEEDED     (FRAMES_POOL * HOIST_SIZE_4K + FRAMES_BLOCKS * HOIST_SIZE_2M)
#define FRAMES_LIMIT      (UINT64_C(1) << 32)
#define FRAMES_STATE_MASK UINT64_C(0x60) /* A and D */

static uint64_t direct_map;
static uint64_t blocks_pa;
static uint64_t pool_pa;
static bool is_out[FRAMES_POOL];
static uint16_t free_numbers[FRAMES_POOL];
static unsigned free_count;

void *frames_at(uint64_t pa)
{
    return (void *)(pa + direct_map);
}

uint64_t frames_block(unsigned number)
{
    return blocks_pa + number * HOIST_SIZE_2M;
}

uint64_t frames_out(void)
{
    return FRAMES_POOL - free_count;
}

static void frames_poison(uint64_t pa)
{
    for (unsigned i = 0; i < FRAMES_WORDS; i++) {
        frames_word(pa)[i] = UINT64_MAX;
    }
}

static bool frames_allocate(void *context, struct hoist_frame_4k *frame)
{
    unsigned number;

    (void)context;
    if (free_count == 0) {
        return false;
    }
    number = free_numbers[--free_count];
    is_out[number] = true;
    frame->pa = pool_pa + number * HOIST_SIZE_4K;
    return true;
}

static void frames_free(void *context, struct hoist_frame_4k frame)
{
    const uint64_t number = (frame.pa - pool_pa) / HOIST_SIZE_4K;

    (void)context;
    if (frame.pa < pool_pa || number >= FRAMES_POOL || !is_out[number]) {
        expect(false, "the table frame %lx was handed out before it comes back", frame.pa);
        return;
    }
    is_out[number] = false;
    free_numbers[free_count++] = (uint16_t)number;
    frames_poison(frame.pa);
}

static void *frames_table_at(void *context, struct hoist_frame_4k frame)
{
    (void)context;
    return frames_at(frame.pa);
}

const struct hoist_hooks frames_hooks = {
    .allocate_table = frames_allocate,
    .free_table = frames_free,
    .table_at = frames_table_at,
    .flush = hoist_flush_this_cpu,
    .is_root_in_use = hoist_is_root_of_this_cpu,
};

uint64_t frames_checksum(void)
{
    uint64_t sum = 0;

    for (unsigned number = 0; number < FRAMES_POOL; number++) {
        if (!is_out[number]) {
            continue;
        }
        for (unsigned i = 0; i < FRAMES_WORDS; i++) {
            const uint64_t word = frames_word(pool_pa + number * HOIST_SIZE_4K)[i];

            sum = (sum ^ (word & ~FRAMES_STATE_MASK)) * UINT64_C(0x100000001b3) + number;
        }
    }
    return sum;
}

bool frames_init(const struct hoist_handoff *handoff)
{
    uint64_t size_bytes = 0;

    direct_map = handoff->direct_map_offset;
    for (uint64_t i = 0; i < handoff->memory_map_count; i++) {
        const struct hoist_memory_range *range = &handoff->memory_map[i];
        const uint64_t start =
            (range->physical_base + HOIST_SIZE_2M - 1) & ~(uint64_t)(HOIST_SIZE_2M - 1);
        const uint64_t end = range->physical_base + range->size_bytes;

        if (range->type == HOIST_MEMORY_USABLE && end <= FRAMES_LIMIT && end > start &&
            end - start > size_bytes) {
            blocks_pa = start;
            size_bytes = end - start;
        }
    }
    pool_pa = blocks_pa + FRAMES_BLOCKS * HOIST_SIZE_2M;
    if (size_bytes < FRAMES_NEEDED) {
        return false;
    }
    for (unsigned number = FRAMES_POOL; number-- > 0;) {
        free_numbers[free_count++] = (uint16_t)number;
        frames_poison(pool_pa + number * HOIST_SIZE_4K);
    }
    return true;
}
