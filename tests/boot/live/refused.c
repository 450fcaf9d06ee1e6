/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What x86, or this CPU, cannot express is refused with nothing written: the eight combinations
 * without reading, and, without NX, whatever is not executable.
 */
#include "expect.h"
#include "frames.h"
#include "live.h"
#include "paging/owned.h"
#include "paging/page.h"
#include "paging/tidy.h"
#include "touch.h"

#define REFUSED_CALLS 5u

/* Every way to map or to change rights, at one page that is mapped and at one that is not. */
static void refused_call_all(struct hoist_access access, enum hoist_result results[REFUSED_CALLS])
{
    const uint64_t pa = frames_block(1);
    const struct hoist_extent empty =
        live_extent(LIVE_RIGHTS_VA + LIVE_PAGE_BYTES, pa, LIVE_PAGE_BYTES);
    const struct hoist_extent mapped = live_extent(LIVE_RIGHTS_VA, pa, LIVE_PAGE_BYTES);
    const struct hoist_range range = live_range(LIVE_RIGHTS_VA, LIVE_PAGE_BYTES);
    const struct hoist_page_4k page = {LIVE_RIGHTS_VA};
    struct hoist_owned owned = {hoist_pa_of(pa), HOIST_LEAF_4K, true};

    results[0] = hoist_map(&live.space, &empty, access, HOIST_LEAF_4K);
    results[1] = hoist_remap(&live.space, &mapped, access, HOIST_LEAF_4K, HOIST_RANGE_LIVE);
    results[2] = hoist_protect(&live.space, &range, access);
    results[3] = hoist_protect_4k(&live.space, page, access);
    results[4] = hoist_give(&live.space, empty.va, &owned, access);
    expect(owned.is_held, "a page that was not taken stays its owner's");
}

static void refused_expect(struct hoist_access access, enum hoist_result expected, const char *text)
{
    enum hoist_result results[REFUSED_CALLS];
    const uint64_t before = frames_checksum();
    const uint64_t frames = frames_out();

    refused_call_all(access, results);
    for (unsigned i = 0; i < REFUSED_CALLS; i++) {
        if (results[i] != expected) {
            expect_result("a call with such rights", expected, results[i]);
        }
    }
    expect(before == frames_checksum() && frames == frames_out(),
           "rights %x are refused, %s, and the tables are bit for bit as before",
           (uint32_t)access.rights, text);
}

static void refused_without_nx(const struct hoist_extent *page)
{
    const struct hoist_range range = live_range(page->va.value, page->size_bytes);

    live.space.cpu.accept_missing_nx = false;
    refused_expect(live_access(0), HOIST_NO_NX, "where the CPU has no NX");
    refused_expect(live_access(HOIST_WRITE), HOIST_NO_NX, "where the CPU has no NX");
    refused_expect(live_access(HOIST_USER), HOIST_NO_NX, "where the CPU has no NX");
    expect_ok("what is executable is not refused",
              hoist_protect(&live.space, &range, live_access(HOIST_WRITE | HOIST_EXECUTE)));
    live.space.cpu.accept_missing_nx = true;
    expect_ok("nor is the rest, where that is accepted",
              hoist_protect(&live.space, &range, live_access(HOIST_WRITE)));
    expect_equal("and then it can be executed", TOUCH_FINE, touch_execute(page->va.value));
}

void refused_run(void)
{
    const struct hoist_extent page = live_extent(LIVE_RIGHTS_VA, frames_block(1), LIVE_PAGE_BYTES);
    const struct hoist_range range = live_range(LIVE_RIGHTS_VA, LIVE_PAGE_BYTES);
    const uint64_t base_frames = frames_out();

    *frames_word(page.pa.value) = TOUCH_OPCODES;
    expect_ok("a page is mapped",
              hoist_map(&live.space, &page, live_access(HOIST_WRITE), HOIST_LEAF_4K));
    for (unsigned i = 0; i < 8; i++) {
        const uint8_t rights =
            (uint8_t)(((i & 1) != 0 ? HOIST_WRITE : 0) | ((i & 2) != 0 ? HOIST_EXECUTE : 0) |
                      ((i & 4) != 0 ? HOIST_USER : 0));

        refused_expect(hoist_access_of(rights, HOIST_WRITE_BACK), HOIST_NO_READ,
                       "for they have no reading in them");
    }
    expect_equal("the page can be written as before", TOUCH_FINE,
                 touch_write(page.va.value, TOUCH_OPCODES));
    expect_equal("the page behind it is still not mapped", 0,
                 touch_write(page.va.value + LIVE_PAGE_BYTES, 1) & TOUCH_PRESENT);
    if (live.cpu.has_nx) {
        expect_equal("the page cannot be executed", TOUCH_PRESENT | TOUCH_FETCH,
                     touch_execute(page.va.value));
    } else {
        refused_without_nx(&page);
    }
    expect_ok("the page is unmapped", hoist_unmap(&live.space, &range, HOIST_DROP_TABLES));
    expect_ok("empty tables are freed", hoist_collapse(&live.space, &range));
    expect_equal("as many table frames are in use as before", base_frames, frames_out());
}
