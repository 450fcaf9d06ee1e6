/* SPDX-License-Identifier: BSD-2-Clause */
/* A reader that knows each architecture's bits by itself. */
#include "formats_reader.h"

#include <string.h>

#include "formats_memory.h"

enum reader_family reader_family_of(const char *format_name)
{
    if (strcmp(format_name, "x86-32") == 0) {
        return READER_X86_32;
    }
    if (strncmp(format_name, "x86", 3) == 0) {
        return READER_X86_64;
    }
    if (strncmp(format_name, "riscv", 5) == 0) {
        return READER_RISCV;
    }
    if (strcmp(format_name, "armv7-short") == 0) {
        return READER_ARMV7_SHORT;
    }
    if (strcmp(format_name, "armv7-lpae") == 0) {
        return READER_ARMV7_LPAE;
    }
    if (strcmp(format_name, "aarch64-64k-52bit") == 0) {
        return READER_AARCH64_LPA;
    }
    return strstr(format_name, "52bit") != NULL ? READER_AARCH64_LPA2 : READER_AARCH64;
}

static bool bit(uint64_t entry, unsigned number)
{
    return (entry >> number & 1) != 0;
}

static bool is_32_bit(enum reader_family family)
{
    return family == READER_X86_32 || family == READER_ARMV7_SHORT;
}

static bool is_aarch64(enum reader_family family)
{
    return family == READER_AARCH64 || family == READER_AARCH64_LPA2 ||
           family == READER_AARCH64_LPA;
}

/* 'a' absent, 't' table, 'l' leaf. */
static char kind(enum reader_family family, uint64_t entry, unsigned level)
{
    switch (family) {
    case READER_X86_32:
    case READER_X86_64: return !bit(entry, 0) ? 'a' : level == 1 || bit(entry, 7) ? 'l' : 't';
    case READER_RISCV: return !bit(entry, 0) ? 'a' : (entry & 0xe) != 0 ? 'l' : 't';
    case READER_ARMV7_SHORT:
        return (entry & 3) == 0 ? 'a' : level == 2 && (entry & 3) == 1 ? 't' : 'l';
    default: return !bit(entry, 0) ? 'a' : level == 1 || !bit(entry, 1) ? 'l' : 't';
    }
}

static uint64_t address(enum reader_family family, uint64_t entry, bool is_large)
{
    switch (family) {
    case READER_X86_32:
        return is_large ? (entry & 0xffc00000) | (entry >> 13 & 0xff) << 32 : entry & 0xfffff000;
    case READER_X86_64: return entry & (is_large ? 0xfffffffffe000 : 0xffffffffff000);
    case READER_RISCV: return (entry >> 10 & 0xfffffffffff) * 4096;
    case READER_ARMV7_SHORT: return entry & (is_large ? 0xfff00000 : 0xfffff000);
    case READER_AARCH64_LPA2: return (entry & 0x3fffffffff000) | (entry >> 8 & 3) << 50;
    case READER_AARCH64_LPA: return (entry & 0xffffffff0000) | (entry >> 12 & 0xf) << 48;
    case READER_ARMV7_LPAE: return entry & 0xfffffff000;
    default: return entry & 0xfffffffff000;
    }
}

static void read_x86(uint64_t entry, bool is_large, bool has_nx, struct reader_page *page)
{
    const unsigned rights = 1 | (bit(entry, 1) ? 2 : 0) | (has_nx && bit(entry, 63) ? 0 : 4);

    page->kernel = rights;
    page->user = bit(entry, 2) ? rights : 0;
    page->cache = (int)((entry >> 3 & 3) | (uint64_t)bit(entry, is_large ? 12 : 7) << 2);
    page->cache = page->cache > 5 ? -1 : page->cache;
    page->is_global = bit(entry, 8);
}

static void read_riscv(uint64_t entry, struct reader_page *page)
{
    static const int cache[4] = {0, 5, 3, -1};
    const unsigned rights = (unsigned)(entry >> 1 & 7);

    page->user = bit(entry, 4) ? rights : 0;
    page->kernel = bit(entry, 4) ? rights & 3 : rights;
    page->cache = cache[entry >> 61 & 3];
    page->is_global = bit(entry, 5);
}

static int cache_by_mair(uint64_t entry)
{
    const int index = (int)(entry >> 2 & 7);

    return index == 0 || index == 1 || index == 3 || index == 5 ? index : -1;
}

static void read_aarch64(uint64_t entry, struct reader_page *page)
{
    const bool may_write = !bit(entry, 7);
    const bool is_user = bit(entry, 6);

    page->kernel = 1 | (may_write ? 2 : 0);
    page->kernel |= !bit(entry, 53) && !(is_user && may_write) ? 4 : 0;
    page->user = is_user ? 1 | (may_write ? 2 : 0) : 0;
    page->user |= !bit(entry, 54) ? 4 : 0;
    page->cache = cache_by_mair(entry);
    page->is_global = !bit(entry, 11);
}

static void read_lpae(uint64_t entry, struct reader_page *page)
{
    const unsigned rights = 1 | (bit(entry, 7) ? 0 : 2);

    page->kernel = rights | (bit(entry, 53) || bit(entry, 54) ? 0 : 4);
    page->user = bit(entry, 6) ? rights | (bit(entry, 54) ? 0 : 4) : 0;
    page->cache = cache_by_mair(entry);
    page->is_global = !bit(entry, 11);
}

static void read_armv7_short(uint64_t entry, bool is_large, struct reader_page *page)
{
    const unsigned ap = (unsigned)(is_large ? (entry >> 10 & 3) | (entry >> 15 & 1) << 2
                                            : (entry >> 4 & 3) | (entry >> 9 & 1) << 2);
    const unsigned tex = (unsigned)(entry >> (is_large ? 12 : 6) & 7);
    const unsigned cb = (unsigned)(entry >> 2 & 3);
    const bool no_execute = bit(entry, is_large ? 4 : 0);
    static const unsigned kernel[8] = {0, 3, 3, 3, 0, 1, 1, 1};
    static const unsigned user[8] = {0, 0, 1, 3, 0, 0, 1, 1};

    page->kernel = kernel[ap] | (kernel[ap] != 0 && !no_execute ? 4 : 0);
    page->user = user[ap] | (user[ap] != 0 && !no_execute ? 4 : 0);
    page->cache = tex == 1 && cb == 3   ? 0
                  : tex == 0 && cb == 2 ? 1
                  : tex == 0 && cb == 0 ? 3
                  : tex == 1 && cb == 0 ? 5
                                        : -1;
    page->is_global = !bit(entry, is_large ? 17 : 11);
}

static void read_leaf(const struct reader_shape *shape, uint64_t entry, struct reader_page *page)
{
    const bool is_large = page->level > 1;

    switch (shape->family) {
    case READER_X86_32: read_x86(entry, is_large, false, page); break;
    case READER_X86_64: read_x86(entry, is_large, true, page); break;
    case READER_RISCV: read_riscv(entry, page); break;
    case READER_ARMV7_SHORT: read_armv7_short(entry, is_large, page); break;
    case READER_ARMV7_LPAE: read_lpae(entry, page); break;
    default: read_aarch64(entry, page); break;
    }
}

/* Links that the library makes restrict nothing; those of RISC-V and PAE's root have no rights. */
static bool is_open_link(const struct reader_shape *shape, uint64_t entry, unsigned level)
{
    if (shape->family == READER_X86_32 ||
        (shape->family == READER_X86_64 && !(shape->levels == 3 && level == 3))) {
        return (entry & 6) == 6 && !bit(entry, 63) && !bit(entry, 7);
    }
    if (shape->family == READER_X86_64) {
        return (entry & UINT64_C(0x8000000000000fff)) == 1;
    }
    if (shape->family == READER_RISCV) {
        return (entry & UINT64_C(0xffc00000000003ff)) == 1;
    }
    return is_aarch64(shape->family) || shape->family == READER_ARMV7_LPAE ? entry >> 59 == 0
                                                                           : (entry & 0x3ff) == 1;
}

/* What was made can be used at once: AF is set, or A and D of RISC-V. */
static bool is_ready(enum reader_family family, uint64_t entry)
{
    if (family == READER_RISCV) {
        return (entry & 0xc0) == 0xc0;
    }
    return !(is_aarch64(family) || family == READER_ARMV7_LPAE) || bit(entry, 10);
}

bool reader_look_up(const struct reader_shape *shape, uint64_t root, uint64_t linear,
                    struct reader_page *page)
{
    const unsigned size_bytes = is_32_bit(shape->family) ? 4 : 8;
    uint64_t table = root;

    for (unsigned level = shape->levels;; level--) {
        const unsigned shift = shape->page_shift + shape->index_bits * (level - 1);
        const unsigned bits = level == shape->levels ? shape->root_index_bits : shape->index_bits;
        const uint64_t index = linear >> shift & ((UINT64_C(1) << bits) - 1);
        uint64_t entry;

        if (!memory_entry(table + index * size_bytes, size_bytes, &entry)) {
            return false;
        }
        page->level = level;
        page->is_mapped = kind(shape->family, entry, level) == 'l';
        if (page->is_mapped) {
            const uint64_t mask = (UINT64_C(1) << shift) - 1;
            const uint64_t pa = address(shape->family, entry, level > 1);

            page->pa = pa | (linear & mask);
            read_leaf(shape, entry, page);
            return (pa & mask) == 0 && is_ready(shape->family, entry);
        }
        if (kind(shape->family, entry, level) == 'a') {
            return true;
        }
        if (level == 1 || !is_open_link(shape, entry, level)) {
            return false;
        }
        table = shape->family == READER_ARMV7_SHORT ? entry & 0xfffffc00
                                                    : address(shape->family, entry, false);
    }
}
