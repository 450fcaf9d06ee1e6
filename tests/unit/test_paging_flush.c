/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of what CPUs may still know, and of the tables that wait for them to forget. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA   hoist_kernel_data()
#define GLOBAL rights_of(HOIST_READ | HOIST_GLOBAL)

static void unmap_one(struct fixture *f, uint64_t va)
{
    assert_int_equal(unmap_bytes(f, va, 4 * KIB, HOIST_KEEP_TABLES), HOIST_OK);
}

/* Pages at HALF to HALF + 2M, and a space that collects. */
static void begin(struct fixture *f, struct hoist_flush *list, struct hoist_access access)
{
    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(map_bytes(f, HALF, 0, 2 * MIB, access, HOIST_LEAF_4K), HOIST_OK);
    collect(f, list);
    remember(f);
}

static void pages_that_go_on_from_one_another_are_one_range(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    begin(f, &list, DATA);
    for (uint64_t n = 3; n < 40; n++) {
        unmap_one(f, HALF + n * 4 * KIB);
    }
    assert_lists(&list, HALF + 0x3000, 37, 4 * KIB);
    assert_int_equal(hoist_flush_page_count(&list), 37);
    assert_flushed_nothing(f);
}

static void what_is_listed_already_is_not_listed_again(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    begin(f, &list, DATA);
    assert_int_equal(protect_bytes(f, HALF, 0x8000, hoist_kernel_rodata()), HOIST_OK);
    assert_int_equal(protect_bytes(f, HALF + 0x2000, 0x2000, DATA), HOIST_OK);
    unmap_one(f, HALF + 0x7000);
    assert_lists(&list, HALF, 8, 4 * KIB);
}

static void six_ranges_are_listed_and_a_seventh_is_everything(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    begin(f, &list, DATA);
    for (uint64_t n = 0; n < HOIST_FLUSH_RANGES; n++) {
        unmap_one(f, HALF + n * 8 * KIB);
    }
    assert_int_equal(list.range_count, HOIST_FLUSH_RANGES);
    assert_false(list.is_everything);
    assert_int_equal(hoist_flush_page_count(&list), HOIST_FLUSH_RANGES);
    unmap_one(f, HALF + MIB);
    assert_true(list.is_everything);
    assert_true(hoist_flush_is_needed(&list));
    assert_true(hoist_flush_page_count(&list) == UINT64_MAX);
    hoist_flush_now(&f->space);
    assert_int_equal(f->arena.flush_count, 1);
    assert_true(f->arena.flush[0].is_everything);
    assert_lists_nothing(&list);
}

static void ranges_of_different_page_sizes_are_not_joined(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    begin(f, &list, DATA);
    assert_int_equal(put_2m(f, HALF + 2 * MIB, 0, DATA), HOIST_OK);
    assert_int_equal(unmap_bytes(f, HALF + MIB, 3 * MIB, HOIST_KEEP_TABLES), HOIST_OK);
    assert_int_equal(list.range_count, 2);
    assert_range(&list, 0, HALF + MIB, 256, 4 * KIB);
    assert_range(&list, 1, HALF + 2 * MIB, 1, 2 * MIB);
    assert_int_equal(hoist_flush_page_count(&list), 257);
}

static void one_global_leaf_makes_the_list_global_until_it_is_done(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    begin(f, &list, GLOBAL);
    assert_int_equal(protect_bytes(f, HALF, 0x1000, DATA), HOIST_OK);
    assert_true(list.has_global);
    assert_int_equal(protect_bytes(f, HALF, 0x1000, hoist_kernel_rodata()), HOIST_OK);
    assert_true(list.has_global);
    hoist_flush_now(&f->space);
    assert_true(f->arena.flush[0].has_global);
    assert_int_equal(protect_bytes(f, HALF, 0x1000, DATA), HOIST_OK);
    assert_false(list.has_global);
}

static void from_not_present_to_present_nothing_is_listed(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;
    struct hoist_pt pt;

    begin(f, &list, DATA);
    assert_int_equal(map_bytes(f, 0, 0, GIB + 4 * MIB + 0x5000, GLOBAL, 3), HOIST_OK);
    assert_int_equal(put_4k(f, GIB + 5 * MIB, 0, DATA), HOIST_OK);
    assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, 8 * GIB), DATA, &pt), HOIST_OK);
    assert_int_equal(hoist_map_4k(&f->space, page_4k(f, 9 * GIB), frame_4k(f, 0), DATA), HOIST_OK);
    assert_int_equal(remap_bytes(f, extent_of(10 * GIB, 0, GIB), DATA, 3, 0), HOIST_OK);
    assert_lists_nothing(&list);
}

static void flushing_now_calls_the_hook_once_and_then_frees_the_tables(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    begin(f, &list, DATA);
    assert_int_equal(unmap_bytes(f, HALF, GIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_true(list.freed.frame_count >= 1);
    hoist_flush_now(&f->space);
    assert_int_equal(f->arena.flush_count, 1);
    assert_int_equal(f->arena.freed_unflushed, 0);
    assert_int_equal(arena_held(&f->arena), 2);
    assert_lists_nothing(&list);
    hoist_flush_now(&f->space);
    assert_int_equal(f->arena.flush_count, 1);
}

static void a_flush_that_the_caller_has_done_calls_no_hook(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    begin(f, &list, DATA);
    assert_int_equal(unmap_bytes(f, HALF, GIB, HOIST_DROP_TABLES), HOIST_OK);
    hoist_flush_done(&f->space);
    assert_flushed_nothing(f);
    assert_int_equal(arena_held(&f->arena), 2);
    assert_lists_nothing(&list);
}

static void a_space_that_does_not_collect_has_nothing_to_flush(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, HALF, 0, DATA), HOIST_OK);
    remember(f);
    hoist_flush_now(&f->space);
    hoist_flush_done(&f->space);
    assert_flushed_nothing(f);
    assert_unchanged(f);
}

static void addresses_are_listed_in_canonical_form_up_to_the_last_page(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        fixture_restart(f, fixture_cpu(levels));
        assert_int_equal(map_bytes(f, -UINT64_C(0x3000), 0, 0x3000, DATA, 1), HOIST_OK);
        collect(f, &list);
        assert_int_equal(unmap_bytes(f, -UINT64_C(0x3000), 0x3000, HOIST_KEEP_TABLES), HOIST_OK);
        assert_lists(&list, -UINT64_C(0x3000), 3, 4 * KIB);
    }
}

static void a_change_that_is_refused_lists_nothing(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    begin(f, &list, DATA);
    assert_int_equal(put_2m(f, HALF + 2 * MIB, 0, DATA), HOIST_OK);
    f->arena.fail_in = 1;
    assert_int_equal(unmap_bytes(f, HALF, 3 * MIB, HOIST_DROP_TABLES), HOIST_NO_FRAME_FOR_PT);
    assert_int_equal(protect_bytes(f, HALF, 6 * MIB, GLOBAL), HOIST_NOT_MAPPED);
    assert_lists_nothing(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(pages_that_go_on_from_one_another_are_one_range),
        test_of(what_is_listed_already_is_not_listed_again),
        test_of(six_ranges_are_listed_and_a_seventh_is_everything),
        test_of(ranges_of_different_page_sizes_are_not_joined),
        test_of(one_global_leaf_makes_the_list_global_until_it_is_done),
        test_of(from_not_present_to_present_nothing_is_listed),
        test_of(flushing_now_calls_the_hook_once_and_then_frees_the_tables),
        test_of(a_flush_that_the_caller_has_done_calls_no_hook),
        test_of(a_space_that_does_not_collect_has_nothing_to_flush),
        test_of(addresses_are_listed_in_canonical_form_up_to_the_last_page),
        test_of(a_change_that_is_refused_lists_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
