/* SPDX-License-Identifier: BSD-2-Clause */
/* Uniform tables become one large leaf, and only those. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA hoist_kernel_data()
#define PA   (6 * GIB)

/* 512 pages at HALF. */
static void map_pages(struct fixture *f, struct hoist_access access)
{
    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(map_bytes(f, HALF, PA, 2 * MIB, access, HOIST_LEAF_4K), HOIST_OK);
}

/* The table at HALF stays one, and nothing is written. */
static void assert_stays(struct fixture *f)
{
    assert_refused(f, merge_bytes(f, HALF, 2 * MIB), HOIST_OK);
    assert_refused(f, merge_bytes(f, HALF, GIB), HOIST_OK);
}

static void a_full_page_table_becomes_one_leaf_and_is_freed_behind_the_flush(void **state)
{
    struct fixture *f = *state;

    map_pages(f, DATA);
    remember(f);
    assert_int_equal(merge_bytes(f, HALF, 2 * MIB), HOIST_OK);
    assert_int_equal(*entry_at(f, HALF, 2), PA | P | W | PS | NX);
    assert_leaves(f, 0, 1, 0);
    assert_int_equal(arena_held(&f->arena), 3);
    assert_int_equal(f->arena.freed_unflushed, 0);
    assert_flushed_once(f, HALF, 512, 4 * KIB);
}

static void splitting_and_merging_gives_the_same_leaf_whatever_its_flags(void **state)
{
    static const uint64_t flags[] = {0,
                                     W,
                                     U,
                                     PWT,
                                     PCD,
                                     A,
                                     D,
                                     G,
                                     NX,
                                     PAT_LARGE,
                                     BIT(9),
                                     BIT(11),
                                     BIT(52),
                                     BIT(58),
                                     BIT(59),
                                     BIT(62),
                                     W | U | PWT | PCD | A | D | G | NX | PAT_LARGE |
                                         UINT64_C(0x7ff) << 52};
    struct fixture *f = *state;

    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        fixture_restart(f, fixture_cpu(4));
        assert_int_equal(put_1g(f, HALF, PA, rights_of(HOIST_READ | HOIST_USER)), HOIST_OK);
        *entry_at(f, HALF, 3) = PA | P | PS | flags[i];
        assert_int_equal(split_bytes(f, HALF, 4 * MIB, HOIST_LEAF_4K), HOIST_OK);
        assert_leaves(f, 1024, 510, 0);
        assert_int_equal(merge_bytes(f, HALF, 2 * MIB), HOIST_OK);
        assert_int_equal(*entry_at(f, HALF, 2), PA | P | PS | flags[i]);
        assert_int_equal(merge_bytes(f, HALF, GIB), HOIST_OK);
        assert_int_equal(*entry_at(f, HALF, 3), PA | P | PS | flags[i]);
        assert_int_equal(arena_held(&f->arena), 2);
    }
}

static void pages_become_a_1g_leaf_in_one_call(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, PA, GIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(merge_bytes(f, HALF, 512 * GIB), HOIST_OK);
    assert_leaves(f, 0, 0, 1);
    assert_mapped(f, HALF, PA, GIB);
    assert_int_equal(arena_held(&f->arena), 2);
    assert_int_equal(f->arena.freed_unflushed, 0);
}

static void a_cpu_without_1g_pages_gets_2m_leaves(void **state)
{
    struct fixture *f = *state;

    f->space.cpu.has_1g_pages = false;
    assert_int_equal(map_bytes(f, HALF, PA, GIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(merge_bytes(f, HALF, GIB), HOIST_OK);
    assert_leaves(f, 0, 512, 0);
}

static void accessed_and_dirty_of_any_page_are_those_of_the_leaf(void **state)
{
    static const unsigned places[] = {0, 1, 7, 8, 511};
    struct fixture *f = *state;

    for (unsigned i = 0; i < 5; i++) {
        map_pages(f, DATA);
        *entry_at(f, HALF + places[i] * 4 * KIB, 1) |= A;
        *entry_at(f, HALF + places[4 - i] * 4 * KIB, 1) |= D;
        assert_int_equal(merge_bytes(f, HALF, 2 * MIB), HOIST_OK);
        assert_int_equal(*entry_at(f, HALF, 2), PA | P | W | PS | NX | A | D);
        map_pages(f, DATA);
        *entry_at(f, HALF + places[i] * 4 * KIB, 1) |= A;
        assert_int_equal(merge_bytes(f, HALF, 2 * MIB), HOIST_OK);
        assert_int_equal(*entry_at(f, HALF, 2), PA | P | W | PS | NX | A);
    }
}

static void one_page_that_differs_in_one_bit_keeps_the_table(void **state)
{
    static const unsigned places[] = {0, 1, 7, 8, 255, 510, 511};
    struct fixture *f = *state;

    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
        for (unsigned bit = 0; bit < 64; bit++) {
            const uint64_t va = HALF + places[i] * 4 * KIB;

            if (bit == 5 || bit == 6) {
                continue;
            }
            if (bit == 0) {
                map_pages(f, DATA);
            }
            *entry_at(f, va, 1) ^= BIT(bit);
            remember(f);
            assert_int_equal(merge_bytes(f, HALF, 2 * MIB), HOIST_OK);
            assert_unchanged(f);
            *entry_at(f, va, 1) ^= BIT(bit);
        }
    }
    assert_int_equal(merge_bytes(f, HALF, 2 * MIB), HOIST_OK);
    assert_leaves(f, 0, 1, 0);
}

static void frames_that_are_not_aligned_or_out_of_order_keep_the_table(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, PA + 0x1000, 2 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_stays(f);
    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(map_bytes(f, HALF, PA, MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(map_bytes(f, HALF + MIB, PA, MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_stays(f);
    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(map_bytes(f, HALF, 2 * MIB, GIB, DATA, HOIST_LEAF_2M), HOIST_OK);
    assert_stays(f);
}

static void an_empty_or_half_empty_table_stays(void **state)
{
    struct fixture *f = *state;
    struct hoist_pt pt;

    assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, HALF), DATA, &pt), HOIST_OK);
    assert_stays(f);
    assert_int_equal(map_bytes(f, HALF, PA, 2 * MIB - 0x1000, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_stays(f);
}

static void a_table_that_the_range_covers_in_part_stays(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, PA, 6 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_refused(f, merge_bytes(f, HALF, 2 * MIB - 0x1000), HOIST_OK);
    assert_refused(f, merge_bytes(f, HALF + 0x1000, 2 * MIB), HOIST_OK);
    assert_int_equal(merge_bytes(f, HALF + 0x1000, 6 * MIB - 0x2000), HOIST_OK);
    assert_leaves(f, 1024, 1, 0);
    assert_int_equal(leaf_at(f, HALF + 2 * MIB).level, 2);
}

static void a_link_that_restricts_its_pages_keeps_them(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access all =
        rights_of(HOIST_READ | HOIST_WRITE | HOIST_USER | HOIST_EXECUTE);

    map_pages(f, all);
    *entry_at(f, HALF, 2) &= ~W;
    assert_stays(f);
    map_pages(f, all);
    *entry_at(f, HALF, 2) &= ~U;
    assert_stays(f);
    map_pages(f, all);
    *entry_at(f, HALF, 2) |= NX;
    assert_stays(f);
}

static void a_link_that_takes_only_what_the_pages_do_not_have_goes(void **state)
{
    struct fixture *f = *state;

    map_pages(f, hoist_kernel_rodata());
    *entry_at(f, HALF, 2) = (*entry_at(f, HALF, 2) & ~(W | U)) | NX;
    assert_int_equal(merge_bytes(f, HALF, 2 * MIB), HOIST_OK);
    assert_int_equal(*entry_at(f, HALF, 2), PA | P | PS | NX);
    map_pages(f, rights_of(HOIST_READ | HOIST_WRITE | HOIST_USER));
    *entry_at(f, HALF, 3) &= ~(W | U);
    assert_int_equal(merge_bytes(f, HALF, 2 * MIB), HOIST_OK);
    assert_leaves(f, 0, 1, 0);
    assert_false(leaf_at(f, HALF).may_be_written);
}

/* Putting a table aside overwrites it, so the CPU must not walk it any more by then. */
static void a_space_that_collects_is_flushed_in_between_and_keeps_the_table(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    map_pages(f, DATA);
    collect(f, &list);
    remember(f);
    assert_int_equal(merge_bytes(f, HALF, 2 * MIB), HOIST_OK);
    assert_flushed_once(f, HALF, 512, 4 * KIB);
    assert_int_equal(list.freed.frame_count, 1);
    assert_int_equal(arena_held(&f->arena), 4);
    hoist_flush_now(&f->space);
    assert_int_equal(arena_held(&f->arena), 3);
}

static void five_levels_and_the_top_of_the_address_space_merge_too(void **state)
{
    struct fixture *f = *state;

    fixture_restart(f, fixture_cpu(5));
    assert_int_equal(map_bytes(f, -2 * MIB, PA, 2 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(merge_bytes(f, UINT64_C(0xff00000000000000), BIT(56)), HOIST_OK);
    assert_leaves(f, 0, 1, 0);
    assert_mapped(f, -2 * MIB, PA, 2 * MIB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(a_full_page_table_becomes_one_leaf_and_is_freed_behind_the_flush),
        test_of(splitting_and_merging_gives_the_same_leaf_whatever_its_flags),
        test_of(pages_become_a_1g_leaf_in_one_call),
        test_of(a_cpu_without_1g_pages_gets_2m_leaves),
        test_of(accessed_and_dirty_of_any_page_are_those_of_the_leaf),
        test_of(one_page_that_differs_in_one_bit_keeps_the_table),
        test_of(frames_that_are_not_aligned_or_out_of_order_keep_the_table),
        test_of(an_empty_or_half_empty_table_stays),
        test_of(a_table_that_the_range_covers_in_part_stays),
        test_of(a_link_that_restricts_its_pages_keeps_them),
        test_of(a_link_that_takes_only_what_the_pages_do_not_have_goes),
        test_of(a_space_that_collects_is_flushed_in_between_and_keeps_the_table),
        test_of(five_levels_and_the_top_of_the_address_space_merge_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
