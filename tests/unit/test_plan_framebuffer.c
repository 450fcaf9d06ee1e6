/* SPDX-License-Identifier: BSD-2-Clause */
/* The framebuffer in the plan: out of the direct map, near the stack, wherever and however large it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan_fixture.h"

/* A part of the direct map, physical. */
struct part {
    uint64_t from;
    uint64_t to;
};

static void assert_direct_map(const struct fixture *f, const struct part *parts, size_t count)
{
    size_t seen = 0;

    for (size_t i = 0; i < f->plan.count; i++) {
        const struct plan_range *range = &f->plan.ranges[i];

        if (strcmp(range->name, "direct map") != 0) {
            continue;
        }
        assert_true(seen < count);
        assert_int_equal(range->va, DIRECT + range->pa);
        assert_int_equal(range->pa, parts[seen].from);
        assert_int_equal(range->pa + range->size_bytes, parts[seen].to);
        seen++;
    }
    assert_int_equal(seen, count);
}

#define assert_parts(f, ...)                            \
    do {                                                \
        const struct part wanted[] = {__VA_ARGS__};     \
        assert_direct_map((f), wanted, LENGTH(wanted)); \
    } while (0)

/* 4 to 8 MiB and 12 to 16 MiB. */
static void two_runs_of_ram(struct fixture *f)
{
    forget_memory(f);
    add_memory(f, 4 * MIB, 8 * MIB, MEMORY_FREE);
    add_memory(f, 12 * MIB, 16 * MIB, MEMORY_FREE);
}

static void set_screen(struct fixture *f, uint64_t from, uint64_t to)
{
    f->input.framebuffer = (struct plan_frames){from, to - from};
}

static void it_is_mapped_below_the_stack_at_its_offset_modulo_2m(void **state)
{
    struct fixture *f = *state;
    const struct plan_range *range;

    set_screen(f, UINT64_C(0xc0345000), UINT64_C(0xc0345000) + 5 * MIB);
    must_make(f);
    assert_int_equal(f->places.stack_va, WINDOW + PAGE);
    assert_int_equal(f->places.framebuffer_va, WINDOW - GIB + 0x145000);
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

static void in_ram_it_is_left_out_of_the_direct_map(void **state)
{
    struct fixture *f = *state;

    two_runs_of_ram(f);
    set_screen(f, 5 * MIB, 6 * MIB);
    must_make(f);
    assert_parts(f, {4 * MIB, 5 * MIB}, {6 * MIB, 8 * MIB}, {12 * MIB, 16 * MIB});
    set_screen(f, 4 * MIB, 5 * MIB);
    must_make(f);
    assert_parts(f, {5 * MIB, 8 * MIB}, {12 * MIB, 16 * MIB});
    set_screen(f, 7 * MIB, 8 * MIB);
    must_make(f);
    assert_parts(f, {4 * MIB, 7 * MIB}, {12 * MIB, 16 * MIB});
    set_screen(f, 4 * MIB, 8 * MIB);
    must_make(f);
    assert_parts(f, {12 * MIB, 16 * MIB});
    set_screen(f, 2 * MIB, 10 * MIB);
    must_make(f);
    assert_parts(f, {12 * MIB, 16 * MIB});
    set_screen(f, 7 * MIB, 13 * MIB);
    must_make(f);
    assert_parts(f, {4 * MIB, 7 * MIB}, {13 * MIB, 16 * MIB});
    set_screen(f, 15 * MIB, 17 * MIB);
    must_make(f);
    assert_parts(f, {4 * MIB, 8 * MIB}, {12 * MIB, 15 * MIB});
    assert_int_equal(plan_direct_map_size(&f->plan), 15 * MIB);
}

static void beside_ram_it_changes_nothing(void **state)
{
    struct fixture *f = *state;

    two_runs_of_ram(f);
    set_screen(f, 8 * MIB, 12 * MIB); /* touches both */
    must_make(f);
    assert_parts(f, {4 * MIB, 8 * MIB}, {12 * MIB, 16 * MIB});
    set_screen(f, 16 * MIB, 17 * MIB);
    must_make(f);
    assert_parts(f, {4 * MIB, 8 * MIB}, {12 * MIB, 16 * MIB});
    set_screen(f, 5 * MIB, 5 * MIB); /* none */
    must_make(f);
    assert_parts(f, {4 * MIB, 8 * MIB}, {12 * MIB, 16 * MIB});
    assert_int_equal(f->places.framebuffer_va, 0);
}

static void across_2_mib_both_parts_of_ram_keep_their_cut(void **state)
{
    struct fixture *f = *state;

    forget_memory(f);
    add_memory(f, PAGE, 8 * MIB, MEMORY_FREE);
    set_screen(f, MIB, MIB + PAGE);
    must_make(f);
    assert_parts(f, {PAGE, MIB}, {MIB + PAGE, 2 * MIB}, {2 * MIB, 8 * MIB});
    set_screen(f, MIB, 3 * MIB);
    must_make(f);
    assert_parts(f, {PAGE, MIB}, {3 * MIB, 8 * MIB});
}

/* Sizes, with the gigabytes that they take below the stack. */
static void it_takes_as_many_gigabytes_as_it_needs(void **state)
{
    static const struct {
        uint64_t pa, size_bytes, gigabytes;
    } all[] = {
        {3 * GIB, PAGE, 1},
        {3 * GIB, GIB - 2 * MIB, 1},
        {3 * GIB, GIB - 2 * MIB + PAGE, 2},
        {3 * GIB, GIB, 2},
        {3 * GIB + 2 * MIB - PAGE, 3 * GIB - 2 * MIB, 3},
        {UINT64_C(0x38000000000), 256 * MIB, 1}, /* above 512 GiB, as in a 64-bit window */
        {(UINT64_C(1) << 52) - 4 * MIB, 4 * MIB, 1},
        {3 * GIB, 500 * GIB, 501},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < LENGTH(all); i++) {
        uint64_t va;

        set_screen(f, all[i].pa, all[i].pa + all[i].size_bytes);
        must_build(f);
        va = f->places.framebuffer_va;
        assert_int_equal(va / (2 * MIB) * (2 * MIB), WINDOW - all[i].gigabytes * GIB);
        assert_int_equal(va % (2 * MIB), all[i].pa % (2 * MIB));
        assert_true(va + all[i].size_bytes <= WINDOW);
        assert_int_equal(range_at(f, va)->pa, all[i].pa);
        assert_int_equal(range_at(f, va)->size_bytes, all[i].size_bytes);
    }
}

static void it_keeps_clear_of_the_kernel(void **state)
{
    struct fixture *f = *state;

    forget_kernel(f);
    add_segment(f, WINDOW - PAGE, PAGE, "x");
    set_screen(f, 3 * GIB, 3 * GIB + PAGE);
    must_make(f);
    assert_int_equal(f->places.stack_va, WINDOW + PAGE);
    assert_int_equal(f->places.framebuffer_va, WINDOW - 2 * GIB);
    set_screen(f, 3 * GIB, 5 * GIB); /* three gigabytes, at any of them */
    must_make(f);
    assert_int_equal(f->places.framebuffer_va, WINDOW - 4 * GIB);
    forget_kernel(f);
    add_segment(f, WINDOW - 3 * GIB - PAGE, PAGE, "x");
    must_make(f);
    assert_int_equal(f->places.framebuffer_va, WINDOW - 3 * GIB);
}

static void without_a_place_for_it_there_is_no_plan(void **state)
{
    struct fixture *f = *state;

    set_screen(f, 3 * GIB, 3 * GIB + (WINDOW - TOP_512G) - 2 * MIB);
    must_make(f);
    assert_int_equal(f->places.framebuffer_va, TOP_512G);
    set_screen(f, 3 * GIB, 3 * GIB + (WINDOW - TOP_512G) - 2 * MIB + PAGE);
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_TOO_LARGE);
    assert_string_equal(sentence_of(f), "the framebuffer of 533723140 KiB is too large; there is "
                                        "room in the address space for 521214 MiB");
    f->input.framebuffer = (struct plan_frames){PAGE, UINT64_MAX - PAGE + 1};
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_TOO_LARGE);
    forget_kernel(f);
    add_segment(f, TOP_512G + GIB, 500 * GIB, "w");
    set_screen(f, 3 * GIB, 12 * GIB);
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_TAKEN);
    assert_string_equal(sentence_of(f),
                        "no place is left for the framebuffer from 0xffffff8000000000 on: the "
                        "kernel at 0xffffff8040000000 is in the way");
    forget_kernel(f);
    add_segment(f, TOP_512G + GIB, WINDOW - TOP_512G, "w"); /* the stack takes the last gigabyte */
    set_screen(f, 3 * GIB, 3 * GIB + PAGE);
    assert_false(make(f));
    assert_string_equal(sentence_of(f), "the framebuffer of 4 KiB is too large; there is room in "
                                        "the address space for 0 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(it_is_mapped_below_the_stack_at_its_offset_modulo_2m),
        test_of(in_ram_it_is_left_out_of_the_direct_map),
        test_of(beside_ram_it_changes_nothing),
        test_of(across_2_mib_both_parts_of_ram_keep_their_cut),
        test_of(it_takes_as_many_gigabytes_as_it_needs),
        test_of(it_keeps_clear_of_the_kernel),
        test_of(without_a_place_for_it_there_is_no_plan),
    };

    return cmocka_run_group_tests_name("plan: framebuffer", tests, NULL, NULL);
}
