/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * x86: 32-bit, PAE, and x86-64 with four and five levels.
 *
 * Source: Intel SDM volume 3, chapter 4: section 4.3 (32-bit), 4.4 (PAE), 4.5 (4-level and 5-level
 * paging); section 4.9.2 for PAT, PCD and PWT. The cache type is an index into the PAT; the names
 * of access.h hold for the PAT that Hoist programs. PSE, PAT and NX are taken for there and
 * switched on; struct hoist_tree_cpu says where NX is not.
 */
#ifndef HOIST_X86_FORMATS_H
#define HOIST_X86_FORMATS_H

#include "table_format.h"

/* Bits of an entry, tables 4-4 to 4-6, 4-8 to 4-11 and 4-15 to 4-20. */
#define HOIST_X86_P  UINT64_C(1)        /* present */
#define HOIST_X86_RW (UINT64_C(1) << 1) /* may be written */
#define HOIST_X86_US (UINT64_C(1) << 2) /* for user programs, too */
#define HOIST_X86_A  (UINT64_C(1) << 5) /* was used */
#define HOIST_X86_D  (UINT64_C(1) << 6) /* was written */
#define HOIST_X86_PS (UINT64_C(1) << 7) /* a leaf, above level 1 */

/* What stays at its place in a split: A, D and the three bits for software; then key and more. */
#define HOIST_X86_SAME_32 UINT64_C(0xe60)
#define HOIST_X86_SAME_64 (HOIST_X86_SAME_32 | UINT64_C(0x7ff0000000000000))

#define HOIST_X86_KERNEL_RX (HOIST_KERNEL_READ | HOIST_KERNEL_EXECUTE)
#define HOIST_X86_USER_R    (HOIST_KERNEL_READ | HOIST_USER_READ)
#define HOIST_X86_USER_RW   (HOIST_X86_USER_R | HOIST_KERNEL_WRITE | HOIST_USER_WRITE)
#define HOIST_X86_USER_X    (HOIST_KERNEL_EXECUTE | HOIST_USER_EXECUTE)

/* By RW, US and NX: what a leaf allows (section 4.6; SMEP and SMAP aside). */
/* clang-format off */
#define HOIST_X86_MEANING                                                                          \
    {                                                                                              \
        HOIST_X86_KERNEL_RX, HOIST_X86_KERNEL_RX | HOIST_KERNEL_WRITE,                             \
        HOIST_X86_USER_R | HOIST_X86_USER_X, HOIST_X86_USER_RW | HOIST_X86_USER_X,                 \
        HOIST_KERNEL_READ, HOIST_KERNEL_READ | HOIST_KERNEL_WRITE,                                 \
        HOIST_X86_USER_R, HOIST_X86_USER_RW                                                        \
    }

/* By RW, US and NX in a link: what it leaves. */
#define HOIST_X86_LEAVES                                                                           \
    {                                                                                              \
        HOIST_X86_KERNEL_RX, HOIST_X86_KERNEL_RX | HOIST_KERNEL_WRITE,                             \
        HOIST_X86_USER_R | HOIST_X86_USER_X, HOIST_ALL_MEANINGS,                                   \
        HOIST_KERNEL_READ, HOIST_KERNEL_READ | HOIST_KERNEL_WRITE,                                 \
        HOIST_X86_USER_R, HOIST_X86_USER_RW                                                        \
    }

/* By READ 1, WRITE 2, USER 4 and EXECUTE 8; what is present can be read. */
#define HOIST_X86_REQUEST                                                                          \
    {                                                                                              \
        HOIST_NO_SUCH, 4, HOIST_NO_SUCH, 5, HOIST_NO_SUCH, 6, HOIST_NO_SUCH, 7,                    \
        HOIST_NO_SUCH, 0, HOIST_NO_SUCH, 1, HOIST_NO_SUCH, 2, HOIST_NO_SUCH, 3                     \
    }

/* Without NX all that can be read can be executed: rights without it cannot be had. */
#define HOIST_X86_REQUEST_WITHOUT_NX                                                               \
    {                                                                                              \
        HOIST_NO_SUCH, HOIST_NO_SUCH, HOIST_NO_SUCH, HOIST_NO_SUCH, HOIST_NO_SUCH, HOIST_NO_SUCH,  \
        HOIST_NO_SUCH, HOIST_NO_SUCH,                                                              \
        HOIST_NO_SUCH, 0, HOIST_NO_SUCH, 1, HOIST_NO_SUCH, 2, HOIST_NO_SUCH, 3                     \
    }
/* clang-format on */

/* PAT indices as Hoist programs them: WB, WT, UC-, UC, WP, WC. */
#define HOIST_X86_CACHE  \
    {                    \
        0, 1, 2, 3, 4, 5 \
    }

#define HOIST_X86_RIGHTS \
    {                    \
        3,               \
        {                \
            1, 2, 63     \
        }                \
    }
#define HOIST_X86_RIGHTS_32 \
    {                       \
        2,                  \
        {                   \
            1, 2            \
        }                   \
    }
#define HOIST_X86_CACHE_PAGE \
    {                        \
        3,                   \
        {                    \
            3, 4, 7          \
        }                    \
    } /* PWT, PCD, PAT */
#define HOIST_X86_CACHE_LARGE \
    {                         \
        3,                    \
        {                     \
            3, 4, 12          \
        }                     \
    } /* there bit 7 is PS */
#define HOIST_X86_GLOBAL \
    {                    \
        1,               \
        {                \
            8            \
        }                \
    }

/* Table 4-9: bits 51:12; a large leaf has PAT at bit 12, and reserved bits up to its size. */
#define HOIST_X86_ADDRESS                     \
    {                                         \
        UINT64_C(0x000ffffffffff000), 0, 0, 0 \
    }
#define HOIST_X86_ADDRESS_LARGE               \
    {                                         \
        UINT64_C(0x000fffffffffe000), 0, 0, 0 \
    }

#define HOIST_X86_LINK(reserved)                                                          \
    {                                                                                     \
        .mask = HOIST_X86_P | HOIST_X86_PS | (reserved), .value = HOIST_X86_P,            \
        .flags = HOIST_X86_P | HOIST_X86_RW | HOIST_X86_US, .address = HOIST_X86_ADDRESS, \
        .rights = HOIST_X86_RIGHTS, .leaves = HOIST_X86_LEAVES                            \
    }
#define HOIST_X86_PAGE(reserved)                                                                 \
    {                                                                                            \
        .mask = HOIST_X86_P | (reserved), .value = HOIST_X86_P, .flags = HOIST_X86_P,            \
        .address = HOIST_X86_ADDRESS, .rights = HOIST_X86_RIGHTS, .cache = HOIST_X86_CACHE_PAGE, \
        .global = HOIST_X86_GLOBAL                                                               \
    }
#define HOIST_X86_LARGE(reserved)                                                              \
    {                                                                                          \
        .mask = HOIST_X86_P | HOIST_X86_PS | (reserved), .value = HOIST_X86_P | HOIST_X86_PS,  \
        .flags = HOIST_X86_P | HOIST_X86_PS, .address = HOIST_X86_ADDRESS_LARGE,               \
        .rights = HOIST_X86_RIGHTS, .cache = HOIST_X86_CACHE_LARGE, .global = HOIST_X86_GLOBAL \
    }

/*
 * Section 4.3, tables 4-4 to 4-6. 4 MiB pages reach 40 bits of physical address (PSE-36): bits
 * 39:32 lie in bits 20:13. Tables and 4 KiB pages reach 32.
 */
static const struct hoist_table_format hoist_x86_32 = {
    .name = "x86-32",
    .levels = 2,
    .entry_bytes = 4,
    .page_shift = 12,
    .index_bits = 10,
    .root_index_bits = 10,
    .physical_bits = 40,
    .large_levels = 1 << 2,
    .extension = HOIST_EXTEND_ZERO,
    .present = HOIST_X86_P,
    .link = {.mask = HOIST_X86_P | HOIST_X86_PS,
             .value = HOIST_X86_P,
             .flags = HOIST_X86_P | HOIST_X86_RW | HOIST_X86_US,
             .address = {UINT64_C(0xfffff000), 0, 0, 0},
             .rights = HOIST_X86_RIGHTS_32,
             .leaves = HOIST_X86_LEAVES},
    .large = {.mask = HOIST_X86_P | HOIST_X86_PS,
              .value = HOIST_X86_P | HOIST_X86_PS,
              .flags = HOIST_X86_P | HOIST_X86_PS,
              .address = {UINT64_C(0xffe00000), 0, UINT64_C(0x1fe000), 19},
              .rights = HOIST_X86_RIGHTS_32,
              .cache = HOIST_X86_CACHE_LARGE,
              .global = HOIST_X86_GLOBAL},
    .page = {.mask = HOIST_X86_P,
             .value = HOIST_X86_P,
             .flags = HOIST_X86_P,
             .address = {UINT64_C(0xfffff000), 0, 0, 0},
             .rights = HOIST_X86_RIGHTS_32,
             .cache = HOIST_X86_CACHE_PAGE,
             .global = HOIST_X86_GLOBAL},
    .state = HOIST_X86_A | HOIST_X86_D,
    .same = HOIST_X86_SAME_32,
    .global_value = 1,
    .meaning = HOIST_X86_MEANING,
    .request = HOIST_X86_REQUEST_WITHOUT_NX,
    .cache = HOIST_X86_CACHE,
};

/*
 * Section 4.4, tables 4-8 to 4-11. The four entries of the root have no rights: bits 1, 2, 8:5 and
 * 63 are reserved there, so an entry with one of them set is none (the CPU refuses to load CR3).
 * Bit 5 is passed over in reading: QEMU's own CPU sets it as A, which no other does (section 4.8).
 * In all tables, bits 62:52 are reserved.
 */
#define HOIST_X86_PAE_RESERVED UINT64_C(0x7ff0000000000000)

static const struct hoist_table_format hoist_x86_pae = {
    .name = "x86-pae",
    .levels = 3,
    .entry_bytes = 8,
    .page_shift = 12,
    .index_bits = 9,
    .root_index_bits = 2,
    .physical_bits = 52,
    .large_levels = 1 << 2,
    .extension = HOIST_EXTEND_ZERO,
    .present = HOIST_X86_P,
    .root_link = {.mask = UINT64_C(0x80000000000001c7) | HOIST_X86_PAE_RESERVED,
                  .value = HOIST_X86_P,
                  .flags = HOIST_X86_P,
                  .address = HOIST_X86_ADDRESS,
                  .leaves = {HOIST_ALL_MEANINGS}},
    .has_own_root_link = true,
    .link = HOIST_X86_LINK(HOIST_X86_PAE_RESERVED),
    .large = HOIST_X86_LARGE(HOIST_X86_PAE_RESERVED),
    .page = HOIST_X86_PAGE(HOIST_X86_PAE_RESERVED),
    .state = HOIST_X86_A | HOIST_X86_D,
    .same = HOIST_X86_SAME_32,
    .global_value = 1,
    .meaning = HOIST_X86_MEANING,
    .request = HOIST_X86_REQUEST,
    .cache = HOIST_X86_CACHE,
};

/* Section 4.5, tables 4-15 to 4-20. */
#define HOIST_X86_64(its_name, its_levels)                                                       \
    {                                                                                            \
        .name = (its_name), .levels = (its_levels), .entry_bytes = 8, .page_shift = 12,          \
        .index_bits = 9, .root_index_bits = 9, .physical_bits = 52,                              \
        .large_levels = 1 << 2 | 1 << 3, .extension = HOIST_EXTEND_SIGN, .present = HOIST_X86_P, \
        .link = HOIST_X86_LINK(0), .large = HOIST_X86_LARGE(0), .page = HOIST_X86_PAGE(0),       \
        .state = HOIST_X86_A | HOIST_X86_D, .same = HOIST_X86_SAME_64, .global_value = 1,        \
        .meaning = HOIST_X86_MEANING, .request = HOIST_X86_REQUEST, .cache = HOIST_X86_CACHE     \
    }

static const struct hoist_table_format hoist_x86_64_4level = HOIST_X86_64("x86-64", 4);
static const struct hoist_table_format hoist_x86_64_5level = HOIST_X86_64("x86-64-5level", 5);

#endif
