/* SPDX-License-Identifier: BSD-2-Clause */
/* The framebuffer in the plan: in the window with stack and hand-off, wherever and however large it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan_fixture.h"

static void set_screen(struct fixture *f, uint64_t from, uint64_t to)
{
    f->input.framebuffer = (struct plan_frames){from, to - from};
}

static void it_is_mapped_behind_the_hand_off_at_its_offset_modulo_2m(void **state)
{
    struct fixture *f = *state;
    const struct plan_range *range;

    set_screen(f, UINT64_C(0xc0345000), UINT64_C(0xc0345000) + 5 * MIB);
    must_make(f);
    assert_int_equal(f->places.stack_va, WINDOW + PAGE);
    assert_int_equal(f->places.framebuffer_va, WINDOW + 2 * MIB + 0x145000);
    range = range_at(f, f->places.framebuffer_va);
    assert_string_equal(range->name, "framebuffer");
    assert_int_equal(range->pa, UINT64_C(0xc0345000));
    assert_int_equal(range->size_bytes, 5 * MIB);
    assert_int_equal(range->access.rights, HOIST_READ | HOIST_WRITE);
    assert_int_equal(range->access.cache, HOIST_WRITE_COMBINING);
    assert_int_equal(range->largest, HOIST_LEAF_2M);
    f->input.framebuffer_cache = HOIST_UNCACHED;
    must_make(f);
    assert_int_equal(range_at(f, f->places.framebuffer_va)->access.cache, HOIST_UNCACHED);
}

static void without_one_there_is_no_place_for_it(void **state)
{
    struct fixture *f = *state;

    must_make(f);
    assert_int_equal(f->places.framebuffer_va, 0);
    for (size_t i = 0; i < f->plan.count; i++) {
        assert_string_not_equal(f->plan.ranges[i].name, "framebuffer");
    }
}

static void a_leaf_of_it_does_not_reach_over_a_change_of_memory_type(void **state)
{
    struct fixture *f = *state;

    f->mtrr = (struct mtrr){.default_type = 0x806, .physical_bits = 40, .count = 1};
    f->mtrr.registers[0] = (struct mtrr_register){3 * GIB, (UINT64_C(1) << 40) - 4 * MIB + 0x800};
    set_screen(f, 3 * GIB, 3 * GIB + 8 * MIB);
    must_make(f);
    assert_int_equal(range_at(f, f->places.framebuffer_va)->size_bytes, 4 * MIB);
    assert_int_equal(range_at(f, f->places.framebuffer_va + 4 * MIB)->size_bytes, 4 * MIB);
}

/* Sizes, with the gigabytes that the window takes then. */
static void the_window_takes_as_many_gigabytes_as_it_needs(void **state)
{
    static const struct {
        uint64_t pa, size_bytes, gigabytes;
    } all[] = {
        {3 * GIB, PAGE, 1},
        {3 * GIB, GIB - 2 * MIB, 1},
        {3 * GIB, GIB - 2 * MIB + PAGE, 2},
        {3 * GIB, GIB, 2},
        {3 * GIB + 2 * MIB - PAGE, 3 * GIB - 4 * MIB + PAGE, 3},
        {UINT64_C(0x38000000000), 256 * MIB, 1}, /* above 512 GiB, as in a 64-bit window */
        {(UINT64_C(1) << 52) - 4 * MIB, 4 * MIB, 1},
        {3 * GIB, 100 * GIB, 101},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < LENGTH(all); i++) {
        const uint64_t window = WINDOW + GIB - all[i].gigabytes * GIB;
        uint64_t va;

        set_screen(f, all[i].pa, all[i].pa + all[i].size_bytes);
        must_build(f);
        va = f->places.framebuffer_va;
        assert_int_equal(f->places.stack_va, window + PAGE);
        assert_int_equal(va, window + 2 * MIB + all[i].pa % (2 * MIB));
        assert_true(va + all[i].size_bytes <= WINDOW + GIB);
        assert_int_equal(range_at(f, va)->pa, all[i].pa);
        assert_int_equal(range_at(f, va)->size_bytes, all[i].size_bytes);
    }
}

static void the_window_keeps_clear_of_the_kernel(void **state)
{
    struct fixture *f = *state;

    forget_kernel(f);
    add_segment(f, WINDOW - PAGE, PAGE, "x");
    set_screen(f, 3 * GIB, 3 * GIB + PAGE);
    must_make(f);
    assert_int_equal(f->places.stack_va, WINDOW + PAGE);
    assert_int_equal(f->places.framebuffer_va, WINDOW + 2 * MIB);
    set_screen(f, 3 * GIB, 5 * GIB); /* three gigabytes in all */
    must_make(f);
    assert_int_equal(f->places.stack_va, WINDOW - 4 * GIB + PAGE);
    assert_int_equal(f->places.framebuffer_va, WINDOW - 4 * GIB + 2 * MIB);
}

static void without_a_place_for_it_there_is_no_plan(void **state)
{
    struct fixture *f = *state;

    set_screen(f, 3 * GIB, 103 * GIB + PAGE);
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_TOO_LARGE);
    assert_string_equal(sentence_of(f), "the framebuffer of 104857604 KiB is too large; there is "
                                        "room in the address space for 100 GiB");
    f->input.framebuffer = (struct plan_frames){PAGE, UINT64_MAX - PAGE + 1};
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_TOO_LARGE);
    set_screen(f, 3 * GIB, 12 * GIB);
    f->input.stack.size_bytes = 101 * GIB;
    assert_false(make(f));
    assert_string_equal(sentence_of(f), "the stack of 101 GiB is too large; there is room in the "
                                        "address space for 100 GiB");
    f->input.stack.size_bytes = PAGE;
    forget_kernel(f);
    add_segment(f, TOP_512G + GIB, 502 * GIB, "w");
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_TAKEN);
    assert_string_equal(sentence_of(f),
                        "no place is left for the loader's window from 0xffffff8000000000 on: the "
                        "kernel at 0xffffff8040000000 is in the way");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(it_is_mapped_behind_the_hand_off_at_its_offset_modulo_2m),
        test_of(without_one_there_is_no_place_for_it),
        test_of(a_leaf_of_it_does_not_reach_over_a_change_of_memory_type),
        test_of(the_window_takes_as_many_gigabytes_as_it_needs),
        test_of(the_window_keeps_clear_of_the_kernel),
        test_of(without_a_place_for_it_there_is_no_plan),
    };

    return cmocka_run_group_tests_name("plan: framebuffer", tests, NULL, NULL);
}
