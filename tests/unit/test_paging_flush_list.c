/* SPDX-License-Identifier: BSD-2-Clause */
/* What is listed to be flushed, page for page; and what must not depend on what came before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA   hoist_kernel_data()
#define RODATA hoist_kernel_rodata()
#define USER   rights_of(HOIST_READ | HOIST_WRITE | HOIST_USER)

static void protecting_lists_the_pages_that_changed_and_no_others(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 0, 40 * KIB, RODATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(protect_bytes(f, HALF + 12 * KIB, 8 * KIB, DATA), HOIST_OK);
    assert_int_equal(protect_bytes(f, HALF + 28 * KIB, 4 * KIB, DATA), HOIST_OK);
    remember(f);
    assert_int_equal(protect_bytes(f, HALF, 40 * KIB, RODATA), HOIST_OK);
    assert_int_equal(f->arena.flush_count, 1);
    assert_int_equal(f->arena.flush[0].range_count, 2);
    assert_range(&f->arena.flush[0], 0, HALF + 12 * KIB, 2, 4 * KIB);
    assert_range(&f->arena.flush[0], 1, HALF + 28 * KIB, 1, 4 * KIB);
    remember(f);
    assert_int_equal(protect_bytes(f, HALF, 40 * KIB, RODATA), HOIST_OK);
    assert_flushed_nothing(f);
}

static void unmapping_lists_from_the_first_page_that_was_there(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF + 12 * KIB, 0, 40 * KIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    remember(f);
    assert_int_equal(unmap_bytes(f, HALF, 32 * KIB, HOIST_KEEP_TABLES), HOIST_OK);
    assert_flushed_once(f, HALF + 12 * KIB, 5, 4 * KIB);
    assert_leaves(f, 5, 0, 0);
    assert_mapped(f, HALF + 32 * KIB, 20 * KIB, 20 * KIB);
}

/* A large leaf that has the access already is left whole, and what is beside it is not. */
static void protecting_goes_on_behind_a_leaf_that_is_right_already(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 0, 4 * MIB, RODATA, HOIST_LEAF_2M), HOIST_OK);
    assert_int_equal(map_bytes(f, HALF + 4 * MIB, 4 * MIB, 2 * MIB, DATA, HOIST_LEAF_2M), HOIST_OK);
    assert_int_equal(protect_bytes(f, HALF + 4 * KIB, 6 * MIB - 4 * KIB, RODATA), HOIST_OK);
    assert_leaves(f, 0, 3, 0);
    assert_false(leaf_at(f, HALF + 4 * MIB).writable);
    assert_int_equal(map_bytes(f, HALF + GIB, 0, 4 * MIB, RODATA, HOIST_LEAF_2M), HOIST_OK);
    assert_int_equal(put_2m(f, HALF + GIB + 4 * MIB, 4 * MIB, DATA), HOIST_OK);
    assert_int_equal(protect_bytes(f, HALF + GIB, 4 * MIB + 4 * KIB, RODATA), HOIST_OK);
    assert_false(leaf_at(f, HALF + GIB + 4 * MIB).writable);
    assert_true(leaf_at(f, HALF + GIB + 4 * MIB + 4 * KIB).writable);
}

static void widened_links_are_listed_as_if_a_global_leaf_lay_below(void **state)
{
    struct fixture *f = *state;
    struct hoist_pt pt;

    assert_int_equal(put_4k(f, HALF, 0, DATA), HOIST_OK);
    remember(f);
    assert_int_equal(map_bytes(f, HALF + 0x1000, 0, 0x1000, USER, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(f->arena.flush_count, 1);
    assert_true(f->arena.flush[0].has_global);
    assert_int_equal(put_4k(f, 0, 0, DATA), HOIST_OK);
    remember(f);
    assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, 0), USER, &pt), HOIST_OK);
    assert_int_equal(f->arena.flush_count, 1);
    assert_true(f->arena.flush[0].has_global);
}

static void merged_leaves_are_listed_as_if_they_were_global(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 0, 2 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    remember(f);
    assert_int_equal(merge_bytes(f, HALF, 2 * MIB), HOIST_OK);
    assert_leaves(f, 0, 1, 0);
    assert_int_equal(f->arena.flush_count, 1);
    assert_true(f->arena.flush[0].has_global);
}

/* What would be flushed in between, if there were a hook, is for the caller to flush. */
static void without_a_hook_a_flush_in_between_is_listed(void **state)
{
    struct fixture *f = *state;
    struct hoist_hooks quiet = arena_hooks;
    struct hoist_flush list;

    quiet.flush = NULL;
    f->space.hooks = &quiet;
    assert_int_equal(map_bytes(f, HALF, 0, 2 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    collect(f, &list);
    assert_int_equal(
        remap_bytes(f, extent_of(HALF, 4 * MIB, 2 * MIB), DATA, HOIST_LEAF_2M, HOIST_RANGE_IDLE),
        HOIST_OK);
    assert_lists(&list, HALF, 512, 4 * KIB);
    assert_int_equal(list.freed.frame_count, 1);
    hoist_flush_done(&f->space);
    assert_int_equal(merge_bytes(f, HALF, 2 * MIB), HOIST_OK);
    assert_lists_nothing(&list);
    f->space.flush = NULL;
}

static void a_borrower_neither_collects_nor_takes_frames_where_the_owner_does(void **state)
{
    struct fixture *f = *state;
    struct hoist_reserve reserve = {0};
    struct hoist_space borrower;
    struct hoist_flush list;

    assert_int_equal(put_4k(f, HALF, 0, DATA), HOIST_OK);
    collect(f, &list);
    for (unsigned i = 0; i < 4; i++) {
        struct hoist_frame_4k frame;

        assert_true(arena_hooks.allocate_table(&f->arena, &frame));
        hoist_reserve_add(&f->space, &reserve, frame);
    }
    f->space.frames = &reserve;
    assert_int_equal(hoist_space_init_sharing(&borrower, &f->space), HOIST_OK);
    assert_int_equal(reserve.frame_count, 3);
    assert_null(borrower.flush);
    assert_null(borrower.frames);
    f->space.flush = NULL;
}

static void splitting_goes_on_behind_what_is_not_mapped(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF + 2 * MIB, 0, 2 * MIB, DATA, HOIST_LEAF_2M), HOIST_OK);
    assert_int_equal(map_bytes(f, HALF + 6 * MIB, 0, 2 * MIB, DATA, HOIST_LEAF_2M), HOIST_OK);
    assert_int_equal(split_bytes(f, HALF, 8 * MIB, HOIST_LEAF_4K), HOIST_OK);
    assert_leaves(f, 1024, 0, 0);
}

static void splitting_to_2m_counts_no_page_tables(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 0, GIB, DATA, HOIST_LEAF_1G), HOIST_OK);
    assert_all_or_nothing(f, 1, split_bytes(f, HALF + 4 * KIB, 4 * KIB, HOIST_LEAF_2M));
    assert_int_equal(split_bytes(f, HALF + 4 * KIB, 4 * KIB, HOIST_LEAF_2M), HOIST_OK);
    assert_leaves(f, 0, 512, 0);
    assert_int_equal(arena_held(&f->arena), 3);
}

static void mapping_what_is_said_to_be_empty_looks_at_no_entry(void **state)
{
    struct fixture *f = *state;
    const struct hoist_extent extent = extent_of(HALF, 4 * MIB, 8 * KIB);

    assert_int_equal(map_bytes(f, HALF, 0, 8 * KIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(hoist_map_empty(&f->space, &extent, RODATA, HOIST_LEAF_1G), HOIST_OK);
    assert_mapped(f, HALF, 4 * MIB, 8 * KIB);
    assert_false(leaf_at(f, HALF).writable);
}

/* Fills what the next call will have as its stack. */
static __attribute__((noinline)) void make_the_stack_dirty(uint8_t value)
{
    volatile uint8_t stack[16384];

    for (unsigned i = 0; i < sizeof stack; i++) {
        stack[i] = value;
    }
}

static void nothing_depends_on_what_was_on_the_stack(void **state)
{
    static const uint8_t values[] = {0x00, 0xff, 0x01};
    struct fixture *f = *state;

    for (unsigned i = 0; i < sizeof values; i++) {
        const struct hoist_range page = range_of(HALF + 0x5000, 0x1000);
        const struct hoist_range half = range_of(HALF + GIB, GIB / 2);

        fixture_restart(f, fixture_cpu(4));
        assert_int_equal(map_bytes(f, HALF, 0, 2 * GIB, DATA, HOIST_LEAF_1G), HOIST_OK);
        make_the_stack_dirty(values[i]);
        assert_int_equal(hoist_unmap(&f->space, &page, HOIST_DROP_TABLES), HOIST_OK);
        assert_leaves(f, 511, 511, 1);
        assert_false((*entry_at(f, HALF, 2) & U) != 0);
        make_the_stack_dirty(values[i]);
        assert_int_equal(hoist_split(&f->space, &half, HOIST_LEAF_2M), HOIST_OK);
        assert_leaves(f, 511, 1023, 0);
        assert_false((*entry_at(f, HALF + GIB, 3) & U) != 0);
        remember(f);
        make_the_stack_dirty(values[i]);
        assert_int_equal(hoist_clear(&f->space, NULL), HOIST_OK);
        assert_int_equal(f->arena.flush_count, 1);
        assert_int_equal(f->arena.flush[0].range_count, 0);
        assert_true(f->arena.flush[0].is_everything);
        make_the_stack_dirty(values[i]);
        assert_int_equal(hoist_destroy(&f->space, NULL), HOIST_OK);
        assert_int_equal(arena_held(&f->arena), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(protecting_lists_the_pages_that_changed_and_no_others),
        test_of(unmapping_lists_from_the_first_page_that_was_there),
        test_of(protecting_goes_on_behind_a_leaf_that_is_right_already),
        test_of(widened_links_are_listed_as_if_a_global_leaf_lay_below),
        test_of(merged_leaves_are_listed_as_if_they_were_global),
        test_of(without_a_hook_a_flush_in_between_is_listed),
        test_of(a_borrower_neither_collects_nor_takes_frames_where_the_owner_does),
        test_of(splitting_goes_on_behind_what_is_not_mapped),
        test_of(splitting_to_2m_counts_no_page_tables),
        test_of(mapping_what_is_said_to_be_empty_looks_at_no_entry),
        test_of(nothing_depends_on_what_was_on_the_stack),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
