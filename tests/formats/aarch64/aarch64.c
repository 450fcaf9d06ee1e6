/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's virt machine with an AArch64 CPU at EL1. BARE_FORMAT is the format of TTBR0's tables,
 * BARE_UPPER that of TTBR1's, where those are tried too. The CPU's own look-up (AT) is asked as
 * well.
 */
#include "aarch64_formats.h"
#include "agree.h"
#include "arena.h"
#include "asked.h"
#include "check.h"
#include "entries.h"
#include "table_entry.h"
#include "tree_change.h"
#include "tree_walk.h"

#define UART      ((volatile uint32_t *)0x09000000)
#define UART_PAGE UINT64_C(0x09000000)
#define SVC       0xd4000001u

/* ESR_EL1, D19.2.37: the class, and of an abort the kind and the level. */
#define CLASS_OF(syndrome) ((syndrome) >> 26 & 0x3f)
#define SVC_CLASS          0x15u
#define KIND_OF(syndrome)  ((syndrome) >> 2 & 0xf)
#define LEVEL_OF(syndrome) ((syndrome)&3)
#define TRANSLATION        1u
#define PERMISSION         3u

uint64_t try_load(uint64_t va, uint32_t *value);
uint64_t try_store(uint64_t va, uint32_t value);
uint64_t try_load_as_user(uint64_t va, uint32_t *value);
uint64_t try_store_as_user(uint64_t va, uint32_t value);
uint64_t try_execute(uint64_t va);
uint64_t try_execute_as_user(uint64_t va);
extern uint64_t trap_address;
extern char image_start[], image_end[];
int main(void);

const struct hoist_table_format *const machine_format = &BARE_FORMAT;
const bool machine_tells_denied = true;

/* What the program itself needs is mapped where it is, in every tree for TTBR0. */
static bool is_running;
static uint64_t last_syndrome;

void machine_put(char character)
{
    *UART = (uint8_t)character;
}

/* PSCI's SYSTEM_OFF. */
_Noreturn void machine_stop(bool passed)
{
    register uint64_t function __asm__("x0") = 0x84000008;

    (void)passed; /* the lines say it */
    __asm__ volatile("hvc #0" : "+r"(function));
    for (;;) {
    }
}

/* Of a fault in data or instructions, by this level or the one below. */
static enum outcome outcome_of(uint64_t syndrome, uint64_t allowed_class)
{
    const uint64_t class = CLASS_OF(syndrome);
    const uint64_t kind = KIND_OF(syndrome);

    last_syndrome = syndrome;
    if (class == allowed_class) {
        return ALLOWED;
    }
    if (class != 0x25 && class != 0x21 && class != 0x20) {
        return OTHER;
    }
    /* 101011: translation, level -1 */
    return kind == TRANSLATION || (syndrome & 0x3f) == 0x2b ? ABSENT
           : kind == PERMISSION                             ? DENIED
                                                            : OTHER;
}

enum outcome machine_load(bool as_user, uint64_t va, uint32_t *value)
{
    return outcome_of(as_user ? try_load_as_user(va, value) : try_load(va, value), 0);
}

enum outcome machine_store(bool as_user, uint64_t va, uint32_t value)
{
    return outcome_of(as_user ? try_store_as_user(va, value) : try_store(va, value), 0);
}

enum outcome machine_execute(bool as_user, uint64_t va)
{
    return outcome_of(as_user ? try_execute_as_user(va) : try_execute(va), SVC_CLASS);
}

void machine_write_code(uint64_t pa)
{
    *(volatile uint32_t *)(uintptr_t)pa = SVC;
    __asm__ volatile("dsb sy\n\tic ialluis\n\tdsb sy\n\tisb" ::: "memory");
}

uint64_t machine_fault_address(void)
{
    return trap_address;
}

static void flush(void *context, struct hoist_range range)
{
    const uint64_t step = UINT64_C(1) << machine_format->page_shift;

    (void)context;
    __asm__ volatile("dsb ishst" ::: "memory");
    if (range.size_bytes > 16 * step) {
        __asm__ volatile("tlbi vmalle1is" ::: "memory");
    } else {
        for (uint64_t done = 0; done < range.size_bytes; done += step) {
            const uint64_t page = (range.va.value + done) >> 12 & UINT64_C(0xfffffffffff);

            __asm__ volatile("tlbi vaae1is, %0" : : "r"(page) : "memory");
        }
    }
    __asm__ volatile("dsb ish\n\tisb" ::: "memory");
}

const struct hoist_tree_hooks machine_hooks = {
    .allocate_table = arena_allocate, .allocate_page = arena_allocate, .flush = flush};

/* ---- switching on ---- */

/* TCR_EL1, D19.2.139: both halves alike; TG1 counts the granules otherwise than TG0. */
static uint64_t translation_control(void)
{
    const unsigned shift = machine_format->page_shift;
    const uint64_t granule_0 = shift == 12 ? 0 : shift == 14 ? 2 : 1;
    const uint64_t granule_1 = shift == 12 ? 2 : shift == 14 ? 1 : 3;
    const uint64_t size = 64 - (shift + machine_format->index_bits * (machine_format->levels - 1u) +
                                machine_format->root_index_bits);
    const uint64_t half = UINT64_C(0x3500) | size; /* inner shareable, write-back */
    const bool is_wide = machine_format->physical_bits == 52;
    const uint64_t ds = is_wide && shift != 16 ? UINT64_C(1) << 59 : 0;

    return half | granule_0 << 14 | half << 16 | granule_1 << 30 |
           (uint64_t)(is_wide ? 6 : 5) << 32 | ds;
}

static void map_itself(struct hoist_tree *tree)
{
    const uint64_t page = UINT64_C(1) << machine_format->page_shift;
    const uint64_t first = (uintptr_t)image_start & ~(page - 1);
    const struct hoist_extent image = {
        {first}, {first}, (((uintptr_t)image_end - first) + (page - 1)) & ~(page - 1)};
    const struct hoist_extent uart = {{UART_PAGE}, {UART_PAGE}, page};
    const struct hoist_access all =
        hoist_access_of(HOIST_READ | HOIST_WRITE | HOIST_EXECUTE, HOIST_WRITE_BACK);

    is_running = true;
    check_quietly("the program", hoist_tree_map(tree, &image, all, 0), HOIST_OK);
    check_quietly("the console", hoist_tree_map(tree, &uart, hoist_kernel_mmio(), 0), HOIST_OK);
}

void machine_use(const struct hoist_tree *tree)
{
    uint64_t control;

    if (is_running) {
        __asm__ volatile("dsb ishst\n\tisb" ::: "memory"); /* absent entries are not kept */
        return;
    }
    map_itself(&agree_tree);
    __asm__ volatile("msr mair_el1, %0\n\t"
                     "msr tcr_el1, %1\n\t"
                     "msr ttbr0_el1, %2\n\t"
                     "msr ttbr1_el1, %2\n\t"
                     "isb\n\t"
                     "tlbi vmalle1\n\t"
                     "dsb sy\n\t"
                     "isb"
                     :
                     : "r"(HOIST_AARCH64_MAIR), "r"(translation_control()), "r"(tree->root.value)
                     : "memory");
    __asm__ volatile("mrs %0, sctlr_el1" : "=r"(control));
    control |= 1u << 12 | 1u << 2 | 1u;        /* I, C, M */
    control &= ~(UINT64_C(1) << 19 | 1u << 1); /* no WXN, no alignment checks */
    __asm__ volatile("msr sctlr_el1, %0\n\tisb" : : "r"(control) : "memory");
}

/* ---- what only AArch64 has ---- */

/* D19.2.106: bit 0 says that it faulted. */
static uint64_t ask(uint64_t va, bool as_user, bool to_write)
{
    uint64_t answer;

    if (as_user && to_write) {
        __asm__ volatile("at s1e0w, %0\n\tisb" : : "r"(va) : "memory");
    } else if (as_user) {
        __asm__ volatile("at s1e0r, %0\n\tisb" : : "r"(va) : "memory");
    } else if (to_write) {
        __asm__ volatile("at s1e1w, %0\n\tisb" : : "r"(va) : "memory");
    } else {
        __asm__ volatile("at s1e1r, %0\n\tisb" : : "r"(va) : "memory");
    }
    __asm__ volatile("mrs %0, par_el1" : "=r"(answer));
    return answer;
}

/* The level that a fault is reported at is the one that the library finds the hole at. */
static void levels_of_faults(uint64_t base)
{
    uint32_t value;
    uint64_t entry;

    about("levels of faults");
    for (unsigned level = machine_format->levels; level >= 1; level--) {
        const struct hoist_va va = {base};

        if (hoist_tree_get_entry(&agree_tree, va, level, &entry) == HOIST_OK && entry == 0) {
            check_equal("a hole", machine_load(false, base, &value), ABSENT);
            check_equal("its level", LEVEL_OF(last_syndrome), 4 - level);
            return;
        }
    }
    check_true("there is a hole", false);
}

/* Addresses of 52 bits, up to the last page that they reach. */
static void far_pages(void)
{
    const uint64_t page = UINT64_C(1) << machine_format->page_shift;
    const uint64_t last = (UINT64_C(1) << 52) - page;

    about("52-bit addresses");
    agree_mapped(UINT64_C(1) << 50, agree_page(0xc01), page, HOIST_READ);
    agree_mapped(last, agree_page(0xc02), page, HOIST_READ);
    check_equal("in the middle", agree_load(UINT64_C(1) << 50), 0xc01);
    check_equal("the last page", agree_load(last), 0xc02);
}

#ifdef BARE_UPPER
/* Tables of TTBR1: addresses with ones at the top, up to the last page that there is. */
static void upper_half(void)
{
    static struct hoist_tree upper;
    const struct hoist_table_format *format = &BARE_UPPER;
    const uint64_t page = UINT64_C(1) << format->page_shift;
    const uint64_t top = UINT64_C(0) - page;
    const uint64_t bottom = UINT64_C(0xffff000000000000);
    const uint64_t places[] = {top, bottom, bottom + (UINT64_C(1) << 33)};
    const struct hoist_range last = {{top}, page};
    uint32_t value;

    about("the upper half");
    check_quietly("a tree", hoist_tree_init(&upper, format, NULL, &machine_hooks, NULL), HOIST_OK);
    for (uint32_t i = 0; i < 3; i++) {
        const struct hoist_extent extent = {{places[i]}, {agree_page(0xb00 + i)}, page};

        check_quietly("mapping", hoist_tree_map(&upper, &extent, hoist_kernel_data(), 0), HOIST_OK);
    }
    __asm__ volatile("dsb ishst\n\tmsr ttbr1_el1, %0\n\tisb\n\ttlbi vmalle1\n\tdsb sy\n\tisb"
                     :
                     : "r"(upper.root.value)
                     : "memory");
    for (uint32_t i = 0; i < 3; i++) {
        check_equal("a page", agree_load(places[i]), 0xb00 + i);
    }
    check_equal("the same bits below are another page", machine_load(false, ~bottom & top, &value),
                ABSENT);
    check_equal("unmap the last page", hoist_tree_unmap(&upper, &last), HOIST_OK);
    agree_fault("it faults", machine_load(false, top, &value), ABSENT, top);
}
#endif

/* Every combination of rights in a page and in the link above it. */
static void links_restrict(uint64_t base)
{
    static const uint8_t bits[] = {59, 60, 61, 62}; /* PXNTable, UXNTable, APTable */
    const unsigned bit_count = 4;
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
    /* Nothing, to write without reading, and code that the kernel executes but cannot read. */
    const struct agree_places places = {UINT64_C(0x1234560000), UINT64_C(0x2000000000), 7};

    agree_on_all(&places);
    levels_of_faults(places.base + (UINT64_C(1) << machine_format->page_shift));
    if (machine_format->physical_bits == 52) {
        far_pages();
    }
    asked_of_all(&(struct asked){ask, UINT64_C(0xffffffffff000)}, &agree_tree);
#ifdef BARE_UPPER
    upper_half();
#endif
    links_restrict(UINT64_C(0x1100000000));
    check_finish();
}
