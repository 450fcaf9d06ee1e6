/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AArch64: VMSAv8-64, stage 1 of EL1 and EL0, with granules of 4, 16 and 64 KiB.
 *
 * Source: Arm Architecture Reference Manual for A-profile (DDI 0487, issue M.a), chapter D8: D8.2
 * (granules and lookup levels), D8.3.1 (descriptor formats), D8.4.1 (permissions, hierarchical
 * ones, too), D8.5.1 (Access flag), D8.6 (attributes), D8.7.1 (Contiguous bit). Arm's level 3 is
 * level 1 here.
 *
 * The names without `upper` are for TTBR0, whose addresses have zeroes above the translated bits;
 * those with it are for TTBR1. 48-bit addresses; `39bit` has three levels; `52bit` has addresses of
 * 52 bits, virtual and physical (FEAT_LPA2 with TCR.DS for 4 and 16 KiB, FEAT_LVA and FEAT_LPA for
 * 64 KiB).
 */
#ifndef HOIST_AARCH64_FORMATS_H
#define HOIST_AARCH64_FORMATS_H

#include "table_format.h"

/*
 * AttrIndx is the cache type of access.h; MAIR_EL1 has to be this (D8.6.1):
 * 0 write-back, 1 write-through, 3 Device-nGnRnE, 5 Normal non-cacheable. 2 and 4 are not used.
 */
#define HOIST_AARCH64_MAIR UINT64_C(0x000044000000bbff)

/* Bits of a descriptor, tables D8-50 and D8-52. */
#define HOIST_AARCH64_VALID      UINT64_C(1)
#define HOIST_AARCH64_TYPE       UINT64_C(3) /* 1: a block; 3: a table, or at level 1 a page */
#define HOIST_AARCH64_INNER      (UINT64_C(3) << 8) /* SH: inner shareable */
#define HOIST_AARCH64_AF         (UINT64_C(1) << 10)
#define HOIST_AARCH64_CONTIGUOUS (UINT64_C(1) << 52)

/* AP[1] (EL0 may access), AP[2] (read-only), PXN, UXN. */
#define HOIST_AARCH64_RIGHTS \
    {                        \
        4,                   \
        {                    \
            6, 7, 53, 54     \
        }                    \
    }
#define HOIST_AARCH64_CACHE_BITS \
    {                            \
        3,                       \
        {                        \
            2, 3, 4              \
        }                        \
    } /* AttrIndx */
#define HOIST_AARCH64_NG \
    {                    \
        1,               \
        {                \
            11           \
        }                \
    }
/* PXNTable, UXNTable, APTable[0] (nothing for EL0), APTable[1] (read-only). */
#define HOIST_AARCH64_TABLE_RIGHTS \
    {                              \
        4,                         \
        {                          \
            59, 60, 61, 62         \
        }                          \
    }

#define HOIST_AARCH64_KERNEL_R   HOIST_KERNEL_READ
#define HOIST_AARCH64_KERNEL_RW  (HOIST_KERNEL_READ | HOIST_KERNEL_WRITE)
#define HOIST_AARCH64_KERNEL_RX  (HOIST_KERNEL_READ | HOIST_KERNEL_EXECUTE)
#define HOIST_AARCH64_KERNEL_RWX (HOIST_AARCH64_KERNEL_RW | HOIST_KERNEL_EXECUTE)
#define HOIST_AARCH64_USER_R     HOIST_USER_READ
#define HOIST_AARCH64_USER_RW    (HOIST_USER_READ | HOIST_USER_WRITE)
#define HOIST_AARCH64_USER_X     HOIST_USER_EXECUTE

/* clang-format off */
/*
 * By AP[1], AP[2], PXN and UXN (D8.4.1). What EL0 may write in the end is never executed at EL1
 * (has_no_execute_of_user_writable); what EL1 has for itself can still be executed at EL0 unless
 * UXN says no.
 */
#define HOIST_AARCH64_MEANING                                                                      \
    {                                                                                              \
        HOIST_AARCH64_KERNEL_RWX | HOIST_AARCH64_USER_X,                                           \
        HOIST_AARCH64_KERNEL_RWX | HOIST_AARCH64_USER_RW | HOIST_AARCH64_USER_X,                   \
        HOIST_AARCH64_KERNEL_RX | HOIST_AARCH64_USER_X,                                            \
        HOIST_AARCH64_KERNEL_RX | HOIST_AARCH64_USER_R | HOIST_AARCH64_USER_X,                     \
        HOIST_AARCH64_KERNEL_RW | HOIST_AARCH64_USER_X,                                            \
        HOIST_AARCH64_KERNEL_RW | HOIST_AARCH64_USER_RW | HOIST_AARCH64_USER_X,                    \
        HOIST_AARCH64_KERNEL_R | HOIST_AARCH64_USER_X,                                             \
        HOIST_AARCH64_KERNEL_R | HOIST_AARCH64_USER_R | HOIST_AARCH64_USER_X,                      \
        HOIST_AARCH64_KERNEL_RWX,                                                                  \
        HOIST_AARCH64_KERNEL_RWX | HOIST_AARCH64_USER_RW,                                          \
        HOIST_AARCH64_KERNEL_RX,                                                                   \
        HOIST_AARCH64_KERNEL_RX | HOIST_AARCH64_USER_R,                                            \
        HOIST_AARCH64_KERNEL_RW,                                                                   \
        HOIST_AARCH64_KERNEL_RW | HOIST_AARCH64_USER_RW,                                           \
        HOIST_AARCH64_KERNEL_R,                                                                    \
        HOIST_AARCH64_KERNEL_R | HOIST_AARCH64_USER_R                                              \
    }
/*
 * By READ 1, WRITE 2, USER 4 and EXECUTE 8. What the kernel executes it can read; a user program
 * can have what it executes only.
 */
#define HOIST_AARCH64_REQUEST                                                                      \
    {                                                                                              \
        HOIST_NO_SUCH, 14, HOIST_NO_SUCH, 12, HOIST_NO_SUCH, 15, HOIST_NO_SUCH, 13,                \
        HOIST_NO_SUCH, 10, HOIST_NO_SUCH, 8, 6, 7, HOIST_NO_SUCH, 5                                \
    }
#define HOIST_AARCH64_CACHE {0, 1, HOIST_NO_SUCH, 3, HOIST_NO_SUCH, 5}

/* By PXNTable, UXNTable, APTable[0] and APTable[1] (D8.4.1): APTable says nothing of execution. */
#define HOIST_AARCH64_NO_PXN (HOIST_ALL_MEANINGS & ~HOIST_KERNEL_EXECUTE)
#define HOIST_AARCH64_NO_UXN (HOIST_ALL_MEANINGS & ~HOIST_USER_EXECUTE)
#define HOIST_AARCH64_NO_EL0 (HOIST_ALL_MEANINGS & ~(HOIST_USER_READ | HOIST_USER_WRITE))
#define HOIST_AARCH64_NO_W   (HOIST_ALL_MEANINGS & ~(HOIST_KERNEL_WRITE | HOIST_USER_WRITE))
#define HOIST_AARCH64_FOUR(left)                                                                   \
    (left), (left) & HOIST_AARCH64_NO_PXN, (left) & HOIST_AARCH64_NO_UXN,                          \
    (left) & HOIST_AARCH64_NO_PXN & HOIST_AARCH64_NO_UXN
#define HOIST_AARCH64_LEAVES                                                                       \
    {                                                                                              \
        HOIST_AARCH64_FOUR(HOIST_ALL_MEANINGS), HOIST_AARCH64_FOUR(HOIST_AARCH64_NO_EL0),          \
        HOIST_AARCH64_FOUR(HOIST_AARCH64_NO_W),                                                    \
        HOIST_AARCH64_FOUR(HOIST_AARCH64_NO_EL0 & HOIST_AARCH64_NO_W)                              \
    }
/* clang-format on */

/* The bits from `low` to `high` of an entry, both inside. */
#define HOIST_AARCH64_BITS(high, low) ((UINT64_C(2) << (high)) - (UINT64_C(1) << (low)))

/* Addresses: bits 47:12 and up in their places; in 52 bits the highest lie elsewhere (D8.3.1). */
#define HOIST_AARCH64_48(low)                \
    {                                        \
        HOIST_AARCH64_BITS(47, low), 0, 0, 0 \
    }
#define HOIST_AARCH64_LPA2(low)                                      \
    {                                                                \
        HOIST_AARCH64_BITS(49, low), 0, HOIST_AARCH64_BITS(9, 8), 42 \
    }
#define HOIST_AARCH64_LPA(low)                                         \
    {                                                                  \
        HOIST_AARCH64_BITS(47, low), 0, HOIST_AARCH64_BITS(15, 12), 36 \
    }

#define HOIST_AARCH64_LINK(its_address)                                             \
    {                                                                               \
        .mask = HOIST_AARCH64_TYPE, .value = 3, .flags = 3, .address = its_address, \
        .rights = HOIST_AARCH64_TABLE_RIGHTS, .leaves = HOIST_AARCH64_LEAVES        \
    }
/* AF is set: without it the first access faults, or the CPU sets it. */
#define HOIST_AARCH64_LEAF(its_type, its_address, its_shareable)                          \
    {                                                                                     \
        .mask = HOIST_AARCH64_TYPE, .value = (its_type),                                  \
        .flags = (its_type) | (its_shareable) | HOIST_AARCH64_AF, .address = its_address, \
        .rights = HOIST_AARCH64_RIGHTS, .cache = HOIST_AARCH64_CACHE_BITS,                \
        .global = HOIST_AARCH64_NG                                                        \
    }

/*
 * NS, SH (or what LPA2 has there), AF, GP, DBM, the bits for software, PBHA. SH belongs to the
 * address where LPA2 is used.
 */
#define HOIST_AARCH64_SAME \
    (UINT64_C(1) << 5 | HOIST_AARCH64_AF | HOIST_AARCH64_BITS(51, 50) | HOIST_AARCH64_BITS(62, 55))

#define HOIST_AARCH64(its_name, its_extension, its_physical_bits, its_sh, ...)           \
    {                                                                                    \
        .name = (its_name), .entry_bytes = 8, .physical_bits = (its_physical_bits),      \
        .extension = (its_extension), .present = HOIST_AARCH64_VALID, .global_value = 0, \
        .same = HOIST_AARCH64_SAME | (its_sh), .meaning = HOIST_AARCH64_MEANING,         \
        .has_no_execute_of_user_writable = true, .request = HOIST_AARCH64_REQUEST,       \
        .cache = HOIST_AARCH64_CACHE, __VA_ARGS__                                        \
    }

/* D8.2.8 to D8.2.10, and table D8-104 (Contiguous): by granule and width of addresses. */
#define HOIST_AARCH64_SHAPE_4K(its_levels)                                             \
    .levels = (its_levels), .page_shift = 12, .index_bits = 9, .root_index_bits = 9,   \
    .large_levels = 1 << 2 | 1 << 3, .link = HOIST_AARCH64_LINK(HOIST_AARCH64_48(12)), \
    .large = HOIST_AARCH64_LEAF(1, HOIST_AARCH64_48(21), HOIST_AARCH64_INNER),         \
    .page = HOIST_AARCH64_LEAF(3, HOIST_AARCH64_48(12), HOIST_AARCH64_INNER),          \
    .group = {.hint = HOIST_AARCH64_CONTIGUOUS, .hint_order = 4, .large_hint_order = 4}
#define HOIST_AARCH64_SHAPE_16K                                                                    \
    .levels = 4, .page_shift = 14, .index_bits = 11, .root_index_bits = 1, .large_levels = 1 << 2, \
    .link = HOIST_AARCH64_LINK(HOIST_AARCH64_48(14)),                                              \
    .large = HOIST_AARCH64_LEAF(1, HOIST_AARCH64_48(25), HOIST_AARCH64_INNER),                     \
    .page = HOIST_AARCH64_LEAF(3, HOIST_AARCH64_48(14), HOIST_AARCH64_INNER),                      \
    .group = {.hint = HOIST_AARCH64_CONTIGUOUS, .hint_order = 7, .large_hint_order = 5}
#define HOIST_AARCH64_SHAPE_64K                                                                    \
    .levels = 3, .page_shift = 16, .index_bits = 13, .root_index_bits = 6, .large_levels = 1 << 2, \
    .link = HOIST_AARCH64_LINK(HOIST_AARCH64_48(16)),                                              \
    .large = HOIST_AARCH64_LEAF(1, HOIST_AARCH64_48(29), HOIST_AARCH64_INNER),                     \
    .page = HOIST_AARCH64_LEAF(3, HOIST_AARCH64_48(16), HOIST_AARCH64_INNER),                      \
    .group = {.hint = HOIST_AARCH64_CONTIGUOUS, .hint_order = 5, .large_hint_order = 5}
#define HOIST_AARCH64_SHAPE_4K_52BIT                                                              \
    .levels = 5, .page_shift = 12, .index_bits = 9, .root_index_bits = 4,                         \
    .large_levels = 1 << 2 | 1 << 3 | 1 << 4, .link = HOIST_AARCH64_LINK(HOIST_AARCH64_LPA2(12)), \
    .large = HOIST_AARCH64_LEAF(1, HOIST_AARCH64_LPA2(21), 0),                                    \
    .page = HOIST_AARCH64_LEAF(3, HOIST_AARCH64_LPA2(12), 0),                                     \
    .group = {.hint = HOIST_AARCH64_CONTIGUOUS, .hint_order = 4, .large_hint_order = 4}
#define HOIST_AARCH64_SHAPE_16K_52BIT                                                    \
    .levels = 4, .page_shift = 14, .index_bits = 11, .root_index_bits = 5,               \
    .large_levels = 1 << 2 | 1 << 3, .link = HOIST_AARCH64_LINK(HOIST_AARCH64_LPA2(14)), \
    .large = HOIST_AARCH64_LEAF(1, HOIST_AARCH64_LPA2(25), 0),                           \
    .page = HOIST_AARCH64_LEAF(3, HOIST_AARCH64_LPA2(14), 0),                            \
    .group = {.hint = HOIST_AARCH64_CONTIGUOUS, .hint_order = 7, .large_hint_order = 5}
#define HOIST_AARCH64_SHAPE_64K_52BIT                                                   \
    .levels = 3, .page_shift = 16, .index_bits = 13, .root_index_bits = 10,             \
    .large_levels = 1 << 2 | 1 << 3, .link = HOIST_AARCH64_LINK(HOIST_AARCH64_LPA(16)), \
    .large = HOIST_AARCH64_LEAF(1, HOIST_AARCH64_LPA(29), HOIST_AARCH64_INNER),         \
    .page = HOIST_AARCH64_LEAF(3, HOIST_AARCH64_LPA(16), HOIST_AARCH64_INNER),          \
    .group = {.hint = HOIST_AARCH64_CONTIGUOUS, .hint_order = 5, .large_hint_order = 5}

static const struct hoist_table_format hoist_aarch64_4k = HOIST_AARCH64(
    "aarch64-4k", HOIST_EXTEND_ZERO, 48, HOIST_AARCH64_INNER, HOIST_AARCH64_SHAPE_4K(4));
static const struct hoist_table_format hoist_aarch64_4k_upper = HOIST_AARCH64(
    "aarch64-4k-upper", HOIST_EXTEND_ONES, 48, HOIST_AARCH64_INNER, HOIST_AARCH64_SHAPE_4K(4));
static const struct hoist_table_format hoist_aarch64_4k_39bit = HOIST_AARCH64(
    "aarch64-4k-39bit", HOIST_EXTEND_ZERO, 48, HOIST_AARCH64_INNER, HOIST_AARCH64_SHAPE_4K(3));
static const struct hoist_table_format hoist_aarch64_16k = HOIST_AARCH64(
    "aarch64-16k", HOIST_EXTEND_ZERO, 48, HOIST_AARCH64_INNER, HOIST_AARCH64_SHAPE_16K);
static const struct hoist_table_format hoist_aarch64_16k_upper = HOIST_AARCH64(
    "aarch64-16k-upper", HOIST_EXTEND_ONES, 48, HOIST_AARCH64_INNER, HOIST_AARCH64_SHAPE_16K);
static const struct hoist_table_format hoist_aarch64_64k = HOIST_AARCH64(
    "aarch64-64k", HOIST_EXTEND_ZERO, 48, HOIST_AARCH64_INNER, HOIST_AARCH64_SHAPE_64K);
static const struct hoist_table_format hoist_aarch64_64k_upper = HOIST_AARCH64(
    "aarch64-64k-upper", HOIST_EXTEND_ONES, 48, HOIST_AARCH64_INNER, HOIST_AARCH64_SHAPE_64K);
static const struct hoist_table_format hoist_aarch64_4k_52bit =
    HOIST_AARCH64("aarch64-4k-52bit", HOIST_EXTEND_ZERO, 52, 0, HOIST_AARCH64_SHAPE_4K_52BIT);
static const struct hoist_table_format hoist_aarch64_16k_52bit =
    HOIST_AARCH64("aarch64-16k-52bit", HOIST_EXTEND_ZERO, 52, 0, HOIST_AARCH64_SHAPE_16K_52BIT);
static const struct hoist_table_format hoist_aarch64_64k_52bit = HOIST_AARCH64(
    "aarch64-64k-52bit", HOIST_EXTEND_ZERO, 52, HOIST_AARCH64_INNER, HOIST_AARCH64_SHAPE_64K_52BIT);

#endif
