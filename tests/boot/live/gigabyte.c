/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first GiB of physical memory, mapped once more, write-combining: by one leaf where the CPU
 * has leaves of 1 GiB, by leaves of 2 MiB elsewhere. Only memory in it is touched.
 */
#include "book.h"
#include "expect.h"
#include "frames.h"
#include "paging/query.h"
#include "paging/tidy.h"
#include "sizes.h"
#include "step.h"
#include "touch.h"

#define GIGABYTE_VA    (LIVE_SIZES_VA + HOIST_SIZE_1G)
#define GIGABYTE_VALUE UINT64_C(0x6164a17e00000000)

#define GIGABYTE_STATE UINT64_C(0x60) /* A and D */

static struct hoist_access gigabyte_access(void)
{
    return hoist_access_of(HOIST_READ | HOIST_WRITE, HOIST_WRITE_COMBINING);
}

/* Without NX, what can be read can be executed. */
static uint8_t gigabyte_rights(void)
{
    return gigabyte_access().rights | (live.cpu.has_nx ? 0 : HOIST_EXECUTE);
}

void sizes_expect(uint64_t va, uint64_t pa, uint64_t size_bytes, enum hoist_leaf_size size)
{
    uint64_t wrong = 0;

    for (uint64_t offset = 0; offset < size_bytes; offset += LIVE_PAGE_BYTES) {
        struct hoist_translation found = {0};

        wrong += hoist_query(&live.space, hoist_va_of(va + offset), &found) != HOIST_OK ||
                 found.pa.value != pa + offset || found.size != size ||
                 found.leaf.rights != gigabyte_rights() ||
                 found.leaf.cache != HOIST_WRITE_COMBINING;
    }
    expect(wrong == 0, "%lx has leaves of %lx bytes and is write-combining", va,
           hoist_leaf_bytes(size));
}

/* A and D of every leaf of the stretch. */
static void gigabyte_expect_state(uint64_t va, uint64_t size_bytes, uint64_t stride_bytes)
{
    uint64_t wrong = 0;

    for (uint64_t offset = 0; offset < size_bytes; offset += stride_bytes) {
        struct hoist_translation found = {0};

        wrong += hoist_query(&live.space, hoist_va_of(va + offset), &found) != HOIST_OK ||
                 (found.entry & GIGABYTE_STATE) != GIGABYTE_STATE;
    }
    expect_equal("every leaf is accessed and dirty, as the large one was", 0, wrong);
}

/* `block` is the stretch of 2 MiB in which there is data. */
static void gigabyte_watch(uint64_t block_va)
{
    for (uint64_t i = 0; i < STEP_SAME; i++) {
        step_watch(block_va + i * LIVE_PAGE_BYTES, GIGABYTE_VALUE + i, GIGABYTE_VALUE + i, false);
    }
}

static void gigabyte_split(uint64_t block_va)
{
    const struct hoist_range page = live_range(block_va + LIVE_PAGE_BYTES, LIVE_PAGE_BYTES);
    const uint64_t frames = frames_out();
    const uint64_t pa = block_va - GIGABYTE_VA;

    gigabyte_watch(block_va);
    STEP_EXPECT("its leaves are made no larger than 2 MiB",
                hoist_split(&live.space, &page, HOIST_LEAF_2M));
    expect_equal("that takes a frame where they were larger", frames + live.cpu.has_1g_pages,
                 frames_out());
    sizes_expect(GIGABYTE_VA, 0, HOIST_SIZE_1G, HOIST_LEAF_2M);
    if (live.cpu.has_1g_pages) {
        gigabyte_expect_state(GIGABYTE_VA, HOIST_SIZE_1G, HOIST_SIZE_2M);
    }
    gigabyte_watch(block_va);
    STEP_EXPECT("one of them is split further", hoist_split(&live.space, &page, HOIST_LEAF_4K));
    sizes_expect(block_va, pa, HOIST_SIZE_2M, HOIST_LEAF_4K);
    sizes_expect(block_va - HOIST_SIZE_2M, pa - HOIST_SIZE_2M, HOIST_SIZE_2M, HOIST_LEAF_2M);
    sizes_expect(block_va + HOIST_SIZE_2M, pa + HOIST_SIZE_2M, HOIST_SIZE_2M, HOIST_LEAF_2M);
    gigabyte_expect_state(block_va, HOIST_SIZE_2M, LIVE_PAGE_BYTES);
}

static void gigabyte_book(uint64_t block_va)
{
    const uint64_t pa = block_va - GIGABYTE_VA;
    const uint64_t end = pa + HOIST_SIZE_2M;
    const struct hoist_extent before = live_extent(GIGABYTE_VA, 0, pa);
    const struct hoist_extent within = live_extent(block_va, pa, HOIST_SIZE_2M);
    const struct hoist_extent behind = live_extent(GIGABYTE_VA + end, end, HOIST_SIZE_1G - end);

    book_add(&before, gigabyte_access(), HOIST_LEAF_2M);
    book_add(&within, gigabyte_access(), HOIST_LEAF_4K);
    book_add(&behind, gigabyte_access(), HOIST_LEAF_2M);
}

void gigabyte_run(void)
{
    const uint64_t pa = frames_block(SIZES_BLOCK + 2);
    const struct hoist_extent extent = live_extent(GIGABYTE_VA, 0, HOIST_SIZE_1G);
    const struct hoist_range range = live_range(GIGABYTE_VA, HOIST_SIZE_1G);
    struct hoist_frame_1g frame;
    const enum hoist_result has_frame = hoist_frame_1g_at(&live.space, hoist_pa_of(0), &frame);
    uint64_t wrong = 0;
    uint64_t frames;

    expect_result("a frame of 1 GiB is one where the CPU has such pages",
                  live.cpu.has_1g_pages ? HOIST_OK : HOIST_NO_1G_PAGES, has_frame);
    expect_ok("1 GiB is mapped write-combining",
              hoist_map(&live.space, &extent, gigabyte_access(), HOIST_LEAF_1G));
    frames = frames_out();
    sizes_expect(GIGABYTE_VA, 0, HOIST_SIZE_1G, live_largest());
    for (uint64_t i = 0; i < SIZES_PAGES; i++) {
        wrong +=
            touch_write(GIGABYTE_VA + pa + i * LIVE_PAGE_BYTES, GIGABYTE_VALUE + i) != TOUCH_FINE;
    }
    expect_equal("memory is written through it", 0, wrong);
    gigabyte_split(GIGABYTE_VA + pa);
    gigabyte_book(GIGABYTE_VA + pa);
    book_stop("gigabyte", &live.space);

    gigabyte_watch(GIGABYTE_VA + pa);
    step_watch_table(GIGABYTE_VA + pa, HOIST_LEVEL_PD);
    if (live.cpu.has_1g_pages) {
        step_watch_table(GIGABYTE_VA, HOIST_LEVEL_PDPT);
    }
    STEP_EXPECT("all of it is merged", hoist_merge(&live.space, &range));
    step_expect_flush();
    sizes_expect(GIGABYTE_VA, 0, HOIST_SIZE_1G, live_largest());
    expect_equal("the tables are freed", frames, frames_out());
    gigabyte_expect_state(GIGABYTE_VA + pa, 1, 1);
    for (uint64_t i = 0; i < SIZES_PAGES; i++) {
        wrong += touch_word(GIGABYTE_VA + pa + i * LIVE_PAGE_BYTES) != GIGABYTE_VALUE + i;
    }
    expect_equal("what was written is there", 0, wrong);
    expect_ok("it is unmapped", hoist_unmap(&live.space, &range, HOIST_DROP_TABLES));
}
