/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables against the plan: what is right passes; pages and tables too few or too many are found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verify_fixture.h"

static void assert_leaves(struct fixture *f, uint64_t va, uint64_t of_4k, uint64_t of_2m,
                          uint64_t of_1g)
{
    const struct plan_range *range = range_at(f, va);

    assert_int_equal(range->leaf_count[HOIST_LEAF_4K], of_4k);
    assert_int_equal(range->leaf_count[HOIST_LEAF_2M], of_2m);
    assert_int_equal(range->leaf_count[HOIST_LEAF_1G], of_1g);
}

static void built_tables_pass_and_their_leaves_are_counted(void **state)
{
    struct fixture *f = *state;

    add_memory(f, 4 * GIB - 4 * MIB - PAGE, 6 * GIB + 2 * MIB + PAGE, MEMORY_FREE);
    f->input.framebuffer = (struct plan_frames){SCREEN_PA + PAGE, 4 * MIB};
    must_build(f);
    must_verify(f);
    must_verify(f); /* counts start anew */
    assert_leaves(f, LANDING, 1, 0, 0);
    assert_leaves(f, DIRECT + PAGE, 159, 0, 0);
    assert_leaves(f, DIRECT + 2 * MIB, 0, 63, 0);
    assert_leaves(f, DIRECT + 4 * GIB - 4 * MIB - PAGE, 2, 3, 2);
    assert_leaves(f, f->places.framebuffer_va, 512, 1, 0);
    assert_leaves(f, f->places.stack_va, 16, 0, 0);
    assert_leaves(f, KERNEL, 2, 0, 0);
}

static void every_cpu_passes(void **state)
{
    static const struct hoist_cpu cpus[] = {
        {4, 36, false, false, true}, {4, 40, false, true, false}, {4, 46, true, true, true},
        {5, 52, true, true, true},   {5, 52, true, false, true},
    };
    struct fixture *f = *state;

    add_memory(f, 4 * GIB, 6 * GIB, MEMORY_FREE);
    for (size_t i = 0; i < LENGTH(cpus); i++) {
        f->cpu = cpus[i];
        must_build(f);
        must_verify(f);
        assert_leaves(f, DIRECT + 4 * GIB, 0, f->cpu.has_1g_pages ? 0 : 1024,
                      f->cpu.has_1g_pages ? 2 : 0);
    }
}

static void an_empty_space_passes_for_an_empty_plan_alone(void **state)
{
    struct fixture *f = *state;

    must_make(f);
    assert_int_equal(hoist_space_init(&f->space, &f->cpu, &frames_hooks, &f->frames), HOIST_OK);
    f->tables = (struct verify_tables){FRAMES_PA, 0};
    assert_found(f, PROBLEM_VERIFY_MISSING,
                 "the page tables do not map 0x4200000 of \"trampoline\", which belongs to "
                 "0x4200000");
    f->plan.count = 0;
    must_verify(f);
}

static void what_the_cpu_writes_by_itself_does_not_count(void **state)
{
    struct fixture *f = *state;

    must_build(f);
    *entry(f, WINDOW + PAGE, 1) |= STATE;
    *entry(f, WINDOW + PAGE, 4) |= STATE;
    *entry(f, DIRECT + 2 * MIB, 2) |= STATE;
    must_verify(f);
}

static void a_missing_page_is_found_wherever_it_is(void **state)
{
    struct fixture *f = *state;

    must_build(f);
    must_verify(f);
    assert_bit_found(f, entry(f, LANDING, 1), PRESENT, PROBLEM_VERIFY_MISSING,
                     "the page tables do not map 0x4200000 of \"trampoline\", which belongs to "
                     "0x4200000");
    assert_bit_found(f, entry(f, WINDOW + 16 * PAGE, 1), PRESENT, PROBLEM_VERIFY_MISSING,
                     "the page tables do not map 0xffffffff40010000 of \"stack\", which belongs "
                     "to 0x400f000");
    assert_bit_found(f, entry(f, DIRECT + 66 * MIB, 2), PRESENT, PROBLEM_VERIFY_MISSING,
                     "the page tables do not map 0xffff800004200000 of \"direct map\", which "
                     "belongs to 0x4200000");
    assert_bit_found(f, entry(f, KERNEL + 5 * PAGE, 1), PRESENT, PROBLEM_VERIFY_MISSING,
                     "the page tables do not map 0xffffffff80005000 of \"kernel segment 2\", "
                     "which belongs to 0x205000");
    assert_bit_found(f, entry(f, KERNEL, 3), PRESENT, PROBLEM_VERIFY_MISSING,
                     "the page tables do not map 0xffffffff80000000 of \"kernel segment 0\", "
                     "which belongs to 0x200000");
    assert_bit_found(f, entry(f, KERNEL, 4), PRESENT, PROBLEM_VERIFY_MISSING,
                     "the page tables do not map 0xffffffff40001000 of \"stack\", which belongs "
                     "to 0x4000000");
}

static void a_page_too_many_is_found_wherever_it_is(void **state)
{
    struct fixture *f = *state;

    must_build(f);
    must_verify(f);
    assert_bit_found(f, entry(f, WINDOW, 1), 0x5000 | PRESENT, PROBLEM_VERIFY_EXTRA,
                     "the page tables map 0xffffffff40000000 to 0x5000, which is not in the plan");
    assert_bit_found(f, entry(f, WINDOW + 17 * PAGE, 1), STACK_PA | PRESENT | WRITABLE | NX,
                     PROBLEM_VERIFY_EXTRA,
                     "the page tables map 0xffffffff40011000 to 0x4000000, which is not in the "
                     "plan");
    assert_bit_found(f, entry(f, DIRECT, 1), PRESENT, PROBLEM_VERIFY_EXTRA,
                     "the page tables map 0xffff800000000000 to 0x0, which is not in the plan");
    assert_bit_found(f, entry(f, 0, 2), PRESENT | LARGE, PROBLEM_VERIFY_EXTRA,
                     "the page tables map 0x0 to 0x0, which is not in the plan");
    assert_bit_found(f, entry(f, KERNEL + 6 * PAGE, 1), PRESENT | 0x206000, PROBLEM_VERIFY_EXTRA,
                     "the page tables map 0xffffffff80006000 to 0x206000, which is not in the "
                     "plan");
    assert_bit_found(f, entry(f, UINT64_MAX, 3), PRESENT | LARGE, PROBLEM_VERIFY_EXTRA,
                     "the page tables map 0xffffffffc0000000 to 0x0, which is not in the plan");
}

/* A large leaf that maps the planned pages right, and more than those. */
static void a_leaf_that_reaches_beyond_its_range_is_found(void **state)
{
    struct fixture *f = *state;

    must_build(f);
    must_verify(f);
    *entry(f, KERNEL, 2) = KERNEL_PA | PRESENT | LARGE; /* executable, over all segments */
    assert_found(f, PROBLEM_VERIFY_EXTRA,
                 "the page tables map 0xffffffff80002000 to 0x202000, which is not in the plan");
    must_build(f);
    *entry(f, DIRECT, 2) = PRESENT | LARGE | WRITABLE | NX; /* begins before its range */
    assert_found(f, PROBLEM_VERIFY_EXTRA,
                 "the page tables map 0xffff800000000000 to 0x0, which is not in the plan");
    add_memory(f, 128 * MIB, 128 * MIB + 3 * PAGE, MEMORY_FREE);
    must_build(f);
    must_verify(f);
    *entry(f, DIRECT + 128 * MIB, 2) = 128 * MIB | PRESENT | LARGE | WRITABLE | NX;
    assert_found(f, PROBLEM_VERIFY_EXTRA,
                 "the page tables map 0xffff800008003000 to 0x8003000, which is not in the plan");
}

static void a_table_outside_its_run_is_found(void **state)
{
    const uint64_t address = UINT64_C(0x000ffffffffff000);
    struct fixture *f = *state;
    uint64_t *link;
    uint64_t spare;

    must_build(f);
    must_verify(f);
    spare = FRAMES_PA + f->tables.frame_count * PAGE;
    link = entry(f, KERNEL, 2);
    memcpy(frames_at(&f->frames, spare), frames_at(&f->frames, *link & address), PAGE);
    *link = (*link & ~address) | spare;
    assert_found(f, PROBLEM_VERIFY_TABLE_OUTSIDE,
                 "the page table at 0x7f00f000 is not among the frames for tables (48 KiB at "
                 "0x7f003000)");
    must_build(f);
    f->tables.pa += PAGE;
    assert_false(verify(f));
    assert_int_equal(f->problem.kind, PROBLEM_VERIFY_TABLE_OUTSIDE);
    assert_int_equal(f->problem.numbers[0], FRAMES_PA);
}

static void another_number_of_tables_than_counted_is_found(void **state)
{
    struct fixture *f = *state;

    must_build(f);
    f->tables.frame_count++;
    assert_found(f, PROBLEM_VERIFY_FRAMES_LESS,
                 "the page tables took 12 frames, fewer than the 13 that were counted");
    f->tables.frame_count--;
    *entry(f, UINT64_MAX, 3) = *entry(f, KERNEL, 3); /* the last gigabyte shares the kernel's PD */
    assert_found(f, PROBLEM_VERIFY_FRAMES_MORE,
                 "the page tables take 13 frames or more, where 12 were counted");
}

/* A table whose 512 entries all point to one table, whose entries all do the same. */
static void tables_that_come_again_and_again_end_the_visit(void **state)
{
    struct fixture *f = *state;
    uint64_t pa;

    must_build(f);
    pa = FRAMES_PA + f->tables.frame_count * PAGE;
    f->tables.frame_count += 3;
    *entry(f, UINT64_C(2) << 39, 4) = pa | PRESENT | WRITABLE;
    for (unsigned i = 0; i < 512; i++) {
        frames_at(&f->frames, pa)[i] = (pa + PAGE) | PRESENT | WRITABLE;
        frames_at(&f->frames, pa + PAGE)[i] = (pa + 2 * PAGE) | PRESENT | WRITABLE;
    }
    assert_found(f, PROBLEM_VERIFY_FRAMES_MORE,
                 "the page tables take 16 frames or more, where 15 were counted");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of_verify(built_tables_pass_and_their_leaves_are_counted),
        test_of_verify(every_cpu_passes),
        test_of_verify(an_empty_space_passes_for_an_empty_plan_alone),
        test_of_verify(what_the_cpu_writes_by_itself_does_not_count),
        test_of_verify(a_missing_page_is_found_wherever_it_is),
        test_of_verify(a_page_too_many_is_found_wherever_it_is),
        test_of_verify(a_leaf_that_reaches_beyond_its_range_is_found),
        test_of_verify(a_table_outside_its_run_is_found),
        test_of_verify(another_number_of_tables_than_counted_is_found),
        test_of_verify(tables_that_come_again_and_again_end_the_visit),
    };

    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
