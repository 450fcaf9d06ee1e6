/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Large leaves with data in them, split and merged while they are read: after each instruction of
 * the library the data is there. They are write-combining, so that their PAT bit has to move.
 */
#include "sizes.h"

#include "book.h"
#include "expect.h"
#include "frames.h"
#include "live.h"
#include "paging/cpu.h"
#include "paging/tidy.h"
#include "step.h"
#include "touch.h"

#define SIZES_FIRST  UINT64_C(0x5eed000100000000)
#define SIZES_SECOND UINT64_C(0x5eed000200000000)

/* Pages that change within a large leaf, by number. */
#define SIZES_MOVED  5u
#define SIZES_NARROW 77u
#define SIZES_GONE   300u

static struct hoist_access sizes_access(uint8_t rights)
{
    return hoist_access_of((uint8_t)(HOIST_READ | rights), HOIST_WRITE_COMBINING);
}

static struct hoist_extent sizes_extent(void)
{
    return live_extent(SIZES_VA, frames_block(SIZES_BLOCK), HOIST_SIZE_2M);
}

static struct hoist_range sizes_range(void)
{
    return live_range(SIZES_VA, HOIST_SIZE_2M);
}

static struct hoist_range sizes_page(uint64_t number)
{
    return live_range(SIZES_VA + number * LIVE_PAGE_BYTES, LIVE_PAGE_BYTES);
}

/* The first and the last word of each page. */
static void sizes_write(uint64_t seed)
{
    uint64_t wrong = 0;

    for (uint64_t i = 0; i < SIZES_PAGES; i++) {
        const uint64_t va = SIZES_VA + i * LIVE_PAGE_BYTES;

        wrong += touch_write(va, seed + i) != TOUCH_FINE;
        wrong += touch_write(va + LIVE_PAGE_BYTES - 8, ~(seed + i)) != TOUCH_FINE;
    }
    expect_equal("every page can be written", 0, wrong);
}

static void sizes_expect_data(uint64_t seed)
{
    uint64_t wrong = 0;

    for (uint64_t i = 0; i < SIZES_PAGES; i++) {
        const uint64_t offset = i * LIVE_PAGE_BYTES;
        const volatile uint64_t *frame = frames_word(frames_block(SIZES_BLOCK) + offset);

        wrong += touch_word(SIZES_VA + offset) != seed + i || frame[0] != seed + i;
        wrong += touch_word(SIZES_VA + offset + LIVE_PAGE_BYTES - 8) != ~(seed + i);
    }
    expect_equal("every page has its data", 0, wrong);
}

static void sizes_merge(void)
{
    const struct hoist_range range = sizes_range();
    const uint64_t frames = frames_out();

    step_watch_same(SIZES_VA, 0x80000);
    step_watch_table(SIZES_VA, HOIST_LEVEL_PD);
    STEP_EXPECT("the pieces are merged", hoist_merge(&live.space, &range));
    step_expect_flush();
    expect_equal("the page table is freed", frames - 1, frames_out());
    sizes_expect(SIZES_VA, frames_block(SIZES_BLOCK), HOIST_SIZE_2M, HOIST_LEAF_2M);
}

static void sizes_split_and_merge(void)
{
    const struct hoist_extent extent = sizes_extent();
    const struct hoist_range page = sizes_page(3);
    const uint64_t frames = frames_out();

    sizes_expect(SIZES_VA, extent.pa.value, HOIST_SIZE_2M, HOIST_LEAF_2M);
    step_watch_same(SIZES_VA, 0x80000);
    STEP_EXPECT("a large leaf is split", hoist_split(&live.space, &page, HOIST_LEAF_4K));
    step_expect_flush();
    expect_equal("that takes one table frame", frames + 1, frames_out());
    sizes_expect(SIZES_VA, extent.pa.value, HOIST_SIZE_2M, HOIST_LEAF_4K);
    sizes_expect_data(SIZES_FIRST);
    sizes_write(SIZES_SECOND);
    sizes_expect_data(SIZES_SECOND);
    book_add(&extent, sizes_access(HOIST_WRITE), HOIST_LEAF_4K);
    book_stop("split", &live.space);
    book_begin();
    sizes_merge();
    sizes_expect_data(SIZES_SECOND);
}

/* One page in the middle of a large leaf changes, and its neighbours do not notice. */
static void sizes_change_within(void)
{
    const struct hoist_range narrow = sizes_page(SIZES_NARROW);
    const struct hoist_range gone = sizes_page(SIZES_GONE);
    const struct hoist_extent again = live_extent(
        gone.va.value, frames_block(SIZES_BLOCK) + SIZES_GONE * LIVE_PAGE_BYTES, LIVE_PAGE_BYTES);
    uint64_t value;

    step_watch_same(narrow.va.value - LIVE_PAGE_BYTES, LIVE_PAGE_BYTES);
    STEP_EXPECT("a page within is made read-only",
                hoist_protect(&live.space, &narrow, sizes_access(0)));
    step_expect_flush();
    expect_equal("a write to it faults", TOUCH_PRESENT | TOUCH_WROTE,
                 touch_write(narrow.va.value, 1));
    expect_equal("a write to the page before is fine", TOUCH_FINE,
                 touch_write(narrow.va.value - LIVE_PAGE_BYTES, SIZES_SECOND + SIZES_NARROW - 1));
    expect_equal("a write to the page behind is fine", TOUCH_FINE,
                 touch_write(narrow.va.value + LIVE_PAGE_BYTES, SIZES_SECOND + SIZES_NARROW + 1));
    step_watch_same(narrow.va.value - LIVE_PAGE_BYTES, LIVE_PAGE_BYTES);
    STEP_EXPECT("it is made writable again",
                hoist_protect(&live.space, &narrow, sizes_access(HOIST_WRITE)));
    sizes_merge();

    step_watch_same(gone.va.value + LIVE_PAGE_BYTES, LIVE_PAGE_BYTES);
    STEP_EXPECT("a page within is unmapped", hoist_unmap(&live.space, &gone, HOIST_DROP_TABLES));
    step_expect_flush();
    expect_equal("a read of it faults", 0, touch_read(gone.va.value, &value));
    expect_ok("it is mapped again",
              hoist_map(&live.space, &again, sizes_access(HOIST_WRITE), HOIST_LEAF_4K));
    sizes_expect_data(SIZES_SECOND);
    sizes_merge();
}

/* One page within gets another frame: at no moment is it without one. */
static void sizes_remap_within(void)
{
    const struct hoist_range page = sizes_page(SIZES_MOVED);
    const uint64_t other_pa = frames_block(SIZES_BLOCK + 1) + 9 * LIVE_PAGE_BYTES;
    const struct hoist_extent there = live_extent(page.va.value, other_pa, LIVE_PAGE_BYTES);
    const struct hoist_extent back = live_extent(
        page.va.value, frames_block(SIZES_BLOCK) + SIZES_MOVED * LIVE_PAGE_BYTES, LIVE_PAGE_BYTES);
    const struct hoist_access access = sizes_access(HOIST_WRITE);

    *frames_word(other_pa) = SIZES_FIRST;
    step_watch(page.va.value, SIZES_SECOND + SIZES_MOVED, SIZES_FIRST, false);
    step_watch(page.va.value + LIVE_PAGE_BYTES, SIZES_SECOND + SIZES_MOVED + 1,
               SIZES_SECOND + SIZES_MOVED + 1, false);
    STEP_EXPECT("a page within gets another frame, in use",
                hoist_remap(&live.space, &there, access, HOIST_LEAF_4K, HOIST_RANGE_LIVE));
    step_expect_flush();
    expect_equal("that frame is read", SIZES_FIRST, touch_word(page.va.value));
    step_watch(page.va.value, SIZES_FIRST, SIZES_SECOND + SIZES_MOVED, false);
    STEP_EXPECT("it gets the old one back, in use",
                hoist_remap(&live.space, &back, access, HOIST_LEAF_4K, HOIST_RANGE_LIVE));
    sizes_merge();
    sizes_expect_data(SIZES_SECOND);
}

/*
 * Flushes, and then uses what is being changed, as another CPU would: in the middle of a change it
 * learns the pieces of a leaf, which the end of the change has to flush in turn.
 */
static void sizes_flush_and_use(void *context, const struct hoist_flush *what)
{
    uint64_t value;

    hoist_flush_this_cpu(context, what);
    (void)touch_read(sizes_page(SIZES_MOVED).va.value, &value);
    (void)touch_write(sizes_page(SIZES_NARROW).va.value, SIZES_SECOND + SIZES_NARROW);
    (void)touch_read(sizes_page(SIZES_GONE).va.value, &value);
}

/*
 * The three changes once more, without single steps: those flush by themselves, and so would hide a
 * translation that outlives its change.
 */
static void sizes_change_at_once(void)
{
    const struct hoist_range narrow = sizes_page(SIZES_NARROW);
    const struct hoist_range gone = sizes_page(SIZES_GONE);
    const struct hoist_range moved = sizes_page(SIZES_MOVED);
    const struct hoist_extent home = sizes_extent();
    const struct hoist_extent there = live_extent(
        moved.va.value, frames_block(SIZES_BLOCK + 1) + 9 * LIVE_PAGE_BYTES, LIVE_PAGE_BYTES);
    const struct hoist_access access = sizes_access(HOIST_WRITE);
    struct hoist_hooks hooks = frames_hooks;
    uint64_t value;

    hooks.flush = sizes_flush_and_use;
    live.space.hooks = &hooks;
    sizes_write(SIZES_SECOND);
    expect_ok("a page within gets another frame",
              hoist_remap(&live.space, &there, access, HOIST_LEAF_4K, HOIST_RANGE_LIVE));
    expect_equal("that frame is read at once", SIZES_FIRST, touch_word(moved.va.value));
    expect_ok("all of it is as it was",
              hoist_remap(&live.space, &home, access, HOIST_LEAF_2M, HOIST_RANGE_IDLE));

    sizes_write(SIZES_SECOND);
    expect_ok("a page within is made read-only",
              hoist_protect(&live.space, &narrow, sizes_access(0)));
    expect_equal("a write to it faults at once", TOUCH_PRESENT | TOUCH_WROTE,
                 touch_write(narrow.va.value, 1));
    expect_ok("all of it is as it was",
              hoist_remap(&live.space, &home, access, HOIST_LEAF_2M, HOIST_RANGE_IDLE));

    sizes_write(SIZES_SECOND);
    expect_ok("a page within is unmapped", hoist_unmap(&live.space, &gone, HOIST_DROP_TABLES));
    expect_equal("a read of it faults at once", 0, touch_read(gone.va.value, &value));
    expect_ok("all of it is as it was",
              hoist_remap(&live.space, &home, access, HOIST_LEAF_2M, HOIST_RANGE_IDLE));
    live.space.hooks = &frames_hooks;
    sizes_expect(SIZES_VA, home.pa.value, HOIST_SIZE_2M, HOIST_LEAF_2M);
    sizes_expect_data(SIZES_SECOND);
}

/* All of it gets frames that allow no large leaf, and goes back. */
static void sizes_remap_whole(const struct hoist_extent *uneven, const struct hoist_extent *home)
{
    const struct hoist_access access = sizes_access(HOIST_WRITE);
    uint64_t sum;

    *frames_word(uneven->pa.value) = SIZES_FIRST;
    step_watch(SIZES_VA, SIZES_SECOND, SIZES_FIRST, false);
    STEP_EXPECT("the leaf gives way to small ones with other frames, in use",
                hoist_remap(&live.space, uneven, access, HOIST_LEAF_2M, HOIST_RANGE_LIVE));
    step_expect_flush();
    sizes_expect(SIZES_VA, uneven->pa.value, HOIST_SIZE_2M, HOIST_LEAF_4K);

    sum = frames_checksum();
    expect_result("small leaves cannot give way to a large one with other frames, in use",
                  HOIST_RANGE_IN_USE,
                  hoist_remap(&live.space, home, access, HOIST_LEAF_2M, HOIST_RANGE_LIVE));
    expect(sum == frames_checksum(), "the tables are bit for bit as before");
    step_watch(SIZES_VA, SIZES_FIRST, SIZES_SECOND, true);
    STEP_EXPECT("out of use they can: old, then absent, then new",
                hoist_remap(&live.space, home, access, HOIST_LEAF_2M, HOIST_RANGE_IDLE));
    step_expect_flush();
    sizes_expect(SIZES_VA, home->pa.value, HOIST_SIZE_2M, HOIST_LEAF_2M);
    sizes_expect_data(SIZES_SECOND);
}

void sizes_run(void)
{
    const struct hoist_extent extent = sizes_extent();
    const struct hoist_extent uneven =
        live_extent(SIZES_VA, frames_block(SIZES_BLOCK + 1) + LIVE_PAGE_BYTES, HOIST_SIZE_2M);
    const struct hoist_range range = sizes_range();
    const uint64_t base_frames = frames_out();

    expect_ok("2 MiB are mapped write-combining",
              hoist_map(&live.space, &extent, sizes_access(HOIST_WRITE), HOIST_LEAF_2M));
    sizes_write(SIZES_FIRST);
    sizes_split_and_merge();
    sizes_change_within();
    sizes_remap_within();
    sizes_change_at_once();
    sizes_remap_whole(&uneven, &extent);
    book_add(&extent, sizes_access(HOIST_WRITE), HOIST_LEAF_2M);
    gigabyte_run();
    book_begin();
    expect_ok("all of it is unmapped", hoist_unmap(&live.space, &range, HOIST_DROP_TABLES));
    expect_ok("empty tables are freed", hoist_collapse(&live.space, &range));
    expect_equal("as many table frames are in use as before", base_frames, frames_out());
}
