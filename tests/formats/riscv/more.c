/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of every kind, A and D, and what the monitor is asked. */
#include "more.h"

#include "agree.h"
#include "arena.h"
#include "check.h"
#include "entries.h"
#include "leaves.h"
#include "tree_change.h"
#include "tree_walk.h"

#define UART ((volatile uint8_t *)0x10000000)

/* start.S: an access by S mode, which mstatus is not written between; the cause it ends with. */
extern char stay_code[];
extern uint64_t trap_value;
void stay_begin(void);
uint64_t stay_store(uint64_t va, uint64_t value);
uint64_t stay_load(uint64_t va, uint32_t *value);
void stay_end(void);

/* Causes, section 3.1.15, table 3.6. */
#define KERNEL_ECALL 9u
#define LOAD_FAULT   13u
#define STORE_FAULT  15u

#define PAGE_BYTES UINT64_C(0x1000)
#define TABLE_SPAN UINT64_C(0x200000)

/* An entry's address. */
static uint64_t ppn(uint64_t pa)
{
    return pa >> 12 << 10;
}

static void write_page(uint64_t pa, uint32_t number)
{
    *(volatile uint32_t *)(uintptr_t)pa = number;
    machine_write_code(pa + AGREE_CODE);
}

/*
 * Bits 60:54 and 62 are left out: QEMU 7.2 does not look at the reserved ones where it has Svnapot
 * or Svpbmt, and takes the reserved type 3 of Svpbmt.
 */
static const uint8_t entry_bits[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 61, 63};

static void try_entries(const char *what, uint64_t va, unsigned level, uint64_t value)
{
    const struct entries entries = {&agree_tree, va, level, value, entry_bits, sizeof(entry_bits)};

    check_true("some of them map memory", check_entries(what, &entries) != 0);
}

void entries_of_all_kinds(uint64_t base)
{
    const uint64_t page = agree_page(0x4321);
    const uint64_t block = (arena_get(2 * TABLE_SPAN) + TABLE_SPAN) & ~(TABLE_SPAN - 1);
    const uint64_t group = arena_get(16 * PAGE_BYTES);
    uint64_t table;
    uint64_t value;

    about("entries");
    agree_mapped(base, page, PAGE_BYTES, HOIST_READ | HOIST_WRITE | HOIST_EXECUTE | HOIST_USER);
    check_quietly("the link", hoist_tree_get_entry(&agree_tree, hoist_va_of(base), 2, &table),
                  HOIST_OK);
    check_quietly("the page", hoist_tree_get_entry(&agree_tree, hoist_va_of(base), 1, &value),
                  HOIST_OK);
    table &= ~UINT64_C(0x3ff);
    try_entries("of level 1", base, 1, ppn(page));
    write_page(group + 3 * PAGE_BYTES, 0x3333); /* by N, and without */
    write_page(group + 8 * PAGE_BYTES, 0x8888);
    try_entries("of level 1 in a group", base + 3 * PAGE_BYTES, 1, ppn(group + 8 * PAGE_BYTES));
    write_page(group + 9 * PAGE_BYTES, 0x9999); /* there are no groups of 2 and of 8 pages */
    try_entries("of level 1, no group", base + 3 * PAGE_BYTES, 1, ppn(group + 9 * PAGE_BYTES));
    write_page(group + 12 * PAGE_BYTES, 0xcccc);
    try_entries("of level 1, no group", base + 3 * PAGE_BYTES, 1, ppn(group + 12 * PAGE_BYTES));
    check_quietly("back", hoist_tree_set_entry(&agree_tree, hoist_va_of(base), 1, value), HOIST_OK);
    try_entries("of level 2 with a table", base, 2, table);
    /* Where it is taken for a table, there is no entry in it. */
    write_page(block, 0x6542);
    try_entries("of level 2 with memory", base, 2, ppn(block));
    check_equal("of level 2 with memory that is not aligned",
                check_entries("they all fault",
                              &(const struct entries){&agree_tree, base, 2, ppn(block + 0x100000),
                                                      entry_bits, sizeof(entry_bits)}),
                0);
}

/* A global page, for the monitor to be seen; and that the kernel may be there to change it. */
void staying_in_the_kernel(uint64_t base)
{
    const struct hoist_range range = {{base}, PAGE_BYTES};
    const uint64_t code = (uint64_t)(uintptr_t)stay_code & ~(PAGE_BYTES - 1);
    const uint64_t page = agree_page(0x1234);
    const uint64_t other = agree_page(0x5678);
    uint32_t value = 0;

    about("the kernel stays");
    agree_mapped(code, code, PAGE_BYTES, HOIST_READ | HOIST_EXECUTE);
    agree_mapped(base, page, PAGE_BYTES, HOIST_READ | HOIST_WRITE | HOIST_GLOBAL);
    stay_begin();
    check_equal("a store", stay_store(base + 8, 1), KERNEL_ECALL);
    check_quietly("protect", hoist_tree_protect(&agree_tree, &range, HOIST_WRITE, 0), HOIST_OK);
    check_equal("a store after protect faults", stay_store(base + 8, 2), STORE_FAULT);
    check_equal("the address that faulted", trap_value, base + 8);
    check_equal("a load does not", stay_load(base + 8, &value), KERNEL_ECALL);
    check_equal("nothing was stored", value, 1);
    check_quietly("unmap", hoist_tree_unmap(&agree_tree, &range), HOIST_OK);
    check_equal("a load after unmap faults", stay_load(base, &value), LOAD_FAULT);
    stay_end();
    agree_mapped(base, other, PAGE_BYTES, HOIST_READ | HOIST_GLOBAL);
    check_equal("another page in its place", agree_load(base), 0x5678);
}

/* Both are there from the start, for a CPU may fault where they are not (section 4.3.1). */
void accessed_and_dirty(uint64_t base)
{
    const struct hoist_va va = {base};
    const uint64_t page = agree_page(0x7654);
    uint64_t value = 0;

    about("A and D");
    agree_mapped(base, page, PAGE_BYTES, HOIST_READ | HOIST_WRITE);
    check_quietly("the entry", hoist_tree_get_entry(&agree_tree, va, 1, &value), HOIST_OK);
    check_equal("both are set", value & 0xc0, 0xc0);
    check_quietly("set", hoist_tree_set_entry(&agree_tree, va, 1, value & ~UINT64_C(0xc0)),
                  HOIST_OK);
    machine_use(&agree_tree);
    check_equal("a load", agree_load(base), 0x7654);
    check_quietly("the entry", hoist_tree_get_entry(&agree_tree, va, 1, &value), HOIST_OK);
    check_equal("the CPU sets A", value & 0xc0, 0x40);
    agree_mapped(base, page, PAGE_BYTES, HOIST_READ | HOIST_WRITE);
    check_quietly("the entry", hoist_tree_get_entry(&agree_tree, va, 1, &value), HOIST_OK);
    check_equal("the same again changes nothing", value & 0xc0, 0x40);
}

void report(void)
{
    about("report");
    say_leaves(&agree_tree);
    say("LOOK\n");
    while ((UART[5] & 1) == 0) { /* no character came in */
    }
    (void)UART[0];
}
