/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The leaves that the kernel runs on, changed under its feet: all its code and constants lie in one
 * leaf of 2 MiB, all its data and its stack in another.
 */
#include "book.h"
#include "expect.h"
#include "frames.h"
#include "live.h"
#include "paging/query.h"
#include "paging/tidy.h"
#include "step.h"
#include "touch.h"

#define ITSELF_BLOCK  4u
#define ITSELF_MARKER UINT64_C(0x0123456789abcdef)
#define ITSELF_OTHER  UINT64_C(0xfedcba9876543210)
#define ITSELF_WORDS  64u

/* In the code's leaf, so that its copy can be told from it. */
static const volatile uint64_t marker = ITSELF_MARKER;

static struct hoist_access itself_code(void)
{
    return live_access(HOIST_EXECUTE);
}

static struct hoist_access itself_data(void)
{
    return live_access(HOIST_WRITE);
}

static struct hoist_extent itself_extent(const void *place)
{
    return live_extent((uint64_t)place, live_image_pa(place), HOIST_SIZE_2M);
}

static struct hoist_range itself_page(const void *place)
{
    return live_range((uint64_t)place & ~(LIVE_PAGE_BYTES - 1), LIVE_PAGE_BYTES);
}

static void itself_expect_size(const char *sentence, const void *place, enum hoist_leaf_size size)
{
    struct hoist_translation found = {0};
    const enum hoist_result result = hoist_query(&live.space, hoist_va_of((uint64_t)place), &found);

    expect(result == HOIST_OK && found.size == size, "%s in a leaf of %lx bytes", sentence,
           hoist_leaf_bytes(size));
}

static void itself_split_code(void)
{
    const uint64_t last = (uint64_t)image_start + HOIST_SIZE_2M - LIVE_PAGE_BYTES;
    const struct hoist_range page = live_range(last, LIVE_PAGE_BYTES);

    itself_expect_size("the code is", image_start, HOIST_LEAF_2M);
    step_watch_same((uint64_t)image_start, 0x80000);
    STEP_EXPECT("the leaf of the code that does it is split",
                hoist_split(&live.space, &page, HOIST_LEAF_4K));
    step_expect_flush();
    itself_expect_size("the code is", image_start, HOIST_LEAF_4K);

    *frames_word(live_image_pa((void *)last)) = TOUCH_OPCODES;
    expect_equal("the last page of it can be executed", TOUCH_FINE, touch_execute(last));
    expect_ok("it is made a constant", hoist_protect(&live.space, &page, live_access(0)));
    expect_equal("now it cannot", live.cpu.has_nx ? TOUCH_PRESENT | TOUCH_FETCH : TOUCH_FINE,
                 touch_execute(last));
    expect_equal("it cannot be written either", TOUCH_PRESENT | TOUCH_WROTE, touch_write(last, 1));
    expect_ok("it is made code again", hoist_protect(&live.space, &page, itself_code()));
    expect_equal("it can be executed again", TOUCH_FINE, touch_execute(last));
}

static void itself_merge(const char *sentence, const void *place)
{
    const struct hoist_range range = live_range((uint64_t)place, HOIST_SIZE_2M);
    const uint64_t frames = frames_out();

    step_watch_same((uint64_t)image_start, 0x80000);
    step_watch_table((uint64_t)place, HOIST_LEVEL_PD);
    STEP_EXPECT(sentence, hoist_merge(&live.space, &range));
    step_expect_flush();
    itself_expect_size("it is", place, HOIST_LEAF_2M);
    expect_equal("a table frame is back", frames - 1, frames_out());
}

/* On to a copy, which differs in one word. */
static void itself_move_code(void)
{
    const struct hoist_extent home = itself_extent(image_start);
    const struct hoist_extent copy =
        live_extent(home.va.value, frames_block(ITSELF_BLOCK), HOIST_SIZE_2M);
    const uint64_t marker_offset = (uint64_t)&marker - home.va.value;

    for (uint64_t offset = 0; offset < HOIST_SIZE_2M; offset += 8) {
        *frames_word(copy.pa.value + offset) = *frames_word(home.pa.value + offset);
    }
    *frames_word(copy.pa.value + marker_offset) = ITSELF_OTHER;
    step_watch((uint64_t)&marker, ITSELF_MARKER, ITSELF_OTHER, false);
    STEP_EXPECT("the code gets other frames, with a copy of it",
                hoist_remap(&live.space, &copy, itself_code(), HOIST_LEAF_2M, HOIST_RANGE_LIVE));
    step_expect_flush();
    expect_equal("it runs there", ITSELF_OTHER, marker);
    book_change(&copy, itself_code(), HOIST_LEAF_2M);
}

static void itself_return(void)
{
    const struct hoist_extent home = itself_extent(image_start);

    step_watch((uint64_t)&marker, ITSELF_OTHER, ITSELF_MARKER, false);
    STEP_EXPECT("the code gets its first frames back",
                hoist_remap(&live.space, &home, itself_code(), HOIST_LEAF_2M, HOIST_RANGE_LIVE));
    expect_equal("it runs there", ITSELF_MARKER, marker);
    book_change(&home, itself_code(), live_largest());
}

static void itself_split_data(uint64_t words_va)
{
    const struct hoist_range below = itself_page(image_below_stack);
    const struct hoist_range above = itself_page(image_stack_end);
    uint64_t value;

    itself_expect_size("the stack is", image_stack, HOIST_LEAF_2M);
    step_watch_same(words_va, 64);
    STEP_EXPECT("the page below the stack is made read-only",
                hoist_protect(&live.space, &below, live_access(0)));
    step_expect_flush();
    itself_expect_size("the stack is", image_stack, HOIST_LEAF_4K);
    expect_equal("a write to it faults", TOUCH_PRESENT | TOUCH_WROTE,
                 touch_write(below.va.value, 1));
    step_watch_same(words_va, 64);
    STEP_EXPECT("the page above the stack is unmapped",
                hoist_unmap(&live.space, &above, HOIST_DROP_TABLES));
    expect_equal("a read of it faults", 0, touch_read(above.va.value, &value));
    expect_equal("a write to the stack is fine", TOUCH_FINE, touch_write((uint64_t)image_stack, 1));
}

static void itself_join_data(void)
{
    const struct hoist_range below = itself_page(image_below_stack);
    const struct hoist_extent above =
        live_extent((uint64_t)image_stack_end, live_image_pa(image_stack_end), LIVE_PAGE_BYTES);

    expect_ok("the page above is mapped again",
              hoist_map(&live.space, &above, itself_data(), HOIST_LEAF_4K));
    expect_ok("the page below is made writable again",
              hoist_protect(&live.space, &below, itself_data()));
    itself_merge("the leaf of the stack is merged", image_data);
}

/* The book with the data's leaf in pieces. */
static void itself_book(void)
{
    const struct hoist_extent whole = itself_extent(image_data);
    const uint64_t va = whole.va.value;
    const uint64_t below = (uint64_t)image_below_stack;
    const uint64_t stack = (uint64_t)image_stack;
    const uint64_t above = (uint64_t)image_stack_end;
    const uint64_t ends[] = {va, below, stack, above, above + LIVE_PAGE_BYTES, va + HOIST_SIZE_2M};

    book_remove(&whole);
    for (unsigned i = 0; i < 5; i++) {
        const struct hoist_extent part =
            live_extent(ends[i], whole.pa.value + (ends[i] - va), ends[i + 1] - ends[i]);

        if (i != 3 && part.size_bytes != 0) {
            book_add(&part, i == 1 ? live_access(0) : itself_data(), HOIST_LEAF_4K);
        }
    }
}

void itself_run(void)
{
    volatile uint64_t words[ITSELF_WORDS];
    const struct hoist_extent data = itself_extent(image_data);
    const uint64_t base_frames = frames_out();
    uint64_t wrong = 0;

    for (uint64_t i = 0; i < ITSELF_WORDS; i++) {
        words[i] = i * ITSELF_MARKER;
    }
    itself_split_code();
    itself_merge("the leaf of the code is merged", image_start);
    itself_move_code();
    itself_split_data((uint64_t)words);
    itself_book();
    book_stop("itself", &live.space);
    itself_join_data();
    itself_return();
    book_begin();
    book_add(&data, itself_data(), live_largest());
    book_keep();
    for (uint64_t i = 0; i < ITSELF_WORDS; i++) {
        wrong += words[i] != i * ITSELF_MARKER;
    }
    expect_equal("what lies on the stack is as it was", 0, wrong);
    expect_equal("as many table frames are in use as before", base_frames, frames_out());
}
