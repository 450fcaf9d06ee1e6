/* SPDX-License-Identifier: BSD-2-Clause */
/* Raw entries, written by hand from the manuals, against what a description makes and reads. */
#ifndef FORMATS_RAW_H
#define FORMATS_RAW_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "table_entry.h"

#define R HOIST_READ
#define W HOIST_WRITE
#define U HOIST_USER
#define X HOIST_EXECUTE
#define G HOIST_GLOBAL

#define WB  HOIST_WRITE_BACK
#define WT  HOIST_WRITE_THROUGH
#define UCM HOIST_UNCACHED_MINUS
#define UC  HOIST_UNCACHED
#define WP  HOIST_WRITE_PROTECTED
#define WC  HOIST_WRITE_COMBINING

#define KR  HOIST_KERNEL_READ
#define KW  HOIST_KERNEL_WRITE
#define KX  HOIST_KERNEL_EXECUTE
#define UR  HOIST_USER_READ
#define UW  HOIST_USER_WRITE
#define UX  HOIST_USER_EXECUTE
#define ALL HOIST_ALL_MEANINGS

#define BIT(number) (UINT64_C(1) << (number))

/* One of a set of rights or cache types. */
#define ONE(rights) (1u << (rights))

/* What one may ask for where whatever is there can be read, and can be made not executable. */
#define READABLE                                                                       \
    (ONE(R) | ONE(R | W) | ONE(R | U) | ONE(R | W | U) | ONE(R | X) | ONE(R | W | X) | \
     ONE(R | U | X) | ONE(R | W | U | X))

/* A leaf: its level, what it maps, what that may be used for, and what stands in the table. */
struct raw_leaf {
    unsigned level;
    uint64_t pa;
    uint8_t rights;
    uint8_t cache;
    uint64_t entry;
};

static inline void expect_leaf(const struct hoist_table_format *format, const struct raw_leaf *leaf)
{
    const struct hoist_access access = hoist_access_of(leaf->rights, leaf->cache);
    struct hoist_access found = {0, 0, 0, 0};
    uint64_t flags = 0;
    uint64_t frame = 0;

    assert_int_equal(hoist_make_flags(format, access, leaf->level, &flags), HOIST_OK);
    assert_true(hoist_make_frame(format, leaf->level, leaf->pa, &frame));
    assert_int_equal(flags & frame, 0);
    assert_int_equal(flags | frame, leaf->entry);
    assert_int_equal(hoist_kind_of(format, leaf->entry, leaf->level), HOIST_ENTRY_IS_LEAF);
    assert_int_equal(hoist_frame_of(format, leaf->entry, leaf->level, 0), leaf->pa);
    assert_int_equal(hoist_access_of_leaf(format, leaf->entry, leaf->level, &found), HOIST_OK);
    assert_int_equal(found.rights, leaf->rights);
    assert_int_equal(found.cache, leaf->cache);
}

#define expect_leaves(format, leaves)                                        \
    for (unsigned i_ = 0; i_ < sizeof(leaves) / sizeof((leaves)[0]); i_++) { \
        expect_leaf((format), &(leaves)[i_]);                                \
    }

/* An entry of a level, and what it is. */
struct raw_kind {
    unsigned level;
    uint64_t entry;
    enum hoist_entry_kind kind;
};

#define ABSENT   HOIST_ENTRY_IS_ABSENT
#define LINKED   HOIST_ENTRY_IS_LINK
#define MAPPED   HOIST_ENTRY_IS_LEAF
#define RESERVED HOIST_ENTRY_IS_RESERVED

#define expect_kinds(format, kinds)                                                     \
    for (unsigned i_ = 0; i_ < sizeof(kinds) / sizeof((kinds)[0]); i_++) {              \
        assert_int_equal(hoist_kind_of((format), (kinds)[i_].entry, (kinds)[i_].level), \
                         (kinds)[i_].kind);                                             \
    }

/* A link to a table of this address is this entry. */
static inline void expect_link(const struct hoist_table_format *format, unsigned level, uint64_t pa,
                               uint64_t entry)
{
    uint64_t found = 0;

    assert_true(hoist_make_link(format, level, pa, &found));
    assert_int_equal(found, entry);
    assert_int_equal(hoist_kind_of(format, entry, level), LINKED);
    assert_int_equal(hoist_table_of(format, entry, level), pa);
    assert_int_equal(hoist_left_by_link(format, entry, level), ALL);
}

static inline void expect_no_link(const struct hoist_table_format *format, unsigned level,
                                  uint64_t pa)
{
    uint64_t entry = 0;

    assert_false(hoist_make_link(format, level, pa, &entry));
}

static inline void expect_no_frame(const struct hoist_table_format *format, unsigned level,
                                   uint64_t pa)
{
    uint64_t bits = 0;

    assert_false(hoist_make_frame(format, level, pa, &bits));
}

/* Each bit of an address that a leaf or a link of this level has is one of the entry, and apart. */
static inline void expect_address_bits(const struct hoist_table_format *format, unsigned level,
                                       bool is_link, unsigned first, unsigned end)
{
    const uint64_t mapped = is_link      ? format->link.flags
                            : level == 1 ? format->page.flags
                                         : format->large.flags;
    uint64_t seen = 0;

    for (unsigned bit = first; bit < end; bit++) {
        uint64_t found = 0;

        if (is_link) {
            assert_true(hoist_make_link(format, level, BIT(bit), &found));
            assert_int_equal(hoist_table_of(format, found, level), BIT(bit));
            found &= ~hoist_format_link(format, level)->flags;
        } else {
            assert_true(hoist_make_frame(format, level, BIT(bit), &found));
            assert_int_equal(hoist_frame_of(format, found | mapped, level, 0), BIT(bit));
        }
        assert_int_equal(found & (found - 1), 0);
        assert_int_equal(found & seen, 0);
        seen |= found;
    }
}

/* The same on every level: leaves from their size on, links from the size of a table on. */
static inline void expect_every_address_bit(const struct hoist_table_format *format,
                                            unsigned table_bits)
{
    for (unsigned level = 1; level <= format->levels; level++) {
        if (hoist_format_has_leaves(format, level)) {
            expect_address_bits(format, level, false, hoist_format_shift(format, level),
                                format->physical_bits);
        }
        if (level > 1) {
            expect_address_bits(format, level, true, table_bits, format->physical_bits);
        }
    }
}

/*
 * Every access there is, on every level with leaves: those of the two sets, global ones, too, make
 * a leaf that reads back as the same; all others are refused.
 */
static inline void expect_accesses(const struct hoist_table_format *format, unsigned rights_set,
                                   unsigned cache_set)
{
    for (unsigned number = 0; number < 6 * 32 * format->levels; number++) {
        const uint8_t rights = number & 0x1f;
        const uint8_t cache = (uint8_t)(number / 32 % 6);
        const unsigned level = 1 + number / 32 / 6;
        const bool is_allowed =
            (rights_set >> (rights & 0xf) & 1) != 0 && (cache_set >> cache & 1) != 0;
        const struct hoist_access access = hoist_access_of(rights, cache);
        struct hoist_access found = {0, 0, 0, 0};
        uint64_t flags = 0;

        if (!hoist_format_has_leaves(format, level)) {
            continue;
        }
        assert_int_equal(hoist_make_flags(format, access, level, &flags),
                         is_allowed ? HOIST_OK : HOIST_NOT_EXPRESSIBLE);
        if (is_allowed) {
            assert_int_equal(hoist_kind_of(format, flags, level), MAPPED);
            assert_int_equal(hoist_access_of_leaf(format, flags, level, &found), HOIST_OK);
            assert_int_equal(found.rights, rights);
            assert_int_equal(found.cache, cache);
        }
    }
}

/* What is no access of any format: rights and types that there are not, keys and software bits. */
static inline void expect_bad_accesses(const struct hoist_table_format *format)
{
    const struct hoist_access bad[] = {
        {R | X | 0x20, WB, 0, 0}, {R | X, 6, 0, 0}, {R | X, WB, 1, 0}, {R | X, WB, 0, 1}};
    uint64_t flags = 0;

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(hoist_make_flags(format, bad[i], 1, &flags), HOIST_BAD_ACCESS);
    }
}

/* How tables are shaped, from level 1 on; levels that there are not have 0. */
struct raw_shape {
    unsigned entry_bytes;
    unsigned entries[HOIST_TREE_LEVELS_MAX];
    uint64_t table_bytes[HOIST_TREE_LEVELS_MAX];
    uint64_t span[HOIST_TREE_LEVELS_MAX];
    unsigned leaves; /* bit n: level n + 1 has leaves */
    unsigned address_bits;
    unsigned physical_bits;
};

static inline void expect_shape(const struct hoist_table_format *format,
                                const struct raw_shape *shape)
{
    unsigned levels = 0;

    while (levels < HOIST_TREE_LEVELS_MAX && shape->span[levels] != 0) {
        const unsigned level = ++levels;

        assert_int_equal(hoist_format_entries(format, level), shape->entries[level - 1]);
        assert_int_equal(hoist_format_table_bytes(format, level), shape->table_bytes[level - 1]);
        assert_int_equal(hoist_format_span(format, level), shape->span[level - 1]);
        assert_int_equal(hoist_format_has_leaves(format, level), shape->leaves >> (level - 1) & 1);
    }
    assert_int_equal(format->levels, levels);
    assert_int_equal(format->entry_bytes, shape->entry_bytes);
    assert_int_equal(hoist_format_address_bits(format), shape->address_bits);
    assert_int_equal(format->physical_bits, shape->physical_bits);
}

/* The addresses are translated up to `last` and, where it is not 0, from `first_above` on. */
static inline void expect_addresses(const struct hoist_table_format *format, uint64_t last,
                                    uint64_t first_above)
{
    assert_true(hoist_format_has(format, 0));
    assert_true(hoist_format_has(format, last));
    assert_int_equal(hoist_format_va(format, hoist_format_linear(format, last)), last);
    assert_false(hoist_format_has(format, last + 1));
    assert_int_equal(hoist_format_has(format, UINT64_MAX), first_above != 0);
    if (first_above != 0) {
        assert_true(hoist_format_has(format, first_above));
        assert_false(hoist_format_has(format, first_above - 1));
        assert_int_equal(hoist_format_linear(format, first_above), last + 1);
        assert_int_equal(hoist_format_va(format, last + 1), first_above);
        assert_int_equal(hoist_format_va(format, hoist_format_last_linear(format)), UINT64_MAX);
    } else {
        assert_int_equal(hoist_format_last_linear(format), last);
    }
}

/* A large leaf of a level, and a leaf below it that maps the first part of the same. */
static inline void expect_split(const struct hoist_table_format *format, unsigned level,
                                uint64_t large, uint64_t part)
{
    uint64_t flags = 0;
    uint64_t frame = 0;

    assert_int_equal(hoist_kind_of(format, large, level), MAPPED);
    assert_true(hoist_flags_below(format, large, level, &flags));
    assert_true(
        hoist_make_frame(format, level - 1, hoist_frame_of(format, large, level, 0), &frame));
    assert_int_equal(flags | frame, part);
}

static inline void expect_no_split(const struct hoist_table_format *format, unsigned level,
                                   uint64_t large)
{
    uint64_t flags = 0;

    assert_int_equal(hoist_kind_of(format, large, level), MAPPED);
    assert_false(hoist_flags_below(format, large, level, &flags));
}

#endif
