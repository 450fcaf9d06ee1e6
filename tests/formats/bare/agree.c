/* SPDX-License-Identifier: BSD-2-Clause */
/* The checks for every architecture. */
#include "agree.h"

#include "arena.h"
#include "check.h"
#include "tree_bytes.h"
#include "tree_change.h"
#include "tree_walk.h"

#define PAGES 48u

struct hoist_tree agree_tree;

/* Flushes of a whole leaf while its entry was absent: what lies between two sizes of leaves. */
static struct hoist_tree_hooks hooks;
static unsigned absent_flushes;
static struct hoist_range flushed; /* the last of all */

static uint64_t page_bytes(void)
{
    return UINT64_C(1) << machine_format->page_shift;
}

static uint64_t span_of(unsigned level)
{
    return page_bytes() << machine_format->index_bits * (level - 1);
}

static void watch_flush(void *context, struct hoist_range range)
{
    uint64_t entry = 1;

    for (unsigned level = 2; level <= machine_format->levels; level++) {
        if (range.size_bytes == span_of(level) &&
            hoist_tree_get_entry(&agree_tree, range.va, level, &entry) == HOIST_OK && entry == 0) {
            absent_flushes++;
        }
    }
    flushed = range;
    machine_hooks.flush(context, range);
}

uint32_t agree_read(uint64_t pa)
{
    return *(volatile uint32_t *)(uintptr_t)pa;
}

uint64_t agree_page(uint32_t number)
{
    const uint64_t page = arena_get(page_bytes());

    *(volatile uint32_t *)(uintptr_t)page = number;
    machine_write_code(page + AGREE_CODE);
    return page;
}

enum hoist_result agree_map(uint64_t va, uint64_t pa, uint64_t size_bytes, uint8_t rights)
{
    const struct hoist_extent extent = {{va}, {pa}, size_bytes};
    const enum hoist_result result =
        hoist_tree_map(&agree_tree, &extent, hoist_access_of(rights, HOIST_WRITE_BACK), 0);

    if (agree_tree.has_root) {
        machine_use(&agree_tree);
    }
    return result;
}

void agree_mapped(uint64_t va, uint64_t pa, uint64_t size_bytes, uint8_t rights)
{
    check_quietly("mapping", agree_map(va, pa, size_bytes, rights), HOIST_OK);
}

uint32_t agree_load(uint64_t va)
{
    uint32_t value = 0;

    check_quietly("a load is allowed", machine_load(false, va, &value), ALLOWED);
    return value;
}

void agree_fault(const char *what, enum outcome found, enum outcome expected, uint64_t va)
{
    check_equal(what, found, expected == DENIED && !machine_tells_denied ? ABSENT : expected);
    check_quietly("the address that faulted", machine_fault_address(), va);
}

/* The rights, or with EXECUTE where the format has no others. */
static uint8_t usual(uint8_t rights)
{
    const struct hoist_access access = hoist_access_of(rights, HOIST_WRITE_BACK);

    return hoist_tree_check_access(&agree_tree, access) == HOIST_OK
               ? rights
               : (uint8_t)(rights | HOIST_EXECUTE);
}

/* ---- what is translated to what ---- */

static void translations(uint64_t base)
{
    const uint8_t rights = usual(HOIST_READ | HOIST_WRITE);
    const uint64_t page = agree_page(0x1111);
    struct hoist_tree_entry entry;
    uint32_t value;

    about("translations");
    agree_mapped(base, page, page_bytes(), rights);
    agree_mapped(base + 7 * page_bytes(), page, page_bytes(), rights);
    check_equal("a page is read", agree_load(base), 0x1111);
    check_quietly("a store", machine_store(false, base + 7 * page_bytes() + 8, 0x2222), ALLOWED);
    check_equal("the same frame at two addresses", agree_load(base + 8), 0x2222);
    check_equal("it is that frame", agree_read(page + 8), 0x2222);
    agree_fault("a hole faults", machine_load(false, base + page_bytes(), &value), ABSENT,
                base + page_bytes());
    check_equal("the library knows the hole",
                hoist_tree_look_up(&agree_tree, hoist_va_of(base + page_bytes()), &entry),
                HOIST_NOT_MAPPED);
}

/* Pages from the end of one table into the next, and many in no order. */
static void many_pages(uint64_t base)
{
    const uint8_t rights = usual(HOIST_READ);
    const uint64_t end = (base & ~(span_of(2) - 1)) + span_of(2);
    const uint64_t scattered = end + 64 * page_bytes();

    about("many pages");
    for (uint32_t i = 0; i < 4; i++) {
        agree_mapped(end + i * page_bytes() - 2 * page_bytes(), agree_page(0x300 + i), page_bytes(),
                     rights);
    }
    for (uint32_t i = 0; i < 4; i++) {
        check_equal("across the end of a table",
                    agree_load(end + i * page_bytes() - 2 * page_bytes()), 0x300 + i);
    }
    for (uint32_t i = 0; i < PAGES; i++) {
        agree_mapped(scattered + i * 37 % PAGES * 3 * page_bytes(), agree_page(0x4000 + i),
                     page_bytes(), rights);
    }
    for (uint32_t i = 0; i < PAGES; i++) {
        const uint64_t va = scattered + i * 37 % PAGES * 3 * page_bytes();
        struct hoist_tree_entry entry = {{0}, {0}, {0}, 0, 0, {0}, 0, 0};

        check_quietly("looking up", hoist_tree_look_up(&agree_tree, hoist_va_of(va), &entry),
                      HOIST_OK);
        check_quietly("what the CPU reads", agree_load(va), 0x4000 + i);
        check_quietly("what the library finds", agree_read(entry.target.value), 0x4000 + i);
    }
    check_true("pages in no order", true);
}

/* Leaves of each size over all that lies there; the CPU reads the page at its place in them. */
static void large_leaves(uint64_t large)
{
    const uint64_t page = agree_page(0x5555);

    about("large leaves");
    for (unsigned level = 2; level <= machine_format->levels; level++) {
        const uint64_t span = span_of(level);
        const uint64_t va = (large & ~(span - 1)) + span;
        const uint64_t pa = page & ~(span - 1);
        struct hoist_tree_entry entry = {{0}, {0}, {0}, 0, 0, {0}, 0, 0};

        if ((machine_format->large_levels >> level & 1) == 0) {
            continue;
        }
        agree_mapped(va, pa, span, usual(HOIST_READ | HOIST_WRITE));
        check_quietly("looking up",
                      hoist_tree_look_up(&agree_tree, hoist_va_of(va + (page - pa)), &entry),
                      HOIST_OK);
        check_equal("the level of the leaf", entry.level, level);
        check_equal("what it is mapped to", entry.target.value, page);
        check_equal("the CPU reads there", agree_load(va + (page - pa)), 0x5555);
        large = va + span;
    }
}

/* A range as large as a leaf, whose frames lie one page further: it takes small pages. */
static void frames_lie_otherwise(uint64_t large)
{
    const uint64_t span = span_of(2);
    const uint64_t page = agree_page(0x6666);
    const uint64_t pa = (page & ~(span - 1)) + page_bytes();
    const uint64_t va = (large & ~(span - 1)) + 6 * span;

    agree_mapped(va, pa, span, usual(HOIST_READ));
    check_equal("where frames lie otherwise than pages",
                agree_load(page < pa ? va + span - page_bytes() : va + (page - pa)),
                page < pa ? agree_read(pa + span - page_bytes()) : 0x6666);
}

/* ---- rights ---- */

static void check_allowed(const char *what, enum outcome found, uint8_t rights, uint8_t right)
{
    const enum outcome denied = machine_tells_denied ? DENIED : ABSENT;

    check_quietly(what, found, (rights & right) != 0 ? ALLOWED : denied);
}

static void rights_of(uint64_t va, uint8_t wanted)
{
    struct hoist_tree_entry entry = {{0}, {0}, {0}, 0, 0, {0}, 0, 0};
    const enum hoist_result result = hoist_tree_look_up(&agree_tree, hoist_va_of(va), &entry);
    const uint8_t rights = entry.rights;
    uint32_t value;

    check_quietly("looking up", result, HOIST_OK);
    check_allowed("kernel load", machine_load(false, va, &value), rights, HOIST_KERNEL_READ);
    check_allowed("kernel store", machine_store(false, va + 8, 1), rights, HOIST_KERNEL_WRITE);
    check_allowed("kernel fetch", machine_execute(false, va + AGREE_CODE), rights,
                  HOIST_KERNEL_EXECUTE);
    check_allowed("user load", machine_load(true, va, &value), rights, HOIST_USER_READ);
    check_allowed("user store", machine_store(true, va + 8, 1), rights, HOIST_USER_WRITE);
    check_allowed("user fetch", machine_execute(true, va + AGREE_CODE), rights, HOIST_USER_EXECUTE);
    /* What was asked for is what whoever it was for has. */
    check_equal("the rights that were asked for",
                (wanted & HOIST_USER) != 0 ? (uint64_t)rights >> 3 : rights,
                (uint64_t)(wanted & 3) | (wanted & HOIST_EXECUTE) >> 1);
}

static void rights(uint64_t base, unsigned refused_rights)
{
    unsigned refused = 0;

    about("rights");
    for (uint8_t wanted = 0; wanted < 16; wanted++) {
        const uint64_t va = base + wanted * 2 * page_bytes();
        const enum hoist_result result = agree_map(va, agree_page(wanted), page_bytes(), wanted);

        if (result == HOIST_NOT_EXPRESSIBLE) {
            refused++;
        } else {
            check_quietly("mapping", result, HOIST_OK);
            rights_of(va, wanted);
        }
    }
    check_equal("combinations without bits for them", refused, refused_rights);
}

/* ---- changes ---- */

static void changes(uint64_t base)
{
    const struct hoist_range first = {{base}, page_bytes()};
    const uint8_t rights = usual(HOIST_READ | HOIST_WRITE);
    const bool has_no_execute = (rights & HOIST_EXECUTE) == 0;
    uint32_t value;

    about("changes");
    agree_mapped(base, agree_page(1), page_bytes(), rights);
    check_quietly("a store before", machine_store(false, base, 2), ALLOWED);
    check_equal("protect", hoist_tree_protect(&agree_tree, &first, HOIST_WRITE, 0), HOIST_OK);
    check_equal("the page is flushed", flushed.va.value, base);
    check_equal("and no more", flushed.size_bytes, page_bytes());
    agree_fault("a store after it faults", machine_store(false, base, 3), DENIED, base);
    check_equal("a load does not", agree_load(base), 2);
    if (has_no_execute) {
        agree_fault("a fetch faults", machine_execute(false, base + AGREE_CODE), DENIED,
                    base + AGREE_CODE);
        check_equal("protect", hoist_tree_protect(&agree_tree, &first, 0, HOIST_EXECUTE), HOIST_OK);
    }
    check_equal("a fetch does not", machine_execute(false, base + AGREE_CODE), ALLOWED);
    check_equal("unmap", hoist_tree_unmap(&agree_tree, &first), HOIST_OK);
    agree_fault("a load faults", machine_load(false, base, &value), ABSENT, base);
}

/* One page in the middle of a large leaf gets other rights, the others stay as they are. */
static void splits(uint64_t large, unsigned level)
{
    const uint64_t span = span_of(level);
    const uint64_t page = agree_page(0x7777);
    const uint64_t next = agree_page(0x8888);
    const uint64_t pa = page & ~(span - 1);
    const uint64_t va = (large & ~(span - 1)) + 3 * span;
    const uint64_t at = va + (page - pa);
    const struct hoist_range range = {{at}, page_bytes()};

    about("splits");
    if ((next & ~(span - 1)) != pa) {
        return; /* the program lies across two leaves of this size */
    }
    agree_mapped(va, pa, span, usual(HOIST_READ | HOIST_WRITE));
    check_equal("the CPU knows the large leaf", agree_load(at), 0x7777);
    absent_flushes = 0;
    check_equal("protect", hoist_tree_protect(&agree_tree, &range, HOIST_WRITE, 0), HOIST_OK);
    check_equal("each leaf is absent, and flushed, before it is a table", absent_flushes,
                level - 1);
    agree_fault("a store into the page faults", machine_store(false, at, 1), DENIED, at);
    check_equal("a load does not", agree_load(at), 0x7777);
    check_equal("a store after it", machine_store(false, va + (next - pa), 0x9999), ALLOWED);
    check_equal("it arrives", agree_read(next), 0x9999);
    check_equal("the page itself", agree_read(page), 0x7777);
}

/* Bytes through the tables, across pages that do not lie together. */
static void bytes(uint64_t base)
{
    static const char text[] = "this goes over the end of a page";
    const uint64_t first = agree_page(0);
    const uint64_t gap = agree_page(0);
    const uint64_t second = agree_page(0);
    const struct hoist_va near_end = {base + page_bytes() - 16};
    char read[sizeof(text)] = "";
    uint64_t done = 0;

    about("bytes");
    check_quietly("not together", second - gap, page_bytes());
    agree_mapped(base, first, page_bytes(), usual(HOIST_READ));
    agree_mapped(base + page_bytes(), second, page_bytes(), usual(HOIST_READ));
    check_equal("write", hoist_tree_write(&agree_tree, near_end, text, sizeof(text), &done),
                HOIST_OK);
    check_equal("all of it", done, sizeof(text));
    check_equal("the CPU reads the end of the first", agree_load(near_end.value),
                agree_read(first + page_bytes() - 16));
    check_equal("and the second", agree_load(base + page_bytes()), agree_read(second));
    check_equal("read", hoist_tree_read(&agree_tree, near_end, read, sizeof(read), &done),
                HOIST_OK);
    for (unsigned i = 0; i < sizeof(text); i++) {
        check_quietly("a byte", (uint64_t)read[i], (uint64_t)text[i]);
    }
}

void agree_on_all(const struct agree_places *places)
{
    const uint64_t base = places->base;

    arena_begin();
    hooks = machine_hooks;
    hooks.flush = watch_flush;
    check_quietly("a tree", hoist_tree_init(&agree_tree, machine_format, NULL, &hooks, NULL),
                  HOIST_OK);
    translations(base);
    rights(base + 0x10 * page_bytes(), places->refused_rights);
    changes(base + 0x40 * page_bytes());
    bytes(base + 0x48 * page_bytes());
    many_pages(base + 0x50 * page_bytes());
    large_leaves(places->large);
    frames_lie_otherwise(places->large);
    splits(places->large, 2);
    if ((machine_format->large_levels >> 3 & 1) != 0 && machine_format->root_index_bits > 2) {
        splits(places->large + 8 * span_of(2), 3);
    }
}
