/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ready-made flusher: which instructions it executes on either side of its threshold, with
 * global pages and without, and that all of what was listed is forgotten.
 */
#include "book.h"
#include "expect.h"
#include "frames.h"
#include "live.h"
#include "paging/cpu.h"
#include "paging/tidy.h"
#include "step.h"
#include "touch.h"

/* As many as the emulator's TLB is sure to have room for. */
#define FLUSHER_PAGES_MAX UINT64_C(48)
#define FLUSHER_SCATTERED UINT64_C(8) /* more than a list of ranges has room for */

static struct hoist_flush flush;

struct flusher_case {
    uint64_t page_count;
    bool is_global;
    uint64_t invlpg;
    uint64_t cr3_loads;
    uint64_t cr4_loads;
};

static void flusher_fill(unsigned block, uint64_t page_count)
{
    for (uint64_t i = 0; i < page_count; i++) {
        *frames_word(frames_block(block) + i * LIVE_PAGE_BYTES) = i << 8 | block;
    }
}

static uint64_t flusher_count(unsigned block, uint64_t page_count, uint64_t stride_bytes)
{
    uint64_t count = 0;

    for (uint64_t i = 0; i < page_count; i++) {
        count += touch_word(LIVE_FLUSHER_VA + i * stride_bytes) == (i << 8 | block);
    }
    return count;
}

/* Flushes what is collected, and checks what that took. */
static void flusher_flush(const struct flusher_case *wanted)
{
    const struct step_counts *counts;

    step_start();
    hoist_flush_now(&live.space);
    counts = step_stop();
    expect(counts->invlpg == wanted->invlpg && counts->cr3_loads == wanted->cr3_loads &&
               counts->cr4_loads == wanted->cr4_loads,
           "to flush %lu %spages takes %lu invlpg, %lu loads of CR3, %lu of CR4",
           wanted->page_count, wanted->is_global ? "global " : "", counts->invlpg,
           counts->cr3_loads, counts->cr4_loads);
}

static void flusher_run_case(const struct flusher_case *wanted)
{
    const uint64_t size_bytes = wanted->page_count * LIVE_PAGE_BYTES;
    const struct hoist_access access =
        live_access(HOIST_WRITE | (wanted->is_global ? HOIST_GLOBAL : 0));
    const struct hoist_extent first = live_extent(LIVE_FLUSHER_VA, frames_block(2), size_bytes);
    const struct hoist_extent second = live_extent(LIVE_FLUSHER_VA, frames_block(3), size_bytes);
    const struct hoist_range range = live_range(LIVE_FLUSHER_VA, size_bytes);

    expect_ok("pages are mapped", hoist_map(&live.space, &first, access, HOIST_LEAF_4K));
    expect_equal("they are read", wanted->page_count,
                 flusher_count(2, wanted->page_count, LIVE_PAGE_BYTES));
    expect_ok("they are mapped to other frames",
              hoist_remap(&live.space, &second, access, HOIST_LEAF_4K, HOIST_RANGE_LIVE));
    expect(flusher_count(2, wanted->page_count, LIVE_PAGE_BYTES) != 0, "some are stale");
    flusher_flush(wanted);
    expect_equal("none is", wanted->page_count,
                 flusher_count(3, wanted->page_count, LIVE_PAGE_BYTES));
    expect_ok("they are unmapped", hoist_unmap(&live.space, &range, HOIST_KEEP_TABLES));
    hoist_flush_now(&live.space);
    expect_equal("none is read", 0, flusher_count(3, wanted->page_count, LIVE_PAGE_BYTES));
}

/* Changes in more places than the list has room for become everything. */
static void flusher_scatter(void)
{
    static const struct flusher_case everything = {FLUSHER_SCATTERED, true, 0, 0, 2};
    const struct hoist_range whole = live_range(LIVE_FLUSHER_VA, FLUSHER_SCATTERED * HOIST_SIZE_2M);
    const struct hoist_access access = live_access(HOIST_WRITE | HOIST_GLOBAL);
    uint64_t wrong = 0;

    for (unsigned block = 2; block <= 3; block++) {
        for (uint64_t i = 0; i < FLUSHER_SCATTERED; i++) {
            const struct hoist_extent page =
                live_extent(LIVE_FLUSHER_VA + i * HOIST_SIZE_2M,
                            frames_block(block) + i * LIVE_PAGE_BYTES, LIVE_PAGE_BYTES);

            wrong += hoist_remap(&live.space, &page, access, HOIST_LEAF_4K, HOIST_RANGE_LIVE) !=
                     HOIST_OK;
            (void)touch_word(page.va.value);
        }
    }
    expect_equal("pages far from each other are mapped twice", 0, wrong);
    expect(flush.is_everything, "they are more than the list holds");
    flusher_flush(&everything);
    expect_equal("all of them are read anew", FLUSHER_SCATTERED,
                 flusher_count(3, FLUSHER_SCATTERED, HOIST_SIZE_2M));
    for (uint64_t i = 0; i < FLUSHER_SCATTERED; i++) {
        const struct hoist_extent page =
            live_extent(LIVE_FLUSHER_VA + i * HOIST_SIZE_2M, frames_block(3) + i * LIVE_PAGE_BYTES,
                        LIVE_PAGE_BYTES);

        book_add(&page, access, HOIST_LEAF_4K);
    }
    book_stop("flusher", &live.space);
    book_begin();
    expect_ok("they are unmapped", hoist_unmap(&live.space, &whole, HOIST_DROP_TABLES));
    expect_equal("their tables wait", FLUSHER_SCATTERED, flush.freed.frame_count);
    hoist_flush_now(&live.space);
}

void flusher_run(void)
{
    static const struct flusher_case all[] = {
        {1, false, 1, 0, 0},
        {HOIST_FLUSH_PAGES_MAX, false, HOIST_FLUSH_PAGES_MAX, 0, 0},
        {HOIST_FLUSH_PAGES_MAX + 1, false, 0, 1, 0},
        {FLUSHER_PAGES_MAX, false, 0, 1, 0},
        {1, true, 1, 0, 0},
        {HOIST_FLUSH_PAGES_MAX, true, HOIST_FLUSH_PAGES_MAX, 0, 0},
        {HOIST_FLUSH_PAGES_MAX + 1, true, 0, 0, 2},
        {FLUSHER_PAGES_MAX, true, 0, 0, 2},
    };
    const struct hoist_range whole = live_range(LIVE_FLUSHER_VA, 16 * HOIST_SIZE_2M);
    const uint64_t base_frames = frames_out();
    uint64_t cr4;

    __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("movq %0, %%cr4" : : "r"(cr4 | HOIST_CR4_PGE) : "memory");
    flusher_fill(2, FLUSHER_PAGES_MAX);
    flusher_fill(3, FLUSHER_PAGES_MAX);
    live.space.flush = &flush;
    for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        flusher_run_case(&all[i]);
    }
    flusher_scatter();
    live.space.flush = NULL;
    expect_ok("empty tables are freed", hoist_collapse(&live.space, &whole));
    expect_equal("as many table frames are in use as before", base_frames, frames_out());
}
