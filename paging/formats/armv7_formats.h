/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ARMv7-A: short descriptors, and the long ones of LPAE.
 *
 * Source: ARM Architecture Reference Manual ARMv7-A and ARMv7-R (DDI 0406C): B3.5 (short-descriptor
 * format), B3.6 (long-descriptor format), B3.7 (access control), B3.8 (memory attributes). Both for
 * TTBR0 with all 32 bits of an address (TTBCR.N = 0; T0SZ = 0); Arm's level of pages is level 1
 * here.
 */
#ifndef HOIST_ARMV7_FORMATS_H
#define HOIST_ARMV7_FORMATS_H

#include "table_format.h"

/*
 * LPAE: AttrIndx is the cache type of access.h; MAIR0 and MAIR1 have to be this (B4.1.104): 0
 * write-back, 1 write-through, 3 strongly-ordered, 5 Normal non-cacheable. 2 and 4 are not used.
 */
#define HOIST_ARMV7_MAIR0 UINT32_C(0x0000aaff)
#define HOIST_ARMV7_MAIR1 UINT32_C(0x00004400)

#define HOIST_ARMV7_KERNEL_RW  (HOIST_KERNEL_READ | HOIST_KERNEL_WRITE)
#define HOIST_ARMV7_KERNEL_RX  (HOIST_KERNEL_READ | HOIST_KERNEL_EXECUTE)
#define HOIST_ARMV7_KERNEL_RWX (HOIST_ARMV7_KERNEL_RW | HOIST_KERNEL_EXECUTE)
#define HOIST_ARMV7_USER_RW    (HOIST_USER_READ | HOIST_USER_WRITE)
#define HOIST_ARMV7_USER_RX    (HOIST_USER_READ | HOIST_USER_EXECUTE)
#define HOIST_ARMV7_USER_RWX   (HOIST_ARMV7_USER_RW | HOIST_USER_EXECUTE)

/* clang-format off */
/*
 * By AP[0], AP[1], AP[2], XN and PXN with SCTLR.AFE = 0 (tables B3-8 and B3-10): whoever cannot
 * read cannot execute. AP 100 is reserved; 000 is nothing for anybody.
 */
#define HOIST_ARMV7_SHORT_MEANING                                                                  \
    {                                                                                              \
        0, HOIST_ARMV7_KERNEL_RWX, HOIST_ARMV7_KERNEL_RWX | HOIST_ARMV7_USER_RX,                   \
        HOIST_ARMV7_KERNEL_RWX | HOIST_ARMV7_USER_RWX,                                             \
        HOIST_NO_SUCH, HOIST_ARMV7_KERNEL_RX, HOIST_ARMV7_KERNEL_RX | HOIST_ARMV7_USER_RX,         \
        HOIST_ARMV7_KERNEL_RX | HOIST_ARMV7_USER_RX,                                               \
        0, HOIST_ARMV7_KERNEL_RW, HOIST_ARMV7_KERNEL_RW | HOIST_USER_READ,                         \
        HOIST_ARMV7_KERNEL_RW | HOIST_ARMV7_USER_RW,                                               \
        HOIST_NO_SUCH, HOIST_KERNEL_READ, HOIST_KERNEL_READ | HOIST_USER_READ,                     \
        HOIST_KERNEL_READ | HOIST_USER_READ,                                                       \
        0, HOIST_ARMV7_KERNEL_RW, HOIST_ARMV7_KERNEL_RW | HOIST_ARMV7_USER_RX,                     \
        HOIST_ARMV7_KERNEL_RW | HOIST_ARMV7_USER_RWX,                                              \
        HOIST_NO_SUCH, HOIST_KERNEL_READ, HOIST_KERNEL_READ | HOIST_ARMV7_USER_RX,                 \
        HOIST_KERNEL_READ | HOIST_ARMV7_USER_RX,                                                   \
        0, HOIST_ARMV7_KERNEL_RW, HOIST_ARMV7_KERNEL_RW | HOIST_USER_READ,                         \
        HOIST_ARMV7_KERNEL_RW | HOIST_ARMV7_USER_RW,                                               \
        HOIST_NO_SUCH, HOIST_KERNEL_READ, HOIST_KERNEL_READ | HOIST_USER_READ,                     \
        HOIST_KERNEL_READ | HOIST_USER_READ                                                        \
    }
/* By READ 1, WRITE 2, USER 4 and EXECUTE 8. Pages have no PXN, so it is not asked for. */
#define HOIST_ARMV7_SHORT_REQUEST                                                                  \
    {                                                                                              \
        HOIST_NO_SUCH, 13, HOIST_NO_SUCH, 9, HOIST_NO_SUCH, 15, HOIST_NO_SUCH, 11,                 \
        HOIST_NO_SUCH, 5, HOIST_NO_SUCH, 1, HOIST_NO_SUCH, 7, HOIST_NO_SUCH, 3                     \
    }
/*
 * By B, C and TEX[2:0] with SCTLR.TRE = 0 (table B3-11): write-back write-allocate, write-through,
 * strongly-ordered, Normal non-cacheable.
 */
#define HOIST_ARMV7_SHORT_CACHE {7, 2, HOIST_NO_SUCH, 0, HOIST_NO_SUCH, 4}
/* clang-format on */

/*
 * B3.5.1: 16 KiB of first-level table, 1 KiB of second-level ones; sections of 1 MiB and small
 * pages of 4 KiB, shareable, domain 0. Supersections (bit 18) and large pages are not described:
 * they count as reserved.
 */
static const struct hoist_table_format hoist_armv7_short = {
    .name = "armv7-short",
    .levels = 2,
    .entry_bytes = 4,
    .page_shift = 12,
    .index_bits = 8,
    .root_index_bits = 12,
    .physical_bits = 32,
    .large_levels = 1 << 2,
    .extension = HOIST_EXTEND_ZERO,
    .present = 3,
    .link = {.mask = 3,
             .value = 1,
             .flags = 1,
             .address = {UINT64_C(0xfffffc00), 0, 0, 0},
             .rights = {1, {2}}, /* PXN */
             .leaves = {HOIST_ALL_MEANINGS, HOIST_ALL_MEANINGS & ~HOIST_KERNEL_EXECUTE}},
    .large = {.mask = UINT64_C(1) << 18 | 2,
              .value = 2,
              .flags = UINT64_C(1) << 16 | 2, /* S */
              .address = {UINT64_C(0xfff00000), 0, 0, 0},
              .rights = {5, {10, 11, 15, 4, 0}}, /* AP[0], AP[1], AP[2], XN, PXN */
              .cache = {5, {2, 3, 12, 13, 14}},  /* B, C, TEX */
              .global = {1, {17}},               /* nG */
              .other = {1, {16}}},               /* S */
    .page = {.mask = 2,
             .value = 2,
             .flags = UINT64_C(1) << 10 | 2,
             .address = {UINT64_C(0xfffff000), 0, 0, 0},
             .rights = {4, {4, 5, 9, 0}},
             .cache = {5, {2, 3, 6, 7, 8}},
             .global = {1, {11}},
             .other = {1, {10}}},
    .global_value = 0,
    .meaning = HOIST_ARMV7_SHORT_MEANING,
    .has_reserved_rights = true,
    .request = HOIST_ARMV7_SHORT_REQUEST,
    .cache = HOIST_ARMV7_SHORT_CACHE,
};

/* clang-format off */
/* By AP[1], AP[2], PXN and XN (tables B3-8 and B3-10): whoever cannot read cannot execute. */
#define HOIST_ARMV7_LPAE_MEANING                                                                   \
    {                                                                                              \
        HOIST_ARMV7_KERNEL_RWX, HOIST_ARMV7_KERNEL_RWX | HOIST_ARMV7_USER_RWX,                     \
        HOIST_ARMV7_KERNEL_RX, HOIST_ARMV7_KERNEL_RX | HOIST_ARMV7_USER_RX,                        \
        HOIST_ARMV7_KERNEL_RW, HOIST_ARMV7_KERNEL_RW | HOIST_ARMV7_USER_RWX,                       \
        HOIST_KERNEL_READ, HOIST_KERNEL_READ | HOIST_ARMV7_USER_RX,                                \
        HOIST_ARMV7_KERNEL_RW, HOIST_ARMV7_KERNEL_RW | HOIST_ARMV7_USER_RW,                        \
        HOIST_KERNEL_READ, HOIST_KERNEL_READ | HOIST_USER_READ,                                    \
        HOIST_ARMV7_KERNEL_RW, HOIST_ARMV7_KERNEL_RW | HOIST_ARMV7_USER_RW,                        \
        HOIST_KERNEL_READ, HOIST_KERNEL_READ | HOIST_USER_READ                                     \
    }
#define HOIST_ARMV7_LPAE_REQUEST                                                                   \
    {                                                                                              \
        HOIST_NO_SUCH, 14, HOIST_NO_SUCH, 12, HOIST_NO_SUCH, 15, HOIST_NO_SUCH, 13,                \
        HOIST_NO_SUCH, 2, HOIST_NO_SUCH, 0, HOIST_NO_SUCH, 7, HOIST_NO_SUCH, 5                     \
    }

/* By PXNTable, XNTable, APTable[0] and APTable[1] (B3.7.2). */
#define HOIST_ARMV7_NO_PX  (HOIST_ALL_MEANINGS & ~HOIST_KERNEL_EXECUTE)
#define HOIST_ARMV7_NO_X   (HOIST_ALL_MEANINGS & ~(HOIST_KERNEL_EXECUTE | HOIST_USER_EXECUTE))
#define HOIST_ARMV7_NO_PL0                                                                         \
    (HOIST_ALL_MEANINGS & ~(HOIST_USER_READ | HOIST_USER_WRITE | HOIST_USER_EXECUTE))
#define HOIST_ARMV7_NO_W   (HOIST_ALL_MEANINGS & ~(HOIST_KERNEL_WRITE | HOIST_USER_WRITE))
#define HOIST_ARMV7_FOUR(left)                                                                     \
    (left), (left) & HOIST_ARMV7_NO_PX, (left) & HOIST_ARMV7_NO_X, (left) & HOIST_ARMV7_NO_X
#define HOIST_ARMV7_LEAVES                                                                         \
    {                                                                                              \
        HOIST_ARMV7_FOUR(HOIST_ALL_MEANINGS), HOIST_ARMV7_FOUR(HOIST_ARMV7_NO_PL0),                \
        HOIST_ARMV7_FOUR(HOIST_ARMV7_NO_W),                                                        \
        HOIST_ARMV7_FOUR(HOIST_ARMV7_NO_PL0 & HOIST_ARMV7_NO_W)                                    \
    }
/* clang-format on */

#define HOIST_ARMV7_LPAE_LINK                                                            \
    {                                                                                    \
        .mask = 3, .value = 3, .flags = 3, .address = {UINT64_C(0xfffffff000), 0, 0, 0}, \
        .rights = {4, {59, 60, 61, 62}}, .leaves = HOIST_ARMV7_LEAVES                    \
    }
/* Inner shareable, AF set. */
#define HOIST_ARMV7_LPAE_LEAF(its_type, its_address_mask)                        \
    {                                                                            \
        .mask = 3, .value = (its_type), .flags = (its_type) | UINT64_C(0x700),   \
        .address = {(its_address_mask), 0, 0, 0}, .rights = {4, {6, 7, 53, 54}}, \
        .cache = {3, {2, 3, 4}}, .global = {                                     \
            1,                                                                   \
            {11}                                                                 \
        }                                                                        \
    }

/* B3.6.1 and B3.6.2: a first-level table of four entries. */
static const struct hoist_table_format hoist_armv7_lpae = {
    .name = "armv7-lpae",
    .levels = 3,
    .entry_bytes = 8,
    .page_shift = 12,
    .index_bits = 9,
    .root_index_bits = 2,
    .physical_bits = 40,
    .large_levels = 1 << 2 | 1 << 3,
    .extension = HOIST_EXTEND_ZERO,
    .present = 1,
    .link = HOIST_ARMV7_LPAE_LINK,
    .large = HOIST_ARMV7_LPAE_LEAF(1, UINT64_C(0xffffe00000)),
    .page = HOIST_ARMV7_LPAE_LEAF(3, UINT64_C(0xfffffff000)),
    .group = {.hint = UINT64_C(1) << 52, .hint_order = 4, .large_hint_order = 4},
    /* NS, SH, AF, and the bits for software */
    .same = UINT64_C(0x0780000000000720),
    .global_value = 0,
    .meaning = HOIST_ARMV7_LPAE_MEANING,
    .request = HOIST_ARMV7_LPAE_REQUEST,
    .cache = {0, 1, HOIST_NO_SUCH, 3, HOIST_NO_SUCH, 5},
};

#endif
