/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second space below the same kernel half: switched to and back, cleared and destroyed; what is
 * shared is the same in both, what is not differs.
 */
#include "book.h"
#include "expect.h"
#include "frames.h"
#include "live.h"
#include "paging/cpu.h"
#include "paging/owned.h"
#include "paging/tidy.h"
#include "touch.h"

#define SPACES_BLOCK  5u
#define SPACES_FIRST  UINT64_C(0xf1f1f1f100000000)
#define SPACES_SECOND UINT64_C(0x5252525200000000)
#define SPACES_UPPER  UINT64_C(0x0b0b0b0b00000000)

#define SPACES_OWNED_VA (LIVE_SPACES_VA + UINT64_C(0x40000000))
/* Under root entries that are empty, with four levels and with five. */
#define SPACES_NEW_VA_4 UINT64_C(0xffffa00000000000)
#define SPACES_NEW_VA_5 UINT64_C(0xff20000000000000)

static struct hoist_space second;
static uint64_t given_back_pa;
static uint64_t given_back_count;

static struct hoist_extent spaces_page(uint64_t va, unsigned number)
{
    return live_extent(va, frames_block(SPACES_BLOCK) + number * LIVE_PAGE_BYTES, LIVE_PAGE_BYTES);
}

static void spaces_map(struct hoist_space *space, const struct hoist_extent *page, uint64_t value)
{
    *frames_word(page->pa.value) = value;
    expect_ok("a page is mapped", hoist_map(space, page, live_access(HOIST_WRITE), HOIST_LEAF_4K));
}

static void spaces_expect_refused(const char *sentence, enum hoist_result expected,
                                  enum hoist_result got, uint64_t sum)
{
    expect_result(sentence, expected, got);
    expect(sum == frames_checksum(), "the tables are bit for bit as before");
}

static void spaces_free_page(void *context, struct hoist_pa pa, enum hoist_leaf_size size)
{
    (void)context;
    given_back_pa = pa.value;
    given_back_count += size == HOIST_LEAF_4K;
}

/* What the second space may not change, and what the first may not since there is a second. */
static void spaces_expect_guard(const struct hoist_extent *upper)
{
    const uint64_t sum = frames_checksum();
    const struct hoist_extent beside = spaces_page(upper->va.value + LIVE_PAGE_BYTES, 7);
    const struct hoist_extent root_entry =
        spaces_page(live.cpu.levels == 4 ? SPACES_NEW_VA_4 : SPACES_NEW_VA_5, 8);
    const struct hoist_range range = live_range(upper->va.value, LIVE_PAGE_BYTES);
    const struct hoist_access access = live_access(HOIST_WRITE);

    spaces_expect_refused("the second space may not map in the shared half", HOIST_SHARED_HALF,
                          hoist_map(&second, &beside, access, HOIST_LEAF_4K), sum);
    spaces_expect_refused("nor unmap there", HOIST_SHARED_HALF,
                          hoist_unmap(&second, &range, HOIST_DROP_TABLES), sum);
    spaces_expect_refused("the first may not fill a root entry that is shared", HOIST_SHARED_HALF,
                          hoist_map(&live.space, &root_entry, access, HOIST_LEAF_4K), sum);
}

/* The CPU runs on the second space. */
static void spaces_use_second(const struct hoist_extent *lower, const struct hoist_extent *upper)
{
    const struct hoist_extent late = spaces_page(upper->va.value + LIVE_PAGE_BYTES, 6);
    uint64_t sum;

    expect_equal("the lower half is the second space's", SPACES_SECOND,
                 touch_word(lower->va.value));
    expect_equal("the upper half is shared", SPACES_UPPER, touch_word(upper->va.value));
    spaces_map(&live.space, &late, SPACES_UPPER + 1);
    expect_equal("what the first space maps there is seen at once", SPACES_UPPER + 1,
                 touch_word(late.va.value));
    book_add(&late, live_access(HOIST_WRITE), HOIST_LEAF_4K);
    sum = frames_checksum();
    spaces_expect_refused("it cannot be cleared while the CPU runs on it", HOIST_SPACE_IN_USE,
                          hoist_clear(&second, spaces_free_page), sum);
    expect_equal("no page of it is given back", 0, given_back_count);
    book_stop("second", &second);
}

static void spaces_clear_second(uint64_t owned_pa, uint64_t frames)
{
    expect_ok("the second space is cleared", hoist_clear(&second, spaces_free_page));
    expect_equal("the page that was given to it is given back", owned_pa, given_back_pa);
    expect_equal("that page alone", 1, given_back_count);
    expect_equal("its root is left of its frames", frames + 1, frames_out());
    expect_ok("it is destroyed", hoist_destroy(&second, spaces_free_page));
    expect_equal("all its frames are back", frames, frames_out());
}

static void spaces_expect_first_in_use(void)
{
    const uint64_t sum = frames_checksum();

    spaces_expect_refused("the space that the kernel runs on cannot be cleared", HOIST_SPACE_IN_USE,
                          hoist_clear(&live.space, spaces_free_page), sum);
    spaces_expect_refused("nor destroyed", HOIST_SPACE_IN_USE,
                          hoist_destroy(&live.space, spaces_free_page), sum);
}

static void spaces_end(uint64_t base_frames)
{
    const struct hoist_range lower = live_range(LIVE_SPACES_VA, HOIST_SIZE_2M);
    const struct hoist_range upper = live_range(LIVE_UPPER_VA, HOIST_SIZE_2M);

    expect_ok("the lower page is unmapped", hoist_unmap(&live.space, &lower, HOIST_DROP_TABLES));
    expect_ok("the upper pages too", hoist_unmap(&live.space, &upper, HOIST_DROP_TABLES));
    expect_ok("empty tables below are freed", hoist_collapse(&live.space, &lower));
    expect_ok("those above too", hoist_collapse(&live.space, &upper));
    expect_equal("as many table frames are in use as before", base_frames, frames_out());
    book_begin();
    book_stop("end", &live.space);
}

void spaces_run(void)
{
    const struct hoist_extent lower = spaces_page(LIVE_SPACES_VA, 0);
    const struct hoist_extent other = spaces_page(LIVE_SPACES_VA, 1);
    const struct hoist_extent only = spaces_page(LIVE_SPACES_VA + LIVE_PAGE_BYTES, 2);
    const struct hoist_extent upper = spaces_page(LIVE_UPPER_VA, 3);
    const struct hoist_extent given = spaces_page(SPACES_OWNED_VA, 4);
    struct hoist_owned owned = {given.pa, HOIST_LEAF_4K, true};
    struct hoist_access owned_access = live_access(HOIST_WRITE | HOIST_USER);
    const uint64_t base_frames = frames_out();
    uint64_t frames;
    uint64_t value;

    spaces_expect_first_in_use();
    spaces_map(&live.space, &lower, SPACES_FIRST);
    spaces_map(&live.space, &upper, SPACES_UPPER);
    frames = frames_out();
    expect_ok("a second space shares the kernel half",
              hoist_space_init_sharing(&second, &live.space));
    spaces_map(&second, &other, SPACES_SECOND);
    spaces_map(&second, &only, SPACES_SECOND + 1);
    expect_ok("a page is given to it", hoist_give(&second, given.va, &owned, owned_access));
    spaces_expect_guard(&upper);
    expect_equal("the lower half is still the first space's", SPACES_FIRST,
                 touch_word(lower.va.value));

    owned_access.software |= HOIST_SOFTWARE_OWNED;
    book_add(&other, live_access(HOIST_WRITE), HOIST_LEAF_4K);
    book_add(&only, live_access(HOIST_WRITE), HOIST_LEAF_4K);
    book_add(&upper, live_access(HOIST_WRITE), HOIST_LEAF_4K);
    book_add(&given, owned_access, HOIST_LEAF_4K);
    expect_ok("the kernel switches to it", hoist_activate(&second));
    spaces_use_second(&lower, &upper);
    expect_ok("the kernel switches back", hoist_activate(&live.space));
    expect_equal("the lower half is the first space's", SPACES_FIRST, touch_word(lower.va.value));
    expect_equal("what the second alone has is not mapped", 0, touch_read(only.va.value, &value));
    spaces_clear_second(given.pa.value, frames);
    spaces_end(base_frames);
}
