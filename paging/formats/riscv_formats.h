/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RISC-V: Sv39, Sv48 and Sv57.
 *
 * Source: The RISC-V Instruction Set Manual, volume II (privileged architecture, 20211203): section
 * 4.4 (Sv39), 4.5 (Sv48), 4.6 (Sv57); chapter 5 (Svnapot), chapter 6 (Svpbmt). Leaves may be at
 * every level. A and D are set in what is made, for a CPU may fault instead of setting them
 * (section 4.3.1). Where the CPU has no Svpbmt, struct hoist_tree_cpu says so: cache_types with
 * WRITE_BACK alone, which stands for what the platform has for the address (PMA).
 */
#ifndef HOIST_RISCV_FORMATS_H
#define HOIST_RISCV_FORMATS_H

#include "table_format.h"

/* Bits of an entry (4.4.1), as section 4.3.1 explains them. */
#define HOIST_RISCV_V (UINT64_C(1) << 0)  /* valid */
#define HOIST_RISCV_A (UINT64_C(1) << 6)  /* accessed */
#define HOIST_RISCV_D (UINT64_C(1) << 7)  /* dirty */
#define HOIST_RISCV_N (UINT64_C(1) << 63) /* Svnapot: a part of a larger page */

/* PPN, bits 53:10: bits 55:12 of the address. */
#define HOIST_RISCV_ADDRESS                   \
    {                                         \
        UINT64_C(0x003ffffffffffc00), 2, 0, 0 \
    }

#define HOIST_RISCV_KERNEL_R  (HOIST_KERNEL_READ)
#define HOIST_RISCV_KERNEL_RW (HOIST_KERNEL_READ | HOIST_KERNEL_WRITE)
/* The kernel reads and writes user pages where sstatus.SUM is set, and never executes them. */
#define HOIST_RISCV_USER_R  (HOIST_USER_READ | HOIST_KERNEL_READ)
#define HOIST_RISCV_USER_RW (HOIST_RISCV_USER_R | HOIST_USER_WRITE | HOIST_KERNEL_WRITE)

/* clang-format off */
/* By R, W, X and U (table 4.5). None of R, W and X would be a link; W without R is reserved. */
#define HOIST_RISCV_MEANING                                                                        \
    {                                                                                              \
        HOIST_NO_SUCH, HOIST_RISCV_KERNEL_R, HOIST_NO_SUCH, HOIST_RISCV_KERNEL_RW,                 \
        HOIST_KERNEL_EXECUTE, HOIST_RISCV_KERNEL_R | HOIST_KERNEL_EXECUTE,                         \
        HOIST_NO_SUCH, HOIST_RISCV_KERNEL_RW | HOIST_KERNEL_EXECUTE,                               \
        HOIST_NO_SUCH, HOIST_RISCV_USER_R, HOIST_NO_SUCH, HOIST_RISCV_USER_RW,                     \
        HOIST_USER_EXECUTE, HOIST_RISCV_USER_R | HOIST_USER_EXECUTE,                               \
        HOIST_NO_SUCH, HOIST_RISCV_USER_RW | HOIST_USER_EXECUTE                                    \
    }
/* By READ 1, WRITE 2, USER 4 and EXECUTE 8, in terms of R 1, W 2, X 4 and U 8. */
#define HOIST_RISCV_REQUEST                                                                        \
    {                                                                                              \
        HOIST_NO_SUCH, 1, HOIST_NO_SUCH, 3, HOIST_NO_SUCH, 9, HOIST_NO_SUCH, 11,                   \
        4, 5, HOIST_NO_SUCH, 7, 12, 13, HOIST_NO_SUCH, 15                                          \
    }
/*
 * PBMT, bits 62:61: PMA, NC (weakly ordered main memory, not cached), IO (strongly ordered). There
 * is no write-through, no UC- and no WP.
 */
#define HOIST_RISCV_CACHE {0, HOIST_NO_SUCH, HOIST_NO_SUCH, 2, HOIST_NO_SUCH, 1}
/* clang-format on */

/* U, A, D and all above the address are reserved in a link; G is not (section 4.3.1). */
#define HOIST_RISCV_LINK                                                                      \
    {                                                                                         \
        .mask = UINT64_C(0xffc00000000000df), .value = HOIST_RISCV_V, .flags = HOIST_RISCV_V, \
        .address = HOIST_RISCV_ADDRESS, .leaves = {                                           \
            HOIST_ALL_MEANINGS                                                                \
        }                                                                                     \
    }
/* PBMT 3 is reserved (chapter 6), and what is reserved makes the CPU fault (4.3.2, step 3). */
#define HOIST_RISCV_NO_PBMT (UINT64_C(3) << 61)
/* Bits 60:54 are reserved: set, they make the CPU fault; N is a level 1 leaf's alone. */
#define HOIST_RISCV_RESERVED UINT64_C(0x1fc0000000000000)
#define HOIST_RISCV_LEAF(more_reserved)                                                         \
    {                                                                                           \
        .mask = HOIST_RISCV_V | HOIST_RISCV_RESERVED | (more_reserved), .value = HOIST_RISCV_V, \
        .never = HOIST_RISCV_NO_PBMT, .flags = HOIST_RISCV_V | HOIST_RISCV_A | HOIST_RISCV_D,   \
        .address = HOIST_RISCV_ADDRESS, .rights = {4, {1, 2, 3, 4}}, .cache = {2, {61, 62}},    \
        .global = {                                                                             \
            1,                                                                                  \
            {5}                                                                                 \
        }                                                                                       \
    }

/* Svnapot, table 5.1: the one size is 64 KiB, PPN[3:0] = 1000. */
#define HOIST_RISCV_GROUP                                        \
    {                                                            \
        .mask = HOIST_RISCV_N, .size_mask = UINT64_C(0xf) << 10, \
        .size_value = UINT64_C(0x8) << 10, .order = 4            \
    }

#define HOIST_RISCV(its_name, its_levels, its_large_levels)                                     \
    {                                                                                           \
        .name = (its_name), .levels = (its_levels), .entry_bytes = 8, .page_shift = 12,         \
        .index_bits = 9, .root_index_bits = 9, .physical_bits = 56,                             \
        .large_levels = (its_large_levels), .extension = HOIST_EXTEND_SIGN,                     \
        .present = HOIST_RISCV_V, .link = HOIST_RISCV_LINK,                                     \
        .large = HOIST_RISCV_LEAF(HOIST_RISCV_N), .page = HOIST_RISCV_LEAF(0),                  \
        .group = HOIST_RISCV_GROUP,                                                             \
        .state = HOIST_RISCV_A | HOIST_RISCV_D, /* A, D and the two bits for software, RSW */   \
            .same = UINT64_C(0x3c0), .global_value = 1, .meaning = HOIST_RISCV_MEANING,         \
        .has_reserved_rights = true, .request = HOIST_RISCV_REQUEST, .cache = HOIST_RISCV_CACHE \
    }

static const struct hoist_table_format hoist_riscv_sv39 = HOIST_RISCV("riscv-sv39", 3, 0x0c);
static const struct hoist_table_format hoist_riscv_sv48 = HOIST_RISCV("riscv-sv48", 4, 0x1c);
static const struct hoist_table_format hoist_riscv_sv57 = HOIST_RISCV("riscv-sv57", 5, 0x3c);

#endif
