/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranges mapped whatever was there: what stays, what is replaced, what is absent for a moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA hoist_kernel_data()
#define TEXT hoist_kernel_text()
#define IDLE HOIST_RANGE_IDLE
#define LIVE HOIST_RANGE_LIVE

static void on_an_empty_range_it_maps(void **state)
{
    struct fixture *f = *state;

    remember(f);
    assert_int_equal(remap_bytes(f, extent_of(HALF, GIB, 4 * MIB + 0x3000), DATA, 3, LIVE),
                     HOIST_OK);
    assert_leaves(f, 3, 2, 0);
    assert_mapped(f, HALF, GIB, 4 * MIB + 0x3000);
    assert_flushed_nothing(f);
}

static void other_frames_replace_a_leaf_of_the_same_size_even_in_use(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 0, 2 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(map_bytes(f, HALF + 2 * MIB, 0, 4 * MIB, DATA, HOIST_LEAF_2M), HOIST_OK);
    remember(f);
    assert_int_equal(remap_bytes(f, extent_of(HALF + 0x2000, GIB, 0x3000), TEXT, 1, LIVE),
                     HOIST_OK);
    assert_flushed_once(f, HALF + 0x2000, 3, 4 * KIB);
    remember(f);
    assert_int_equal(remap_bytes(f, extent_of(HALF + 2 * MIB, GIB, 4 * MIB), TEXT, 3, LIVE),
                     HOIST_OK);
    assert_flushed_once(f, HALF + 2 * MIB, 2, 2 * MIB);
    assert_leaves(f, 512, 2, 0);
    assert_mapped(f, HALF, 0, 0x2000);
    assert_mapped(f, HALF + 0x2000, GIB, 0x3000);
    assert_mapped(f, HALF + 2 * MIB, GIB, 4 * MIB);
    assert_true(leaf_at(f, HALF + 0x2000).executable && leaf_at(f, HALF + 4 * MIB).executable);
    assert_false(leaf_at(f, HALF + 0x5000).executable);
}

static void what_is_mapped_so_already_is_neither_written_nor_flushed(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, 0, 0, 2 * GIB + 4 * MIB + 0x4000, DATA, 3), HOIST_OK);
    *entry_at(f, GIB, 3) |= A | D;
    *entry_at(f, 2 * GIB + 2 * MIB, 2) |= A | D;
    *entry_at(f, 2 * GIB + 4 * MIB, 1) |= A;
    assert_refused(f, remap_bytes(f, extent_of(0, 0, 2 * GIB + 4 * MIB + 0x4000), DATA, 3, LIVE),
                   HOIST_OK);
    assert_refused(f, remap_bytes(f, extent_of(0x5000, 0x5000, 3 * MIB), DATA, 1, LIVE), HOIST_OK);
    assert_refused(f, remap_bytes(f, extent_of(GIB - MIB, GIB - MIB, 2 * MIB), DATA, 2, LIVE),
                   HOIST_OK);
}

static void part_of_a_larger_leaf_is_split_off_with_everything_else_kept(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access rich = {HOIST_READ | HOIST_WRITE | HOIST_GLOBAL,
                                      HOIST_WRITE_COMBINING, 9, 0x2aa};
    const struct hoist_extent part = extent_of(HALF + 2 * MIB + 0x6000, 0x1000, 0x4000);
    struct raw_leaf beside;

    assert_int_equal(put_1g(f, HALF, 5 * GIB, rich), HOIST_OK);
    *entry_at(f, HALF, 3) |= A | D;
    assert_all_or_nothing(f, 2, remap_bytes(f, part, TEXT, 3, LIVE));
    remember(f);
    assert_int_equal(remap_bytes(f, part, TEXT, 3, LIVE), HOIST_OK);
    assert_leaves(f, 512, 511, 0);
    assert_mapped(f, HALF, 5 * GIB, 2 * MIB + 0x6000);
    assert_mapped(f, HALF + 2 * MIB + 0x6000, 0x1000, 0x4000);
    assert_mapped(f, HALF + 2 * MIB + 0xa000, 5 * GIB + 2 * MIB + 0xa000, GIB - 2 * MIB - 0xa000);
    beside = leaf_at(f, HALF + 2 * MIB + 0x5000);
    assert_int_equal(beside.entry & (A | D | G | W | NX | PAT_SMALL),
                     A | D | G | W | NX | PAT_SMALL);
    assert_int_equal(beside.protection_key, 9);
    assert_int_equal(beside.software, 0x2aa);
    assert_true(f->arena.flush_count >= 2);
    assert_true(flush_reaches(&f->arena.flush[0], HALF, GIB));
    assert_true(f->arena.flush[0].has_global);
    assert_lists(&f->arena.flush[f->arena.flush_count - 1], HALF + 2 * MIB + 0x6000, 4, 4 * KIB);
}

static void a_larger_leaf_is_replaced_whole_by_smaller_ones(void **state)
{
    struct fixture *f = *state;
    const struct hoist_extent all = extent_of(HALF, 0x1000, 2 * MIB);

    assert_int_equal(put_2m(f, HALF, 4 * MIB, DATA), HOIST_OK);
    assert_all_or_nothing(f, 1, remap_bytes(f, all, DATA, 3, LIVE));
    assert_int_equal(remap_bytes(f, all, DATA, 3, LIVE), HOIST_OK);
    assert_leaves(f, 512, 0, 0);
    assert_mapped(f, HALF, 0x1000, 2 * MIB);
    assert_int_equal(put_1g(f, HALF + GIB, 4 * GIB, DATA), HOIST_OK);
    assert_int_equal(remap_bytes(f, extent_of(HALF + GIB, 6 * MIB, GIB), TEXT, 3, LIVE), HOIST_OK);
    assert_leaves(f, 512, 512, 0);
    assert_mapped(f, HALF + GIB, 6 * MIB, GIB);
}

/* At the first flush the entry is not present and the old tables are still held. */
static void look_at_the_hole(void *context, const struct hoist_flush *what)
{
    struct fixture *f = context;

    (void)what;
    if (f->arena.flush_count == 1) {
        assert_false(is_mapped(f, HALF));
        assert_false(is_mapped(f, HALF + GIB - 1));
        assert_int_equal(arena_held(&f->arena), 5);
        f->leaf_count[0] = 1;
    }
}

static void tables_in_the_way_of_a_large_leaf_are_freed_behind_a_flush(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 0, 4 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 5);
    remember(f);
    f->leaf_count[0] = 0;
    f->arena.on_flush = look_at_the_hole;
    f->arena.on_flush_context = f;
    assert_int_equal(remap_bytes(f, extent_of(HALF, 4 * GIB, GIB), DATA, 3, IDLE), HOIST_OK);
    f->arena.on_flush = NULL;
    assert_int_equal(f->leaf_count[0], 1);
    assert_int_equal(f->arena.freed_unflushed, 0);
    assert_true(flush_reaches(&f->arena.flush[0], HALF + 2 * MIB + 0x5000, 4 * KIB));
    assert_true(f->arena.flush[0].has_global);
    assert_leaves(f, 0, 0, 1);
    assert_mapped(f, HALF, 4 * GIB, GIB);
    assert_int_equal(arena_held(&f->arena), 2);
}

static void a_page_table_in_the_way_of_a_2m_leaf_is_freed_too(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 0, 6 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(remap_bytes(f, extent_of(HALF, 0, 5 * MIB), DATA, 2, IDLE), HOIST_OK);
    assert_leaves(f, 512, 2, 0);
    assert_mapped(f, HALF, 0, 6 * MIB);
    assert_int_equal(arena_held(&f->arena), 4);
}

static void a_range_in_use_refuses_to_go_through_not_present_and_changes_nothing(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF + 6 * MIB, 0, 2 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(put_2m(f, HALF, 0, DATA), HOIST_OK);
    assert_refused(f, remap_bytes(f, extent_of(HALF, GIB, 8 * MIB), DATA, 3, LIVE),
                   HOIST_RANGE_IN_USE);
    assert_refused(f, remap_bytes(f, extent_of(HALF, 0, GIB), DATA, 3, LIVE), HOIST_RANGE_IN_USE);
    assert_int_equal(remap_bytes(f, extent_of(HALF, GIB, 7 * MIB), DATA, 3, LIVE), HOIST_OK);
    assert_int_equal(remap_bytes(f, extent_of(HALF, GIB, 8 * MIB), DATA, 1, LIVE), HOIST_OK);
    assert_mapped(f, HALF, GIB, 8 * MIB);
    assert_int_equal(remap_bytes(f, extent_of(HALF, GIB, 8 * MIB), DATA, 3, IDLE), HOIST_OK);
    assert_leaves(f, 0, 4, 0);
}

static void a_space_that_collects_is_still_flushed_in_between(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    assert_int_equal(map_bytes(f, HALF, 0, 2 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    collect(f, &list);
    remember(f);
    assert_int_equal(remap_bytes(f, extent_of(HALF, 4 * MIB, 2 * MIB), DATA, 2, IDLE), HOIST_OK);
    assert_int_equal(f->arena.flush_count, 1);
    assert_true(flush_reaches(&f->arena.flush[0], HALF + 0x5000, 4 * KIB));
    assert_int_equal(arena_held(&f->arena), 3 + list.freed.frame_count);
    hoist_flush_now(&f->space);
    assert_int_equal(arena_held(&f->arena), 3);
    assert_leaves(f, 0, 1, 0);
}

static void where_no_cpu_uses_the_tables_nothing_has_to_be_flushed_in_between(void **state)
{
    struct fixture *f = *state;
    struct hoist_hooks quiet = arena_hooks;

    quiet.flush = NULL;
    f->space.hooks = &quiet;
    assert_int_equal(map_bytes(f, HALF, 0, 2 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(remap_bytes(f, extent_of(HALF, 4 * MIB, 2 * MIB), DATA, 2, IDLE), HOIST_OK);
    assert_int_equal(remap_bytes(f, extent_of(HALF, 9 * MIB, 0x1000), DATA, 2, IDLE), HOIST_OK);
    assert_leaves(f, 512, 0, 0);
    assert_int_equal(arena_held(&f->arena), 4);
}

static void leaves_are_no_larger_than_cpu_alignment_and_caller_allow(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(remap_bytes(f, extent_of(0, 2 * MIB, GIB), DATA, 3, IDLE), HOIST_OK);
    assert_leaves(f, 0, 512, 0);
    assert_int_equal(remap_bytes(f, extent_of(GIB, GIB, GIB), DATA, 2, IDLE), HOIST_OK);
    assert_leaves(f, 0, 1024, 0);
    f->space.cpu.has_1g_pages = false;
    assert_int_equal(remap_bytes(f, extent_of(2 * GIB, GIB, GIB), DATA, 3, IDLE), HOIST_OK);
    assert_leaves(f, 0, 1536, 0);
    assert_refused(f, remap_bytes(f, extent_of(0, 0, GIB), DATA, 0, IDLE), HOIST_BAD_LEAF_SIZE);
    assert_refused(f, remap_bytes(f, extent_of(0, 0, GIB), DATA, 4, IDLE), HOIST_BAD_LEAF_SIZE);
    assert_refused(f, remap_bytes(f, extent_of(0, 0x800, GIB), DATA, 2, IDLE),
                   HOIST_UNALIGNED_FRAME);
    assert_refused(f, remap_bytes(f, extent_of(0, BIT(52) - 0x1000, 0x2000), DATA, 2, IDLE),
                   HOIST_PA_TOO_WIDE);
}

static void a_user_page_in_a_kernel_leaf_or_below_kernel_links_is_usable(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access user = rights_of(HOIST_READ | HOIST_WRITE | HOIST_USER);

    assert_int_equal(put_1g(f, 0, 0, DATA), HOIST_OK);
    assert_int_equal(put_4k(f, GIB, 0, DATA), HOIST_OK);
    assert_int_equal(remap_bytes(f, extent_of(0x3000, GIB, 0x1000), user, 1, LIVE), HOIST_OK);
    assert_int_equal(remap_bytes(f, extent_of(GIB, GIB, 0x1000), user, 1, LIVE), HOIST_OK);
    assert_true(leaf_at(f, 0x3000).may_be_used_by_user);
    assert_true(leaf_at(f, GIB).may_be_used_by_user);
    assert_false(leaf_at(f, 0x2000).may_be_used_by_user);
    assert_false(leaf_at(f, 2 * MIB).may_be_used_by_user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(on_an_empty_range_it_maps),
        test_of(other_frames_replace_a_leaf_of_the_same_size_even_in_use),
        test_of(what_is_mapped_so_already_is_neither_written_nor_flushed),
        test_of(part_of_a_larger_leaf_is_split_off_with_everything_else_kept),
        test_of(a_larger_leaf_is_replaced_whole_by_smaller_ones),
        test_of(tables_in_the_way_of_a_large_leaf_are_freed_behind_a_flush),
        test_of(a_page_table_in_the_way_of_a_2m_leaf_is_freed_too),
        test_of(a_range_in_use_refuses_to_go_through_not_present_and_changes_nothing),
        test_of(a_space_that_collects_is_still_flushed_in_between),
        test_of(where_no_cpu_uses_the_tables_nothing_has_to_be_flushed_in_between),
        test_of(leaves_are_no_larger_than_cpu_alignment_and_caller_allow),
        test_of(a_user_page_in_a_kernel_leaf_or_below_kernel_links_is_usable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
