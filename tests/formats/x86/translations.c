/* SPDX-License-Identifier: BSD-2-Clause */
/* What is translated to what. */
#include "check.h"
#include "judge.h"

#define ALIASES    UINT32_C(0x20000000)
#define SCATTERED  UINT32_C(0x24000000)
#define LARGE      UINT32_C(0x30000000)
#define HIGH       UINT32_C(0x38000000)
#define HIGH_AGAIN UINT32_C(0x3a000000)

/* A word half in one page and half in the next: both are translated for one access. */
static void check_border(const char *what, uint32_t border, uint64_t low, uint64_t high)
{
    check_frame("below the border", border - PAGE_BYTES, low);
    check_frame("above the border", border, high);
    check_equal(what, load(border - 2), ~mark_of(low) >> 16 | mark_of(high) << 16);
}

static void map_border(const char *what, uint32_t border)
{
    map(border - PAGE_BYTES, FRAMES + 0x5000, PAGE_BYTES, DATA);
    map(border, FRAMES + 0x3000, PAGE_BYTES, DATA);
    check_border(what, border, FRAMES + 0x5000, FRAMES + 0x3000);
}

/* Frames in another order than pages, in many tables. */
static void check_scattered(void)
{
    const uint32_t apart = 0x23000;

    for (uint32_t i = 0; i < 64; i++) {
        map(SCATTERED + i * 37 % 64 * apart, FRAMES + i * PAGE_BYTES, PAGE_BYTES, DATA);
    }
    for (uint32_t i = 0; i < 64; i++) {
        check_frame("a page of many", SCATTERED + i * 37 % 64 * apart, FRAMES + i * PAGE_BYTES);
    }
    check_true("64 pages in no order", true);
}

static void check_edges(void)
{
    const struct hoist_extent beyond = {{UINT64_C(0x100000000)}, {FRAMES}, PAGE_BYTES};

    map(0, FRAMES + 0x8000, PAGE_BYTES, DATA);
    map(0xfffff000, FRAMES + 0x9000, PAGE_BYTES, DATA);
    check_frame("the first page", 0, FRAMES + 0x8000);
    check_frame("the last page", 0xfffff000, FRAMES + 0x9000);
    check_equal("the first and the last page", load(0xfffffffc), ~mark_of(FRAMES + 0x9000));
    check_equal("no address",
                hoist_tree_map(&tree, &beyond, hoist_access_of(DATA, HOIST_WRITE_BACK), 0),
                HOIST_NOT_CANONICAL);
}

void check_translations(void)
{
    struct hoist_tree_entry entry;

    about("translations");
    map(ALIASES, FRAMES, PAGE_BYTES, DATA);
    map(ALIASES + 0x7000, FRAMES, PAGE_BYTES, DATA);
    check_frame("a page is read", ALIASES, FRAMES);
    check_equal("a page is read", load(ALIASES), mark_of(FRAMES));
    check_through("a store", KERNEL, WRITES, ALIASES + 0x7000 + PLACE_WRITE);
    check_quietly("a store", try_access(KERNEL, WRITES, ALIASES + PLACE_WRITE, 0x77).vector,
                  CAME_THROUGH);
    check_equal("the same frame at two addresses", load(ALIASES + 0x7000 + PLACE_WRITE), 0x77);
    check_fault("a hole faults", KERNEL, READS, ALIASES + PAGE_BYTES, 0);
    check_fault("a store into a hole faults", KERNEL, WRITES, ALIASES + PAGE_BYTES, FAULT_WRITE);
    check_fault("a user's fetch from a hole faults", USER, EXECUTES, ALIASES + PAGE_BYTES,
                FAULT_USER | (is_pae() ? FAULT_FETCH : 0));
    check_equal("looking up a hole",
                hoist_tree_look_up(&tree, hoist_va_of(ALIASES + PAGE_BYTES), &entry),
                HOIST_NOT_MAPPED);
    map_border("across the end of a table", ALIASES + 0x1000000);
    map_border("across a border of 1 GiB", 0x80000000);
    check_scattered();
    check_edges();
}

/* Leaves of 4 MiB or 2 MiB, and a range that takes pages, leaves and pages again. */
void check_large_leaves(void)
{
    const uint32_t large = large_bytes();
    const uint32_t first = LARGE + 0x1000000 - 0x3000;
    const uint32_t size_bytes = 2 * large + 0x5000;
    uint64_t tables = 0;

    about("large leaves");
    map(LARGE, FRAMES + large, large, DATA);
    check_equal("one entry", raw(LARGE, 2) & 0x81, 0x81);
    for (uint32_t done = 0; done < large; done += PAGE_BYTES) {
        check_frame("every page in it", LARGE + done, FRAMES + large + done);
    }
    check_fault("what follows faults", KERNEL, READS, LARGE + large, 0);
    check_equal("how many tables a mixed range takes",
                hoist_tree_count_map(
                    &tree,
                    &(const struct hoist_extent){{first}, {FRAMES + large - 0x3000}, size_bytes},
                    hoist_access_of(DATA, HOIST_WRITE_BACK), 0, &tables),
                HOIST_OK);
    check_equal("two", tables, 2);
    map(first, FRAMES + large - 0x3000, size_bytes, DATA);
    check_equal("the first leaf in it", raw(LARGE + 0x1000000, 2) & 0x81, 0x81);
    check_equal("the second", raw(LARGE + 0x1000000 + large, 2) & 0x81, 0x81);
    check_equal("a table after them", raw(LARGE + 0x1000000 + 2 * large, 2) & 0x81, 1);
    for (uint32_t done = 0; done < size_bytes; done += PAGE_BYTES) {
        check_frame("every page of it", first + done, FRAMES + large - 0x3000 + done);
    }
    check_border("a word across the first border", LARGE + 0x1000000, FRAMES + large - PAGE_BYTES,
                 FRAMES + large);
    map(LARGE + 0x4000000, FRAMES + PAGE_BYTES, large, DATA);
    for (uint32_t done = 0; done < large; done += PAGE_BYTES) {
        check_frame("frames lie otherwise", LARGE + 0x4000000 + done, FRAMES + PAGE_BYTES + done);
    }
    map(0U - 2 * large, FRAMES, large, DATA);
    check_frame("near the top", 0U - large - PAGE_BYTES, FRAMES + large - PAGE_BYTES);
}

/* Memory behind 4 GiB: by 4 MiB leaves with 40 bits (PSE-36), and by every leaf of PAE. */
void check_high_memory(void)
{
    const uint32_t large = large_bytes();
    const uint64_t pa = FRAMES_HIGH + large;

    about("memory behind 4 GiB");
    map(HIGH, pa, large, DATA);
    map(HIGH_AGAIN, pa, large, DATA);
    for (uint32_t done = 0; done < large; done += 0x10000) {
        check_quietly("a store", try_access(KERNEL, WRITES, HIGH + done, mark_of(pa + done)).vector,
                      CAME_THROUGH);
        check_quietly(
            "a store",
            try_access(KERNEL, WRITES, HIGH + done + PLACE_LAST, ~mark_of(pa + done)).vector,
            CAME_THROUGH);
        check_frame("by another leaf", HIGH_AGAIN + done, pa + done);
    }
    check_true("written and read", true);
    map(HIGH_AGAIN + 2 * large, large, large, DATA);
    check_true("what lies 4 GiB below is something else",
               load(HIGH_AGAIN + 2 * large) != mark_of(pa));
    if (is_pae()) {
        map(HIGH_AGAIN + large, pa + 0x30000, PAGE_BYTES, DATA);
        check_frame("by a small page", HIGH_AGAIN + large, pa + 0x30000);
    } else {
        check_equal(
            "small pages do not reach it",
            map_as(HIGH_AGAIN + large, pa, PAGE_BYTES, hoist_access_of(DATA, HOIST_WRITE_BACK)),
            HOIST_PA_TOO_WIDE);
    }
    check_equal("wider than the CPU's addresses",
                map_as(HIGH_AGAIN + large, UINT64_C(1) << tree.cpu.physical_bits, large,
                       hoist_access_of(DATA, HOIST_WRITE_BACK)),
                HOIST_PA_TOO_WIDE);
}
