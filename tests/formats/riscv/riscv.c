/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables of Sv39, Sv48 or Sv57, made by the library and used by the CPU: HOIST_TREE_FORMAT says
 * which. Everything that is expected of the CPU comes from what hoist_tree_look_up says, or is
 * written here by hand.
 */
#include "arena.h"
#include "check.h"
#include "riscv_formats.h"
#include "tree_bytes.h"
#include "tree_change.h"
#include "tree_walk.h"

#define UART ((volatile uint8_t *)0x10000000)
#define TEST ((volatile uint32_t *)0x100000) /* ends QEMU */

#define PAGE_BYTES UINT64_C(0x1000)
#define RAM        UINT64_C(0x80000000)
#define ECALL      0x73u

/* mstatus: MPRV, MPP, SUM. */
#define AS_USER       (UINT64_C(1) << 17)
#define AS_KERNEL     (AS_USER | UINT64_C(1) << 11)
#define MAY_USE_USERS (UINT64_C(1) << 18)
#define IN_USER       UINT64_C(0)
#define IN_KERNEL     (UINT64_C(1) << 11)

/* Causes, section 3.1.15, table 3.6. */
#define NO_TRAP      UINT64_MAX
#define USER_ECALL   8u
#define KERNEL_ECALL 9u
#define FETCH_FAULT  12u
#define LOAD_FAULT   13u
#define STORE_FAULT  15u

uint64_t try_load(uint64_t status, uint64_t va, uint64_t *value);
uint64_t try_store(uint64_t status, uint64_t va, uint64_t value);
uint64_t try_execute(uint64_t status, uint64_t va);
extern uint64_t trap_value;
int main(void);

static const struct hoist_table_format *const format = &HOIST_TREE_FORMAT;

void machine_put(char character)
{
    *UART = (uint8_t)character;
}

_Noreturn void machine_stop(bool passed)
{
    *TEST = passed ? 0x5555 : 0x13333;
    for (;;) {
    }
}

static void forget_all(void)
{
    __asm__ volatile("sfence.vma" ::: "memory");
}

static void flush(void *context, struct hoist_range range)
{
    (void)context;
    if (range.size_bytes > 16 * PAGE_BYTES) {
        forget_all();
        return;
    }
    for (uint64_t done = 0; done < range.size_bytes; done += PAGE_BYTES) {
        __asm__ volatile("sfence.vma %0, zero" : : "r"(range.va.value + done) : "memory");
    }
}

static const struct hoist_tree_hooks hooks = {
    .allocate_table = arena_allocate, .allocate_page = arena_allocate, .flush = flush};
static struct hoist_tree tree;

static uint64_t read64(uint64_t pa)
{
    return *(volatile uint64_t *)(uintptr_t)pa;
}

static void write64(uint64_t pa, uint64_t value)
{
    *(volatile uint64_t *)(uintptr_t)pa = value;
}

/* A page of memory with a number at its start and ECALL after it. */
static uint64_t make_page(uint64_t number)
{
    const uint64_t page = arena_get(PAGE_BYTES);

    write64(page, number);
    *(volatile uint32_t *)(uintptr_t)(page + 16) = ECALL;
    __asm__ volatile("fence.i" ::: "memory");
    return page;
}

static enum hoist_result map(uint64_t va, uint64_t pa, uint64_t size_bytes, uint8_t rights)
{
    const struct hoist_extent extent = {{va}, {pa}, size_bytes};
    const enum hoist_result result =
        hoist_tree_map(&tree, &extent, hoist_access_of(rights, HOIST_WRITE_BACK), 0);

    if (tree.has_root) {
        const uint64_t mode = format->levels == 3 ? 8 : format->levels == 4 ? 9 : 10;
        const uint64_t satp = mode << 60 | tree.root.value >> 12;
        uint64_t found;

        __asm__ volatile("csrw satp, %1\n\tcsrr %0, satp" : "=r"(found) : "r"(satp));
        check_quietly("the CPU has this format", found, satp);
    }
    forget_all(); /* absent entries may be kept, too */
    return result;
}

static void check_map(uint64_t va, uint64_t pa, uint64_t size_bytes, uint8_t rights)
{
    check_quietly("mapping", map(va, pa, size_bytes, rights), HOIST_OK);
}

/* What the kernel reads there; or 0 with a complaint. */
static uint64_t load(uint64_t va)
{
    uint64_t value = 0;

    check_quietly("a load is allowed", try_load(AS_KERNEL, va, &value), NO_TRAP);
    return value;
}

static void check_fault(const char *what, uint64_t cause, uint64_t expected, uint64_t va)
{
    check_equal(what, cause, expected);
    check_quietly("the address that faulted", trap_value, va);
}

/* ---- what is translated to what ---- */

static void translations(uint64_t base)
{
    const uint64_t page = make_page(0x1111);
    struct hoist_tree_entry entry;

    about("translations");
    check_map(base, page, PAGE_BYTES, HOIST_READ | HOIST_WRITE);
    check_map(base + 0x7000, page, PAGE_BYTES, HOIST_READ | HOIST_WRITE);
    check_equal("a page is read", load(base), 0x1111);
    check_quietly("a store", try_store(AS_KERNEL, base + 0x7008, 0x2222), NO_TRAP);
    check_equal("the same frame at two addresses", load(base + 8), 0x2222);
    check_equal("it is that frame", read64(page + 8), 0x2222);
    check_fault("a hole faults", try_load(AS_KERNEL, base + PAGE_BYTES, &(uint64_t){0}), LOAD_FAULT,
                base + PAGE_BYTES);
    check_equal("looking up a hole",
                hoist_tree_look_up(&tree, hoist_va_of(base + PAGE_BYTES), &entry),
                HOIST_NOT_MAPPED);
}

/* Pages from the end of one table into the next, and many in no order. */
static void many_pages(uint64_t base)
{
    const uint64_t table_end = (base | 0x1fffff) + 1;

    about("many pages");
    for (uint64_t i = 0; i < 4; i++) {
        check_map(table_end - 2 * PAGE_BYTES + i * PAGE_BYTES, make_page(0x300 + i), PAGE_BYTES,
                  HOIST_READ);
    }
    for (uint64_t i = 0; i < 4; i++) {
        check_equal("across the end of a table", load(table_end - 2 * PAGE_BYTES + i * PAGE_BYTES),
                    0x300 + i);
    }
    for (uint64_t i = 0; i < 64; i++) {
        const uint64_t va = base + 0x10000000 + i * 37 % 64 * 0x23000;

        check_map(va, make_page(0x4000 + i), PAGE_BYTES, HOIST_READ);
    }
    for (uint64_t i = 0; i < 64; i++) {
        const uint64_t va = base + 0x10000000 + i * 37 % 64 * 0x23000;
        struct hoist_tree_entry entry = {0};

        check_quietly("looking up", hoist_tree_look_up(&tree, hoist_va_of(va), &entry), HOIST_OK);
        check_quietly("what the CPU reads", load(va), 0x4000 + i);
        check_quietly("what the library finds", read64(entry.target.value), 0x4000 + i);
    }
    check_true("64 pages in no order", true);
}

/* Leaves of each size over all that lies there; the CPU reads the page at its place in them. */
static void large_leaves(uint64_t base)
{
    const uint64_t page = make_page(0x5555);

    about("large leaves");
    for (unsigned level = 2; level <= format->levels; level++) {
        const uint64_t span = UINT64_C(1) << (12 + 9 * (level - 1));
        const uint64_t va = (base & ~(span - 1)) + (level == format->levels ? span : 5 * span);
        const uint64_t pa = page & ~(span - 1);
        struct hoist_tree_entry entry = {0};

        check_map(va, pa, span, HOIST_READ | HOIST_WRITE);
        check_quietly("looking up",
                      hoist_tree_look_up(&tree, hoist_va_of(va + (page - pa)), &entry), HOIST_OK);
        check_equal("the level of the leaf", entry.level, level);
        check_equal("what it is mapped to", entry.target.value, page);
        check_equal("the CPU reads there", load(va + (page - pa)), 0x5555);
    }
}

/* ---- rights ---- */

static void rights_of(uint64_t va, uint8_t wanted)
{
    struct hoist_tree_entry entry = {0};
    uint64_t value;
    const uint8_t rights =
        hoist_tree_look_up(&tree, hoist_va_of(va), &entry) == HOIST_OK ? entry.rights : 0;
    const bool is_user = (wanted & HOIST_USER) != 0;

    check_quietly("kernel load", try_load(AS_KERNEL | MAY_USE_USERS, va, &value),
                  (rights & HOIST_KERNEL_READ) != 0 ? NO_TRAP : LOAD_FAULT);
    check_quietly("kernel store", try_store(AS_KERNEL | MAY_USE_USERS, va + 8, 1),
                  (rights & HOIST_KERNEL_WRITE) != 0 ? NO_TRAP : STORE_FAULT);
    check_quietly("kernel fetch", try_execute(IN_KERNEL, va + 16),
                  (rights & HOIST_KERNEL_EXECUTE) != 0 ? KERNEL_ECALL : FETCH_FAULT);
    check_quietly("user load", try_load(AS_USER, va, &value),
                  (rights & HOIST_USER_READ) != 0 ? NO_TRAP : LOAD_FAULT);
    check_quietly("user store", try_store(AS_USER, va + 8, 1),
                  (rights & HOIST_USER_WRITE) != 0 ? NO_TRAP : STORE_FAULT);
    check_quietly("user fetch", try_execute(IN_USER, va + 16),
                  (rights & HOIST_USER_EXECUTE) != 0 ? USER_ECALL : FETCH_FAULT);
    check_quietly("a user's page without SUM", try_load(AS_KERNEL, va, &value),
                  !is_user && (rights & HOIST_KERNEL_READ) != 0 ? NO_TRAP : LOAD_FAULT);
    /* What was asked for is what whoever it was for has. */
    check_equal("the rights that were asked for",
                is_user ? (uint64_t)rights >> 3 : (uint64_t)rights & 7,
                (uint64_t)(wanted & 3) | (wanted & HOIST_EXECUTE) >> 1);
}

static void rights(uint64_t base)
{
    unsigned refused = 0;

    about("rights");
    for (uint8_t wanted = 0; wanted < 16; wanted++) {
        const uint64_t va = base + wanted * 2 * PAGE_BYTES;
        const enum hoist_result result = map(va, make_page(wanted), PAGE_BYTES, wanted);

        if (result == HOIST_NOT_EXPRESSIBLE) {
            refused++;
        } else {
            check_quietly("mapping", result, HOIST_OK);
            rights_of(va, wanted);
        }
    }
    check_equal("what RISC-V has no bits for: nothing, and to write without reading", refused, 6);
}

/* ---- changes ---- */

static void changes(uint64_t base)
{
    const struct hoist_range first = {{base}, PAGE_BYTES};
    uint64_t value;

    about("changes");
    check_map(base, make_page(1), PAGE_BYTES, HOIST_READ | HOIST_WRITE);
    check_quietly("a store before", try_store(AS_KERNEL, base, 2), NO_TRAP);
    check_equal("protect", hoist_tree_protect(&tree, &first, HOIST_WRITE, 0), HOIST_OK);
    check_fault("a store after it faults", try_store(AS_KERNEL, base, 3), STORE_FAULT, base);
    check_equal("a load does not", load(base), 2);
    check_fault("a fetch faults", try_execute(IN_KERNEL, base + 16), FETCH_FAULT, base + 16);
    check_equal("protect", hoist_tree_protect(&tree, &first, 0, HOIST_EXECUTE), HOIST_OK);
    check_equal("a fetch does not now", try_execute(IN_KERNEL, base + 16), KERNEL_ECALL);
    check_equal("unmap", hoist_tree_unmap(&tree, &first), HOIST_OK);
    check_fault("a load faults", try_load(AS_KERNEL, base, &value), LOAD_FAULT, base);
}

/* One page in the middle of a large leaf gets other rights, the others stay as they are. */
static void splits(uint64_t base)
{
    const uint64_t page = make_page(0x7777);
    const uint64_t span = UINT64_C(1) << 30;
    const uint64_t va = (base & ~(span - 1)) + 16 * span;
    const uint64_t at = va + (page - RAM);
    const struct hoist_range range = {{at}, PAGE_BYTES};

    about("splits");
    check_map(va, RAM, span, HOIST_READ | HOIST_WRITE);
    check_equal("the CPU knows the large leaf", load(at), 0x7777);
    check_equal("protect", hoist_tree_protect(&tree, &range, HOIST_WRITE, 0), HOIST_OK);
    check_fault("a store into the page faults", try_store(AS_KERNEL, at, 1), STORE_FAULT, at);
    check_equal("a load does not", load(at), 0x7777);
    check_equal("a store before it", try_store(AS_KERNEL, at - 8, read64(page - 8)), NO_TRAP);
    check_equal("a store after it",
                try_store(AS_KERNEL, at + PAGE_BYTES, read64(page + PAGE_BYTES)), NO_TRAP);
    check_equal("far away", load(va + 0x100000), read64(RAM + 0x100000));
}

/* The last page that there is, the first of the upper half, and what is no address. */
static void edges(void)
{
    const unsigned bits = 12 + 9 * format->levels;
    const uint64_t upper = ~UINT64_C(0) << (bits - 1);
    const uint64_t top = UINT64_C(0) - PAGE_BYTES;
    uint64_t value;

    about("edges");
    check_map(top, make_page(0x8001), PAGE_BYTES, HOIST_READ);
    check_map(upper, make_page(0x8002), PAGE_BYTES, HOIST_READ);
    check_map(~upper & ~(PAGE_BYTES - 1), make_page(0x8003), PAGE_BYTES, HOIST_READ);
    check_equal("the last page", load(top), 0x8001);
    check_equal("the first of the upper half", load(upper), 0x8002);
    check_equal("the last of the lower half", load(~upper & ~(PAGE_BYTES - 1)), 0x8003);
    check_equal("no address", map(upper - PAGE_BYTES, RAM, PAGE_BYTES, HOIST_READ),
                HOIST_NOT_CANONICAL);
    check_equal("nor to the CPU", try_load(AS_KERNEL, upper - PAGE_BYTES, &value), LOAD_FAULT);
}

/* 16 entries of one 64 KiB page, put there by hand: the library reads them as the CPU does. */
static void groups(uint64_t base)
{
    const uint64_t block = arena_get(0x10000);
    const uint64_t entry = UINT64_C(1) << 63 | (block >> 12 | 8) << 10 | 0xc7;
    const struct hoist_range part = {{base + PAGE_BYTES}, PAGE_BYTES};
    const struct hoist_range all = {{base}, 0x10000};
    uint64_t value;

    about("Svnapot");
    check_map(base, block, 0x10000, HOIST_READ);
    for (uint64_t i = 0; i < 16; i++) {
        write64(block + i * PAGE_BYTES, 0x900 + i);
        check_quietly("set",
                      hoist_tree_set_entry(&tree, hoist_va_of(base + i * PAGE_BYTES), 1, entry),
                      HOIST_OK);
    }
    forget_all();
    for (uint64_t i = 0; i < 16; i++) {
        struct hoist_tree_entry found = {0};

        check_quietly("looking up",
                      hoist_tree_look_up(&tree, hoist_va_of(base + i * PAGE_BYTES), &found),
                      HOIST_OK);
        check_quietly("where", found.target.value, block + i * PAGE_BYTES);
        check_quietly("what the CPU reads", load(base + i * PAGE_BYTES), 0x900 + i);
    }
    check_equal("a part of it is not unmapped", hoist_tree_unmap(&tree, &part), HOIST_GROUPED_LEAF);
    check_equal("all of it is", hoist_tree_unmap(&tree, &all), HOIST_OK);
    check_equal("a load faults", try_load(AS_KERNEL, base, &value), LOAD_FAULT);
}

/* Cache types by Svpbmt: the CPU takes the bits that the library writes. */
static void cache_types(uint64_t base)
{
    static const uint8_t types[] = {HOIST_WRITE_BACK, HOIST_UNCACHED, HOIST_WRITE_COMBINING};
    static const uint64_t bits[] = {0, 2, 1};

    about("Svpbmt");
    __asm__ volatile("csrs 0x30a, %0" : : "r"(UINT64_C(1) << 62)); /* menvcfg.PBMTE */
    for (uint64_t i = 0; i < 3; i++) {
        const struct hoist_extent extent = {
            {base + i * PAGE_BYTES}, {make_page(0xa00 + i)}, PAGE_BYTES};
        uint64_t entry = 0;

        check_quietly("mapping",
                      hoist_tree_map(&tree, &extent, hoist_access_of(HOIST_READ, types[i]), 0),
                      HOIST_OK);
        forget_all();
        check_quietly("the entry", hoist_tree_get_entry(&tree, extent.va, 1, &entry), HOIST_OK);
        check_equal("PBMT", entry >> 61 & 3, bits[i]);
        check_equal("the CPU reads there", load(extent.va.value), 0xa00 + i);
    }
}

/* Bytes through the tables, across pages that do not lie together. */
static void bytes(uint64_t base)
{
    static const char text[] = "this goes over the end of a page";
    const uint64_t first = make_page(0);
    const uint64_t gap = make_page(0);
    const uint64_t second = make_page(0);
    char read[sizeof(text)] = "";
    uint64_t done = 0;

    about("bytes");
    check_quietly("not together", second - gap, PAGE_BYTES);
    check_map(base, first, PAGE_BYTES, HOIST_READ);
    check_map(base + PAGE_BYTES, second, PAGE_BYTES, HOIST_READ);
    check_equal(
        "write",
        hoist_tree_write(&tree, hoist_va_of(base + PAGE_BYTES - 16), text, sizeof(text), &done),
        HOIST_OK);
    check_equal("all of it", done, sizeof(text));
    check_equal("the CPU reads the end of the first", load(base + PAGE_BYTES - 16),
                read64(first + PAGE_BYTES - 16));
    check_equal("and the second", load(base + PAGE_BYTES), read64(second));
    check_equal(
        "read",
        hoist_tree_read(&tree, hoist_va_of(base + PAGE_BYTES - 16), read, sizeof(read), &done),
        HOIST_OK);
    for (unsigned i = 0; i < sizeof(text); i++) {
        check_quietly("a byte", (uint64_t)read[i], (uint64_t)text[i]);
    }
}

int main(void)
{
    const uint64_t base = UINT64_C(0x1234567000);

    arena_begin();
    check_quietly("a tree", hoist_tree_init(&tree, format, NULL, &hooks, NULL), HOIST_OK);
    translations(base);
    many_pages(base + 0x20000000);
    large_leaves(UINT64_C(0x2000000000));
    rights(base + 0x40000000);
    changes(base + 0x50000000);
    splits(base);
    edges();
    groups(UINT64_C(0x1300000000));
    cache_types(UINT64_C(0x1310000000));
    bytes(UINT64_C(0x1320000000));
    check_finish();
}
