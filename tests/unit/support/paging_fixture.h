/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cmocka programs about paging/ share: a space on an arena, and assertions on it. Include
 * cmocka.h first.
 */
#ifndef TEST_PAGING_FIXTURE_H
#define TEST_PAGING_FIXTURE_H

#include <stdlib.h>

#include "arena.h"
#include "raw_reader.h"

#define KIB  UINT64_C(0x400)
#define MIB  UINT64_C(0x100000)
#define GIB  UINT64_C(0x40000000)
#define HALF UINT64_C(0xffff800000000000) /* start of the upper half with 4 levels */

/* Bits of entries, written out once more rather than taken from the library. */
#define BIT(n)    (UINT64_C(1) << (n))
#define P         BIT(0)
#define W         BIT(1)
#define U         BIT(2)
#define PWT       BIT(3)
#define PCD       BIT(4)
#define A         BIT(5)
#define D         BIT(6)
#define PS        BIT(7)
#define PAT_SMALL BIT(7)
#define G         BIT(8)
#define PAT_LARGE BIT(12)
#define NX        BIT(63)

struct fixture {
    struct arena arena;
    struct arena_snapshot before;
    struct hoist_space space;
    struct raw_reader reader;
    uint64_t leaf_count[4]; /* by level, of the last census */
    uint64_t table_count[6];
};

static const uint64_t *fixture_at(void *context, uint64_t pa)
{
    return arena_at(&((struct fixture *)context)->arena, pa);
}

static void fixture_leaf(void *context, const struct raw_leaf *leaf)
{
    ((struct fixture *)context)->leaf_count[leaf->level]++;
}

static void fixture_table(void *context, const struct raw_table *table)
{
    ((struct fixture *)context)->table_count[table->level]++;
}

static inline struct hoist_cpu fixture_cpu(uint8_t levels)
{
    const struct hoist_cpu cpu = {levels, 52, true, true, false};

    return cpu;
}

/* Begins again with an empty space on this CPU. */
static inline void fixture_restart(struct fixture *f, struct hoist_cpu cpu)
{
    arena_reset(&f->arena);
    assert_int_equal(hoist_space_init(&f->space, &cpu, &arena_hooks, &f->arena), HOIST_OK);
    f->reader =
        (struct raw_reader){fixture_at,        fixture_leaf, fixture_table,    f, cpu.levels,
                            cpu.physical_bits, cpu.has_nx,   cpu.has_1g_pages, 0};
}

static inline int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    arena_open(&f->arena);
    arena_snapshot_open(&f->before);
    fixture_restart(f, fixture_cpu(4));
    *state = f;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;

    arena_close(&f->arena);
    arena_snapshot_close(&f->before);
    free(f);
    return 0;
}

#define test_of(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

static inline void remember(struct fixture *f)
{
    arena_snapshot_take(&f->before, &f->arena, &f->space);
    f->arena.flush_count = 0;
    f->arena.freed_unflushed = 0;
}

#define assert_unchanged(f) assert_true(arena_is_unchanged(&(f)->before, &(f)->arena, &(f)->space))

/* Evaluates to false, with everything as remembered, or fails. */
#define assert_refused(f, call, expected)            \
    do {                                             \
        remember(f);                                 \
        assert_int_equal((call), (expected));        \
        assert_unchanged(f);                         \
        assert_int_equal((f)->arena.flush_count, 0); \
    } while (0)

static inline uint64_t root_pa(const struct fixture *f)
{
    struct hoist_frame_4k root = {0};

    assert_int_equal(hoist_space_root(&f->space, &root), HOIST_OK);
    return root.pa;
}

/* Counts what is there, by the independent reader; the CPU must not find a reserved bit set. */
static inline void take_census(struct fixture *f)
{
    for (unsigned i = 0; i < 4; i++) {
        f->leaf_count[i] = 0;
    }
    for (unsigned i = 0; i < 6; i++) {
        f->table_count[i] = 0;
    }
    f->reader.reserved_count = 0;
    if (f->space.root != 0) {
        raw_read_all(&f->reader, root_pa(f));
    }
    assert_int_equal(f->reader.reserved_count, 0);
}

static inline void assert_leaves(struct fixture *f, uint64_t of_4k, uint64_t of_2m, uint64_t of_1g)
{
    take_census(f);
    assert_int_equal(f->leaf_count[1], of_4k);
    assert_int_equal(f->leaf_count[2], of_2m);
    assert_int_equal(f->leaf_count[3], of_1g);
}

static inline struct raw_leaf leaf_at(struct fixture *f, uint64_t va)
{
    struct raw_leaf leaf = {0};

    assert_true(raw_read_one(&f->reader, root_pa(f), va, &leaf));
    return leaf;
}

/* A range is gone through leaf by leaf: every byte at the right place with the right rights. */
static inline void assert_mapped(struct fixture *f, uint64_t va, uint64_t pa, uint64_t size)
{
    uint64_t offset = 0;

    while (offset < size) {
        const struct raw_leaf leaf = leaf_at(f, va + offset);

        assert_int_equal(leaf.pa + (va + offset - leaf.va), pa + offset);
        offset += leaf.size_bytes - (va + offset - leaf.va);
    }
}

static inline bool is_mapped(struct fixture *f, uint64_t va)
{
    struct raw_leaf leaf;

    return f->space.root != 0 && raw_read_one(&f->reader, root_pa(f), va, &leaf);
}

/* The entry of a table of this level on the way to va; all links to it must exist. */
static inline uint64_t *entry_at(struct fixture *f, uint64_t va, unsigned level)
{
    uint64_t *table = arena_at(&f->arena, root_pa(f));

    for (unsigned above = f->space.cpu.levels; above > level; above--) {
        const uint64_t link = table[(va >> (12 + 9 * (above - 1))) & 511];

        assert_true((link & P) != 0);
        table = arena_at(&f->arena, link & UINT64_C(0x000ffffffffff000));
    }
    return &table[(va >> (12 + 9 * (level - 1))) & 511];
}

static inline struct hoist_access rights_of(uint8_t rights)
{
    return hoist_access_of(rights, HOIST_WRITE_BACK);
}

static inline enum hoist_result map_bytes(struct fixture *f, uint64_t va, uint64_t pa,
                                          uint64_t size, struct hoist_access access,
                                          enum hoist_leaf_size largest)
{
    const struct hoist_extent extent = hoist_extent_of(hoist_va_of(va), hoist_pa_of(pa), size);

    return hoist_map(&f->space, &extent, access, largest);
}

static inline struct hoist_page_4k page_4k(const struct fixture *f, uint64_t va)
{
    struct hoist_page_4k page = {0};

    assert_int_equal(hoist_page_4k_at(&f->space, hoist_va_of(va), &page), HOIST_OK);
    return page;
}

static inline struct hoist_page_2m page_2m(const struct fixture *f, uint64_t va)
{
    struct hoist_page_2m page = {0};

    assert_int_equal(hoist_page_2m_at(&f->space, hoist_va_of(va), &page), HOIST_OK);
    return page;
}

static inline struct hoist_page_1g page_1g(const struct fixture *f, uint64_t va)
{
    struct hoist_page_1g page = {0};

    assert_int_equal(hoist_page_1g_at(&f->space, hoist_va_of(va), &page), HOIST_OK);
    return page;
}

static inline struct hoist_frame_4k frame_4k(const struct fixture *f, uint64_t pa)
{
    struct hoist_frame_4k frame = {0};

    assert_int_equal(hoist_frame_4k_at(&f->space, hoist_pa_of(pa), &frame), HOIST_OK);
    return frame;
}

static inline struct hoist_frame_2m frame_2m(const struct fixture *f, uint64_t pa)
{
    struct hoist_frame_2m frame = {0};

    assert_int_equal(hoist_frame_2m_at(&f->space, hoist_pa_of(pa), &frame), HOIST_OK);
    return frame;
}

static inline struct hoist_frame_1g frame_1g(const struct fixture *f, uint64_t pa)
{
    struct hoist_frame_1g frame = {0};

    assert_int_equal(hoist_frame_1g_at(&f->space, hoist_pa_of(pa), &frame), HOIST_OK);
    return frame;
}

/* ensure_chain and set_leaf in one go, as a caller would. */
static inline enum hoist_result put_4k(struct fixture *f, uint64_t va, uint64_t pa,
                                       struct hoist_access access)
{
    struct hoist_pt pt;
    const enum hoist_result result = hoist_ensure_chain_4k(&f->space, page_4k(f, va), access, &pt);

    return result != HOIST_OK
               ? result
               : hoist_set_leaf_4k(&f->space, pt, page_4k(f, va), frame_4k(f, pa), access);
}

static inline enum hoist_result put_2m(struct fixture *f, uint64_t va, uint64_t pa,
                                       struct hoist_access access)
{
    struct hoist_pd pd;
    const enum hoist_result result = hoist_ensure_chain_2m(&f->space, page_2m(f, va), access, &pd);

    return result != HOIST_OK
               ? result
               : hoist_set_leaf_2m(&f->space, pd, page_2m(f, va), frame_2m(f, pa), access);
}

static inline enum hoist_result put_1g(struct fixture *f, uint64_t va, uint64_t pa,
                                       struct hoist_access access)
{
    struct hoist_pdpt pdpt;
    const enum hoist_result result =
        hoist_ensure_chain_1g(&f->space, page_1g(f, va), access, &pdpt);

    return result != HOIST_OK
               ? result
               : hoist_set_leaf_1g(&f->space, pdpt, page_1g(f, va), frame_1g(f, pa), access);
}

#endif
