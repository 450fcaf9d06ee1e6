/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages and tables of a tiny address space, by number.
 *
 * TINY_ENTRIES comes from the build. Table 0 is the root, of level 3; then follow the tables of
 * level 2, then those of level 1, each in the order of the pages that they cover.
 */
#ifndef TINY_SHAPE_H
#define TINY_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#define TINY_LEVELS     3u
#define TINY_PAGES      (TINY_ENTRIES * TINY_ENTRIES * TINY_ENTRIES)
#define TINY_TABLES     (1u + TINY_ENTRIES + TINY_ENTRIES * TINY_ENTRIES)
#define TINY_RANGES     (TINY_PAGES * (TINY_PAGES + 1u) / 2u)
#define TINY_PAGE_BYTES UINT64_C(4096)

#define TINY_INDEX_BITS (TINY_ENTRIES == 2 ? 1u : 2u)

/* Pages that an entry of a table of this level covers. */
static inline unsigned tiny_span(unsigned level)
{
    return 1u << (level - 1) * TINY_INDEX_BITS;
}

/* The page's entry in the table of this level above it. */
static inline unsigned tiny_index(unsigned page, unsigned level)
{
    return page >> (level - 1) * TINY_INDEX_BITS & (TINY_ENTRIES - 1);
}

/* The number of the table of this level that covers the page. */
static inline unsigned tiny_table(unsigned page, unsigned level)
{
    return level == 3   ? 0
           : level == 2 ? 1 + page / tiny_span(3)
                        : 1 + TINY_ENTRIES + page / tiny_span(2);
}

/* The first page of those that share an entry of this level with the page. */
static inline unsigned tiny_block(unsigned page, unsigned level)
{
    return page & ~(tiny_span(level) - 1);
}

/* Where the page that is mapped with this base has its frame. */
#define TINY_BASES    3u
#define TINY_ACCESSES 2u

/*
 * Far apart, and with bits up to the highest that an entry has room for, so that a wrong mask
 * shows. The first is aligned for all leaves, the second for none but the smallest, the third for
 * those of level 2.
 */
static const uint64_t tiny_bases[TINY_BASES] = {
    UINT64_C(0x8000040000000), UINT64_C(0x1234500001000),
    UINT64_C(0xf0f0f80000000) + TINY_ENTRIES *TINY_PAGE_BYTES};

static inline uint64_t tiny_pa(unsigned base, unsigned page)
{
    return tiny_bases[base] + page * TINY_PAGE_BYTES;
}

/* Whether leaves of this level can be used with the base. */
static inline bool tiny_is_aligned(unsigned base, unsigned level)
{
    return (tiny_bases[base] & (tiny_span(level) * TINY_PAGE_BYTES - 1)) == 0;
}

#endif
