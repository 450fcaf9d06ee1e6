/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries of every architecture read by hand: shares no code and no constant with paging/formats.
 * Only the shape of the tables (levels and widths) is what the test says.
 */
#ifndef FORMATS_READER_H
#define FORMATS_READER_H

#include <stdbool.h>
#include <stdint.h>

/* The families whose bits differ. */
enum reader_family {
    READER_X86_32,
    READER_X86_64, /* PAE, too, below its root */
    READER_AARCH64,
    READER_AARCH64_LPA2,
    READER_AARCH64_LPA,
    READER_RISCV,
    READER_ARMV7_SHORT,
    READER_ARMV7_LPAE,
};

struct reader_shape {
    enum reader_family family;
    unsigned levels;
    unsigned page_shift;
    unsigned index_bits;
    unsigned root_index_bits;
};

/* What an address is mapped to; rights are 1 read, 2 write, 4 execute. */
struct reader_page {
    bool is_mapped;
    uint64_t pa;
    unsigned level; /* of the leaf, or of the entry that is absent */
    unsigned kernel;
    unsigned user;
    int cache; /* as access.h numbers them; -1: another */
    bool is_global;
};

/* The family and the name's root: "x86-pae" is READER_X86_64. */
enum reader_family reader_family_of(const char *format_name);

/* Reads down to a linear address. False: an entry that makes no sense, or no memory there. */
bool reader_look_up(const struct reader_shape *shape, uint64_t root, uint64_t linear,
                    struct reader_page *page);

#endif
