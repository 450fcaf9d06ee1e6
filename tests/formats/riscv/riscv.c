/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's virt machine with a RISC-V CPU, and what only RISC-V has: Svnapot, Svpbmt, both ends of a
 * sign-extended address space. HOIST_TREE_FORMAT says which mode.
 */
#include "agree.h"
#include "arena.h"
#include "check.h"
#include "more.h"
#include "riscv_formats.h"
#include "tree_change.h"
#include "tree_walk.h"

#define UART ((volatile uint8_t *)0x10000000)
#define TEST ((volatile uint32_t *)0x100000) /* ends QEMU */

#define PAGE_BYTES UINT64_C(0x1000)
#define ECALL      0x73u

/* mstatus: MPRV, MPP, SUM. The kernel may use users' pages, but where that is what is tried. */
#define AS_USER    (UINT64_C(1) << 17)
#define AS_KERNEL  (AS_USER | UINT64_C(1) << 11)
#define WITH_USERS (UINT64_C(1) << 18)
#define IN_USER    UINT64_C(0)
#define IN_KERNEL  (UINT64_C(1) << 11)

/* Causes, section 3.1.15, table 3.6. */
#define NO_TRAP      UINT64_MAX
#define USER_ECALL   8u
#define KERNEL_ECALL 9u
#define FETCH_FAULT  12u
#define LOAD_FAULT   13u
#define STORE_FAULT  15u

uint64_t try_load(uint64_t status, uint64_t va, uint32_t *value);
uint64_t try_store(uint64_t status, uint64_t va, uint32_t value);
uint64_t try_execute(uint64_t status, uint64_t va);
extern uint64_t trap_value;
int main(void);

const struct hoist_table_format *const machine_format = &HOIST_TREE_FORMAT;
const bool machine_tells_denied = false;

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

static enum outcome outcome_of(uint64_t cause, uint64_t allowed, uint64_t fault)
{
    return cause == allowed ? ALLOWED : cause == fault ? ABSENT : OTHER;
}

enum outcome machine_load(bool as_user, uint64_t va, uint32_t *value)
{
    return outcome_of(try_load(as_user ? AS_USER : AS_KERNEL | WITH_USERS, va, value), NO_TRAP,
                      LOAD_FAULT);
}

enum outcome machine_store(bool as_user, uint64_t va, uint32_t value)
{
    return outcome_of(try_store(as_user ? AS_USER : AS_KERNEL | WITH_USERS, va, value), NO_TRAP,
                      STORE_FAULT);
}

enum outcome machine_execute(bool as_user, uint64_t va)
{
    return outcome_of(try_execute(as_user ? IN_USER : IN_KERNEL, va),
                      as_user ? USER_ECALL : KERNEL_ECALL, FETCH_FAULT);
}

void machine_write_code(uint64_t pa)
{
    *(volatile uint32_t *)(uintptr_t)pa = ECALL;
    __asm__ volatile("fence.i" ::: "memory");
}

uint64_t machine_fault_address(void)
{
    return trap_value;
}

/* Absent entries may be kept, too: all is forgotten. */
void machine_use(const struct hoist_tree *tree)
{
    const uint64_t mode = machine_format->levels == 3 ? 8 : machine_format->levels == 4 ? 9 : 10;
    const uint64_t satp = mode << 60 | tree->root.value >> 12;
    uint64_t found;

    __asm__ volatile("csrw satp, %1\n\tcsrr %0, satp\n\tsfence.vma"
                     : "=r"(found)
                     : "r"(satp)
                     : "memory");
    check_quietly("the CPU has this mode", found, satp);
}

static void flush(void *context, struct hoist_range range)
{
    (void)context;
    if (range.size_bytes > 16 * PAGE_BYTES) {
        __asm__ volatile("sfence.vma" ::: "memory");
        return;
    }
    for (uint64_t done = 0; done < range.size_bytes; done += PAGE_BYTES) {
        __asm__ volatile("sfence.vma %0, zero" : : "r"(range.va.value + done) : "memory");
    }
}

const struct hoist_tree_hooks machine_hooks = {
    .allocate_table = arena_allocate, .allocate_page = arena_allocate, .flush = flush};

/* ---- what RISC-V alone has ---- */

/* The last page that there is, the first of the upper half, and what is no address. */
static void edges(void)
{
    const unsigned bits = 12 + 9 * machine_format->levels;
    const uint64_t upper = ~UINT64_C(0) << (bits - 1);
    const uint64_t top = UINT64_C(0) - PAGE_BYTES;
    const uint64_t last_of_lower = ~upper & ~(PAGE_BYTES - 1);
    uint32_t value;

    about("edges");
    agree_mapped(top, agree_page(0x8001), PAGE_BYTES, HOIST_READ);
    agree_mapped(upper, agree_page(0x8002), PAGE_BYTES, HOIST_READ);
    agree_mapped(last_of_lower, agree_page(0x8003), PAGE_BYTES, HOIST_READ);
    check_equal("the last page", agree_load(top), 0x8001);
    check_equal("the first of the upper half", agree_load(upper), 0x8002);
    check_equal("the last of the lower half", agree_load(last_of_lower), 0x8003);
    check_equal("no address", agree_map(upper - PAGE_BYTES, agree_page(0), PAGE_BYTES, HOIST_READ),
                HOIST_NOT_CANONICAL);
    check_equal("nor to the CPU", machine_load(false, upper - PAGE_BYTES, &value), ABSENT);
}

/* sstatus.SUM is no right of the tables: without it the kernel has nothing of users' pages. */
static void without_sum(uint64_t base)
{
    uint32_t value;

    about("SUM");
    agree_mapped(base, agree_page(1), PAGE_BYTES, HOIST_READ | HOIST_USER);
    check_equal("with it", try_load(AS_KERNEL | WITH_USERS, base, &value), NO_TRAP);
    check_equal("without it", try_load(AS_KERNEL, base, &value), LOAD_FAULT);
}

/* 16 entries of one 64 KiB page, put there by hand: the library reads them as the CPU does. */
static void groups(uint64_t base)
{
    const uint64_t block = arena_get(0x10000);
    const uint64_t entry = UINT64_C(1) << 63 | (block >> 12 | 8) << 10 | 0xc7;
    const struct hoist_range part = {{base + PAGE_BYTES}, PAGE_BYTES};
    const struct hoist_range all = {{base}, 0x10000};
    uint32_t value;

    about("Svnapot");
    agree_mapped(base, block, 0x10000, HOIST_READ);
    for (uint32_t i = 0; i < 16; i++) {
        const struct hoist_va va = {base + i * PAGE_BYTES};

        *(volatile uint32_t *)(uintptr_t)(block + i * PAGE_BYTES) = 0x900 + i;
        check_quietly("set", hoist_tree_set_entry(&agree_tree, va, 1, entry), HOIST_OK);
    }
    machine_use(&agree_tree);
    for (uint32_t i = 0; i < 16; i++) {
        const struct hoist_va va = {base + i * PAGE_BYTES};
        struct hoist_tree_entry found = {0};

        check_quietly("looking up", hoist_tree_look_up(&agree_tree, va, &found), HOIST_OK);
        check_quietly("where", found.target.value, block + i * PAGE_BYTES);
        check_quietly("what the CPU reads", agree_load(va.value), 0x900 + i);
    }
    check_equal("a part of it is not unmapped", hoist_tree_unmap(&agree_tree, &part),
                HOIST_GROUPED_LEAF);
    check_equal("all of it is", hoist_tree_unmap(&agree_tree, &all), HOIST_OK);
    check_equal("a load faults", machine_load(false, base, &value), ABSENT);
}

/* Cache types by Svpbmt: the CPU takes the bits that the library writes. */
static void cache_types(uint64_t base)
{
    static const uint8_t types[] = {HOIST_WRITE_BACK, HOIST_UNCACHED, HOIST_WRITE_COMBINING};
    static const uint64_t bits[] = {0, 2, 1};

    about("Svpbmt");
    __asm__ volatile("csrs 0x30a, %0" : : "r"(UINT64_C(1) << 62)); /* menvcfg.PBMTE */
    for (uint32_t i = 0; i < 3; i++) {
        const struct hoist_extent extent = {
            {base + i * PAGE_BYTES}, {agree_page(0xa00 + i)}, PAGE_BYTES};
        const struct hoist_access access = hoist_access_of(HOIST_READ, types[i]);
        uint64_t entry = 0;

        check_quietly("mapping", hoist_tree_map(&agree_tree, &extent, access, 0), HOIST_OK);
        machine_use(&agree_tree);
        check_quietly("the entry", hoist_tree_get_entry(&agree_tree, extent.va, 1, &entry),
                      HOIST_OK);
        check_equal("PBMT", entry >> 61 & 3, bits[i]);
        check_equal("the CPU reads there", agree_load(extent.va.value), 0xa00 + i);
    }
}

int main(void)
{
    /* Nothing, and to write without reading. */
    const struct agree_places places = {UINT64_C(0x1234567000), UINT64_C(0x2000000000), 6};

    agree_on_all(&places);
    edges();
    without_sum(UINT64_C(0x1310000000));
    groups(UINT64_C(0x1320000000));
    cache_types(UINT64_C(0x1330000000));
    entries_of_all_kinds(UINT64_C(0x1340000000));
    accessed_and_dirty(UINT64_C(0x1350000000));
    staying_in_the_kernel(UINT64_C(0x1360000000));
    report();
    check_finish();
}
