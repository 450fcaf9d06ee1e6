/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's virt machine with an ARMv7 CPU in SVC mode, by short descriptors or by LPAE:
 * HOIST_TREE_FORMAT says which. The CPU's own look-up (ATS1C...) is asked as well.
 */
#include "agree.h"
#include "arena.h"
#include "armv7_formats.h"
#include "asked.h"
#include "check.h"
#include "entries.h"
#include "table_entry.h"
#include "tree_change.h"
#include "tree_walk.h"

#define UART      ((volatile uint32_t *)0x09000000)
#define UART_PAGE 0x09000000u
#define PAGE      UINT64_C(0x1000)
#define SVC       0xef000000u

#define KIND_OF(trap)  ((trap) >> 16)
#define SUPERVISOR     2u
#define PREFETCH_ABORT 3u
#define DATA_ABORT     4u

uint32_t try_load(uint32_t va, uint32_t *value);
uint32_t try_store(uint32_t va, uint32_t value);
uint32_t try_load_as_user(uint32_t va, uint32_t *value);
uint32_t try_store_as_user(uint32_t va, uint32_t value);
uint32_t try_execute(uint32_t va);
uint32_t try_execute_as_user(uint32_t va);
_Noreturn void power_off(void);
extern uint32_t trap_address;
extern char image_start[], image_end[];
int main(void);

const struct hoist_table_format *const machine_format = &HOIST_TREE_FORMAT;
const bool machine_tells_denied = true;

static bool is_running;
static unsigned last_level; /* ARM's, of the last fault */

static bool is_long(void)
{
    return machine_format->entry_bytes == 8;
}

void machine_put(char character)
{
    *UART = (uint8_t)character;
}

_Noreturn void machine_stop(bool passed)
{
    (void)passed; /* the lines say it */
    power_off();
}

/* B3.13.3: the status by short descriptors (table B3-23), and by long ones (table B3-24). */
static enum outcome outcome_of(uint32_t trap, uint32_t allowed)
{
    if (KIND_OF(trap) == allowed) {
        return ALLOWED;
    }
    if (KIND_OF(trap) != PREFETCH_ABORT && KIND_OF(trap) != DATA_ABORT) {
        return OTHER;
    }
    if (is_long()) {
        last_level = trap & 3;
        return (trap >> 2 & 0xf) == 1 ? ABSENT : (trap >> 2 & 0xf) == 3 ? DENIED : OTHER;
    }
    switch ((trap & 0xf) | (trap >> 6 & 0x10)) {
    case 0x05:
    case 0x07: last_level = (trap & 2) != 0 ? 2 : 1; return ABSENT;
    case 0x0d:
    case 0x0f: return DENIED;
    default: return OTHER;
    }
}

enum outcome machine_load(bool as_user, uint64_t va, uint32_t *value)
{
    const uint32_t at = (uint32_t)va;

    return outcome_of(as_user ? try_load_as_user(at, value) : try_load(at, value), 0);
}

enum outcome machine_store(bool as_user, uint64_t va, uint32_t value)
{
    const uint32_t at = (uint32_t)va;

    return outcome_of(as_user ? try_store_as_user(at, value) : try_store(at, value), 0);
}

enum outcome machine_execute(bool as_user, uint64_t va)
{
    const uint32_t at = (uint32_t)va;

    return outcome_of(as_user ? try_execute_as_user(at) : try_execute(at), SUPERVISOR);
}

void machine_write_code(uint64_t pa)
{
    *(volatile uint32_t *)(uintptr_t)pa = SVC;
    __asm__ volatile("dsb\n\tmcr p15, 0, %0, c7, c5, 0\n\tdsb\n\tisb" : : "r"(0) : "memory");
}

uint64_t machine_fault_address(void)
{
    return trap_address;
}

static void flush(void *context, struct hoist_range range)
{
    (void)context;
    __asm__ volatile("dsb" ::: "memory");
    if (range.size_bytes > 16 * PAGE) {
        __asm__ volatile("mcr p15, 0, %0, c8, c7, 0" : : "r"(0) : "memory"); /* TLBIALL */
    } else {
        for (uint32_t done = 0; done < range.size_bytes; done += (uint32_t)PAGE) {
            const uint32_t page = (uint32_t)range.va.value + done;

            __asm__ volatile("mcr p15, 0, %0, c8, c7, 3" : : "r"(page) : "memory"); /* TLBIMVAA */
        }
    }
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

const struct hoist_tree_hooks machine_hooks = {
    .allocate_table = arena_allocate, .allocate_page = arena_allocate, .flush = flush};

/* ---- switching on ---- */

static void map_itself(struct hoist_tree *tree)
{
    const uint32_t first = (uint32_t)image_start & ~((uint32_t)PAGE - 1);
    const struct hoist_extent image = {{first}, {first}, (uint32_t)image_end - first};
    const struct hoist_extent uart = {{UART_PAGE}, {UART_PAGE}, PAGE};
    const struct hoist_access all =
        hoist_access_of(HOIST_READ | HOIST_WRITE | HOIST_EXECUTE, HOIST_WRITE_BACK);

    is_running = true;
    check_quietly("the program", hoist_tree_map(tree, &image, all, 0), HOIST_OK);
    check_quietly("the console", hoist_tree_map(tree, &uart, hoist_kernel_mmio(), 0), HOIST_OK);
}

/* B4.1.153 TTBCR, B4.1.154 TTBR0, B4.1.43 DACR, B4.1.104 MAIR. */
static void load_root(uint32_t root)
{
    const uint32_t control = is_long() ? 0x80003500u : 0; /* EAE; shareable, write-back */

    __asm__ volatile("mcr p15, 0, %0, c2, c0, 2" : : "r"(control));
    __asm__ volatile("mcr p15, 0, %0, c3, c0, 0" : : "r"(1)); /* domain 0: a client */
    __asm__ volatile("isb");
    if (is_long()) {
        __asm__ volatile("mcr p15, 0, %0, c10, c2, 0" : : "r"(HOIST_ARMV7_MAIR0));
        __asm__ volatile("mcr p15, 0, %0, c10, c2, 1" : : "r"(HOIST_ARMV7_MAIR1));
        __asm__ volatile("mcrr p15, 0, %0, %1, c2" : : "r"(root), "r"(0));
    } else {
        __asm__ volatile("mcr p15, 0, %0, c2, c0, 0" : : "r"(root));
    }
    __asm__ volatile("mcr p15, 0, %0, c8, c7, 0\n\tdsb\n\tisb" : : "r"(0) : "memory");
}

void machine_use(const struct hoist_tree *tree)
{
    uint32_t control;

    if (is_running) {
        __asm__ volatile("dsb\n\tisb" ::: "memory"); /* absent entries are not kept */
        return;
    }
    map_itself(&agree_tree);
    load_root((uint32_t)tree->root.value);
    __asm__ volatile("mrc p15, 0, %0, c1, c0, 0" : "=r"(control));
    control |= 1u << 12 | 1u << 2 | 1u;                                /* I, C, M */
    control &= ~(1u << 29 | 1u << 28 | 1u << 20 | 1u << 19 | 1u << 1); /* AFE, TRE, WXN, A */
    __asm__ volatile("mcr p15, 0, %0, c1, c0, 0\n\tisb" : : "r"(control) : "memory");
}

/* ---- what only ARMv7 has ---- */

/* B4.1.112, B3.12: by privilege and kind of access; bit 0 says that it faulted. */
static uint64_t ask(uint64_t address, bool as_user, bool to_write)
{
    const uint32_t va = (uint32_t)address;
    uint32_t low;
    uint32_t high = 0;

    if (as_user && to_write) {
        __asm__ volatile("mcr p15, 0, %0, c7, c8, 3\n\tisb" : : "r"(va) : "memory");
    } else if (as_user) {
        __asm__ volatile("mcr p15, 0, %0, c7, c8, 2\n\tisb" : : "r"(va) : "memory");
    } else if (to_write) {
        __asm__ volatile("mcr p15, 0, %0, c7, c8, 1\n\tisb" : : "r"(va) : "memory");
    } else {
        __asm__ volatile("mcr p15, 0, %0, c7, c8, 0\n\tisb" : : "r"(va) : "memory");
    }
    if (is_long()) {
        __asm__ volatile("mrrc p15, 0, %0, %1, c7" : "=r"(low), "=r"(high));
    } else {
        __asm__ volatile("mrc p15, 0, %0, c7, c4, 0" : "=r"(low));
    }
    return (uint64_t)high << 32 | low;
}

/* The level that a fault is reported at is the one that the library finds the hole at. */
static void levels_of_faults(uint64_t base)
{
    const unsigned lowest = is_long() ? 3 : 2;
    uint32_t value;
    uint64_t entry;

    about("levels of faults");
    for (unsigned level = machine_format->levels; level >= 1; level--) {
        if (hoist_tree_get_entry(&agree_tree, hoist_va_of(base), level, &entry) == HOIST_OK &&
            entry == 0) {
            check_equal("a hole", machine_load(false, base, &value), ABSENT);
            check_equal("its level", last_level, lowest + 1 - level);
            return;
        }
    }
    check_true("there is a hole", false);
}

/* Every combination of rights in a page and in the link above it. */
static void links_restrict(uint64_t base)
{
    static const uint8_t long_bits[] = {59, 60, 61, 62}; /* PXNTable, XNTable, APTable */
    static const uint8_t short_bits[] = {2};             /* PXN */
    const uint8_t *const bits = is_long() ? long_bits : short_bits;
    const unsigned bit_count = is_long() ? 4 : 1;
    const struct hoist_scattered *rights = &machine_format->page.rights;
    const uint64_t page = UINT64_C(1) << machine_format->page_shift;
    uint64_t link = 0;
    uint64_t leaf = 0;

    about("rights in links");
    agree_mapped(base, agree_page(0xd01), page, HOIST_READ);
    check_quietly("the link", hoist_tree_get_entry(&agree_tree, hoist_va_of(base), 2, &link),
                  HOIST_OK);
    check_quietly("the page", hoist_tree_get_entry(&agree_tree, hoist_va_of(base), 1, &leaf),
                  HOIST_OK);
    leaf &= ~hoist_scatter(rights, ~0u);
    for (unsigned i = 0; i >> rights->count == 0; i++) {
        const struct entries entries = {.tree = &agree_tree,
                                        .va = base,
                                        .level = 2,
                                        .value = link,
                                        .bits = bits,
                                        .bit_count = bit_count};

        if (machine_format->meaning[i] != HOIST_NO_SUCH) {
            check_quietly("set", hoist_tree_set_entry(&agree_tree, hoist_va_of(base), 2, link),
                          HOIST_OK);
            check_quietly("set",
                          hoist_tree_set_entry(&agree_tree, hoist_va_of(base), 1,
                                               leaf | hoist_scatter(rights, i)),
                          HOIST_OK);
            check_entries("links with every combination of rights", &entries);
        }
    }
}

int main(void)
{
    /* Whatever may be done, reading may be. */
    const struct agree_places places = {0x80000000u, 0xa0000000u, 8};

    agree_on_all(&places);
    levels_of_faults(places.base + PAGE);
    levels_of_faults(0x20000000u);
    asked_of_all(&(struct asked){ask, UINT64_C(0xfffffff000)}, &agree_tree);
    links_restrict(0x30000000u);
    check_finish();
}
