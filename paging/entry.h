/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries of x86-64 paging tables: every hardware bit of the library lives here.
 *
 * Source: Intel SDM volume 3, section 4.5 (4-level and 5-level paging), tables 4-14 to 4-20;
 * section 4.9.2 for the PAT bit; AMD APM volume 2, section 5.3, agrees. A table is 512 entries of 8
 * bytes. Levels are numbered as the hardware counts them: 1 = PT, 2 = PD, 3 = PDPT, 4 = PML4, 5 =
 * PML5.
 *
 * These functions are the library's one place of encoding; they are not part of its interface.
 */
#ifndef HOIST_PAGING_ENTRY_H
#define HOIST_PAGING_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access.h"
#include "address.h"
#include "format.h"

/*
 * What is told a level is inlined even where code shall be small, so that the level is a constant
 * in every path.
 */
#define HOIST_INLINE static inline __attribute__((always_inline))

#define HOIST_LEVEL_PT   1u
#define HOIST_LEVEL_PD   2u
#define HOIST_LEVEL_PDPT 3u
#define HOIST_LEVEL_PML4 4u
#define HOIST_LEVEL_PML5 5u
#define HOIST_LEVELS_MAX 5u

#define HOIST_ENTRY_PRESENT   (UINT64_C(1) << 0)
#define HOIST_ENTRY_WRITABLE  (UINT64_C(1) << 1)
#define HOIST_ENTRY_USER      (UINT64_C(1) << 2)
#define HOIST_ENTRY_PWT       (UINT64_C(1) << 3)
#define HOIST_ENTRY_PCD       (UINT64_C(1) << 4)
#define HOIST_ENTRY_ACCESSED  (UINT64_C(1) << 5)
#define HOIST_ENTRY_DIRTY     (UINT64_C(1) << 6)
#define HOIST_ENTRY_LARGE     (UINT64_C(1) << 7) /* PS, in a PD or PDPT entry */
#define HOIST_ENTRY_PAT_4K    (UINT64_C(1) << 7) /* PAT, in a PT entry: the same bit */
#define HOIST_ENTRY_GLOBAL    (UINT64_C(1) << 8)
#define HOIST_ENTRY_PAT_LARGE (UINT64_C(1) << 12) /* PAT, in a 2 MiB or 1 GiB leaf */
#define HOIST_ENTRY_NX        (UINT64_C(1) << 63)

#define HOIST_ENTRY_ADDRESS        UINT64_C(0x000ffffffffff000)
#define HOIST_ENTRY_SOFTWARE_LOW   9u  /* three ignored bits, 11:9 */
#define HOIST_ENTRY_SOFTWARE_HIGH  52u /* seven ignored bits, 58:52 */
#define HOIST_ENTRY_PROTECTION_KEY 59u /* four bits, 62:59 */

/* CR3 restricts nothing, so the root pointer grants everything. */
#define HOIST_ROOT_GRANTS (HOIST_ENTRY_PRESENT | HOIST_ENTRY_WRITABLE | HOIST_ENTRY_USER)

/* In the root pointer: four levels, and tables lie at their own addresses (hoist_translate). */
#define HOIST_ROOT_IS_PLAIN (UINT64_C(1) << 9)

/* The CPU sets these two by itself, so they never count when mappings are compared. */
#define HOIST_ENTRY_STATE (HOIST_ENTRY_ACCESSED | HOIST_ENTRY_DIRTY)

/* How many entries a table has. */
HOIST_INLINE unsigned hoist_table_entries(void)
{
    return 1u << HOIST_FORMAT.index_bits;
}

/* How many bits of a virtual address lie below the index into a table of this level. */
HOIST_INLINE unsigned hoist_level_shift(unsigned level)
{
    return HOIST_FORMAT.page_shift + HOIST_FORMAT.index_bits * (level - 1);
}

/* Bytes that one entry of a table of this level covers. */
HOIST_INLINE uint64_t hoist_entry_span(unsigned level)
{
    /* A level is at most one above the root's, which clang's analyser does not know. */
    return UINT64_C(1) << hoist_level_shift(level); /* NOLINT(clang-analyzer-core.*) */
}

HOIST_INLINE unsigned hoist_index(uint64_t va, unsigned level)
{
    return (unsigned)(va >> hoist_level_shift(level)) & (hoist_table_entries() - 1);
}

HOIST_INLINE bool hoist_entry_is_present(uint64_t entry)
{
    return (entry & HOIST_ENTRY_PRESENT) != 0;
}

/* Whether a present entry maps memory, as opposed to pointing to a table. */
HOIST_INLINE bool hoist_entry_is_leaf(uint64_t entry, unsigned level)
{
    return level == HOIST_LEVEL_PT ||
           (level <= HOIST_LEVEL_PDPT && (entry & HOIST_ENTRY_LARGE) != 0);
}

HOIST_INLINE uint64_t hoist_table_pa(uint64_t entry)
{
    return entry & HOIST_ENTRY_ADDRESS;
}

/* Bit 12 of a large leaf is its PAT bit, so the low bits must not leak into the address. */
HOIST_INLINE uint64_t hoist_leaf_pa(uint64_t entry, unsigned level)
{
    return entry & HOIST_ENTRY_ADDRESS & ~(hoist_entry_span(level) - 1);
}

/*
 * An entry that points to a table grants everything; the leaves below restrict. Only US follows the
 * leaf.
 */
HOIST_INLINE uint64_t hoist_link_grants(struct hoist_access access)
{
    return HOIST_ENTRY_PRESENT | HOIST_ENTRY_WRITABLE |
           ((access.rights & HOIST_USER) != 0 ? HOIST_ENTRY_USER : 0);
}

/* All of a leaf but its address. has_nx tells whether bit 63 is a right or a reserved bit. */
HOIST_INLINE uint64_t hoist_encode_leaf(struct hoist_access access, unsigned level, bool has_nx)
{
    const unsigned pat_shift = level == HOIST_LEVEL_PT ? 7 : 12;
    const uint64_t no_execute = (access.rights & HOIST_EXECUTE) == 0 && has_nx ? 1 : 0;

    return (uint64_t)(access.rights & (HOIST_READ | HOIST_WRITE | HOIST_USER)) |
           (level == HOIST_LEVEL_PT ? 0 : HOIST_ENTRY_LARGE) | (uint64_t)(access.cache & 3) << 3 |
           (uint64_t)(access.cache >> 2) << pat_shift |
           (uint64_t)(access.rights & HOIST_GLOBAL) << 4 |
           (uint64_t)(access.software & 7) << HOIST_ENTRY_SOFTWARE_LOW |
           (uint64_t)(access.software >> 3) << HOIST_ENTRY_SOFTWARE_HIGH |
           (uint64_t)access.protection_key << HOIST_ENTRY_PROTECTION_KEY | no_execute << 63;
}

/* The reverse: what a present leaf of this level allows, taken by itself. */
HOIST_INLINE struct hoist_access hoist_decode_leaf(uint64_t entry, unsigned level)
{
    const unsigned pat_shift = level == HOIST_LEVEL_PT ? 7 : 12;
    struct hoist_access access;

    access.rights = (uint8_t)((entry & (HOIST_READ | HOIST_WRITE | HOIST_USER)) |
                              ((entry & HOIST_ENTRY_NX) == 0 ? HOIST_EXECUTE : 0) |
                              ((entry & HOIST_ENTRY_GLOBAL) != 0 ? HOIST_GLOBAL : 0));
    access.cache = (uint8_t)(((entry >> 3) & 3) | (((entry >> pat_shift) & 1) << 2));
    access.software = (uint32_t)(((entry >> HOIST_ENTRY_SOFTWARE_LOW) & 7) |
                                 (((entry >> HOIST_ENTRY_SOFTWARE_HIGH) & 0x7f) << 3));
    access.protection_key = (uint16_t)((entry >> HOIST_ENTRY_PROTECTION_KEY) & 0xf);
    return access;
}

/*
 * What is left of a leaf's rights after the links above it; grants are those of hoist_step
 * (walk.h).
 */
HOIST_INLINE struct hoist_access hoist_effective_access(struct hoist_access leaf, uint64_t grants)
{
    leaf.rights &= (uint8_t)((grants & (HOIST_READ | HOIST_WRITE | HOIST_USER)) |
                             ((grants & HOIST_ENTRY_NX) != 0 ? HOIST_EXECUTE : 0) | HOIST_GLOBAL);
    return leaf;
}

/*
 * The leaf of the next smaller size that maps child number `index` of a large leaf: the same flags,
 * A and D state, key and cache type. The PAT bit moves from bit 12 to bit 7 where the child is a 4
 * KiB leaf.
 */
HOIST_INLINE uint64_t hoist_split_leaf(uint64_t large, unsigned level, unsigned index)
{
    const unsigned child_level = level - 1;
    const uint64_t pa = hoist_leaf_pa(large, level) + index * hoist_entry_span(child_level);
    uint64_t flags = large & ~HOIST_ENTRY_ADDRESS;

    if (child_level == HOIST_LEVEL_PT) {
        flags &= ~HOIST_ENTRY_LARGE;
        flags |= (large & HOIST_ENTRY_PAT_LARGE) != 0 ? HOIST_ENTRY_PAT_4K : 0;
    } else {
        flags |= large & HOIST_ENTRY_PAT_LARGE;
    }
    return pa | flags;
}

/*
 * The leaf of the next larger size that one of its children would be part of, if the others went
 * on from it; the reverse of hoist_split_leaf. level is the child's.
 */
HOIST_INLINE uint64_t hoist_merge_leaf(uint64_t child, unsigned level)
{
    const uint64_t pat = level == HOIST_LEVEL_PT ? HOIST_ENTRY_PAT_4K : HOIST_ENTRY_PAT_LARGE;
    const uint64_t flags = child & ~(HOIST_ENTRY_ADDRESS | HOIST_ENTRY_LARGE);

    return hoist_leaf_pa(child, level) | flags | HOIST_ENTRY_LARGE |
           ((child & pat) != 0 ? HOIST_ENTRY_PAT_LARGE : 0);
}

#endif
