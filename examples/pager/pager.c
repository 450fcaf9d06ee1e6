/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A demand pager: a region of 16 MiB of which no page is mapped at first. The first access to a
 * page faults, the handler maps a zeroed frame, and the access goes on. The guard page below the
 * region still faults.
 */
#include "console.h"
#include "cpu.h" /* of paging/: CR3 and the flusher */
#include "hoist.h"
#include "hoist_paging.h"
#include "traps.h"

#define PAGE_BYTES   UINT64_C(4096)
#define REGION_VA    UINT64_C(0xffffc00000000000)
#define REGION_BYTES UINT64_C(0x1000000)
/* The region's lowest page is never mapped. */
#define GUARD_VA REGION_VA

static struct hoist_space space;
static uint64_t direct_map, next_frame, last_frame;
static uint64_t fault_count;

/* Frames from the largest usable range, one after the other. */
static bool take_frame(void *context, struct hoist_frame_4k *frame)
{
    (void)context;
    frame->pa = next_frame;
    next_frame += PAGE_BYTES;
    return frame->pa < last_frame;
}

static void *reach(void *context, struct hoist_frame_4k frame)
{
    (void)context;
    return (void *)(direct_map + frame.pa);
}

static const struct hoist_hooks hooks = {
    .allocate_table = take_frame, .table_at = reach, .flush = hoist_flush_this_cpu};

/* The pager. A page that is there already, or lies outside, is a fault as ever. */
bool page_fault(uint64_t va, uint64_t error_code)
{
    struct hoist_page_4k page;
    struct hoist_frame_4k frame;
    uint64_t *words;

    if ((error_code & TRAPS_PRESENT) != 0 || va < GUARD_VA + PAGE_BYTES ||
        va >= REGION_VA + REGION_BYTES ||
        hoist_page_4k_at(&space, hoist_va_of(va & ~(PAGE_BYTES - 1)), &page) != HOIST_OK ||
        !take_frame(NULL, &frame)) {
        return false;
    }
    words = reach(NULL, frame);
    for (unsigned i = 0; i < PAGE_BYTES / sizeof(*words); i++) {
        words[i] = 0;
    }
    fault_count++;
    return hoist_map_4k(&space, page, frame, hoist_kernel_data()) == HOIST_OK;
}

static void start(const struct hoist_handoff *handoff)
{
    const struct hoist_cpu cpu = {
        .levels = (uint8_t)handoff->paging_levels, .physical_bits = 36, .has_nx = true};

    direct_map = handoff->direct_map_offset;
    for (uint64_t i = 0; i < handoff->memory_map_count; i++) {
        const struct hoist_memory_range *range = &handoff->memory_map[i];

        /* Below 64 GiB, as the 36 bits above have it. */
        if (range->type == HOIST_MEMORY_USABLE && range->size_bytes > last_frame - next_frame &&
            range->physical_base + range->size_bytes <= UINT64_C(1) << 36) {
            next_frame = range->physical_base;
            last_frame = range->physical_base + range->size_bytes;
        }
    }
    expect(hoist_space_init(&space, &cpu, &hooks, NULL) == HOIST_OK &&
               hoist_space_open(&space, hoist_root_of_this_cpu()) == HOIST_OK,
           "the loader's tables are taken over");
    traps_load();
}

_Noreturn void kernel_main(const struct hoist_handoff *handoff)
{
    volatile uint64_t *words = (volatile uint64_t *)REGION_VA;
    const uint64_t page_words = PAGE_BYTES / sizeof(*words);
    bool is_zero = true, is_kept = true;

    start(handoff);
    for (uint64_t page = 1; page < 1000; page += 3) {
        is_zero = is_zero && words[page * page_words + page % page_words] == 0;
        words[page * page_words] = page;
    }
    for (uint64_t page = 1; page < 1000; page += 3) {
        is_kept = is_kept && words[page * page_words] == page;
    }
    expect(is_zero, "a page is zero when it is first touched");
    expect(is_kept, "what was written to 333 pages is there");
    expect(fault_count == 333, "each of them took one fault");
    expect(!probe(GUARD_VA), "the guard page faults");
    expect(!probe(REGION_VA + REGION_BYTES), "and so does the page behind the region");
    expect(probe(REGION_VA + REGION_BYTES - 1), "the region's last page is mapped on demand");
    print("pager: ");
    print_number(fault_count);
    print(" pages mapped on demand\n");
    finish(true);
}
