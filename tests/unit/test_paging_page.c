/* SPDX-License-Identifier: BSD-2-Clause */
/* One page of a chosen size in one call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA   hoist_kernel_data()
#define RODATA hoist_kernel_rodata()

/* hoist_map_* for the size with this level. */
static enum hoist_result map_one(struct fixture *f, unsigned level, uint64_t va, uint64_t pa,
                                 struct hoist_access access)
{
    switch (level) {
    case 1: return hoist_map_4k(&f->space, page_4k(f, va), frame_4k(f, pa), access);
    case 2: return hoist_map_2m(&f->space, page_2m(f, va), frame_2m(f, pa), access);
    default: return hoist_map_1g(&f->space, page_1g(f, va), frame_1g(f, pa), access);
    }
}

static enum hoist_result remap_one(struct fixture *f, unsigned level, uint64_t va, uint64_t pa,
                                   enum hoist_use use)
{
    switch (level) {
    case 1: return hoist_remap_4k(&f->space, page_4k(f, va), frame_4k(f, pa), DATA, use);
    case 2: return hoist_remap_2m(&f->space, page_2m(f, va), frame_2m(f, pa), DATA, use);
    default: return hoist_remap_1g(&f->space, page_1g(f, va), frame_1g(f, pa), DATA, use);
    }
}

static const uint64_t bytes_of[] = {0, 4 * KIB, 2 * MIB, GIB};

static void each_size_maps_one_leaf_of_its_own(void **state)
{
    struct fixture *f = *state;

    for (unsigned level = 1; level <= 3; level++) {
        fixture_restart(f, fixture_cpu(4));
        assert_all_or_nothing(f, 5 - level, map_one(f, level, HALF, 4 * GIB, DATA));
        assert_int_equal(map_one(f, level, HALF, 4 * GIB, DATA), HOIST_OK);
        assert_leaves(f, level == 1, level == 2, level == 3);
        assert_mapped(f, HALF, 4 * GIB, bytes_of[level]);
        assert_int_equal(arena_held(&f->arena), 5 - level);
        assert_flushed_nothing(f);
        assert_refused(f, map_one(f, level, HALF, 4 * GIB, DATA), HOIST_OK);
        assert_refused(f, map_one(f, level, HALF, 5 * GIB, DATA), HOIST_ALREADY_MAPPED);
        assert_refused(f, map_one(f, level, HALF, 4 * GIB, RODATA), HOIST_ALREADY_MAPPED);
    }
}

static void smaller_pages_are_in_the_way_even_if_they_map_the_same(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 4 * GIB, 2 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_refused(f, map_one(f, 2, HALF, 4 * GIB, DATA), HOIST_TABLE_IN_THE_WAY_OF_2M);
    assert_refused(f, map_one(f, 3, HALF, 4 * GIB, DATA), HOIST_TABLE_IN_THE_WAY_OF_1G);
    assert_int_equal(unmap_bytes(f, HALF, 2 * MIB, HOIST_KEEP_TABLES), HOIST_OK);
    assert_refused(f, map_one(f, 2, HALF, 4 * GIB, DATA), HOIST_TABLE_IN_THE_WAY_OF_2M);
    assert_refused(f, map_one(f, 3, HALF, 4 * GIB, DATA), HOIST_TABLE_IN_THE_WAY_OF_1G);
}

static void a_page_inside_a_larger_leaf_is_the_same_or_in_the_way(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_1g(f, HALF, 4 * GIB, DATA), HOIST_OK);
    assert_refused(f, map_one(f, 1, HALF + 0x5000, 4 * GIB + 0x5000, DATA), HOIST_OK);
    assert_refused(f, map_one(f, 2, HALF + 4 * MIB, 4 * GIB + 4 * MIB, DATA), HOIST_OK);
    assert_refused(f, map_one(f, 1, HALF + 0x5000, 4 * GIB, DATA), HOIST_ALREADY_MAPPED);
    assert_refused(f, map_one(f, 2, HALF + 4 * MIB, 4 * GIB, DATA), HOIST_ALREADY_MAPPED);
}

static void what_cannot_be_expressed_is_refused_for_each_size(void **state)
{
    struct fixture *f = *state;
    struct hoist_access bad = DATA;

    bad.cache = HOIST_CACHE_LIMIT;
    for (unsigned level = 1; level <= 3; level++) {
        assert_refused(f, map_one(f, level, HALF, 0, rights_of(HOIST_WRITE)), HOIST_NO_READ);
        assert_refused(f, map_one(f, level, HALF, 0, bad), HOIST_BAD_ACCESS);
        f->space.cpu.has_nx = false;
        assert_refused(f, map_one(f, level, HALF, 0, DATA), HOIST_NO_NX);
        f->space.cpu.has_nx = true;
    }
}

static void a_cpu_that_lost_its_1g_pages_maps_none(void **state)
{
    struct fixture *f = *state;
    const struct hoist_page_1g page = page_1g(f, HALF);
    const struct hoist_frame_1g frame = frame_1g(f, GIB);

    f->space.cpu.has_1g_pages = false;
    assert_refused(f, hoist_map_1g(&f->space, page, frame, DATA), HOIST_NO_1G_PAGES);
    assert_refused(f, hoist_remap_1g(&f->space, page, frame, DATA, HOIST_RANGE_IDLE),
                   HOIST_NO_1G_PAGES);
}

static void remapping_replaces_a_leaf_of_its_size_and_flushes_it(void **state)
{
    struct fixture *f = *state;

    for (unsigned level = 1; level <= 3; level++) {
        fixture_restart(f, fixture_cpu(4));
        assert_int_equal(remap_one(f, level, HALF, 4 * GIB, HOIST_RANGE_LIVE), HOIST_OK);
        remember(f);
        assert_int_equal(remap_one(f, level, HALF, 8 * GIB, HOIST_RANGE_LIVE), HOIST_OK);
        assert_flushed_once(f, HALF, 1, bytes_of[level]);
        assert_leaves(f, level == 1, level == 2, level == 3);
        assert_mapped(f, HALF, 8 * GIB, bytes_of[level]);
    }
}

static void remapping_splits_what_is_larger_and_frees_what_is_smaller(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(remap_one(f, 3, HALF, 4 * GIB, HOIST_RANGE_LIVE), HOIST_OK);
    assert_all_or_nothing(f, 1, remap_one(f, 2, HALF + 2 * MIB, 0, HOIST_RANGE_LIVE));
    assert_int_equal(remap_one(f, 2, HALF + 2 * MIB, 0, HOIST_RANGE_LIVE), HOIST_OK);
    assert_leaves(f, 0, 512, 0);
    assert_int_equal(remap_one(f, 1, HALF + 0x7000, 0, HOIST_RANGE_LIVE), HOIST_OK);
    assert_leaves(f, 512, 511, 0);
    assert_refused(f, remap_one(f, 2, HALF, 0, HOIST_RANGE_LIVE), HOIST_RANGE_IN_USE);
    assert_refused(f, remap_one(f, 3, HALF, 0, HOIST_RANGE_LIVE), HOIST_RANGE_IN_USE);
    assert_int_equal(remap_one(f, 3, HALF, 0, HOIST_RANGE_IDLE), HOIST_OK);
    assert_leaves(f, 0, 0, 1);
    assert_int_equal(arena_held(&f->arena), 2);
}

static void protecting_a_page_is_one_entry_and_one_page_flushed(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_one(f, 1, HALF, 0x7000, DATA), HOIST_OK);
    *entry_at(f, HALF, 1) |= A | D;
    remember(f);
    assert_int_equal(hoist_protect_4k(&f->space, page_4k(f, HALF), RODATA), HOIST_OK);
    assert_int_equal(*entry_at(f, HALF, 1), 0x7000 | P | NX | A | D);
    assert_flushed_once(f, HALF, 1, 4 * KIB);
    assert_refused(f, hoist_protect_4k(&f->space, page_4k(f, HALF), RODATA), HOIST_OK);
    assert_refused(f, hoist_protect_4k(&f->space, page_4k(f, HALF), rights_of(0)), HOIST_NO_READ);
    assert_refused(f, hoist_protect_4k(&f->space, page_4k(f, HALF + 0x1000), RODATA),
                   HOIST_NOT_MAPPED);
    assert_refused(f, hoist_protect_4k(&f->space, page_4k(f, 0), RODATA), HOIST_NOT_MAPPED);
}

static void protecting_a_page_splits_and_widens_where_it_must(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access user = rights_of(HOIST_READ | HOIST_USER);

    assert_int_equal(map_one(f, 3, HALF, GIB, DATA), HOIST_OK);
    assert_all_or_nothing(f, 2, hoist_protect_4k(&f->space, page_4k(f, HALF + 0x3000), user));
    assert_int_equal(hoist_protect_4k(&f->space, page_4k(f, HALF + 0x3000), user), HOIST_OK);
    assert_leaves(f, 512, 511, 0);
    assert_true(leaf_at(f, HALF + 0x3000).may_be_used_by_user);
    assert_false(leaf_at(f, HALF + 0x2000).may_be_used_by_user);
    assert_mapped(f, HALF, GIB, GIB);
}

static void unmapping_a_page_tells_its_frame(void **state)
{
    struct fixture *f = *state;
    struct hoist_frame_4k frame = {0x1234};

    assert_refused(f, hoist_unmap_4k(&f->space, page_4k(f, HALF), &frame), HOIST_NOT_MAPPED);
    assert_int_equal(map_one(f, 1, HALF, 0x7000, hoist_kernel_write_combining()), HOIST_OK);
    assert_refused(f, hoist_unmap_4k(&f->space, page_4k(f, HALF + 0x1000), &frame),
                   HOIST_NOT_MAPPED);
    assert_int_equal(frame.pa, 0x1234);
    assert_int_equal(hoist_unmap_4k(&f->space, page_4k(f, HALF), &frame), HOIST_OK);
    assert_int_equal(frame.pa, 0x7000);
    assert_flushed_once(f, HALF, 1, 4 * KIB);
    assert_leaves(f, 0, 0, 0);
    assert_int_equal(arena_held(&f->arena), 4);
}

static void unmapping_a_page_of_a_large_leaf_splits_it(void **state)
{
    struct fixture *f = *state;
    struct hoist_frame_4k frame = {0x1234};

    assert_int_equal(map_one(f, 3, HALF, GIB, hoist_kernel_write_combining()), HOIST_OK);
    assert_all_or_nothing(f, 2, hoist_unmap_4k(&f->space, page_4k(f, HALF + 3 * MIB), &frame));
    assert_int_equal(frame.pa, 0x1234);
    assert_int_equal(hoist_unmap_4k(&f->space, page_4k(f, HALF + 3 * MIB), &frame), HOIST_OK);
    assert_int_equal(frame.pa, GIB + 3 * MIB);
    assert_leaves(f, 511, 511, 0);
    assert_false(is_mapped(f, HALF + 3 * MIB));
}

static enum hoist_result protect_one(struct fixture *f, unsigned level, uint64_t va,
                                     struct hoist_access access)
{
    return level == 2 ? hoist_protect_2m(&f->space, page_2m(f, va), access)
                      : hoist_protect_1g(&f->space, page_1g(f, va), access);
}

/* The frame in *pa, which is not written on an error. */
static enum hoist_result unmap_one(struct fixture *f, unsigned level, uint64_t va, uint64_t *pa)
{
    struct hoist_frame_2m middle = {*pa};
    struct hoist_frame_1g large = {*pa};
    const enum hoist_result result = level == 2 ? hoist_unmap_2m(&f->space, page_2m(f, va), &middle)
                                                : hoist_unmap_1g(&f->space, page_1g(f, va), &large);

    *pa = level == 2 ? middle.pa : large.pa;
    return result;
}

static void large_pages_are_protected_and_taken_away_whole(void **state)
{
    struct fixture *f = *state;

    for (unsigned level = 2; level <= 3; level++) {
        uint64_t pa = 1;

        fixture_restart(f, fixture_cpu(4));
        assert_refused(f, protect_one(f, level, HALF, RODATA), HOIST_NOT_MAPPED);
        assert_refused(f, unmap_one(f, level, HALF, &pa), HOIST_NOT_MAPPED);
        assert_int_equal(map_one(f, level, HALF, 4 * GIB, hoist_kernel_write_combining()),
                         HOIST_OK);
        *entry_at(f, HALF, level) |= A | D;
        remember(f);
        assert_int_equal(protect_one(f, level, HALF, RODATA), HOIST_OK);
        assert_int_equal(*entry_at(f, HALF, level), 4 * GIB | P | PS | NX | A | D);
        assert_flushed_once(f, HALF, 1, bytes_of[level]);
        remember(f);
        assert_int_equal(pa, 1);
        assert_int_equal(unmap_one(f, level, HALF, &pa), HOIST_OK);
        assert_int_equal(pa, 4 * GIB);
        assert_flushed_once(f, HALF, 1, bytes_of[level]);
        assert_leaves(f, 0, 0, 0);
    }
}

static void a_large_page_in_a_larger_leaf_is_split_off(void **state)
{
    struct fixture *f = *state;
    uint64_t pa = 1;

    assert_int_equal(map_one(f, 3, HALF, 4 * GIB, DATA), HOIST_OK);
    assert_all_or_nothing(f, 1, protect_one(f, 2, HALF + 2 * MIB, RODATA));
    assert_int_equal(protect_one(f, 2, HALF + 2 * MIB, RODATA), HOIST_OK);
    assert_leaves(f, 0, 512, 0);
    assert_int_equal(map_one(f, 3, HALF + GIB, 5 * GIB, DATA), HOIST_OK);
    assert_all_or_nothing(f, 1, unmap_one(f, 2, HALF + GIB + 4 * MIB, &pa));
    assert_int_equal(unmap_one(f, 2, HALF + GIB + 4 * MIB, &pa), HOIST_OK);
    assert_int_equal(pa, 5 * GIB + 4 * MIB);
    assert_leaves(f, 0, 1023, 0);
}

static void smaller_pages_are_all_protected_and_in_the_way_of_taking_one_away(void **state)
{
    struct fixture *f = *state;
    uint64_t pa = 1;

    assert_int_equal(map_bytes(f, HALF, 0, 2 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_refused(f, unmap_one(f, 2, HALF, &pa), HOIST_TABLE_IN_THE_WAY_OF_2M);
    assert_refused(f, unmap_one(f, 3, HALF, &pa), HOIST_TABLE_IN_THE_WAY_OF_1G);
    assert_refused(f, protect_one(f, 3, HALF, RODATA), HOIST_NOT_MAPPED);
    assert_int_equal(protect_one(f, 2, HALF, RODATA), HOIST_OK);
    for (uint64_t va = HALF; va < HALF + 2 * MIB; va += 4 * KIB) {
        assert_false(leaf_at(f, va).writable);
    }
    assert_int_equal(pa, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(each_size_maps_one_leaf_of_its_own),
        test_of(smaller_pages_are_in_the_way_even_if_they_map_the_same),
        test_of(a_page_inside_a_larger_leaf_is_the_same_or_in_the_way),
        test_of(what_cannot_be_expressed_is_refused_for_each_size),
        test_of(a_cpu_that_lost_its_1g_pages_maps_none),
        test_of(remapping_replaces_a_leaf_of_its_size_and_flushes_it),
        test_of(remapping_splits_what_is_larger_and_frees_what_is_smaller),
        test_of(protecting_a_page_is_one_entry_and_one_page_flushed),
        test_of(protecting_a_page_splits_and_widens_where_it_must),
        test_of(unmapping_a_page_tells_its_frame),
        test_of(unmapping_a_page_of_a_large_leaf_splits_it),
        test_of(large_pages_are_protected_and_taken_away_whole),
        test_of(a_large_page_in_a_larger_leaf_is_split_off),
        test_of(smaller_pages_are_all_protected_and_in_the_way_of_taking_one_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
