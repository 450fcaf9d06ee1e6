/* SPDX-License-Identifier: BSD-2-Clause */
/* The direct map in the plan: where it lies, what it holds, with which rights and leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan_expected.h"

static void unless_the_entry_says_so_the_direct_map_is_all_writable(void **state)
{
    struct fixture *f = *state;

    f->input.wx_strict = false;
    must_make(f);
    assert_plan(f, TRAMPOLINE, LOW_RAM, LOW_RAM_2, DIRECT_MAP(2 * MIB, 128 * MIB, HOIST_LEAF_1G),
                STACK(WINDOW), HANDOFF(WINDOW), KERNEL_PARTS);
}

static void read_only_pages_of_different_ranges_are_one_piece_of_the_direct_map(void **state)
{
    struct fixture *f = *state;

    f->input.handoff.pa = KERNEL_PA + 3 * PAGE; /* right behind the kernel's read-only data */
    f->input.trampoline.pa = 4 * MIB;
    must_make(f);
    assert_int_equal(range_at(f, DIRECT + KERNEL_PA)->size_bytes, 5 * PAGE);
    assert_int_equal(range_at(f, DIRECT + KERNEL_PA)->access.rights, RO);
    assert_int_equal(range_at(f, DIRECT + KERNEL_PA + 5 * PAGE)->access.rights, RW);
}

static void the_direct_map_holds_ram_alone_and_joins_its_kinds(void **state)
{
    struct fixture *f = *state;

    f->input.wx_strict = false;
    forget_memory(f);
    add_memory(f, 2 * MIB, 4 * MIB, MEMORY_BOOT);
    add_memory(f, 4 * MIB, 5 * MIB, MEMORY_KERNEL);
    add_memory(f, 5 * MIB, 6 * MIB, MEMORY_RUNTIME_DATA);
    add_memory(f, 6 * MIB, 7 * MIB, MEMORY_ACPI_NVS);
    add_memory(f, 7 * MIB, 8 * MIB, MEMORY_DEVICE);
    add_memory(f, 4 * GIB, 6 * GIB, MEMORY_PERSISTENT);
    must_make(f);
    assert_plan(f, TRAMPOLINE, DIRECT_MAP(2 * MIB, 5 * MIB, HOIST_LEAF_1G),
                DIRECT_MAP(6 * MIB, 7 * MIB, HOIST_LEAF_1G),
                DIRECT_MAP(4 * GIB, 6 * GIB, HOIST_LEAF_1G), STACK(WINDOW), HANDOFF(WINDOW),
                KERNEL_PARTS);
    assert_int_equal(plan_direct_map_size(&f->plan), 6 * GIB);
}

static void the_low_2_mib_are_cut_off_for_4k_leaves(void **state)
{
    static const struct {
        uint64_t from, to, cut;
    } all[] = {
        {PAGE, 2 * MIB, 0},
        {PAGE, 2 * MIB + PAGE, 2 * MIB},
        {2 * MIB - PAGE, GIB, 2 * MIB},
    };
    struct fixture *f = *state;

    f->input.wx_strict = false;
    for (size_t i = 0; i < LENGTH(all); i++) {
        forget_memory(f);
        add_memory(f, all[i].from, all[i].to, MEMORY_FREE);
        must_make(f);
        if (all[i].cut == 0) {
            assert_plan(f, TRAMPOLINE, DIRECT_MAP(all[i].from, all[i].to, HOIST_LEAF_4K),
                        STACK(WINDOW), HANDOFF(WINDOW), KERNEL_PARTS);
        } else {
            assert_plan(f, TRAMPOLINE, DIRECT_MAP(all[i].from, all[i].cut, HOIST_LEAF_4K),
                        DIRECT_MAP(all[i].cut, all[i].to, HOIST_LEAF_1G), STACK(WINDOW),
                        HANDOFF(WINDOW), KERNEL_PARTS);
        }
    }
}

/* Kernels where the direct map would be, with the place that it takes then. */
static void the_direct_map_keeps_clear_of_the_kernel(void **state)
{
    static const struct {
        uint64_t kernel, size_bytes, direct_map;
    } all[] = {
        {DIRECT, PAGE, DIRECT + 512 * GIB},
        {DIRECT + 128 * MIB - PAGE, 2 * PAGE, DIRECT + 512 * GIB},
        {DIRECT + 128 * MIB, PAGE, DIRECT},                  /* right behind it */
        {DIRECT + 640 * KIB, 384 * KIB, DIRECT + 512 * GIB}, /* in its gap */
        {DIRECT + 512 * GIB - PAGE, 2 * PAGE, DIRECT},
        {DIRECT, 512 * GIB, DIRECT + 512 * GIB},
        {DIRECT, 512 * GIB + PAGE, DIRECT + 1024 * GIB},
        {TOP_512G + GIB, PAGE, DIRECT},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < LENGTH(all); i++) {
        forget_kernel(f);
        f->input.wx_strict = false; /* such kernels share frames with everything */
        add_segment(f, all[i].kernel, all[i].size_bytes, "w");
        must_make(f);
        assert_int_equal(f->places.direct_map_va, all[i].direct_map);
        assert_int_equal(range_at(f, all[i].direct_map + PAGE)->pa, PAGE);
        assert_int_equal(plan_direct_map_size(&f->plan), 128 * MIB);
    }
}

static void ram_that_no_direct_map_can_hold_is_refused_with_four_levels_alone(void **state)
{
    const uint64_t limit = UINT64_C(1) << 47;
    struct fixture *f = *state;

    forget_memory(f);
    add_memory(f, limit - 513 * GIB, limit - 512 * GIB,
               MEMORY_FREE); /* below the window's 512 GiB */
    must_make(f);
    assert_int_equal(plan_direct_map_size(&f->plan), limit - 512 * GIB);
    forget_memory(f);
    add_memory(f, 2 * MIB, limit, MEMORY_FREE);
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_DIRECT_MAP);
    assert_string_equal(sentence_of(f),
                        "the direct map of 128 TiB has no place from 0xffff800000000000 on: "
                        "stack at 0xffffffff40001000 is in the way");
    forget_memory(f);
    add_memory(f, limit, limit + 2 * MIB, MEMORY_FREE); /* would be mapped at 0 */
    assert_false(make(f));
    assert_string_equal(sentence_of(f),
                        "the direct map of 134217730 MiB has no place from 0xffff800000000000 on: "
                        "the end of the address space at 0x0 is in the way");
    f->input.levels = 5;
    must_make(f);
    assert_int_equal(f->places.direct_map_va, UINT64_C(0xff00000000000000));
}

static void a_leaf_does_not_reach_over_a_change_of_memory_type(void **state)
{
    struct fixture *f = *state;

    f->input.wx_strict = false;
    forget_memory(f);
    add_memory(f, 2 * MIB, 8 * GIB, MEMORY_FREE);
    f->mtrr = (struct mtrr){.default_type = 0x806, .physical_bits = 40, .count = 2};
    f->mtrr.registers[0] = (struct mtrr_register){3 * GIB, (UINT64_C(1) << 40) - GIB + 0x800};
    f->mtrr.registers[1] = (struct mtrr_register){8 * MIB + 6, (UINT64_C(1) << 40) - MIB + 0x800};
    must_make(f);
    assert_plan(f, TRAMPOLINE, DIRECT_MAP(2 * MIB, 3 * GIB, HOIST_LEAF_1G),
                DIRECT_MAP(3 * GIB, 4 * GIB, HOIST_LEAF_1G),
                DIRECT_MAP(4 * GIB, 8 * GIB, HOIST_LEAF_1G), STACK(WINDOW), HANDOFF(WINDOW),
                KERNEL_PARTS);
    f->mtrr.registers[1].base = 8 * MIB; /* uncached now */
    must_make(f);
    assert_int_equal(range_at(f, DIRECT + 2 * MIB)->size_bytes, 6 * MIB);
    assert_int_equal(range_at(f, DIRECT + 8 * MIB)->size_bytes, MIB);
    assert_int_equal(range_at(f, DIRECT + 9 * MIB)->largest, HOIST_LEAF_1G);
    f->mtrr.registers[1].mask = 0x800 + (UINT64_C(1) << 39) + 4 * MIB; /* gaps: many ranges */
    must_make(f);
    assert_int_equal(range_at(f, DIRECT + 2 * MIB)->largest, HOIST_LEAF_2M);
    f->mtrr.registers[1].mask = 0x800 + (UINT64_C(1) << 39) + MIB;
    must_make(f);
    assert_int_equal(range_at(f, DIRECT + 2 * MIB)->largest, HOIST_LEAF_4K);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(unless_the_entry_says_so_the_direct_map_is_all_writable),
        test_of(read_only_pages_of_different_ranges_are_one_piece_of_the_direct_map),
        test_of(the_direct_map_holds_ram_alone_and_joins_its_kinds),
        test_of(the_low_2_mib_are_cut_off_for_4k_leaves),
        test_of(the_direct_map_keeps_clear_of_the_kernel),
        test_of(ram_that_no_direct_map_can_hold_is_refused_with_four_levels_alone),
        test_of(a_leaf_does_not_reach_over_a_change_of_memory_type),
    };

    return cmocka_run_group_tests_name("plan: direct map", tests, NULL, NULL);
}
