/* SPDX-License-Identifier: BSD-2-Clause */
/* All leaves of a range with the right to change them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA hoist_kernel_data()

#define SEEN_LIMIT 32u

/* What the editor was shown, and what it shall answer. */
static struct {
    struct hoist_leaf leaves[SEEN_LIMIT];
    unsigned count;
    enum hoist_edit answer;
    struct hoist_access access;
    unsigned stop_at; /* the how-manieth leaf ends the edit; 0: none */
} plan;

static enum hoist_result edit_leaf(void *context, const struct hoist_leaf *leaf,
                                   enum hoist_edit *edit, struct hoist_access *access)
{
    assert_ptr_equal(context, &plan);
    assert_true(plan.count < SEEN_LIMIT);
    assert_memory_equal(access, &leaf->leaf, sizeof *access);
    plan.leaves[plan.count++] = *leaf;
    *edit = plan.answer;
    *access = plan.access;
    return plan.count == plan.stop_at ? HOIST_STOPPED : HOIST_OK;
}

static enum hoist_result edit(struct fixture *f, uint64_t first, uint64_t last, uint64_t budget)
{
    const struct hoist_editor editor = {edit_leaf, &plan, budget};

    plan.count = 0;
    return hoist_edit(&f->space, hoist_va_of(first), hoist_va_of(last), &editor);
}

/* A leaf of each size and two pages at the top. */
static void map_some(struct fixture *f)
{
    memset(&plan, 0, sizeof plan);
    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(put_4k(f, 0x1000, 0x1000, DATA), HOIST_OK);
    assert_int_equal(put_2m(f, 4 * MIB, 4 * MIB, DATA), HOIST_OK);
    assert_int_equal(put_1g(f, HALF, 2 * GIB, hoist_kernel_write_combining()), HOIST_OK);
    assert_int_equal(map_bytes(f, -UINT64_C(0x2000), 0x8000, 0x2000, DATA, 1), HOIST_OK);
    remember(f);
}

static void every_leaf_is_shown_in_order_across_the_hole(void **state)
{
    struct fixture *f = *state;

    map_some(f);
    assert_refused(f, edit(f, 0, ~UINT64_C(0), 0), HOIST_OK);
    assert_int_equal(plan.count, 5);
    assert_int_equal(plan.leaves[0].va.value, 0x1000);
    assert_int_equal(plan.leaves[1].size, HOIST_LEAF_2M);
    assert_int_equal(plan.leaves[2].va.value, HALF);
    assert_int_equal(plan.leaves[2].pa.value, 2 * GIB);
    assert_int_equal(plan.leaves[2].leaf.cache, HOIST_WRITE_COMBINING);
    assert_int_equal(plan.leaves[4].va.value, -UINT64_C(0x1000));
    assert_int_equal(edit(f, 4 * MIB + 0x5000, HALF + 0x7000, 0), HOIST_OK);
    assert_int_equal(plan.count, 2);
    assert_int_equal(plan.leaves[0].va.value, 4 * MIB);
    assert_int_equal(plan.leaves[1].va.value, HALF);
}

static void cleared_leaves_go_and_are_flushed(void **state)
{
    struct fixture *f = *state;

    map_some(f);
    plan.answer = HOIST_EDIT_CLEAR;
    assert_int_equal(edit(f, 0, HALF, 0), HOIST_OK);
    assert_leaves(f, 2, 0, 0);
    assert_int_equal(f->arena.flush_count, 1);
    assert_int_equal(f->arena.flush[0].range_count, 3);
    assert_range(&f->arena.flush[0], 0, 0x1000, 1, 4 * KIB);
    assert_range(&f->arena.flush[0], 1, 4 * MIB, 1, 2 * MIB);
    assert_range(&f->arena.flush[0], 2, HALF, 1, GIB);
    assert_false(f->arena.flush[0].has_global);
}

static void a_new_access_keeps_frame_size_and_state(void **state)
{
    struct fixture *f = *state;

    map_some(f);
    *entry_at(f, 4 * MIB, 2) |= A | D;
    plan.answer = HOIST_EDIT_SET;
    plan.access = hoist_access_of(HOIST_READ | HOIST_EXECUTE, HOIST_WRITE_PROTECTED);
    assert_int_equal(edit(f, 0, HALF, 0), HOIST_OK);
    assert_int_equal(*entry_at(f, 0x1000, 1), 0x1000 | P | PAT_SMALL);
    assert_int_equal(*entry_at(f, 4 * MIB, 2), 4 * MIB | P | PS | PAT_LARGE | A | D);
    assert_int_equal(*entry_at(f, HALF, 3), 2 * GIB | P | PS | PAT_LARGE);
    assert_leaves(f, 3, 1, 1);
    remember(f);
    assert_int_equal(edit(f, 0, HALF, 0), HOIST_OK);
    assert_flushed_nothing(f);
    assert_unchanged(f);
}

static void an_answer_ends_the_edit_with_the_leaves_before_changed(void **state)
{
    struct fixture *f = *state;

    map_some(f);
    plan.answer = HOIST_EDIT_CLEAR;
    plan.stop_at = 3;
    assert_int_equal(edit(f, 0, ~UINT64_C(0), 0), HOIST_STOPPED);
    assert_leaves(f, 2, 0, 1);
    assert_int_equal(f->arena.flush_count, 1);
    assert_int_equal(f->arena.flush[0].range_count, 2);
}

static void what_links_or_the_cpu_do_not_grant_is_refused(void **state)
{
    struct fixture *f = *state;

    map_some(f);
    plan.answer = HOIST_EDIT_SET;
    plan.access = rights_of(HOIST_READ | HOIST_USER);
    assert_refused(f, edit(f, 0, ~UINT64_C(0), 0), HOIST_NARROW_LINK);
    plan.access = rights_of(HOIST_WRITE);
    assert_refused(f, edit(f, 0, ~UINT64_C(0), 0), HOIST_NO_READ);
    plan.access = hoist_access_of(HOIST_READ, 9);
    assert_refused(f, edit(f, 0, ~UINT64_C(0), 0), HOIST_BAD_ACCESS);
    f->space.cpu.has_nx = false;
    plan.access = DATA;
    assert_refused(f, edit(f, 0, ~UINT64_C(0), 0), HOIST_NO_NX);
}

static void the_budget_is_exact(void **state)
{
    struct fixture *f = *state;

    memset(&plan, 0, sizeof plan);
    assert_int_equal(put_4k(f, 0, 0, DATA), HOIST_OK);
    assert_int_equal(edit(f, 0, 0xfff, 4), HOIST_OK);
    assert_int_equal(edit(f, 0, 0xfff, 3), HOIST_TOO_MUCH);
    assert_int_equal(plan.count, 0);
}

static void ends_in_the_hole_or_in_the_wrong_order_change_nothing(void **state)
{
    struct fixture *f = *state;

    map_some(f);
    plan.answer = HOIST_EDIT_CLEAR;
    assert_refused(f, edit(f, 0, HALF - 1, 0), HOIST_NOT_CANONICAL);
    assert_refused(f, edit(f, BIT(47), ~UINT64_C(0), 0), HOIST_NOT_CANONICAL);
    assert_refused(f, edit(f, 0x2000, 0x1000, 0), HOIST_OK);
    assert_int_equal(plan.count, 0);
}

static void a_space_that_collects_lists_what_was_changed(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    map_some(f);
    collect(f, &list);
    plan.answer = HOIST_EDIT_CLEAR;
    assert_int_equal(edit(f, -UINT64_C(0x2000), ~UINT64_C(0), 0), HOIST_OK);
    assert_flushed_nothing(f);
    assert_lists(&list, -UINT64_C(0x2000), 2, 4 * KIB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(every_leaf_is_shown_in_order_across_the_hole),
        test_of(cleared_leaves_go_and_are_flushed),
        test_of(a_new_access_keeps_frame_size_and_state),
        test_of(an_answer_ends_the_edit_with_the_leaves_before_changed),
        test_of(what_links_or_the_cpu_do_not_grant_is_refused),
        test_of(the_budget_is_exact),
        test_of(ends_in_the_hole_or_in_the_wrong_order_change_nothing),
        test_of(a_space_that_collects_lists_what_was_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
