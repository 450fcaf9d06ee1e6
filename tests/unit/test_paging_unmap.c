/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranges taken away: whole tables with them, large leaves cut at the edges, the rest untouched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA hoist_kernel_data()
#define TEXT hoist_kernel_text()

static void assert_not_mapped(struct fixture *f, uint64_t va, uint64_t size)
{
    assert_false(is_mapped(f, va));
    assert_false(is_mapped(f, va + size / 2));
    assert_false(is_mapped(f, va + size - 1));
}

static void pages_in_the_middle_of_a_table_are_cleared_and_flushed_as_one_run(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, GIB, 16 * 4 * KIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    remember(f);
    assert_int_equal(unmap_bytes(f, HALF + 0x3000, 0x5000, HOIST_DROP_TABLES), HOIST_OK);
    assert_flushed_once(f, HALF + 0x3000, 5, 4 * KIB);
    assert_leaves(f, 11, 0, 0);
    assert_not_mapped(f, HALF + 0x3000, 0x5000);
    assert_mapped(f, HALF, GIB, 0x3000);
    assert_mapped(f, HALF + 0x8000, GIB + 0x8000, 0x8000);
    assert_int_equal(arena_held(&f->arena), 4);
}

static void a_large_leaf_is_flushed_as_one_page_of_its_size(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_2m(f, HALF, 0, DATA), HOIST_OK);
    assert_int_equal(put_1g(f, HALF + GIB, 0, DATA), HOIST_OK);
    remember(f);
    assert_int_equal(unmap_bytes(f, HALF, 2 * MIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_int_equal(unmap_bytes(f, HALF + GIB, GIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_int_equal(f->arena.flush_count, 2);
    assert_lists(&f->arena.flush[0], HALF, 1, 2 * MIB);
    assert_false(f->arena.flush[0].has_global);
    assert_lists(&f->arena.flush[1], HALF + GIB, 1, GIB);
    assert_leaves(f, 0, 0, 0);
}

static void what_is_not_mapped_stays_so_and_nothing_is_flushed(void **state)
{
    struct fixture *f = *state;
    struct hoist_pt pt;

    assert_refused(f, unmap_bytes(f, 0, GIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, HALF), DATA, &pt), HOIST_OK);
    assert_int_equal(put_4k(f, HALF + 2 * MIB, 0, DATA), HOIST_OK);
    assert_refused(f, unmap_bytes(f, HALF + 0x1000, 0x7000, HOIST_DROP_TABLES), HOIST_OK);
    assert_refused(f, unmap_bytes(f, HALF, 2 * MIB, HOIST_KEEP_TABLES), HOIST_OK);
    assert_refused(f, unmap_bytes(f, HALF + 4 * MIB, 6 * GIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_refused(f, unmap_bytes(f, 0, BIT(47), HOIST_DROP_TABLES), HOIST_OK);
}

static void tables_that_are_covered_whole_are_freed_with_all_below_them(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 0, 5 * 2 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(map_bytes(f, HALF + 3 * GIB, 0, 0x1000, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 3 + 5 + 2);
    remember(f);
    assert_int_equal(unmap_bytes(f, HALF, 4 * MIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 3 + 3 + 2);
    assert_flushed_once(f, HALF, 1024, 4 * KIB);
    assert_true(f->arena.flush[0].has_global);
    assert_int_equal(unmap_bytes(f, HALF, 4 * GIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 2);
    assert_int_equal(f->arena.freed_unflushed, 0);
    assert_int_equal(unmap_bytes(f, HALF, 512 * GIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 1);
    assert_leaves(f, 0, 0, 0);
}

static void a_whole_half_leaves_the_root_and_the_other_half(void **state)
{
    struct fixture *f = *state;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        const uint64_t half = levels == 4 ? BIT(47) : BIT(56);

        fixture_restart(f, fixture_cpu(levels));
        assert_int_equal(map_bytes(f, 0, 0, 3 * MIB, DATA, 3), HOIST_OK);
        assert_int_equal(map_bytes(f, half - 3 * MIB, 0, 3 * MIB, DATA, 3), HOIST_OK);
        assert_int_equal(map_bytes(f, -3 * MIB, MIB, 3 * MIB, DATA, 3), HOIST_OK);
        assert_int_equal(unmap_bytes(f, 0, half, HOIST_DROP_TABLES), HOIST_OK);
        assert_leaves(f, 256, 1, 0);
        assert_int_equal(arena_held(&f->arena), levels);
        assert_mapped(f, -3 * MIB, MIB, 3 * MIB);
        assert_int_equal(unmap_bytes(f, -half, half, HOIST_DROP_TABLES), HOIST_OK);
        assert_int_equal(arena_held(&f->arena), 1);
        assert_leaves(f, 0, 0, 0);
    }
}

static void kept_tables_take_the_next_mapping_without_a_frame(void **state)
{
    struct fixture *f = *state;
    uint64_t taken;

    assert_int_equal(map_bytes(f, HALF, 0, 3 * GIB + 6 * MIB + 0x5000, DATA, 3), HOIST_OK);
    taken = f->arena.allocated_count;
    assert_int_equal(unmap_bytes(f, HALF, 4 * GIB, HOIST_KEEP_TABLES), HOIST_OK);
    assert_leaves(f, 0, 0, 0);
    assert_int_equal(arena_held(&f->arena), taken);
    assert_int_equal(map_bytes(f, HALF, GIB, 3 * GIB + 6 * MIB + 0x5000, TEXT, 3), HOIST_OK);
    assert_int_equal(f->arena.allocated_count, taken);
}

static void a_partly_covered_leaf_is_split_and_the_rest_of_it_stays(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access rich = {HOIST_READ | HOIST_WRITE | HOIST_GLOBAL,
                                      HOIST_WRITE_COMBINING, 9, 0x2aa};
    struct raw_leaf before;

    assert_int_equal(put_1g(f, HALF, 5 * GIB, rich), HOIST_OK);
    *entry_at(f, HALF, 3) |= A | D;
    before = leaf_at(f, HALF);
    assert_all_or_nothing(f, 3, unmap_bytes(f, HALF + 0x3000, 8 * MIB, HOIST_DROP_TABLES));
    remember(f);
    assert_int_equal(unmap_bytes(f, HALF + 0x3000, 8 * MIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_leaves(f, 512, 507, 0);
    assert_not_mapped(f, HALF + 0x3000, 8 * MIB);
    assert_mapped(f, HALF, 5 * GIB, 0x3000);
    assert_mapped(f, HALF + 8 * MIB + 0x3000, 5 * GIB + 8 * MIB + 0x3000, GIB - 8 * MIB - 0x3000);
    for (uint64_t va = HALF + 8 * MIB + 0x3000; va < HALF + GIB; va += leaf_at(f, va).size_bytes) {
        const struct raw_leaf leaf = leaf_at(f, va);

        assert_int_equal(leaf.pat_index, before.pat_index);
        assert_int_equal(leaf.protection_key, before.protection_key);
        assert_int_equal(leaf.software, before.software);
        assert_int_equal(leaf.entry & (A | D | G | W | NX), A | D | G | W | NX);
    }
    assert_int_equal(f->arena.flush_count, 1);
    assert_range(&f->arena.flush[0], 0, HALF, GIB / (4 * KIB), 4 * KIB);
    assert_true(f->arena.flush[0].has_global);
}

static void both_ends_in_large_leaves_split_those_two_and_no_other(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 0, 16 * MIB, DATA, HOIST_LEAF_2M), HOIST_OK);
    assert_all_or_nothing(f, 2, unmap_bytes(f, HALF + 3 * MIB, 10 * MIB, HOIST_DROP_TABLES));
    assert_int_equal(unmap_bytes(f, HALF + 3 * MIB, 10 * MIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_leaves(f, 512, 2, 0);
    assert_mapped(f, HALF, 0, 3 * MIB);
    assert_mapped(f, HALF + 13 * MIB, 13 * MIB, 3 * MIB);
    assert_not_mapped(f, HALF + 3 * MIB, 10 * MIB);
}

static void a_range_that_ends_at_a_table_drops_only_its_own(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 0, 8 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(unmap_bytes(f, HALF + 0x1000, 6 * MIB - 0x1000, HOIST_DROP_TABLES), HOIST_OK);
    take_census(f);
    assert_int_equal(f->table_count[1], 2);
    assert_leaves(f, 1 + 512, 0, 0);
    assert_int_equal(unmap_bytes(f, HALF + 6 * MIB, 2 * MIB - 0x1000, HOIST_DROP_TABLES), HOIST_OK);
    take_census(f);
    assert_int_equal(f->table_count[1], 2);
    assert_leaves(f, 2, 0, 0);
}

/* At the flush the entries are gone, and the frames of the tables are not free yet. */
static void look_while_flushing(void *context, const struct hoist_flush *what)
{
    struct fixture *f = context;

    assert_false(is_mapped(f, HALF));
    assert_false(is_mapped(f, HALF + 2 * MIB + 0x3000));
    assert_int_equal(what->freed.frame_count, 2);
    assert_int_equal(arena_held(&f->arena), 6);
}

static void tables_are_freed_after_the_flush_and_not_before(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 0, 6 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    remember(f);
    f->arena.on_flush = look_while_flushing;
    f->arena.on_flush_context = f;
    assert_int_equal(unmap_bytes(f, HALF, 4 * MIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_int_equal(f->arena.flush_count, 1);
    assert_int_equal(f->arena.freed_unflushed, 0);
    assert_int_equal(arena_held(&f->arena), 4);
}

static void a_space_that_collects_keeps_the_tables_until_its_flush(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    assert_int_equal(map_bytes(f, HALF, 0, 6 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    collect(f, &list);
    remember(f);
    assert_int_equal(unmap_bytes(f, HALF, 2 * MIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_int_equal(unmap_bytes(f, HALF + 2 * MIB, 2 * MIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_flushed_nothing(f);
    assert_lists(&list, HALF, 1024, 4 * KIB);
    assert_int_equal(list.freed.frame_count, 2);
    assert_int_equal(arena_held(&f->arena), 6);
    hoist_flush_now(&f->space);
    assert_flushed_once(f, HALF, 1024, 4 * KIB);
    assert_int_equal(arena_held(&f->arena), 4);
    assert_lists_nothing(&list);
}

static void without_a_flush_hook_the_tables_go_back_at_the_end(void **state)
{
    struct fixture *f = *state;
    struct hoist_hooks quiet = arena_hooks;

    quiet.flush = NULL;
    f->space.hooks = &quiet;
    assert_int_equal(map_bytes(f, HALF, 0, 6 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(unmap_bytes(f, HALF, 6 * MIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 3);
    assert_leaves(f, 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(pages_in_the_middle_of_a_table_are_cleared_and_flushed_as_one_run),
        test_of(a_large_leaf_is_flushed_as_one_page_of_its_size),
        test_of(what_is_not_mapped_stays_so_and_nothing_is_flushed),
        test_of(tables_that_are_covered_whole_are_freed_with_all_below_them),
        test_of(a_whole_half_leaves_the_root_and_the_other_half),
        test_of(kept_tables_take_the_next_mapping_without_a_frame),
        test_of(a_partly_covered_leaf_is_split_and_the_rest_of_it_stays),
        test_of(both_ends_in_large_leaves_split_those_two_and_no_other),
        test_of(a_range_that_ends_at_a_table_drops_only_its_own),
        test_of(tables_are_freed_after_the_flush_and_not_before),
        test_of(a_space_that_collects_keeps_the_tables_until_its_flush),
        test_of(without_a_flush_hook_the_tables_go_back_at_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
