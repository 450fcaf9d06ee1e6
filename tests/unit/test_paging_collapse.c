/* SPDX-License-Identifier: BSD-2-Clause */
/* Empty tables are freed, bottom up; the root and whatever still holds something stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA hoist_kernel_data()

static void map_and_clear(struct fixture *f, uint64_t va, uint64_t size)
{
    assert_int_equal(map_bytes(f, va, 0x1000, size, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(unmap_bytes(f, va, size, HOIST_KEEP_TABLES), HOIST_OK);
}

static void a_chain_of_empty_tables_goes_and_the_root_stays(void **state)
{
    struct fixture *f = *state;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        fixture_restart(f, fixture_cpu(levels));
        map_and_clear(f, HALF + 0x5000, 0x1000);
        assert_int_equal(arena_held(&f->arena), levels);
        remember(f);
        assert_int_equal(collapse_bytes(f, HALF + 0x5000, 0x1000), HOIST_OK);
        assert_int_equal(arena_held(&f->arena), 1);
        assert_int_equal(f->arena.flush_count, 1);
        assert_int_equal(f->arena.freed_unflushed, 0);
        assert_true(flush_reaches(&f->arena.flush[0], HALF + 0x5000, 4 * KIB));
        assert_refused(f, collapse_bytes(f, HALF + 0x5000, 0x1000), HOIST_OK);
    }
}

static void a_neighbour_keeps_the_tables_above_it(void **state)
{
    struct fixture *f = *state;

    map_and_clear(f, HALF, 6 * MIB);
    assert_int_equal(put_4k(f, HALF + 6 * MIB - 0x1000, 0x7000, DATA), HOIST_OK);
    assert_int_equal(collapse_bytes(f, HALF, 2 * MIB), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 5);
    assert_int_equal(collapse_bytes(f, HALF, 6 * MIB), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 4);
    assert_leaves(f, 1, 0, 0);
    assert_mapped(f, HALF + 6 * MIB - 0x1000, 0x7000, 0x1000);
}

static void a_table_that_the_range_touches_is_looked_at_whole(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, HALF + 2 * MIB - 0x1000, 0x7000, DATA), HOIST_OK);
    assert_refused(f, collapse_bytes(f, HALF, 0x1000), HOIST_OK);
    assert_int_equal(unmap_bytes(f, HALF + 2 * MIB - 0x1000, 0x1000, HOIST_KEEP_TABLES), HOIST_OK);
    assert_refused(f, collapse_bytes(f, HALF + 2 * MIB, 0x1000), HOIST_OK);
    assert_int_equal(collapse_bytes(f, HALF + 0x9000, 0x1000), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 1);
}

static void a_large_leaf_keeps_its_table(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_2m(f, HALF, 0, DATA), HOIST_OK);
    assert_int_equal(put_1g(f, HALF + 512 * GIB, 0, DATA), HOIST_OK);
    map_and_clear(f, HALF + 4 * MIB, 0x1000);
    assert_int_equal(collapse_bytes(f, HALF, BIT(46)), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 4);
    assert_leaves(f, 0, 1, 1);
}

static void what_is_not_present_is_nothing_whatever_else_it_holds(void **state)
{
    struct fixture *f = *state;

    map_and_clear(f, HALF, 0x3000);
    *entry_at(f, HALF, 1) = ~P;
    *entry_at(f, HALF + 2 * MIB, 2) = 0xa6;
    assert_int_equal(collapse_bytes(f, HALF, 0x1000), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 1);
}

static void a_whole_half_is_collapsed_at_once(void **state)
{
    struct fixture *f = *state;

    map_and_clear(f, HALF, 6 * MIB);
    map_and_clear(f, HALF + GIB - 2 * MIB, 4 * MIB);
    map_and_clear(f, -8 * MIB, 8 * MIB);
    map_and_clear(f, 0, 2 * MIB);
    assert_int_equal(collapse_bytes(f, HALF, BIT(47)), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 4);
    assert_int_equal(collapse_bytes(f, 0, BIT(47)), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 1);
    assert_int_equal(put_4k(f, HALF, 0, DATA), HOIST_OK);
    assert_leaves(f, 1, 0, 0);
}

/* When the flush comes the tables are unlinked, and not free yet. */
static void look_while_flushing(void *context, const struct hoist_flush *what)
{
    struct fixture *f = context;

    assert_int_equal(*entry_at(f, HALF, 4), 0);
    assert_int_equal(what->freed.frame_count, 3);
    assert_int_equal(arena_held(&f->arena), 4);
}

static void tables_are_freed_after_the_flush(void **state)
{
    struct fixture *f = *state;

    map_and_clear(f, HALF, 0x1000);
    remember(f);
    f->arena.on_flush = look_while_flushing;
    f->arena.on_flush_context = f;
    assert_int_equal(collapse_bytes(f, HALF, 0x1000), HOIST_OK);
    assert_int_equal(f->arena.flush_count, 1);
    assert_int_equal(arena_held(&f->arena), 1);
}

static void a_space_that_collects_keeps_them_until_the_flush(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    map_and_clear(f, HALF, 0x1000);
    collect(f, &list);
    remember(f);
    assert_int_equal(collapse_bytes(f, HALF, 0x1000), HOIST_OK);
    assert_flushed_nothing(f);
    assert_int_equal(list.freed.frame_count, 3);
    assert_int_equal(arena_held(&f->arena), 4);
    hoist_flush_done(&f->space);
    assert_flushed_nothing(f);
    assert_int_equal(arena_held(&f->arena), 1);
    assert_lists_nothing(&list);
}

static void an_empty_space_and_a_full_one_stay_as_they_are(void **state)
{
    struct fixture *f = *state;

    assert_refused(f, collapse_bytes(f, 0, GIB), HOIST_OK);
    assert_int_equal(map_bytes(f, 0, 0, 2 * GIB + 4 * MIB + 0x5000, DATA, 3), HOIST_OK);
    assert_refused(f, collapse_bytes(f, 0, 4 * GIB), HOIST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(a_chain_of_empty_tables_goes_and_the_root_stays),
        test_of(a_neighbour_keeps_the_tables_above_it),
        test_of(a_table_that_the_range_touches_is_looked_at_whole),
        test_of(a_large_leaf_keeps_its_table),
        test_of(what_is_not_present_is_nothing_whatever_else_it_holds),
        test_of(a_whole_half_is_collapsed_at_once),
        test_of(tables_are_freed_after_the_flush),
        test_of(a_space_that_collects_keeps_them_until_the_flush),
        test_of(an_empty_space_and_a_full_one_stay_as_they_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
