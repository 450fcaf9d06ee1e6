/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loader's tables, taken over from CR3 and changed while they are in use. Some of their links
 * grant user code nothing, which a user page has to mend.
 */
#include "book.h"
#include "expect.h"
#include "frames.h"
#include "live.h"
#include "paging/cpu.h"
#include "paging/query.h"
#include "paging/tidy.h"
#include "touch.h"

#define TAKEOVER_PAGES UINT64_C(600) /* more than a page table holds */
#define TAKEOVER_BYTES (TAKEOVER_PAGES * LIVE_PAGE_BYTES)
/* Under the same root entry as the trampoline, which the loader linked for the kernel alone. */
#define TAKEOVER_USER_VA UINT64_C(0x0000003f00001000)

/* The book's first page: what the loader says that it mapped. Each range's end is looked up. */
static void takeover_compare(void)
{
    bool is_equal = true;

    for (uint64_t i = 0; i < live.handoff->mapping_count; i++) {
        const struct hoist_mapped_range *mapping = &live.handoff->mappings[i];
        const struct hoist_extent extent = live_mapping_extent(mapping);
        const uint64_t last = mapping->size_bytes - 1;
        struct hoist_pa pa = {0};

        book_add(&extent, live_mapping_access(mapping), live_largest());
        is_equal = is_equal &&
                   hoist_translate(&live.loaders, hoist_va_of(mapping->virtual_base + last), &pa) ==
                       HOIST_OK &&
                   pa.value == mapping->physical_base + last;
    }
    expect(is_equal, "the loader's tables map %lu ranges as the hand-off says",
           live.handoff->mapping_count);
}

static void takeover_change(const struct hoist_extent *extent)
{
    const struct hoist_range second = live_range(LIVE_TAKEOVER_VA + LIVE_PAGE_BYTES, 0x1000);
    const struct hoist_range third = live_range(LIVE_TAKEOVER_VA + 2 * LIVE_PAGE_BYTES, 0x1000);
    uint64_t wrong = 0;

    expect_equal("nothing is mapped yet where the new pages go", TOUCH_WROTE,
                 touch_write(LIVE_TAKEOVER_VA, 1));
    expect_ok("pages are mapped in the loader's tables",
              hoist_map(&live.loaders, extent, live_access(HOIST_WRITE), HOIST_LEAF_4K));
    for (uint64_t i = 0; i < TAKEOVER_PAGES; i++) {
        const uint64_t offset = i * LIVE_PAGE_BYTES;

        wrong += touch_write(LIVE_TAKEOVER_VA + offset, i ^ 0x7a4e) != TOUCH_FINE;
        wrong += *frames_word(extent->pa.value + offset) != (i ^ 0x7a4e);
    }
    expect_equal("what is written through each new page arrives in its frame", 0, wrong);

    expect_ok("a page is made read-only", hoist_protect(&live.loaders, &second, live_access(0)));
    expect_equal("a write to it faults at once", TOUCH_PRESENT | TOUCH_WROTE,
                 touch_write(second.va.value, 1));
    expect_ok("a page is unmapped", hoist_unmap(&live.loaders, &third, HOIST_DROP_TABLES));
    expect_equal("a read of it faults at once", 0, touch_read(third.va.value, &wrong));
    expect_equal("a write to the page behind is fine", TOUCH_FINE,
                 touch_write(third.va.value + LIVE_PAGE_BYTES, 1));
}

static void takeover_widen(const struct hoist_extent *user, const struct hoist_extent *code)
{
    const struct hoist_access access = live_access(HOIST_USER | HOIST_WRITE);
    uint64_t value = 5;

    live.loaders.keep_links = true;
    expect_result("a user page under the trampoline's link is refused where links must stay",
                  HOIST_NARROW_LINK, hoist_map(&live.loaders, user, access, HOIST_LEAF_4K));
    live.loaders.keep_links = false;
    expect_ok("and is mapped where they need not",
              hoist_map(&live.loaders, user, access, HOIST_LEAF_4K));
    expect_ok(
        "user code is mapped",
        hoist_map(&live.loaders, code, live_access(HOIST_USER | HOIST_EXECUTE), HOIST_LEAF_4K));
    expect_equal("user code writes to the page", TOUCH_FINE,
                 touch_as_user(TOUCH_WRITE, code->va.value, user->va.value, &value));
    expect_equal("the trampoline is still the kernel's alone", TOUCH_PRESENT | TOUCH_USER,
                 touch_as_user(TOUCH_READ, code->va.value, live.handoff->trampoline, &value));
}

static void takeover_undo(const struct hoist_extent *extent, const struct hoist_extent *user)
{
    const struct hoist_range whole = live_range(extent->va.value, extent->size_bytes);
    const struct hoist_range users = live_range(user->va.value, 0x2000);

    expect_ok("all new pages are unmapped", hoist_unmap(&live.loaders, &whole, HOIST_KEEP_TABLES));
    expect_ok("user pages too", hoist_unmap(&live.loaders, &users, HOIST_KEEP_TABLES));
    expect(frames_out() != 0, "their tables are kept");
    expect_ok("empty tables are freed", hoist_collapse(&live.loaders, &whole));
    expect_ok("those above user pages too", hoist_collapse(&live.loaders, &users));
    expect_equal("every table frame is back", 0, frames_out());
}

void takeover_run(void)
{
    const uint64_t pa = frames_block(0) + LIVE_PAGE_BYTES;
    const struct hoist_extent extent = live_extent(LIVE_TAKEOVER_VA, pa, TAKEOVER_BYTES);
    const struct hoist_extent user =
        live_extent(TAKEOVER_USER_VA, pa + TAKEOVER_BYTES, LIVE_PAGE_BYTES);
    const struct hoist_extent code =
        live_extent(TAKEOVER_USER_VA + LIVE_PAGE_BYTES, live_image_pa(image_user), LIVE_PAGE_BYTES);
    struct hoist_cpu cpu = live.cpu;
    struct hoist_extent part = extent;

    cpu.levels = 4;
    expect_ok("a space is made", hoist_space_init(&live.loaders, &cpu, &frames_hooks, NULL));
    expect_ok("it takes over CR3", hoist_space_open(&live.loaders, hoist_root_of_this_cpu()));
    takeover_compare();
    takeover_change(&extent);
    takeover_widen(&user, &code);

    part.size_bytes = LIVE_PAGE_BYTES;
    book_add(&part, live_access(HOIST_WRITE), HOIST_LEAF_4K);
    part = live_extent(extent.va.value + 0x1000, pa + 0x1000, LIVE_PAGE_BYTES);
    book_add(&part, live_access(0), HOIST_LEAF_4K);
    part = live_extent(extent.va.value + 0x3000, pa + 0x3000, TAKEOVER_BYTES - 0x3000);
    book_add(&part, live_access(HOIST_WRITE), HOIST_LEAF_4K);
    book_add(&user, live_access(HOIST_USER | HOIST_WRITE), HOIST_LEAF_4K);
    book_add(&code, live_access(HOIST_USER | HOIST_EXECUTE), HOIST_LEAF_4K);
    book_stop("takeover", &live.loaders);
    takeover_undo(&extent, &user);
    book_begin();
}
