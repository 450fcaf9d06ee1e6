/* SPDX-License-Identifier: BSD-2-Clause */
/* The read-only visit: what it sees, in what order, and how it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "paging_fixture.h"

#define SEEN_LIMIT 2048u

struct seen {
    struct hoist_leaf leaf[SEEN_LIMIT];
    uint64_t leaf_count;
    uint64_t table_count[6];
    uint64_t order; /* of calls, to see that a table comes before what is in it */
    uint64_t order_of_first_leaf;
    uint64_t order_of_last_table;
    uint64_t root_pa;
    uint64_t stop_after; /* leaves; 0: never */
    enum hoist_result stop_with;
};

static enum hoist_result see_leaf(void *context, const struct hoist_leaf *leaf)
{
    struct seen *seen = context;

    if (seen->leaf_count < SEEN_LIMIT) {
        seen->leaf[seen->leaf_count] = *leaf;
    }
    seen->order++;
    if (seen->leaf_count++ == 0) {
        seen->order_of_first_leaf = seen->order;
    }
    return seen->leaf_count == seen->stop_after ? seen->stop_with : HOIST_OK;
}

static enum hoist_result see_table(void *context, struct hoist_frame_4k frame, unsigned level)
{
    struct seen *seen = context;

    assert_in_range(level, 1, 5);
    seen->table_count[level]++;
    seen->order_of_last_table = ++seen->order;
    if (seen->order == 1) {
        seen->root_pa = frame.pa;
    }
    return HOIST_OK;
}

static struct seen seen;

/* Visits from first to last, both inclusive, with everything remembered. */
static enum hoist_result look(struct fixture *f, uint64_t first, uint64_t last, uint64_t budget)
{
    const struct hoist_visitor visitor = {
        .leaf = see_leaf, .table = see_table, .context = &seen, .budget_entries = budget};
    const uint64_t stop_after = seen.stop_after;
    const enum hoist_result stop_with = seen.stop_with;

    memset(&seen, 0, sizeof seen);
    seen.stop_after = stop_after;
    seen.stop_with = stop_with;
    return hoist_visit(&f->space, hoist_va_of(first), hoist_va_of(last), &visitor);
}

static void assert_seen(struct fixture *f, uint64_t first, uint64_t last, uint64_t leaf_count)
{
    assert_int_equal(look(f, first, last, 0), HOIST_OK);
    assert_int_equal(seen.leaf_count, leaf_count);
    for (uint64_t i = 0; i + 1 < leaf_count; i++) {
        assert_true(seen.leaf[i].va.value < seen.leaf[i + 1].va.value);
    }
}

static void map_some(struct fixture *f)
{
    const struct hoist_access data = hoist_kernel_data();

    seen.stop_after = 0;
    assert_int_equal(map_bytes(f, 0x1000, 0x1000, 0x3000, data, 1), HOIST_OK);
    assert_int_equal(map_bytes(f, 4 * MIB, 4 * MIB, 4 * MIB, hoist_kernel_write_combining(), 2),
                     HOIST_OK);
    assert_int_equal(map_bytes(f, HALF, 2 * GIB, 2 * GIB, hoist_kernel_rodata(), 3), HOIST_OK);
    assert_int_equal(map_bytes(f, -UINT64_C(0x1000), 0x9000, 0x1000, hoist_kernel_text(), 1),
                     HOIST_OK);
}

static void all_leaves_are_seen_in_ascending_order_across_the_hole(void **state)
{
    struct fixture *f = *state;

    map_some(f);
    assert_seen(f, 0, ~UINT64_C(0), 8);
    assert_int_equal(seen.leaf[0].va.value, 0x1000);
    assert_int_equal(seen.leaf[0].pa.value, 0x1000);
    assert_int_equal(seen.leaf[0].size, HOIST_LEAF_4K);
    assert_int_equal(seen.leaf[0].leaf.rights, HOIST_READ | HOIST_WRITE);
    assert_int_equal(seen.leaf[0].entry, 0x1000 | P | W | NX);
    assert_int_equal(seen.leaf[3].va.value, 4 * MIB);
    assert_int_equal(seen.leaf[3].pa.value, 4 * MIB);
    assert_int_equal(seen.leaf[3].size, HOIST_LEAF_2M);
    assert_int_equal(seen.leaf[3].leaf.cache, HOIST_WRITE_COMBINING);
    assert_int_equal(seen.leaf[5].va.value, HALF);
    assert_int_equal(seen.leaf[6].va.value, HALF + GIB);
    assert_int_equal(seen.leaf[6].pa.value, 3 * GIB);
    assert_int_equal(seen.leaf[6].size, HOIST_LEAF_1G);
    assert_int_equal(seen.leaf[7].va.value, -UINT64_C(0x1000));
    assert_int_equal(seen.leaf[7].effective.rights, HOIST_READ | HOIST_EXECUTE);
}

static void every_table_is_announced_before_what_is_in_it(void **state)
{
    struct fixture *f = *state;

    map_some(f);
    assert_seen(f, 0, ~UINT64_C(0), 8);
    take_census(f);
    for (unsigned level = 1; level <= 5; level++) {
        assert_int_equal(seen.table_count[level], f->table_count[level]);
    }
    assert_int_equal(seen.root_pa, root_pa(f));
    assert_seen(f, 0x1000, 0x1fff, 1);
    assert_int_equal(seen.order_of_last_table, 4);
    assert_int_equal(seen.order_of_first_leaf, 5);
    assert_seen(f, -UINT64_C(0x1000), ~UINT64_C(0), 1);
    assert_int_equal(seen.order, 5);
}

static void five_levels_are_visited_too(void **state)
{
    struct fixture *f = *state;

    fixture_restart(f, fixture_cpu(5));
    map_some(f);
    assert_int_equal(map_bytes(f, UINT64_C(0xff00000000000000), 0, 0x1000, hoist_kernel_text(), 1),
                     HOIST_OK);
    assert_seen(f, 0, ~UINT64_C(0), 9);
    assert_int_equal(seen.leaf[5].va.value, UINT64_C(0xff00000000000000));
    assert_int_equal(seen.leaf[6].va.value, HALF);
    take_census(f);
    for (unsigned level = 1; level <= 5; level++) {
        assert_int_equal(seen.table_count[level], f->table_count[level]);
    }
}

static void only_the_part_that_was_asked_for_is_seen(void **state)
{
    struct fixture *f = *state;

    map_some(f);
    assert_seen(f, 0, 0xfff, 0);
    assert_seen(f, 0, 0x1000, 1);
    assert_seen(f, 0x2000, 0x2fff, 1);
    assert_int_equal(seen.leaf[0].va.value, 0x2000);
    assert_seen(f, 0x2fff, 0x3000, 2);
    assert_seen(f, 0x4000, 4 * MIB - 1, 0);
    assert_seen(f, 0x3000, 4 * MIB, 2);
    assert_seen(f, 6 * MIB - 1, 6 * MIB, 2);
    assert_seen(f, HALF + GIB, HALF + GIB, 1);
    assert_seen(f, HALF + GIB - 1, HALF + 512 * GIB, 2);
    assert_seen(f, HALF + 2 * GIB, ~UINT64_C(0), 1);
    assert_seen(f, 8 * MIB, HALF - 1 + GIB, 1);
    assert_seen(f, 0x3000, 0x1000, 0);
    assert_int_equal(seen.order, 0);
}

static void a_large_leaf_is_seen_whole_from_its_middle(void **state)
{
    struct fixture *f = *state;

    map_some(f);
    assert_seen(f, HALF + GIB + 0x12345, HALF + GIB + 0x12345, 1);
    assert_int_equal(seen.leaf[0].va.value, HALF + GIB);
    assert_int_equal(seen.leaf[0].pa.value, 3 * GIB);
}

static void an_end_in_the_hole_is_refused(void **state)
{
    struct fixture *f = *state;

    map_some(f);
    assert_int_equal(look(f, 0, HALF - 1, 0), HOIST_NOT_CANONICAL);
    assert_int_equal(look(f, UINT64_C(0x0000800000000000), ~UINT64_C(0), 0), HOIST_NOT_CANONICAL);
    assert_int_equal(seen.order, 0);
}

static void an_empty_space_shows_nothing(void **state)
{
    struct fixture *f = *state;

    assert_seen(f, 0, ~UINT64_C(0), 0);
    assert_int_equal(seen.order, 0);
}

static void callbacks_may_be_left_out(void **state)
{
    struct fixture *f = *state;
    const struct hoist_visitor nothing = {0};

    map_some(f);
    assert_int_equal(hoist_visit(&f->space, hoist_va_of(0), hoist_va_of(~UINT64_C(0)), &nothing),
                     HOIST_OK);
}

static void a_visitor_can_stop_with_any_answer(void **state)
{
    struct fixture *f = *state;

    map_some(f);
    seen.stop_after = 4;
    seen.stop_with = HOIST_STOPPED;
    assert_int_equal(look(f, 0, ~UINT64_C(0), 0), HOIST_STOPPED);
    assert_int_equal(seen.leaf_count, 4);
    seen.stop_with = HOIST_BAD_CPU;
    assert_int_equal(look(f, 0, ~UINT64_C(0), 0), HOIST_BAD_CPU);
    assert_int_equal(seen.leaf_count, 4);
    seen.stop_after = 0;
}

static enum hoist_result stop_at_a_page_table(void *context, struct hoist_frame_4k frame,
                                              unsigned level)
{
    (void)frame;
    ++*(unsigned *)context;
    return level == 1 ? HOIST_STOPPED : HOIST_OK;
}

static void a_table_callback_can_stop_too(void **state)
{
    struct fixture *f = *state;
    unsigned calls = 0;
    const struct hoist_visitor visitor = {
        .leaf = see_leaf, .table = stop_at_a_page_table, .context = &calls};

    map_some(f);
    memset(&seen, 0, sizeof seen);
    assert_int_equal(hoist_visit(&f->space, hoist_va_of(0), hoist_va_of(~UINT64_C(0)), &visitor),
                     HOIST_STOPPED);
    assert_int_equal(calls, 4);
    assert_int_equal(seen.leaf_count, 0);
}

static void the_budget_is_exact(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, 0, 0, 0x1000, hoist_kernel_data(), 1), HOIST_OK);
    assert_int_equal(look(f, 0, ~UINT64_C(0), 4 * 512), HOIST_OK);
    assert_int_equal(look(f, 0, ~UINT64_C(0), 4 * 512 - 1), HOIST_TOO_MUCH);
    assert_int_equal(seen.leaf_count, 1);
    assert_int_equal(look(f, 0, 0xfff, 4), HOIST_OK);
    assert_int_equal(look(f, 0, 0xfff, 3), HOIST_TOO_MUCH);
    assert_int_equal(seen.leaf_count, 0);
}

static void tables_that_point_at_themselves_end_by_the_budget(void **state)
{
    struct fixture *f = *state;
    uint64_t pa;
    uint64_t *root = arena_foreign(&f->arena, &pa);
    const struct hoist_frame_4k frame = {pa};

    for (unsigned i = 0; i < 512; i++) {
        root[i] = pa | P | W;
    }
    assert_int_equal(hoist_space_open(&f->space, frame), HOIST_OK);
    seen.stop_after = 0;
    assert_int_equal(look(f, 0, ~UINT64_C(0), 100000), HOIST_TOO_MUCH);
    assert_in_range(seen.leaf_count, 90000, 100000);
}

static void a_recursive_slot_is_gone_through_once_per_level(void **state)
{
    struct fixture *f = *state;
    const uint64_t slot = 510;
    const uint64_t va = UINT64_C(0xffff000000000000) | slot << 39;

    assert_int_equal(map_bytes(f, 0, 0, 0x1000, hoist_kernel_data(), 1), HOIST_OK);
    *entry_at(f, slot << 39, 4) = root_pa(f) | P | W;
    seen.stop_after = 0;
    assert_seen(f, va, va | (512 * GIB - 1), 4);
    assert_int_equal(seen.leaf[3].va.value, va | slot << 30 | slot << 21 | slot << 12);
    assert_int_equal(seen.leaf[3].pa.value, root_pa(f));
}

static void effective_rights_are_the_intersection_of_all_links(void **state)
{
    struct fixture *f = *state;
    const uint8_t all = HOIST_READ | HOIST_WRITE | HOIST_EXECUTE | HOIST_USER;

    seen.stop_after = 0;
    for (unsigned level = 2; level <= 4; level++) {
        fixture_restart(f, fixture_cpu(4));
        assert_int_equal(map_bytes(f, 0, 0, 0x1000, rights_of(all), 1), HOIST_OK);
        assert_seen(f, 0, 0xfff, 1);
        assert_int_equal(seen.leaf[0].effective.rights, all);
        *entry_at(f, 0, level) &= ~W;
        assert_seen(f, 0, 0xfff, 1);
        assert_int_equal(seen.leaf[0].effective.rights, all & ~HOIST_WRITE);
        *entry_at(f, 0, level) |= W | NX;
        assert_seen(f, 0, 0xfff, 1);
        assert_int_equal(seen.leaf[0].effective.rights, all & ~HOIST_EXECUTE);
        *entry_at(f, 0, level) &= ~(U | NX);
        assert_seen(f, 0, 0xfff, 1);
        assert_int_equal(seen.leaf[0].effective.rights, all & ~HOIST_USER);
        assert_int_equal(seen.leaf[0].leaf.rights, all);
    }
}

static void a_visit_changes_nothing(void **state)
{
    struct fixture *f = *state;

    map_some(f);
    assert_refused(f, look(f, 0, ~UINT64_C(0), 0), HOIST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(all_leaves_are_seen_in_ascending_order_across_the_hole),
        test_of(every_table_is_announced_before_what_is_in_it),
        test_of(five_levels_are_visited_too),
        test_of(only_the_part_that_was_asked_for_is_seen),
        test_of(a_large_leaf_is_seen_whole_from_its_middle),
        test_of(an_end_in_the_hole_is_refused),
        test_of(an_empty_space_shows_nothing),
        test_of(callbacks_may_be_left_out),
        test_of(a_visitor_can_stop_with_any_answer),
        test_of(a_table_callback_can_stop_too),
        test_of(the_budget_is_exact),
        test_of(tables_that_point_at_themselves_end_by_the_budget),
        test_of(a_recursive_slot_is_gone_through_once_per_level),
        test_of(effective_rights_are_the_intersection_of_all_links),
        test_of(a_visit_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
