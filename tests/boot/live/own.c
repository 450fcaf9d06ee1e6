/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables of the kernel's own: the loader's mappings without its stack and trampoline, in 4 levels
 * or in 5, and the switch to them.
 */
#include "book.h"
#include "expect.h"
#include "frames.h"
#include "kernel-stub/cpu.h"
#include "live.h"
#include "paging/cpu.h"
#include "paging/tidy.h"
#include "switch.h"
#include "touch.h"

#define OWN_WIDE_VALUE UINT64_C(0x57b175ab1e5ca1ed)

static bool own_is_kept(const struct hoist_mapped_range *mapping)
{
    return mapping->virtual_base != live.handoff->stack_base &&
           mapping->virtual_base != live.handoff->trampoline;
}

/* Counts, or maps, all that the kernel needs. */
static enum hoist_result own_build(struct hoist_count *count)
{
    const enum hoist_leaf_size largest = live_largest();
    enum hoist_result result = HOIST_OK;

    for (uint64_t i = 0; i < live.handoff->mapping_count && result == HOIST_OK; i++) {
        const struct hoist_mapped_range *mapping = &live.handoff->mappings[i];
        const struct hoist_extent extent = live_mapping_extent(mapping);
        const struct hoist_access access = live_mapping_access(mapping);

        if (!own_is_kept(mapping)) {
            continue;
        }
        if (count != NULL) {
            result = hoist_count_map(&live.space, count, &extent, access, largest);
            continue;
        }
        result = hoist_map(&live.space, &extent, access, largest);
        book_add(&extent, access, largest);
    }
    return result;
}

static void own_make(void)
{
    struct hoist_count count = {0};

    expect_ok("a space of the kernel's own is made",
              hoist_space_init(&live.space, &live.cpu, &frames_hooks, NULL));
    expect_ok("the frames that it takes are counted", own_build(&count));
    expect_equal("counting takes none", 0, frames_out());
    expect_ok("the kernel is mapped in it", own_build(NULL));
    expect_equal("as many table frames are used as counted", count.frame_count, frames_out());
    book_keep();
}

static void own_give_up(struct hoist_space *space, const struct hoist_range *range)
{
    expect_ok("a page is unmapped", hoist_unmap(space, range, HOIST_DROP_TABLES));
    expect_ok("empty tables above it are freed", hoist_collapse(space, range));
}

/* Maps the page of the switch at its physical address in both spaces, and takes it away again. */
static void own_switch_levels(const struct hoist_frame_4k *root)
{
    const uint64_t pa = frames_block(0);
    const struct hoist_extent page = live_extent(pa, pa, LIVE_PAGE_BYTES);
    const struct hoist_range range = live_range(pa, LIVE_PAGE_BYTES);
    const struct hoist_access access = live_access(HOIST_EXECUTE);

    expect(cpu_has_five_levels() && pa < UINT64_C(1) << 32, "the CPU has five levels");
    expect_ok("the way there is mapped in the loader's tables",
              hoist_map(&live.loaders, &page, access, HOIST_LEAF_4K));
    expect_ok("and in the new ones", hoist_map(&live.space, &page, access, HOIST_LEAF_4K));
    switch_to_five_levels(pa, root->pa);
    own_give_up(&live.space, &range);
    own_give_up(&live.loaders, &range);
}

static void own_use_width(const struct hoist_extent *wide)
{
    const enum hoist_result result =
        hoist_map(&live.space, wide, live_access(HOIST_WRITE), HOIST_LEAF_4K);

    if (live.cpu.levels == 4) {
        expect_result("an address of 57 bits is refused with four levels", HOIST_NOT_CANONICAL,
                      result);
        return;
    }
    expect_ok("an address of 57 bits is mapped with five levels", result);
    expect_equal("it can be written", TOUCH_FINE, touch_write(wide->va.value, OWN_WIDE_VALUE));
    expect_equal("its frame has what was written", OWN_WIDE_VALUE, *frames_word(wide->pa.value));
    book_add(wide, live_access(HOIST_WRITE), HOIST_LEAF_4K);
}

void own_run(void)
{
    const struct hoist_extent wide = live_extent(LIVE_WIDE_VA, frames_block(1), LIVE_PAGE_BYTES);
    const struct hoist_range wide_range = live_range(LIVE_WIDE_VA, LIVE_PAGE_BYTES);
    struct hoist_frame_4k root = {0};
    uint64_t base_frames;
    uint64_t value;

    own_make();
    base_frames = frames_out();
    expect_ok("the space has a root table", hoist_space_root(&live.space, &root));
    if (live.cpu.levels == 4) {
        expect_ok("the kernel switches to its tables", hoist_activate(&live.space));
    } else {
        own_switch_levels(&root);
    }
    expect_equal("CR3 holds their root", root.pa, hoist_root_of_this_cpu().pa);
    expect_equal("CR4.LA57 is as wanted", live.cpu.levels == 5,
                 (cpu_read_cr4() & CPU_CR4_LA57) != 0);
    expect_equal("the loader's stack is not mapped any more", 0,
                 touch_read(live.handoff->stack_base, &value));
    own_use_width(&wide);
    book_stop("own", &live.space);
    book_begin();
    if (live.cpu.levels == 5) {
        own_give_up(&live.space, &wide_range);
    }
    expect_equal("as many table frames are in use as before", base_frames, frames_out());
}
