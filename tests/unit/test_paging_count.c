/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames counted beforehand are the frames that are taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "paging_fixture.h"

static enum hoist_result count_bytes(const struct fixture *f, struct hoist_count *count,
                                     uint64_t va, uint64_t pa, uint64_t size,
                                     enum hoist_leaf_size largest)
{
    const struct hoist_extent extent = hoist_extent_of(hoist_va_of(va), hoist_pa_of(pa), size);

    return hoist_count_map(&f->space, count, &extent, hoist_kernel_data(), largest);
}

/* Counts, maps, and holds one against the other. */
static void assert_count(struct fixture *f, uint64_t va, uint64_t pa, uint64_t size,
                         enum hoist_leaf_size largest, uint64_t expected)
{
    struct hoist_count count = {0};
    const uint64_t held = arena_held(&f->arena);

    assert_refused(f, count_bytes(f, &count, va, pa, size, largest), HOIST_OK);
    assert_int_equal(count.frame_count, expected);
    assert_int_equal(map_bytes(f, va, pa, size, hoist_kernel_data(), largest), HOIST_OK);
    assert_int_equal(arena_held(&f->arena) - held, expected);
    count = (struct hoist_count){0};
    assert_int_equal(count_bytes(f, &count, va, pa, size, largest), HOIST_OK);
    assert_int_equal(count.frame_count, 0);
}

static void the_count_is_what_is_then_taken(void **state)
{
    struct fixture *f = *state;

    assert_count(f, HALF, 0, 0x1000, 3, 4);
    assert_count(f, HALF + 0x1000, 0, 0x1000, 3, 0);
    assert_count(f, HALF + 2 * MIB - 0x1000, 0, 0x2000, 3, 1);
    assert_count(f, HALF + 4 * MIB, 0, 2 * MIB, 3, 0);
    assert_count(f, HALF + GIB - 0x1000, 0, 0x2000, 3, 3);
    assert_count(f, HALF + 512 * GIB - 0x1000, 0, 0x2000, 3, 5);
    assert_count(f, 0, 0, 512 * GIB, 3, 1);
    fixture_restart(f, fixture_cpu(5));
    assert_count(f, HALF, 0, 0x1000, 3, 5);
    assert_count(f, UINT64_C(0x0000fffffffff000), 0, 0x2000, 3, 8);
}

static void the_levels_of_the_count_add_up(void **state)
{
    struct fixture *f = *state;
    struct hoist_count count = {0};

    assert_int_equal(count_bytes(f, &count, HALF + 512 * GIB - 0x1000, 0, 0x2000, 3), HOIST_OK);
    assert_int_equal(count.of_level[1], 2);
    assert_int_equal(count.of_level[2], 2);
    assert_int_equal(count.of_level[3], 2);
    assert_int_equal(count.of_level[4], 1);
    assert_int_equal(count.of_level[5], 0);
    assert_int_equal(count.frame_count, 7);
}

struct part {
    uint64_t va;
    uint64_t size;
};

/* Parts that share tables, at every level, and parts that do not. */
static const struct part plan[] = {
    {0, 0x1000},                            /* PML4, PDPT, PD, PT */
    {0x1000, 0x3000},                       /* nothing more */
    {2 * MIB - 0x1000, 0x2000},             /* one PT */
    {4 * MIB, 2 * MIB},                     /* nothing more */
    {GIB - 0x2000, 0x1000},                 /* one PT */
    {GIB, GIB},                             /* nothing more */
    {2 * GIB + 0x1000, 0x1000},             /* PD, PT */
    {512 * GIB - 0x1000, 0x1000},           /* PD, PT */
    {512 * GIB, 0x1000},                    /* PDPT, PD, PT */
    {HALF, 5 * GIB},                        /* PDPT */
    {HALF + 5 * GIB, 2 * MIB},              /* PD */
    {HALF + 5 * GIB + 2 * MIB, 0x1000},     /* PT */
    {UINT64_C(0xfffffffffffff000), 0x1000}, /* PDPT, PD, PT */
};

#define PLAN_PARTS  (sizeof plan / sizeof plan[0])
#define PLAN_FRAMES 19u

static void tables_that_ranges_share_are_counted_once(void **state)
{
    struct fixture *f = *state;
    struct hoist_count count = {0};

    remember(f);
    for (unsigned i = 0; i < PLAN_PARTS; i++) {
        assert_int_equal(
            count_bytes(f, &count, plan[i].va, plan[i].va & (GIB - 1), plan[i].size, 3), HOIST_OK);
    }
    assert_unchanged(f);
    assert_int_equal(count.frame_count, PLAN_FRAMES);
    for (unsigned i = PLAN_PARTS; i-- > 0;) {
        assert_int_equal(
            map_bytes(f, plan[i].va, plan[i].va & (GIB - 1), plan[i].size, hoist_kernel_data(), 3),
            HOIST_OK);
    }
    assert_int_equal(arena_held(&f->arena), PLAN_FRAMES);
    take_census(f);
    for (unsigned level = 1; level <= 4; level++) {
        assert_int_equal(f->table_count[level], count.of_level[level]);
    }
}

static void tables_that_exist_are_not_counted(void **state)
{
    struct fixture *f = *state;
    struct hoist_count count = {0};

    assert_int_equal(put_4k(f, HALF, 0, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(put_4k(f, 0, 0, hoist_kernel_data()), HOIST_OK);
    for (unsigned i = 0; i < PLAN_PARTS; i++) {
        assert_int_equal(
            count_bytes(f, &count, plan[i].va, plan[i].va & (GIB - 1), plan[i].size, 3), HOIST_OK);
    }
    for (unsigned i = 0; i < PLAN_PARTS; i++) {
        assert_int_equal(
            map_bytes(f, plan[i].va, plan[i].va & (GIB - 1), plan[i].size, hoist_kernel_data(), 3),
            HOIST_OK);
    }
    assert_int_equal(arena_held(&f->arena), 7 + count.frame_count);
}

static void ranges_out_of_order_are_refused_and_the_count_stays(void **state)
{
    struct fixture *f = *state;
    struct hoist_count count = {0};
    struct hoist_count old;
    const enum hoist_result order = HOIST_OUT_OF_ORDER;

    assert_int_equal(count_bytes(f, &count, 8 * MIB, 0, 2 * MIB, 3), HOIST_OK);
    old = count;
    assert_int_equal(count_bytes(f, &count, 8 * MIB, 0, 2 * MIB, 3), order);
    assert_int_equal(count_bytes(f, &count, 10 * MIB - 0x1000, 0, 2 * MIB, 3), order);
    assert_int_equal(count_bytes(f, &count, 0, 0, 0x1000, 3), order);
    assert_int_equal(count_bytes(f, &count, 0, 0, GIB, 3), order);
    assert_memory_equal(&count, &old, sizeof count);
    assert_int_equal(count_bytes(f, &count, 10 * MIB, 0, 2 * MIB, 3), HOIST_OK);
    assert_int_equal(count_bytes(f, &count, UINT64_C(0xfffffffffffff000), 0, 0x1000, 3), HOIST_OK);
    assert_int_equal(count_bytes(f, &count, UINT64_C(0xfffffffffffff000), 0, 0x1000, 3), order);
}

static void an_error_leaves_the_count_as_it_was(void **state)
{
    struct fixture *f = *state;
    struct hoist_count count = {0};
    struct hoist_count old;

    assert_int_equal(put_4k(f, 4 * MIB, 0x1000, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(count_bytes(f, &count, 0x1000, 0, 0x1000, 3), HOIST_OK);
    old = count;
    assert_int_equal(count_bytes(f, &count, 0x2000, 0, 4 * MIB, 3), HOIST_ALREADY_MAPPED);
    assert_int_equal(count_bytes(f, &count, 0x2001, 0, 0x1000, 3), HOIST_UNALIGNED_PAGE);
    assert_int_equal(count_bytes(f, &count, 0x2000, 1, 0x1000, 3), HOIST_UNALIGNED_FRAME);
    assert_int_equal(count_bytes(f, &count, 0x2000, 0, 1, 3), HOIST_UNALIGNED_SIZE);
    assert_int_equal(count_bytes(f, &count, 0x2000, 0, HALF, 3), HOIST_NOT_CANONICAL);
    assert_int_equal(count_bytes(f, &count, 0x2000, UINT64_C(1) << 52, 0x1000, 3),
                     HOIST_PA_TOO_WIDE);
    assert_int_equal(count_bytes(f, &count, 0x2000, 0, 0x1000, (enum hoist_leaf_size)7),
                     HOIST_BAD_LEAF_SIZE);
    assert_memory_equal(&count, &old, sizeof count);
}

static void counting_asks_for_no_frame_and_flushes_nothing(void **state)
{
    struct fixture *f = *state;
    struct hoist_count count = {0};

    assert_int_equal(count_bytes(f, &count, 0, 0, 8 * GIB, 2), HOIST_OK);
    assert_int_equal(f->arena.allocated_count, 0);
    assert_int_equal(count.frame_count, 10);
    f->arena.fail_in = 1;
    assert_refused(f, count_bytes(f, &count, 8 * GIB, 0, GIB, 2), HOIST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(the_count_is_what_is_then_taken),
        test_of(the_levels_of_the_count_add_up),
        test_of(tables_that_ranges_share_are_counted_once),
        test_of(tables_that_exist_are_not_counted),
        test_of(ranges_out_of_order_are_refused_and_the_count_stays),
        test_of(an_error_leaves_the_count_as_it_was),
        test_of(counting_asks_for_no_frame_and_flushes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
