/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the CPU could see in between, when something is changed: which stores there are and in which
 * order, that no address means anything but what it did and what it will, and that nothing is known
 * in two sizes with two meanings.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "watched_tables.h"

#define DATA hoist_kernel_data()
#define TEXT hoist_kernel_text()

static const struct hoist_access rich = {HOIST_READ | HOIST_WRITE | HOIST_GLOBAL,
                                         HOIST_WRITE_COMBINING, 9, 0x2aa};

/* Inside and around a range of pages from HALF + 0x3000 to HALF + 4M + 0x5000. */
static void probe_around(void)
{
    watch_probe(HALF);
    watch_probe(HALF + 0x2fff);
    watch_probe(HALF + 0x3000);
    watch_probe(HALF + 2 * MIB);
    watch_probe(HALF + 3 * MIB);
    watch_probe(HALF + 4 * MIB + 0x4fff);
    watch_probe(HALF + 4 * MIB + 0x5000);
    watch_probe(HALF + GIB - 1);
}

static const struct hoist_range middle = {{HALF + 0x3000}, 4 * MIB + 0x2000};

static void splitting_is_one_store_for_each_leaf_and_changes_no_meaning(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_1g(f, HALF, 5 * GIB, rich), HOIST_OK);
    probe_around();
    begin_watch(f);
    assert_int_equal(hoist_split(watch.space, &middle, HOIST_LEAF_4K), HOIST_OK);
    end_watch(f);
    assert_int_equal(watch.store_count, 4);
    assert_ptr_equal(watch.stores[0].entry, entry_at(f, HALF, 3));
    assert_ptr_equal(watch.stores[1].entry, entry_at(f, HALF, 2));
    assert_ptr_equal(watch.stores[3].entry, entry_at(f, HALF + 4 * MIB, 2));
    assert_one_meaning(f);
    assert_leaves(f, 3 * 512, 509, 0);
}

static void merging_is_one_store_for_each_table_and_changes_no_meaning(void **state)
{
    struct fixture *f = *state;
    const struct hoist_range all = range_of(HALF, GIB);

    assert_int_equal(put_1g(f, HALF, 5 * GIB, rich), HOIST_OK);
    assert_int_equal(split_bytes(f, HALF, 4 * MIB, HOIST_LEAF_4K), HOIST_OK);
    probe_around();
    begin_watch(f);
    assert_int_equal(hoist_merge(watch.space, &all), HOIST_OK);
    end_watch(f);
    assert_int_equal(watch.store_count, 3);
    assert_int_equal(watch.stores[2].after & PS, PS);
    assert_ptr_equal(watch.stores[2].entry, entry_at(f, HALF, 3));
    assert_one_meaning(f);
    assert_leaves(f, 0, 0, 1);
}

static void protecting_never_takes_a_page_away(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_1g(f, HALF, 5 * GIB, rich), HOIST_OK);
    probe_around();
    begin_watch(f);
    assert_int_equal(hoist_protect(watch.space, &middle, TEXT), HOIST_OK);
    end_watch(f);
    assert_two_meanings(f);
    assert_int_equal(watch.store_count, 3 + 509 + 1 + 5);
    for (unsigned i = 0; i < watch.store_count; i++) {
        assert_true((watch.stores[i].after & P) != 0);
    }
}

static void remapping_pages_of_a_large_leaf_never_takes_them_away(void **state)
{
    struct fixture *f = *state;
    const struct hoist_extent extent = {middle.va, {0x1000}, middle.size_bytes};

    assert_int_equal(put_1g(f, HALF, 5 * GIB, rich), HOIST_OK);
    probe_around();
    begin_watch(f);
    assert_int_equal(hoist_remap(watch.space, &extent, TEXT, HOIST_LEAF_1G, HOIST_RANGE_LIVE),
                     HOIST_OK);
    end_watch(f);
    assert_two_meanings(f);
    assert_mapped(f, middle.va.value, 0x1000, middle.size_bytes);
}

static void remapping_leaves_of_the_same_size_is_one_store_each(void **state)
{
    struct fixture *f = *state;
    const struct hoist_extent extent = extent_of(HALF, 8 * GIB, 4 * MIB + 0x3000);

    assert_int_equal(map_bytes(f, HALF, 0, 4 * MIB + 0x3000, DATA, 3), HOIST_OK);
    watch_probe(HALF);
    watch_probe(HALF + 2 * MIB);
    watch_probe(HALF + 4 * MIB + 0x2fff);
    begin_watch(f);
    assert_int_equal(hoist_remap(watch.space, &extent, TEXT, HOIST_LEAF_1G, HOIST_RANGE_LIVE),
                     HOIST_OK);
    end_watch(f);
    assert_two_meanings(f);
    assert_int_equal(watch.store_count, 5);
}

static void a_table_gives_way_to_a_leaf_through_not_present_with_a_flush_between(void **state)
{
    struct fixture *f = *state;
    const struct hoist_extent extent = extent_of(HALF, 8 * GIB, 2 * MIB);

    assert_int_equal(map_bytes(f, HALF, 0, 4 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    watch_probe(HALF);
    watch_probe(HALF + 2 * MIB - 1);
    watch_probe(HALF + 2 * MIB);
    begin_watch(f);
    assert_int_equal(hoist_remap(watch.space, &extent, DATA, HOIST_LEAF_2M, HOIST_RANGE_IDLE),
                     HOIST_OK);
    end_watch(f);
    assert_stores(f, 2, HALF, 2);
    assert_int_equal(watch.stores[0].after, 0);
    assert_int_equal(watch.stores[0].flush_count, 0);
    assert_int_equal(watch.stores[1].flush_count, 1);
    assert_true(watch_was_absent(&watch.probes[0]) && watch_was_absent(&watch.probes[1]));
    assert_int_equal(watch.probes[2].seen_count, 1);
}

static void unmapping_takes_away_what_is_in_the_range_and_nothing_else_at_any_time(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_1g(f, HALF, 5 * GIB, rich), HOIST_OK);
    probe_around();
    begin_watch(f);
    assert_int_equal(hoist_unmap(watch.space, &middle, HOIST_DROP_TABLES), HOIST_OK);
    end_watch(f);
    for (unsigned i = 0; i < watch.probe_count; i++) {
        assert_true(watch_saw_two(&watch.probes[i]));
        assert_false(watch_was_absent(&watch.probes[i]));
    }
    assert_false(is_mapped(f, middle.va.value));
    assert_true(is_mapped(f, HALF + 0x2fff));
}

static void tables_are_dropped_by_one_store_and_left_alone_until_the_flush(void **state)
{
    struct fixture *f = *state;
    const struct hoist_range all = range_of(HALF, GIB);

    assert_int_equal(map_bytes(f, HALF, 0, 6 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    watch_probe(HALF);
    watch_probe(HALF + 5 * MIB);
    begin_watch(f);
    assert_int_equal(hoist_unmap(watch.space, &all, HOIST_DROP_TABLES), HOIST_OK);
    end_watch(f);
    assert_stores(f, 1, HALF, 3);
    assert_int_equal(arena_held(&f->arena), 2);
}

static void collapsing_is_one_store_for_each_table(void **state)
{
    struct fixture *f = *state;
    const struct hoist_range all = range_of(HALF, GIB);

    assert_int_equal(map_bytes(f, HALF, 0, 6 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(unmap_bytes(f, HALF, 4 * MIB, HOIST_KEEP_TABLES), HOIST_OK);
    watch_probe(HALF);
    watch_probe(HALF + 5 * MIB);
    begin_watch(f);
    assert_int_equal(hoist_collapse(watch.space, &all), HOIST_OK);
    end_watch(f);
    assert_int_equal(watch.store_count, 2);
    assert_one_meaning(f);
    assert_int_equal(arena_held(&f->arena), 4);
}

static void single_pages_and_entries_are_one_store(void **state)
{
    struct fixture *f = *state;
    const struct hoist_page_4k page = page_4k(f, HALF + 0x3000);
    struct hoist_entry_mut entry;
    struct hoist_frame_4k frame;
    struct hoist_stale stale;
    struct hoist_owned owned = {{0x9000}, HOIST_LEAF_4K, true};

    assert_int_equal(map_bytes(f, HALF, 0, 0x5000, DATA, HOIST_LEAF_4K), HOIST_OK);
    begin_watch(f);
    assert_int_equal(hoist_protect_4k(watch.space, page, TEXT), HOIST_OK);
    assert_int_equal(hoist_entry_mut_at(watch.space, hoist_va_of(page.va), 1, &entry), HOIST_OK);
    assert_int_equal(hoist_entry_set(watch.space, &entry, hoist_pa_of(0x8000), DATA), HOIST_OK);
    assert_int_equal(hoist_entry_clear(watch.space, &entry), HOIST_OK);
    assert_int_equal(hoist_map_4k(watch.space, page, frame_4k(f, 0x7000), DATA), HOIST_OK);
    assert_int_equal(hoist_unmap_4k(watch.space, page, &frame), HOIST_OK);
    assert_int_equal(hoist_give(watch.space, hoist_va_of(page.va), &owned, DATA), HOIST_OK);
    assert_int_equal(hoist_take(watch.space, hoist_va_of(page.va), &stale), HOIST_OK);
    end_watch(f);
    assert_stores(f, 7, page.va, 1);
}

static void a_collecting_space_reuses_no_table_before_its_flush(void **state)
{
    struct fixture *f = *state;
    const struct hoist_range all = range_of(HALF, 8 * MIB);
    const struct hoist_extent other = extent_of(HALF + 512 * GIB, 0, 8 * MIB);
    static struct hoist_flush list;

    assert_int_equal(map_bytes(f, HALF, 0, 8 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    collect(f, &list);
    watch_probe(HALF);
    begin_watch(f);
    assert_int_equal(hoist_unmap(watch.space, &all, HOIST_DROP_TABLES), HOIST_OK);
    assert_int_equal(hoist_map(watch.space, &other, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(list.freed.frame_count, 4);
    hoist_flush_now(watch.space);
    end_watch(f);
    assert_leaves(f, 2048, 0, 0);
    assert_int_equal(arena_held(&f->arena), 3 + 2 + 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        watched(splitting_is_one_store_for_each_leaf_and_changes_no_meaning),
        watched(merging_is_one_store_for_each_table_and_changes_no_meaning),
        watched(protecting_never_takes_a_page_away),
        watched(remapping_pages_of_a_large_leaf_never_takes_them_away),
        watched(remapping_leaves_of_the_same_size_is_one_store_each),
        watched(a_table_gives_way_to_a_leaf_through_not_present_with_a_flush_between),
        watched(unmapping_takes_away_what_is_in_the_range_and_nothing_else_at_any_time),
        watched(tables_are_dropped_by_one_store_and_left_alone_until_the_flush),
        watched(collapsing_is_one_store_for_each_table),
        watched(single_pages_and_entries_are_one_store),
        watched(a_collecting_space_reuses_no_table_before_its_flush),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
