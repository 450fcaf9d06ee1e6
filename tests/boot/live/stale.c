/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A space that collects what is to be flushed: until the flush the CPU goes by what it knows, and
 * from then on by the tables. Each test makes the same kind of access before and after, with D set
 * already: the emulator looks at the tables again for the first write to a page, and for wider
 * rights. It may also forget a translation by itself, so several pages are tried at once, of which
 * some must be stale.
 */
#include "book.h"
#include "expect.h"
#include "frames.h"
#include "live.h"
#include "paging/cpu.h"
#include "paging/tidy.h"
#include "touch.h"

#define STALE_PAGES UINT64_C(16)
#define STALE_BYTES (STALE_PAGES * LIVE_PAGE_BYTES)
#define STALE_OLD   UINT64_C(0x01dc0de000000000)
#define STALE_NEW   UINT64_C(0x0e3c0de000000000)

static struct hoist_flush flush;

static struct hoist_extent stale_extent(unsigned block)
{
    return live_extent(LIVE_STALE_VA, frames_block(block), STALE_BYTES);
}

static struct hoist_range stale_range(void)
{
    return live_range(LIVE_STALE_VA, STALE_BYTES);
}

/* Each page begins with a number of its own, and goes on with a return instruction. */
static void stale_fill(unsigned block, uint64_t seed)
{
    for (uint64_t i = 0; i < STALE_PAGES; i++) {
        const uint64_t pa = frames_block(block) + i * LIVE_PAGE_BYTES;

        *frames_word(pa) = seed + i;
        *frames_word(pa + 8) = TOUCH_OPCODES;
    }
}

/* What an access to a page brought: an outcome of touch.h, or the number that was read. */
static uint64_t stale_try(enum touch_kind kind, uint64_t number)
{
    const uint64_t va = LIVE_STALE_VA + number * LIVE_PAGE_BYTES;
    uint64_t value = 0;
    uint64_t outcome;

    switch (kind) {
    case TOUCH_WRITE: return touch_write(va, STALE_OLD + number);
    case TOUCH_EXECUTE: return touch_execute(va + 8);
    default:
        outcome = touch_read(va, &value);
        return outcome == TOUCH_FINE ? value - number : outcome;
    }
}

/* How many of the pages answer an access in this way. */
static uint64_t stale_count(enum touch_kind kind, uint64_t outcome)
{
    uint64_t count = 0;

    for (uint64_t i = 0; i < STALE_PAGES; i++) {
        count += stale_try(kind, i) == outcome;
    }
    return count;
}

/* Before the flush: each page answers as it did, or as it will, and some as they did. */
static void stale_expect(const char *text, enum touch_kind kind, uint64_t before, uint64_t after)
{
    uint64_t stale_pages = 0;
    uint64_t fresh_pages = 0;

    for (uint64_t i = 0; i < STALE_PAGES; i++) {
        const uint64_t outcome = stale_try(kind, i);

        stale_pages += outcome == before;
        fresh_pages += outcome == after;
    }
    expect(stale_pages != 0 && stale_pages + fresh_pages == STALE_PAGES,
           "before the flush %s: %lu pages of %lu", text, stale_pages, STALE_PAGES);
    expect_equal("these pages are listed", STALE_PAGES, hoist_flush_page_count(&flush));
}

/* After it: all answer as they should. */
static void stale_flush(enum touch_kind kind, uint64_t after)
{
    hoist_flush_now(&live.space);
    expect(!hoist_flush_is_needed(&flush), "after the flush the list is empty");
    expect_equal("and every page answers as the tables say", STALE_PAGES, stale_count(kind, after));
}

/* The pages anew, written and read through their translations, and nothing left to be flushed. */
static void stale_begin(struct hoist_access access)
{
    const struct hoist_extent extent = stale_extent(0);
    const struct hoist_range range = stale_range();

    stale_fill(0, STALE_OLD);
    stale_fill(1, STALE_NEW);
    live.space.flush = NULL;
    expect_ok("what was there is unmapped", hoist_unmap(&live.space, &range, HOIST_DROP_TABLES));
    live.space.flush = &flush;
    expect_ok("pages are mapped", hoist_map(&live.space, &extent, access, HOIST_LEAF_4K));
    expect(!hoist_flush_is_needed(&flush), "that makes nothing stale");
    if ((access.rights & HOIST_WRITE) != 0) {
        expect_equal("they can be written", STALE_PAGES, stale_count(TOUCH_WRITE, TOUCH_FINE));
    }
    expect_equal("they can be read", STALE_PAGES, stale_count(TOUCH_READ, STALE_OLD));
}

static void stale_remap_run(void)
{
    const struct hoist_extent extent = stale_extent(1);

    stale_begin(live_access(HOIST_WRITE));
    expect_ok("they are mapped to other frames",
              hoist_remap(&live.space, &extent, live_access(HOIST_WRITE), HOIST_LEAF_4K,
                          HOIST_RANGE_LIVE));
    stale_expect("the old frames are read", TOUCH_READ, STALE_OLD, STALE_NEW);
    stale_flush(TOUCH_READ, STALE_NEW);
}

static void stale_protect_run(void)
{
    const struct hoist_range range = stale_range();

    stale_begin(live_access(HOIST_WRITE));
    expect_ok("they are made read-only", hoist_protect(&live.space, &range, live_access(0)));
    stale_expect("they can be written", TOUCH_WRITE, TOUCH_FINE, TOUCH_PRESENT | TOUCH_WROTE);
    stale_flush(TOUCH_WRITE, TOUCH_PRESENT | TOUCH_WROTE);

    if (!live.cpu.has_nx) {
        return;
    }
    stale_begin(live_access(HOIST_EXECUTE));
    expect_equal("they can be executed", STALE_PAGES, stale_count(TOUCH_EXECUTE, TOUCH_FINE));
    expect_ok("they are made data", hoist_protect(&live.space, &range, live_access(0)));
    stale_expect("they can be executed", TOUCH_EXECUTE, TOUCH_FINE, TOUCH_PRESENT | TOUCH_FETCH);
    stale_flush(TOUCH_EXECUTE, TOUCH_PRESENT | TOUCH_FETCH);
}

static void stale_unmap_run(void)
{
    const struct hoist_range range = stale_range();

    stale_begin(live_access(HOIST_WRITE));
    expect_ok("they are unmapped", hoist_unmap(&live.space, &range, HOIST_KEEP_TABLES));
    stale_expect("they can be read", TOUCH_READ, STALE_OLD, 0);
    stale_flush(TOUCH_READ, 0);
}

/* The range of the page table goes whole, and the table with it; the caller flushes by himself. */
static void stale_table_run(void)
{
    const struct hoist_range range = live_range(LIVE_STALE_VA, HOIST_SIZE_2M);
    uint64_t frames;

    stale_begin(live_access(HOIST_WRITE));
    frames = frames_out();
    expect_ok("they are unmapped with their table",
              hoist_unmap(&live.space, &range, HOIST_DROP_TABLES));
    expect(stale_count(TOUCH_READ, STALE_OLD) != 0, "before the flush some can be read");
    expect_equal("the table is held back", 1, flush.freed.frame_count);
    expect_equal("it was not freed", frames, frames_out());
    hoist_flush_this_cpu(NULL, &flush);
    expect_equal("every read faults", STALE_PAGES, stale_count(TOUCH_READ, 0));
    expect_equal("it is not freed before the space knows", frames, frames_out());
    hoist_flush_done(&live.space);
    expect_equal("then it is", frames - 1, frames_out());
    expect(!hoist_flush_is_needed(&flush) && flush.freed.frame_count == 0, "the list is empty");
}

/* Where nothing is collected, every change has flushed when it returns. */
static void stale_at_once_run(void)
{
    const struct hoist_extent extent = stale_extent(1);
    const struct hoist_range range = stale_range();

    stale_begin(live_access(HOIST_WRITE));
    live.space.flush = NULL;
    expect_ok("without collecting, they are mapped to other frames",
              hoist_remap(&live.space, &extent, live_access(HOIST_WRITE), HOIST_LEAF_4K,
                          HOIST_RANGE_LIVE));
    expect_equal("the new frames are read", STALE_PAGES, stale_count(TOUCH_READ, STALE_NEW));
    expect_equal("they can be written", STALE_PAGES, stale_count(TOUCH_WRITE, TOUCH_FINE));
    expect_ok("they are made read-only", hoist_protect(&live.space, &range, live_access(0)));
    expect_equal("every write faults", STALE_PAGES,
                 stale_count(TOUCH_WRITE, TOUCH_PRESENT | TOUCH_WROTE));
    book_add(&extent, live_access(0), HOIST_LEAF_4K);
    book_stop("stale", &live.space);
    book_begin();
    expect_ok("they are unmapped", hoist_unmap(&live.space, &range, HOIST_DROP_TABLES));
    expect_equal("every read faults", STALE_PAGES, stale_count(TOUCH_READ, 0));
}

void stale_run(void)
{
    const struct hoist_range range = stale_range();
    const uint64_t base_frames = frames_out();

    stale_remap_run();
    stale_protect_run();
    stale_unmap_run();
    stale_table_run();
    stale_at_once_run();
    expect_ok("empty tables are freed", hoist_collapse(&live.space, &range));
    expect_equal("as many table frames are in use as before", base_frames, frames_out());
}
