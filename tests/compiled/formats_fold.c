/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Translating addresses by a constant format and by code that was written for that format, over the
 * same tables: test_formats_fold.py counts the instructions of both.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aarch64_formats.h"
#include "riscv_formats.h"
#include "table_entry.h"
#include "x86_formats.h"

#define COUNT      4096u
#define NOT_MAPPED UINT64_MAX

#define PROBE __attribute__((noinline)) uint64_t

uint64_t by_format_x86_64(uint64_t root, uint64_t va);
uint64_t by_format_aarch64(uint64_t root, uint64_t va);
uint64_t by_format_riscv(uint64_t root, uint64_t va);
uint64_t by_hand_x86_64(uint64_t root, uint64_t va);
uint64_t by_hand_aarch64(uint64_t root, uint64_t va);
uint64_t by_hand_riscv(uint64_t root, uint64_t va);

static uint64_t load(uint64_t table, uint64_t index)
{
    return ((const volatile uint64_t *)(uintptr_t)table)[index];
}

HOIST_FOLDED uint64_t by_format(const struct hoist_table_format *const format, uint64_t root,
                                uint64_t va)
{
    const uint64_t linear = hoist_format_linear(format, va);
    uint64_t table = root;

    for (unsigned level = format->levels;; level--) {
        const uint64_t entry = load(table, hoist_format_index(format, linear, level));
        const enum hoist_entry_kind kind = hoist_kind_of(format, entry, level);

        if (kind == HOIST_ENTRY_IS_LEAF) {
            return hoist_frame_of(format, entry, level, linear) +
                   (linear & (hoist_format_span(format, level) - 1));
        }
        if (kind != HOIST_ENTRY_IS_LINK) {
            return NOT_MAPPED;
        }
        table = hoist_table_of(format, entry, level);
    }
}

PROBE by_format_x86_64(uint64_t root, uint64_t va)
{
    return by_format(&hoist_x86_64_4level, root, va);
}

PROBE by_format_aarch64(uint64_t root, uint64_t va)
{
    return by_format(&hoist_aarch64_4k, root, va);
}

PROBE by_format_riscv(uint64_t root, uint64_t va)
{
    return by_format(&hoist_riscv_sv48, root, va);
}

PROBE by_hand_x86_64(uint64_t root, uint64_t va)
{
    uint64_t table = root;

    for (unsigned level = 4;; level--) {
        const unsigned shift = 12 + 9 * (level - 1);
        const uint64_t mask = (UINT64_C(1) << shift) - 1;
        const uint64_t entry = load(table, va >> shift & 511);

        if ((entry & 1) == 0) {
            return NOT_MAPPED;
        }
        if (level == 1) {
            return (entry & 0x000ffffffffff000) | (va & mask);
        }
        if ((entry & 0x80) !=
            0) { /* PS: a leaf, but not of level 4, and with reserved bits clear */
            const uint64_t pa = entry & 0x000fffffffffe000;

            return level == 4 || (pa & mask) != 0 ? NOT_MAPPED : pa | (va & mask);
        }
        table = entry & 0x000ffffffffff000;
    }
}

PROBE by_hand_aarch64(uint64_t root, uint64_t va)
{
    uint64_t table = root;

    for (unsigned level = 4;; level--) {
        const unsigned shift = 12 + 9 * (level - 1);
        const uint64_t mask = (UINT64_C(1) << shift) - 1;
        const uint64_t entry = load(table, va >> shift & 511);

        if ((entry & 1) == 0) {
            return NOT_MAPPED;
        }
        if (level == 1) {
            return (entry & 3) != 3 ? NOT_MAPPED : (entry & 0x0000fffffffff000) | (va & mask);
        }
        if ((entry & 3) != 3) {
            const uint64_t pa = entry & 0x0000ffffffe00000;

            return level == 4 || (pa & mask) != 0 ? NOT_MAPPED : pa | (va & mask);
        }
        table = entry & 0x0000fffffffff000;
    }
}

PROBE by_hand_riscv(uint64_t root, uint64_t va)
{
    uint64_t table = root;

    for (unsigned level = 4;; level--) {
        const unsigned shift = 12 + 9 * (level - 1);
        const uint64_t mask = (UINT64_C(1) << shift) - 1;
        const uint64_t entry = load(table, va >> shift & 511);
        const uint64_t pa = (entry & 0x003ffffffffffc00) << 2;

        if ((entry & 1) == 0) {
            return NOT_MAPPED;
        }
        if (level != 1 && (entry & 0xffc00000000000df) == 1) {
            table = pa;
            continue;
        }
        if ((entry & 0x1fc0000000000001) != 1 || (entry & 0xe) == 0 || (entry & 6) == 4) {
            return NOT_MAPPED;
        }
        if (level != 1) {
            return entry >> 63 != 0 || (pa & mask) != 0 ? NOT_MAPPED : pa | (va & mask);
        }
        if (entry >> 63 != 0) { /* Svnapot */
            return (entry >> 10 & 15) != 8 ? NOT_MAPPED : (pa & ~UINT64_C(0xffff)) | (va & 0xffff);
        }
        return pa | (va & mask);
    }
}

/* Three levels of links and one of leaves, all the same table each. */
static uint64_t tables_of(const struct hoist_table_format *format)
{
    uint64_t *tables = aligned_alloc(4096, 4 * 4096);
    uint64_t flags = 0;

    if (tables == NULL || hoist_make_flags(format, hoist_kernel_data(), 1, &flags) != HOIST_OK) {
        exit(1);
    }
    for (unsigned i = 0; i < 512; i++) {
        uint64_t frame;

        for (unsigned level = 4; level > 1; level--) {
            hoist_make_link(format, level, (uintptr_t)&tables[(5 - level) * 512],
                            &tables[(4 - level) * 512 + i]);
        }
        hoist_make_frame(format, 1, i * UINT64_C(0x3000), &frame);
        tables[3 * 512 + i] = flags | frame;
    }
    return (uintptr_t)tables;
}

static uint64_t sum(uint64_t (*translate)(uint64_t root, uint64_t va), uint64_t root)
{
    uint64_t total = 0;

    for (uint64_t i = 0; i < COUNT; i++) {
        total += translate(root, i * UINT64_C(0x7654321) & UINT64_C(0x7fffffffffff));
    }
    return total;
}

int main(void)
{
    const uint64_t x86_64 = tables_of(&hoist_x86_64_4level);
    const uint64_t aarch64 = tables_of(&hoist_aarch64_4k);
    const uint64_t riscv = tables_of(&hoist_riscv_sv48);

    if (sum(by_format_x86_64, x86_64) != sum(by_hand_x86_64, x86_64) ||
        sum(by_format_aarch64, aarch64) != sum(by_hand_aarch64, aarch64) ||
        sum(by_format_riscv, riscv) != sum(by_hand_riscv, riscv)) {
        puts("they translate differently");
        return 1;
    }
    puts("the same translations");
    return 0;
}
