/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranges split to smaller leaves: sizes change, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA hoist_kernel_data()

static void only_the_leaves_that_are_touched_are_split(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 0, 8 * MIB, DATA, HOIST_LEAF_2M), HOIST_OK);
    assert_all_or_nothing(f, 2, split_bytes(f, HALF + 4 * MIB - 0x1000, 0x2000, HOIST_LEAF_4K));
    remember(f);
    assert_int_equal(split_bytes(f, HALF + 4 * MIB - 0x1000, 0x2000, HOIST_LEAF_4K), HOIST_OK);
    assert_leaves(f, 1024, 2, 0);
    assert_int_equal(leaf_at(f, HALF + 4 * MIB - 1).size_bytes, 4 * KIB);
    assert_int_equal(leaf_at(f, HALF).size_bytes, 2 * MIB);
    assert_mapped(f, HALF, 0, 8 * MIB);
    assert_flushed_once(f, HALF + 2 * MIB, 1024, 4 * KIB);
}

static void a_1g_leaf_goes_down_to_the_size_that_is_asked_for(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, 0, 0, 2 * GIB, DATA, HOIST_LEAF_1G), HOIST_OK);
    assert_refused(f, split_bytes(f, 0, 2 * GIB, HOIST_LEAF_1G), HOIST_OK);
    assert_all_or_nothing(f, 1, split_bytes(f, 0x5000, 0x1000, HOIST_LEAF_2M));
    assert_int_equal(split_bytes(f, 0x5000, 0x1000, HOIST_LEAF_2M), HOIST_OK);
    assert_leaves(f, 0, 512, 1);
    assert_refused(f, split_bytes(f, 0, GIB, HOIST_LEAF_2M), HOIST_OK);
    assert_all_or_nothing(f, 3, split_bytes(f, GIB + 4 * MIB - 0x1000, 0x2000, HOIST_LEAF_4K));
    assert_int_equal(split_bytes(f, GIB + 4 * MIB - 0x1000, 0x2000, HOIST_LEAF_4K), HOIST_OK);
    assert_leaves(f, 1024, 512 + 510, 0);
    assert_mapped(f, 0, 0, 2 * GIB);
}

static void a_whole_1g_leaf_becomes_pages(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_1g(f, GIB, 3 * GIB, DATA), HOIST_OK);
    assert_int_equal(split_bytes(f, GIB, GIB, HOIST_LEAF_4K), HOIST_OK);
    assert_leaves(f, 512 * 512, 0, 0);
    assert_int_equal(arena_held(&f->arena), 2 + 513);
    assert_mapped(f, GIB, 3 * GIB, GIB);
}

static void every_flag_is_kept_and_pat_moves(void **state)
{
    static const uint64_t flags[] = {0,
                                     W,
                                     U,
                                     A,
                                     D,
                                     G,
                                     NX,
                                     PWT,
                                     PCD,
                                     PAT_LARGE,
                                     BIT(9),
                                     BIT(58),
                                     BIT(59),
                                     BIT(62),
                                     W | U | PWT | PCD | A | D | G | NX | PAT_LARGE |
                                         UINT64_C(0xe00) | UINT64_C(0x7ff) << 52};
    struct fixture *f = *state;

    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        const uint64_t small =
            (flags[i] & ~PAT_LARGE) | ((flags[i] & PAT_LARGE) != 0 ? PAT_SMALL : 0);

        fixture_restart(f, fixture_cpu(4));
        assert_int_equal(put_1g(f, 0, 3 * GIB, DATA), HOIST_OK);
        *entry_at(f, 0, 3) = 3 * GIB | P | PS | flags[i];
        assert_int_equal(split_bytes(f, GIB - 0x1000, 0x1000, HOIST_LEAF_4K), HOIST_OK);
        for (uint64_t va = 0; va < GIB - 2 * MIB; va += 2 * MIB) {
            assert_int_equal(*entry_at(f, va, 2), (3 * GIB + va) | P | PS | flags[i]);
        }
        for (uint64_t va = GIB - 2 * MIB; va < GIB; va += 4 * KIB) {
            assert_int_equal(*entry_at(f, va, 1), (3 * GIB + va) | P | small);
        }
    }
}

static void holes_and_small_leaves_are_passed_over(void **state)
{
    struct fixture *f = *state;

    assert_refused(f, split_bytes(f, 0, GIB, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(put_4k(f, 0x5000, 0, DATA), HOIST_OK);
    assert_int_equal(put_2m(f, 6 * MIB, 0, DATA), HOIST_OK);
    assert_int_equal(put_2m(f, 3 * GIB, 0, DATA), HOIST_OK);
    assert_refused(f, split_bytes(f, 0, 6 * MIB, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(split_bytes(f, 0, 4 * GIB, HOIST_LEAF_4K), HOIST_OK);
    assert_leaves(f, 1 + 1024, 0, 0);
    assert_refused(f, split_bytes(f, 0, 4 * GIB, HOIST_LEAF_4K), HOIST_OK);
}

static void the_rights_of_links_do_not_matter(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_2m(f, 0, 0, rights_of(HOIST_READ | HOIST_WRITE | HOIST_USER)), HOIST_OK);
    *entry_at(f, 0, 3) &= ~(W | U);
    *entry_at(f, 0, 4) |= NX;
    f->space.keep_links = true;
    assert_int_equal(split_bytes(f, 0x1000, 0x1000, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(*entry_at(f, 0, 3) & (W | U), 0);
    assert_int_equal(*entry_at(f, 0, 4) & NX, NX);
    assert_int_equal(*entry_at(f, 0, 2) & (W | U), W | U);
    assert_false(leaf_at(f, 0x1000).may_be_written);
}

static void a_global_leaf_is_reported_as_one(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_2m(f, 0, 0, DATA), HOIST_OK);
    assert_int_equal(put_2m(f, 4 * MIB, 0, rights_of(HOIST_READ | HOIST_GLOBAL)), HOIST_OK);
    remember(f);
    assert_int_equal(split_bytes(f, 0, 4 * MIB, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(split_bytes(f, 4 * MIB, 0x1000, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(f->arena.flush_count, 2);
    assert_false(f->arena.flush[0].has_global);
    assert_true(f->arena.flush[1].has_global);
}

static void a_space_that_collects_lists_the_split(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    assert_int_equal(map_bytes(f, 0, 0, 4 * MIB, DATA, HOIST_LEAF_2M), HOIST_OK);
    collect(f, &list);
    remember(f);
    assert_int_equal(split_bytes(f, 0x1000, 0x1000, HOIST_LEAF_4K), HOIST_OK);
    assert_flushed_nothing(f);
    assert_lists(&list, 0, 512, 4 * KIB);
}

static void a_size_that_is_none_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_2m(f, 0, 0, DATA), HOIST_OK);
    assert_refused(f, split_bytes(f, 0, 0x1000, 0), HOIST_BAD_LEAF_SIZE);
    assert_refused(f, split_bytes(f, 0, 0x1000, 4), HOIST_BAD_LEAF_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(only_the_leaves_that_are_touched_are_split),
        test_of(a_1g_leaf_goes_down_to_the_size_that_is_asked_for),
        test_of(a_whole_1g_leaf_becomes_pages),
        test_of(every_flag_is_kept_and_pat_moves),
        test_of(holes_and_small_leaves_are_passed_over),
        test_of(the_rights_of_links_do_not_matter),
        test_of(a_global_leaf_is_reported_as_one),
        test_of(a_space_that_collects_lists_the_split),
        test_of(a_size_that_is_none_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
