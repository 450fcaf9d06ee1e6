/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes of a tree that the CPU uses. */
#include "check.h"
#include "judge.h"
#include "tree_bytes.h"

#define CHANGED UINT32_C(0x90000000)
#define SPLIT   UINT32_C(0x98000000)
#define PAGES   UINT32_C(0xc0000000) /* nothing else is in its GiB, but for the top */

static struct hoist_range page_at(uint32_t va)
{
    const struct hoist_range range = {{va}, PAGE_BYTES};

    return range;
}

static void protect(uint32_t va, uint8_t clear, uint8_t set)
{
    const struct hoist_range range = page_at(va);

    check_quietly("protect", hoist_tree_protect(&tree, &range, clear, set), HOIST_OK);
}

static void unmap(uint32_t va)
{
    const struct hoist_range range = page_at(va);

    check_quietly("unmap", hoist_tree_unmap(&tree, &range), HOIST_OK);
}

/* The CPU knows the translation each time before it is changed. */
static void check_page_changes(void)
{
    const uint32_t count = flushed_count;

    map(CHANGED, FRAMES + 0x6000, PAGE_BYTES, DATA);
    check_equal("nothing is flushed for what was absent", flushed_count, count);
    check_through("a store before", KERNEL, WRITES, CHANGED + PLACE_WRITE);
    protect(CHANGED, HOIST_WRITE, 0);
    check_equal("the page is flushed", flushed_last.va.value, CHANGED);
    check_equal("and no more", flushed_last.size_bytes, PAGE_BYTES);
    check_fault("a store after it faults", KERNEL, WRITES, CHANGED + PLACE_WRITE,
                FAULT_PRESENT | FAULT_WRITE);
    check_frame("a load does not", CHANGED, FRAMES + 0x6000);
    check_fault("a user's load faults", USER, READS, CHANGED, FAULT_PRESENT | FAULT_USER);
    protect(CHANGED, 0, HOIST_USER);
    check_through("a user's load", USER, READS, CHANGED);
    protect(CHANGED, HOIST_USER, HOIST_WRITE);
    check_fault("a user's load faults again", USER, READS, CHANGED, FAULT_PRESENT | FAULT_USER);
    check_through("a store", KERNEL, WRITES, CHANGED + PLACE_WRITE);
    if (is_pae()) {
        protect(CHANGED, 0, HOIST_EXECUTE);
        check_through("a fetch", KERNEL, EXECUTES, CHANGED + PLACE_CODE);
        protect(CHANGED, HOIST_EXECUTE, 0);
        check_fault("a fetch faults", KERNEL, EXECUTES, CHANGED + PLACE_CODE,
                    FAULT_PRESENT | FAULT_FETCH);
    }
    check_frame("it is still that page", CHANGED, FRAMES + 0x6000);
    unmap(CHANGED);
    check_fault("a load after unmap faults", KERNEL, READS, CHANGED, 0);
    map(CHANGED, FRAMES + 0x7000, PAGE_BYTES, DATA);
    check_frame("another page in its place", CHANGED, FRAMES + 0x7000);
}

void check_changes(void)
{
    const uint32_t large = large_bytes();
    const struct hoist_range range = {{CHANGED + large}, 2 * large};

    about("changes");
    check_page_changes();
    map(CHANGED + large, FRAMES, 2 * large, DATA);
    check_through("a store before", KERNEL, WRITES, CHANGED + large + PLACE_WRITE);
    check_through("a store before", KERNEL, WRITES, CHANGED + 2 * large + PLACE_WRITE);
    check_equal("protect two large leaves", hoist_tree_protect(&tree, &range, HOIST_WRITE, 0),
                HOIST_OK);
    check_fault("the first", KERNEL, WRITES, CHANGED + large + PLACE_WRITE,
                FAULT_PRESENT | FAULT_WRITE);
    check_fault("the second", KERNEL, WRITES, CHANGED + 3 * large - PAGE_BYTES + PLACE_WRITE,
                FAULT_PRESENT | FAULT_WRITE);
    check_equal("they stay large", raw(CHANGED + large, 2) & 0x80, 0x80);
    check_equal("unmap them", hoist_tree_unmap(&tree, &range), HOIST_OK);
    check_fault("the first", KERNEL, READS, CHANGED + large, 0);
    check_fault("the second", KERNEL, READS, CHANGED + 3 * large - PAGE_BYTES, 0);
}

/* A page in the middle of a large leaf changes, the others stay; so do cache type and G. */
static void check_split(uint32_t base, uint8_t cache, uint64_t flags)
{
    const uint32_t large = large_bytes();
    const uint32_t at = base + 0x123000;
    const uint8_t rights = (uint8_t)(DATA | HOIST_GLOBAL);

    check_quietly("mapping", map_as(base, FRAMES, large, hoist_access_of(rights, cache)), HOIST_OK);
    check_frame("the CPU knows the large leaf", at, FRAMES + 0x123000);
    check_through("a store", KERNEL, WRITES, at + PLACE_WRITE);
    protect(at, HOIST_WRITE, 0);
    check_equal("there is a table now", raw(base, 2) & 0x81, 1);
    check_equal("the flags of a part", raw(base, 1) & 0x19f, flags | 0x103);
    check_fault("a store into the page faults", KERNEL, WRITES, at + PLACE_WRITE,
                FAULT_PRESENT | FAULT_WRITE);
    check_through("a store before it", KERNEL, WRITES, at - PAGE_BYTES + PLACE_WRITE);
    check_through("a store after it", KERNEL, WRITES, at + PAGE_BYTES + PLACE_WRITE);
    unmap(base + 0x40000);
    check_fault("a page of it is unmapped", KERNEL, READS, base + 0x40000, 0);
    for (uint32_t done = 0; done < large; done += PAGE_BYTES) {
        if (done != 0x40000) {
            check_frame("every page in it", base + done, FRAMES + done);
        }
    }
}

/* Pages of 4 KiB cannot say where a leaf behind 4 GiB is: it stays as it is. */
static void check_split_high(uint32_t base)
{
    const struct hoist_range page = page_at(base + 0x1000);

    map(base, FRAMES_HIGH + large_bytes(), large_bytes(), DATA);
    check_frame("behind 4 GiB", base, FRAMES_HIGH + large_bytes());
    check_equal("it is not split", hoist_tree_protect(&tree, &page, HOIST_WRITE, 0),
                HOIST_PA_TOO_WIDE);
    check_equal("nor unmapped in part", hoist_tree_unmap(&tree, &page), HOIST_PA_TOO_WIDE);
    check_frame("it stays as it is", base, FRAMES_HIGH + large_bytes());
    check_quietly("large", raw(base, 2) & 0x80, 0x80);
}

void check_splits(void)
{
    const uint32_t large = large_bytes();

    about("splits");
    /* PWT is bit 3, PCD bit 4; PAT is bit 12 of a large leaf and bit 7 of a page. */
    check_split(SPLIT, HOIST_WRITE_BACK, 0);
    check_split(SPLIT + large, HOIST_UNCACHED, 0x18);
    check_split(SPLIT + 2 * large, HOIST_WRITE_PROTECTED, 0x80);
    check_split(SPLIT + 3 * large, HOIST_WRITE_COMBINING, 0x88);
    if (!is_pae()) {
        check_split_high(SPLIT + 4 * large);
    }
}

/* Memory that the library gets, and gives back with its tables; bytes through the tables. */
void check_pages(void)
{
    static const char text[] = "this goes over the end of a page";
    const struct hoist_range range = {{PAGES}, 4 * PAGE_BYTES};
    const struct hoist_range second = page_at(PAGES + PAGE_BYTES);
    const uint32_t count = flushed_count;
    uint64_t done = 0;

    about("memory of the library's");
    check_equal("allocate",
                hoist_tree_allocate(&tree, &range, hoist_access_of(DATA, HOIST_WRITE_BACK)),
                HOIST_OK);
    reload_cr3();
    for (uint32_t i = 0; i < 4; i++) {
        check_quietly("a store", try_access(KERNEL, WRITES, PAGES + i * PAGE_BYTES, i).vector,
                      CAME_THROUGH);
    }
    check_equal("each has its own", load(PAGES), 0);
    check_equal(
        "write",
        hoist_tree_write(&tree, hoist_va_of(PAGES + PAGE_BYTES - 16), text, sizeof(text), &done),
        HOIST_OK);
    check_equal("all of it", done, sizeof(text));
    check_equal("the CPU reads the end of the first page", load(PAGES + PAGE_BYTES - 4),
                *(const uint32_t *)(const void *)&text[12]);
    check_equal("and the second", load(PAGES + PAGE_BYTES),
                *(const uint32_t *)(const void *)&text[16]);
    check_equal("free one", hoist_tree_free(&tree, &second), HOIST_OK);
    check_fault("a load faults", KERNEL, READS, PAGES + PAGE_BYTES, 0);
    check_equal("the others stay", load(PAGES), 0);
    check_equal("free", hoist_tree_free(&tree, &range), HOIST_OK);
    check_fault("a load faults", KERNEL, READS, PAGES, 0);
    check_fault("at the end, too", KERNEL, READS, PAGES + 3 * PAGE_BYTES, 0);
    check_equal("the table is given back", raw(PAGES, 2), 0);
    check_true("it is flushed", flushed_count > count);
}
