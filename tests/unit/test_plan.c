/* SPDX-License-Identifier: BSD-2-Clause */
/* The first address space as a list: what is on it, where, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan_expected.h"

static void everything_has_its_place_name_rights_and_leaf_size(void **state)
{
    struct fixture *f = *state;

    must_make(f);
    assert_plan(f, TRAMPOLINE, LOW_RAM, LOW_RAM_2, DIRECT_PIECES, STACK(WINDOW), HANDOFF(WINDOW),
                KERNEL_PARTS);
    assert_int_equal(f->places.direct_map_va, DIRECT);
    assert_int_equal(f->places.stack_va, WINDOW + PAGE);
    assert_int_equal(f->places.handoff_va, WINDOW + 18 * PAGE);
    assert_int_equal(f->places.framebuffer_va, 0);
    assert_int_equal(plan_direct_map_size(&f->plan), 128 * MIB);
}

static void a_page_that_segments_share_is_mapped_once(void **state)
{
    struct fixture *f = *state;

    f->input.wx_strict = false;
    forget_kernel(f);
    add_segment(f, KERNEL + 0x123, PAGE + 0x100, "w");    /* pages 0 and 1 */
    add_segment(f, KERNEL + PAGE + 0x400, 0x10, "w");     /* within page 1 */
    add_segment(f, KERNEL + PAGE + 0x800, 2 * PAGE, "w"); /* pages 1, 2 and 3 */
    add_segment(f, KERNEL + 4 * PAGE, 1, "x");            /* page 4 */
    add_segment(f, KERNEL + 6 * PAGE + 8, PAGE - 8, "");  /* page 6: 5 is a gap */
    must_make(f);
    assert_plan(f, TRAMPOLINE, LOW_RAM, LOW_RAM_2, DIRECT_MAP(2 * MIB, 128 * MIB, HOIST_LEAF_1G),
                STACK(WINDOW), HANDOFF(WINDOW), SEGMENT(0, 0, 2, RW), SEGMENT(2, 2, 2, RW),
                SEGMENT(3, 4, 1, RX), SEGMENT(4, 6, 1, RO));
}

static void what_is_writable_and_executable_is_refused(void **state)
{
    struct fixture *f = *state;

    add_segment(f, KERNEL + 8 * PAGE, PAGE, "wx");
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_RIGHTS);
    assert_string_equal(sentence_of(f), "the range \"kernel segment 3\" at 0xffffffff80008000 is "
                                        "both writable and executable");
}

/* Segments at the ends of what an ELF kernel may take, with the place for the stack then. */
static void the_stack_keeps_clear_of_the_kernel(void **state)
{
    static const struct {
        uint64_t kernel, size_bytes, window;
    } all[] = {
        {WINDOW + GIB - 1, 1, WINDOW - GIB},
        {WINDOW + GIB, 1, WINDOW},
        {WINDOW, 1, WINDOW - GIB},
        {WINDOW - PAGE, PAGE, WINDOW},
        {WINDOW - 1, 2, WINDOW - 2 * GIB},
        {WINDOW + 5 * PAGE, PAGE, WINDOW - GIB},
        {WINDOW - 7 * GIB, 9 * GIB, WINDOW - 8 * GIB},
        {UINT64_MAX - 2 * PAGE + 1, PAGE, WINDOW}, /* as high as a kernel may lie */
        {UINT64_C(0xffffc00000000000), GIB, WINDOW},
        {TOP_512G + GIB, WINDOW - TOP_512G, TOP_512G},
        {TOP_512G - GIB, GIB, WINDOW},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < LENGTH(all); i++) {
        forget_kernel(f);
        f->input.wx_strict = false; /* such kernels share frames with everything */
        add_segment(f, all[i].kernel, all[i].size_bytes, "w");
        f->input.framebuffer.size_bytes = 0;
        must_make(f);
        assert_int_equal(f->places.stack_va, all[i].window + PAGE);
        assert_int_equal(f->places.handoff_va, all[i].window + 18 * PAGE);
        assert_string_equal(range_at(f, all[i].window + PAGE)->name, "stack");
        assert_string_equal(range_at(f, all[i].window + 18 * PAGE)->name, "hand-off");
    }
}

static void a_kernel_that_leaves_no_gigabyte_for_the_stack_is_refused(void **state)
{
    struct fixture *f = *state;

    forget_kernel(f);
    add_segment(f, TOP_512G + GIB - 1, WINDOW - TOP_512G, "w");
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_TAKEN);
    assert_string_equal(sentence_of(f),
                        "no place is left for the loader's window from 0xffffff8000000000 on: "
                        "the kernel at 0xffffff803ffff000 is in the way");
}

static void a_page_that_is_executable_here_and_writable_there_is_refused(void **state)
{
    struct fixture *f = *state;

    f->input.trampoline.pa = STACK_PA;
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_ALIAS);
    assert_string_equal(sentence_of(f),
                        "the physical page 0x4000000 is in \"trampoline\" and in \"stack\": "
                        "writable through one, executable through the other");
    f->input.wx_strict = false;
    must_make(f);
}

static void a_page_with_two_cache_types_is_refused(void **state)
{
    struct fixture *f = *state;

    f->input.framebuffer = (struct plan_frames){70 * MIB + PAGE, PAGE};
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_TWO_CACHES);
    assert_string_equal(sentence_of(f),
                        "the physical page 0x4601000 is in \"framebuffer\" and in \"direct map\", "
                        "with two cache types");
}

static void a_plan_without_room_is_refused_and_the_promised_room_is_enough(void **state)
{
    struct fixture *f = *state;
    size_t count;

    /* Every piece that splits: a run that crosses 2 MiB, and read-only pages in the middle of runs. */
    forget_memory(f);
    add_memory(f, PAGE, 68 * MIB, MEMORY_FREE);
    add_memory(f, 68 * MIB + PAGE, 69 * MIB, MEMORY_FREE);
    f->input.framebuffer = (struct plan_frames){3 * GIB, 3 * PAGE};
    must_make(f);
    count = f->plan.count;
    assert_int_equal(count, 3 + 4 + 8);
    for (size_t capacity = 0; capacity < count; capacity++) {
        assert_false(make_with_capacity(f, capacity));
        assert_int_equal(f->problem.kind, PROBLEM_PLAN_TOO_LONG);
        assert_int_equal(f->problem.numbers[0], capacity);
    }
    assert_string_equal(
        sentence_of(f),
        "the range \"direct map\" is one more than the 14 that a plan has room for");
    assert_true(make_with_capacity(f, count));
}

static void counted_frames_are_those_that_building_takes(void **state)
{
    struct fixture *f = *state;

    must_build(f);
    assert_int_equal(f->frames.taken, f->tables.frame_count);
    /*
     * PML4; low: PDPT, PD, PT; direct map: PDPT, PD, and PTs of 0, of the kernel, of hand-off and
     * of trampoline; top: PDPT, and PD and PT of two gigabytes
     */
    assert_int_equal(f->tables.frame_count, 1 + 3 + 2 + 4 + 1 + 2 * 2);
    f->cpu.levels = 5;
    must_build(f);
    assert_int_equal(f->frames.taken, f->tables.frame_count);
    assert_int_equal(f->tables.frame_count, 1 + 1 + 3 + 1 + 6 + 1 + 2 * 2);
}

static void what_no_table_can_map_is_found_by_counting(void **state)
{
    struct fixture *f = *state;
    uint64_t frame_count = 77;

    f->input.trampoline.pa = UINT64_C(1) << 47; /* no address of a 4-level space */
    must_make(f);
    assert_int_equal(hoist_space_init(&f->space, &f->cpu, &frames_hooks, &f->frames), HOIST_OK);
    assert_false(plan_count(&f->plan, &f->space, &frame_count, &f->problem));
    assert_int_equal(f->problem.kind, PROBLEM_TABLES_COUNT);
    assert_string_equal(sentence_of(f), "the page tables for \"trampoline\" at 0x800000000000 "
                                        "(4 KiB) cannot be counted: virtual address not canonical");
    f->input.trampoline.pa = LANDING;
    f->cpu.physical_bits = 32;
    forget_memory(f);
    add_memory(f, 4 * GIB - 2 * MIB, 4 * GIB + 2 * MIB, MEMORY_FREE);
    must_make(f);
    assert_int_equal(hoist_space_init(&f->space, &f->cpu, &frames_hooks, &f->frames), HOIST_OK);
    assert_false(plan_count(&f->plan, &f->space, &frame_count, &f->problem));
    assert_string_equal(sentence_of(f), "the page tables for \"direct map\" at 0xffff8000ffe00000 "
                                        "(4 MiB) cannot be counted: physical address wider than "
                                        "the CPU's");
    assert_int_equal(frame_count, 77);
}

static void building_without_frames_fails_with_a_sentence(void **state)
{
    struct fixture *f = *state;

    must_make(f);
    frames_open(&f->frames, 0);
    assert_int_equal(hoist_space_init(&f->space, &f->cpu, &frames_hooks, &f->frames), HOIST_OK);
    assert_false(plan_build(&f->plan, &f->space, &f->problem));
    assert_int_equal(f->problem.kind, PROBLEM_TABLES_BUILD);
    assert_string_equal(sentence_of(f),
                        "the page tables for \"trampoline\" at 0x4200000 (4 KiB) cannot be built: "
                        "no frame for a PML4 table");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(everything_has_its_place_name_rights_and_leaf_size),
        test_of(a_page_that_segments_share_is_mapped_once),
        test_of(what_is_writable_and_executable_is_refused),
        test_of(the_stack_keeps_clear_of_the_kernel),
        test_of(a_kernel_that_leaves_no_gigabyte_for_the_stack_is_refused),
        test_of(a_page_that_is_executable_here_and_writable_there_is_refused),
        test_of(a_page_with_two_cache_types_is_refused),
        test_of(a_plan_without_room_is_refused_and_the_promised_room_is_enough),
        test_of(counted_frames_are_those_that_building_takes),
        test_of(what_no_table_can_map_is_found_by_counting),
        test_of(building_without_frames_fails_with_a_sentence),
    };

    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
