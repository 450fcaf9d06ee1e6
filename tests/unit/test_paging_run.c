/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs of a visit: what goes on is one, whatever leaves and tables it is made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA hoist_kernel_data()

#define RUNS_LIMIT 32u

static struct {
    struct hoist_run runs[RUNS_LIMIT];
    unsigned count;
    unsigned stop_at; /* the how-manieth run ends the visit; 0: none */
    unsigned leaf_count;
} seen;

static enum hoist_result see_run(void *context, const struct hoist_run *run)
{
    assert_ptr_equal(context, &seen);
    assert_true(seen.count < RUNS_LIMIT);
    seen.runs[seen.count++] = *run;
    return seen.count == seen.stop_at ? HOIST_STOPPED : HOIST_OK;
}

static enum hoist_result see_leaf(void *context, const struct hoist_leaf *leaf)
{
    (void)context;
    (void)leaf;
    seen.leaf_count++;
    return HOIST_OK;
}

static enum hoist_result look(struct fixture *f, uint64_t first, uint64_t last, uint64_t budget)
{
    const struct hoist_visitor visitor = {
        .run = see_run, .context = &seen, .budget_entries = budget};

    seen.count = 0;
    return hoist_visit(&f->space, hoist_va_of(first), hoist_va_of(last), &visitor);
}

static void assert_runs(struct fixture *f, unsigned count)
{
    assert_int_equal(look(f, 0, ~UINT64_C(0), 0), HOIST_OK);
    assert_int_equal(seen.count, count);
}

static void assert_run(unsigned i, uint64_t va, uint64_t pa, uint64_t size)
{
    assert_int_equal(seen.runs[i].va.value, va);
    assert_int_equal(seen.runs[i].pa.value, pa);
    assert_int_equal(seen.runs[i].size_bytes, size);
}

static void a_run_goes_on_over_leaf_sizes_and_table_borders(void **state)
{
    struct fixture *f = *state;
    const uint64_t va = GIB - 2 * MIB - 0x3000;
    const uint64_t size = 0x3000 + 2 * MIB + 2 * GIB + 4 * MIB + 0x5000;

    seen.stop_at = 0;
    assert_int_equal(map_bytes(f, va, va, size, DATA, HOIST_LEAF_1G), HOIST_OK);
    assert_runs(f, 1);
    assert_run(0, va, va, size);
    assert_int_equal(seen.runs[0].leaf_count[1], 8);
    assert_int_equal(seen.runs[0].leaf_count[2], 3);
    assert_int_equal(seen.runs[0].leaf_count[3], 2);
    assert_int_equal(seen.runs[0].leaf.rights, HOIST_READ | HOIST_WRITE);
    assert_int_equal(seen.runs[0].effective.rights, HOIST_READ | HOIST_WRITE);
}

static void a_hole_or_a_jump_in_memory_begins_another_run(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, 0, 0, 0x8000, DATA, 1), HOIST_OK);
    assert_int_equal(map_bytes(f, 0x8000, GIB, 0x1000, DATA, 1), HOIST_OK);
    assert_int_equal(map_bytes(f, 0x9000, GIB, 0x1000, DATA, 1), HOIST_OK);
    assert_int_equal(map_bytes(f, 0xb000, GIB + 0x2000, 0x1000, DATA, 1), HOIST_OK);
    assert_int_equal(map_bytes(f, 4 * MIB, 0, 2 * MIB, DATA, 2), HOIST_OK);
    assert_runs(f, 5);
    assert_run(0, 0, 0, 0x8000);
    assert_run(1, 0x8000, GIB, 0x1000);
    assert_run(2, 0x9000, GIB, 0x1000);
    assert_run(3, 0xb000, GIB + 0x2000, 0x1000);
    assert_run(4, 4 * MIB, 0, 2 * MIB);
}

static void every_part_of_the_access_separates_runs_and_state_does_not(void **state)
{
    static const struct hoist_access others[] = {
        {HOIST_READ, 0, 0, 0},
        {HOIST_READ | HOIST_WRITE | HOIST_EXECUTE, 0, 0, 0},
        {HOIST_READ | HOIST_WRITE | HOIST_GLOBAL, 0, 0, 0},
        {HOIST_READ | HOIST_WRITE | HOIST_USER, 0, 0, 0},
        {HOIST_READ | HOIST_WRITE, HOIST_WRITE_THROUGH, 0, 0},
        {HOIST_READ | HOIST_WRITE, HOIST_WRITE_PROTECTED, 0, 0},
        {HOIST_READ | HOIST_WRITE, 0, 8, 0},
        {HOIST_READ | HOIST_WRITE, 0, 0, 1},
        {HOIST_READ | HOIST_WRITE, 0, 0, 0x200}};
    struct fixture *f = *state;

    for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
        fixture_restart(f, fixture_cpu(4));
        assert_int_equal(map_bytes(f, 0, 0, 0x9000, DATA, 1), HOIST_OK);
        assert_int_equal(protect_bytes(f, 0x4000, 0x1000, others[i]), HOIST_OK);
        assert_runs(f, 3);
        assert_run(0, 0, 0, 0x4000);
        assert_run(1, 0x4000, 0x4000, 0x1000);
        assert_run(2, 0x5000, 0x5000, 0x4000);
        assert_memory_equal(&seen.runs[1].leaf, &others[i], sizeof others[i]);
    }
    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(map_bytes(f, 0, 0, 0x9000, DATA, 1), HOIST_OK);
    *entry_at(f, 0x4000, 1) |= A | D;
    assert_runs(f, 1);
}

static void where_links_leave_less_another_run_begins(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, 0, 0, 6 * MIB, DATA, 1), HOIST_OK);
    *entry_at(f, 2 * MIB, 2) &= ~W;
    assert_runs(f, 3);
    assert_run(1, 2 * MIB, 2 * MIB, 2 * MIB);
    assert_int_equal(seen.runs[1].leaf.rights, HOIST_READ | HOIST_WRITE);
    assert_int_equal(seen.runs[1].effective.rights, HOIST_READ);
    assert_int_equal(seen.runs[2].effective.rights, HOIST_READ | HOIST_WRITE);
}

static void a_run_ends_at_the_canonical_hole_and_at_the_top(void **state)
{
    struct fixture *f = *state;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        const uint64_t half = levels == 4 ? BIT(47) : BIT(56);

        fixture_restart(f, fixture_cpu(levels));
        assert_int_equal(map_bytes(f, half - 0x1000, 0, 0x1000, DATA, 1), HOIST_OK);
        assert_int_equal(map_bytes(f, -half, 0x1000, 0x1000, DATA, 1), HOIST_OK);
        assert_int_equal(map_bytes(f, -UINT64_C(0x2000), 0x2000, 0x2000, DATA, 1), HOIST_OK);
        assert_runs(f, 3);
        assert_run(0, half - 0x1000, 0, 0x1000);
        assert_run(1, -half, 0x1000, 0x1000);
        assert_run(2, -UINT64_C(0x2000), 0x2000, 0x2000);
    }
}

static void the_first_may_begin_before_and_the_last_end_after_what_is_visited(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, GIB, 0, 2 * GIB, DATA, 3), HOIST_OK);
    assert_int_equal(look(f, GIB + 0x5000, GIB + 0x5fff, 0), HOIST_OK);
    assert_int_equal(seen.count, 1);
    assert_run(0, GIB, 0, GIB);
    assert_int_equal(look(f, 2 * GIB - 1, 2 * GIB, 0), HOIST_OK);
    assert_int_equal(seen.count, 1);
    assert_run(0, GIB, 0, 2 * GIB);
    assert_int_equal(look(f, 0, GIB - 1, 0), HOIST_OK);
    assert_int_equal(seen.count, 0);
}

static void a_run_can_stop_the_visit(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, 0, 0, 0x1000, DATA, 1), HOIST_OK);
    assert_int_equal(map_bytes(f, 0x2000, 0, 0x1000, DATA, 1), HOIST_OK);
    for (seen.stop_at = 1; seen.stop_at <= 2; seen.stop_at++) {
        assert_int_equal(look(f, 0, ~UINT64_C(0), 0), HOIST_STOPPED);
        assert_int_equal(seen.count, seen.stop_at);
    }
    seen.stop_at = 0;
}

static void the_budget_counts_entries_and_the_open_run_is_not_shown(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, 0, 0, 2 * MIB, DATA, 1), HOIST_OK);
    assert_int_equal(look(f, 0, 2 * MIB - 1, 3 + 512), HOIST_OK);
    assert_int_equal(seen.count, 1);
    assert_run(0, 0, 0, 2 * MIB);
    assert_int_equal(look(f, 0, 2 * MIB - 1, 3 + 511), HOIST_TOO_MUCH);
    assert_int_equal(seen.count, 0);
    assert_int_equal(look(f, 0, 2 * MIB - 1, 3 + 1), HOIST_TOO_MUCH);
}

static void leaves_and_runs_can_be_seen_in_one_visit(void **state)
{
    struct fixture *f = *state;
    const struct hoist_visitor both = {.leaf = see_leaf, .run = see_run, .context = &seen};

    assert_int_equal(map_bytes(f, 0, 0, 4 * MIB + 0x3000, DATA, 2), HOIST_OK);
    seen.count = 0;
    seen.leaf_count = 0;
    assert_int_equal(hoist_visit(&f->space, hoist_va_of(0), hoist_va_of(GIB), &both), HOIST_OK);
    assert_int_equal(seen.leaf_count, 5);
    assert_int_equal(seen.count, 1);
    assert_run(0, 0, 0, 4 * MIB + 0x3000);
    assert_int_equal(seen.runs[0].leaf_count[1], 3);
    assert_int_equal(seen.runs[0].leaf_count[2], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(a_run_goes_on_over_leaf_sizes_and_table_borders),
        test_of(a_hole_or_a_jump_in_memory_begins_another_run),
        test_of(every_part_of_the_access_separates_runs_and_state_does_not),
        test_of(where_links_leave_less_another_run_begins),
        test_of(a_run_ends_at_the_canonical_hole_and_at_the_top),
        test_of(the_first_may_begin_before_and_the_last_end_after_what_is_visited),
        test_of(a_run_can_stop_the_visit),
        test_of(the_budget_counts_entries_and_the_open_run_is_not_shown),
        test_of(leaves_and_runs_can_be_seen_in_one_visit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
