/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the CPU could see in between, when something is added: how many stores it takes, that new
 * tables are complete before they are linked, and that every entry is written at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "watched_tables.h"

static void the_first_tables_are_complete_before_the_root_is_set(void **state)
{
    struct fixture *f = *state;
    const struct hoist_page_4k page = page_4k(f, HALF + 0x5000);
    struct hoist_pt pt;

    begin_watch(f);
    assert_int_equal(hoist_ensure_chain_4k(watch.space, page, hoist_kernel_data(), &pt), HOIST_OK);
    end_watch(f);
    assert_int_equal(watch.store_count, 1);
    assert_ptr_equal(watch.stores[0].entry, &watch.space->root);
    assert_int_equal(f->table_count[1], 1);
}

static void a_new_chain_is_complete_before_its_one_link(void **state)
{
    struct fixture *f = *state;
    const struct hoist_page_4k page = page_4k(f, HALF + 3 * GIB);
    struct hoist_pt pt;

    assert_int_equal(put_4k(f, HALF, 0, hoist_kernel_data()), HOIST_OK);
    begin_watch(f);
    assert_int_equal(hoist_ensure_chain_4k(watch.space, page, hoist_kernel_data(), &pt), HOIST_OK);
    end_watch(f);
    assert_stores(f, 1, HALF + 3 * GIB, 3);
    assert_int_equal(f->table_count[1], 2);
}

static void a_large_leaf_is_replaced_by_its_pieces_in_one_store_for_each_size(void **state)
{
    struct fixture *f = *state;
    const struct hoist_page_4k page = page_4k(f, HALF + 40 * MIB);
    const struct hoist_page_2m middle = page_2m(f, HALF + GIB);
    struct hoist_pt pt;
    struct hoist_pd pd;

    assert_int_equal(put_1g(f, HALF, GIB, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(put_1g(f, HALF + GIB, GIB, hoist_kernel_data()), HOIST_OK);
    watch_probe(HALF);
    watch_probe(HALF + 40 * MIB);
    watch_probe(HALF + 2 * GIB - 1);
    begin_watch(f);
    assert_int_equal(hoist_ensure_chain_4k(watch.space, page, hoist_kernel_data(), &pt), HOIST_OK);
    end_watch(f);
    assert_int_equal(watch.store_count, 2);
    assert_ptr_equal(watch.stores[0].entry, entry_at(f, HALF, 3));
    assert_ptr_equal(watch.stores[1].entry, entry_at(f, HALF + 40 * MIB, 2));
    assert_one_meaning(f);
    assert_leaves(f, 512, 511, 1);
    begin_watch(f);
    assert_int_equal(hoist_ensure_chain_2m(watch.space, middle, hoist_kernel_data(), &pd),
                     HOIST_OK);
    end_watch(f);
    assert_stores(f, 1, HALF + GIB, 3);
    assert_one_meaning(f);
    assert_leaves(f, 512, 1023, 0);
}

static void a_range_in_new_tables_is_complete_before_its_link(void **state)
{
    struct fixture *f = *state;
    const struct hoist_extent extent = extent_of(HALF + 3 * GIB + 0x7000, 0x7000, 0x9000);

    assert_int_equal(put_4k(f, HALF, 0, hoist_kernel_data()), HOIST_OK);
    begin_watch(f);
    assert_int_equal(hoist_map(watch.space, &extent, hoist_kernel_data(), HOIST_LEAF_1G), HOIST_OK);
    end_watch(f);
    assert_stores(f, 1, HALF + 3 * GIB, 3);
    assert_leaves(f, 10, 0, 0);
}

static void a_range_over_live_tables_is_a_store_for_each_leaf_and_each_new_table(void **state)
{
    struct fixture *f = *state;
    const struct hoist_extent extent = extent_of(HALF + 0x1000, 0x1000, 6 * MIB);

    assert_int_equal(put_4k(f, HALF, 0, hoist_kernel_data()), HOIST_OK);
    watch_probe(HALF);
    begin_watch(f);
    assert_int_equal(hoist_map(watch.space, &extent, hoist_kernel_data(), HOIST_LEAF_1G), HOIST_OK);
    end_watch(f);
    assert_int_equal(watch.store_count, 511 + 2 + 1);
    assert_one_meaning(f);
    assert_leaves(f, 513, 2, 0);
}

static void a_leaf_is_one_store_and_nothing_else(void **state)
{
    struct fixture *f = *state;
    const struct hoist_page_2m page = page_2m(f, HALF + 4 * MIB);
    const struct hoist_frame_2m frame = frame_2m(f, 8 * MIB);
    struct hoist_pd pd;

    assert_int_equal(hoist_ensure_chain_2m(&f->space, page, hoist_kernel_data(), &pd), HOIST_OK);
    begin_watch(f);
    assert_int_equal(hoist_set_leaf_2m(watch.space, pd, page, frame, hoist_kernel_data()),
                     HOIST_OK);
    end_watch(f);
    assert_stores(f, 1, HALF + 4 * MIB, 2);
}

static void links_that_are_widened_are_written_once_each_before_the_leaf(void **state)
{
    struct fixture *f = *state;
    const struct hoist_extent extent = extent_of(0x7000, 0x7000, 0x1000);

    assert_int_equal(put_4k(f, 0, 0, hoist_kernel_data()), HOIST_OK);
    begin_watch(f);
    assert_int_equal(
        hoist_map(watch.space, &extent, rights_of(HOIST_READ | HOIST_USER), HOIST_LEAF_4K),
        HOIST_OK);
    end_watch(f);
    assert_int_equal(watch.store_count, 4);
    for (unsigned i = 0; i < 3; i++) {
        assert_ptr_equal(watch.stores[i].entry, entry_at(f, 0, 4 - i));
        assert_int_equal(watch.stores[i].after, watch.stores[i].before | U);
    }
    assert_ptr_equal(watch.stores[3].entry, entry_at(f, 0x7000, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        watched(the_first_tables_are_complete_before_the_root_is_set),
        watched(a_new_chain_is_complete_before_its_one_link),
        watched(a_large_leaf_is_replaced_by_its_pieces_in_one_store_for_each_size),
        watched(a_range_in_new_tables_is_complete_before_its_link),
        watched(a_range_over_live_tables_is_a_store_for_each_leaf_and_each_new_table),
        watched(a_leaf_is_one_store_and_nothing_else),
        watched(links_that_are_widened_are_written_once_each_before_the_leaf),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
