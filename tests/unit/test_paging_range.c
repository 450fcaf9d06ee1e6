/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole ranges in an empty space: where the cuts fall, the edges, and every refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "paging_fixture.h"

#define TOP_OF_LOWER UINT64_C(0x0000800000000000) /* first address of the hole */

static void a_range_is_cut_into_five_runs(void **state)
{
    struct fixture *f = *state;
    const uint64_t va = HALF + GIB - 2 * 2 * MIB - 3 * 4 * KIB;
    const uint64_t pa = 9 * GIB - 2 * 2 * MIB - 3 * 4 * KIB;
    const uint64_t size = 3 * 4 * KIB + 2 * 2 * MIB + 2 * GIB + 5 * 2 * MIB + 7 * 4 * KIB;

    assert_int_equal(map_bytes(f, va, pa, size, hoist_kernel_data(), HOIST_LEAF_1G), HOIST_OK);
    assert_leaves(f, 10, 7, 2);
    assert_mapped(f, va, pa, size);
    assert_false(is_mapped(f, va - 1));
    assert_false(is_mapped(f, va + size));
    assert_int_equal(arena_held(&f->arena), 6);
    assert_int_equal(leaf_at(f, HALF + GIB).entry, (9 * GIB) | P | W | PS | NX);
    assert_int_equal(leaf_at(f, va).entry, pa | P | W | NX);
    assert_int_equal(leaf_at(f, HALF + GIB - 2 * MIB).entry, (9 * GIB - 2 * MIB) | P | W | PS | NX);
}

static void the_largest_leaf_is_what_the_caller_allows(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access data = hoist_kernel_data();

    assert_int_equal(map_bytes(f, 0, 0, GIB, data, HOIST_LEAF_1G), HOIST_OK);
    assert_leaves(f, 0, 0, 1);
    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(map_bytes(f, 0, 0, GIB, data, HOIST_LEAF_2M), HOIST_OK);
    assert_leaves(f, 0, 512, 0);
    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(map_bytes(f, 0, 0, 4 * MIB, data, HOIST_LEAF_4K), HOIST_OK);
    assert_leaves(f, 1024, 0, 0);
}

static void without_1g_pages_2m_is_the_largest(void **state)
{
    struct fixture *f = *state;
    struct hoist_cpu cpu = fixture_cpu(4);

    cpu.has_1g_pages = false;
    fixture_restart(f, cpu);
    assert_int_equal(map_bytes(f, 0, 0, 2 * GIB, hoist_kernel_data(), HOIST_LEAF_1G), HOIST_OK);
    assert_leaves(f, 0, 1024, 0);
}

static void the_difference_of_the_addresses_decides_the_largest_leaf(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access data = hoist_kernel_data();

    assert_int_equal(map_bytes(f, 0, 2 * MIB, GIB, data, HOIST_LEAF_1G), HOIST_OK);
    assert_leaves(f, 0, 512, 0);
    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(map_bytes(f, 0, 4 * KIB, 4 * MIB, data, HOIST_LEAF_1G), HOIST_OK);
    assert_leaves(f, 1024, 0, 0);
    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(map_bytes(f, MIB, MIB, 2 * MIB, data, HOIST_LEAF_1G), HOIST_OK);
    assert_leaves(f, 512, 0, 0);
    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(map_bytes(f, MIB, MIB, 3 * MIB, data, HOIST_LEAF_1G), HOIST_OK);
    assert_leaves(f, 256, 1, 0);
    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(map_bytes(f, 4 * KIB, 4 * KIB, 2 * MIB, data, HOIST_LEAF_1G), HOIST_OK);
    assert_leaves(f, 512, 0, 0);
    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(map_bytes(f, 0, 0, 2 * GIB - 4 * KIB, data, HOIST_LEAF_1G), HOIST_OK);
    assert_leaves(f, 511, 511, 1);
}

static void the_cache_type_sits_at_its_place_in_every_run(void **state)
{
    struct fixture *f = *state;
    const uint64_t va = HALF + GIB - 2 * MIB - 4 * KIB;
    const uint64_t size = 4 * KIB + 2 * MIB + GIB;

    assert_int_equal(
        map_bytes(f, va, va - HALF, size, hoist_kernel_write_combining(), HOIST_LEAF_1G), HOIST_OK);
    assert_leaves(f, 1, 1, 1);
    assert_int_equal(leaf_at(f, va).entry & 0x1fff, P | W | PWT | PAT_SMALL | 0x1000);
    assert_int_equal(leaf_at(f, va).pat_index, 5);
    assert_int_equal(leaf_at(f, va + 4 * KIB).pat_index, 5);
    assert_int_equal(leaf_at(f, HALF + GIB).pat_index, 5);
    assert_mapped(f, va, va - HALF, size);
}

static void ranges_at_the_edges_of_the_address_space_are_mapped(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access data = hoist_kernel_data();

    assert_int_equal(map_bytes(f, 0, 0x5000, 0x3000, data, HOIST_LEAF_1G), HOIST_OK);
    assert_int_equal(map_bytes(f, TOP_OF_LOWER - 0x3000, 0x8000, 0x3000, data, HOIST_LEAF_1G),
                     HOIST_OK);
    assert_int_equal(map_bytes(f, HALF, 0xb000, 0x3000, data, HOIST_LEAF_1G), HOIST_OK);
    assert_int_equal(map_bytes(f, -UINT64_C(0x3000), 0xf000, 0x3000, data, HOIST_LEAF_1G),
                     HOIST_OK);
    assert_leaves(f, 12, 0, 0);
    assert_mapped(f, 0, 0x5000, 0x3000);
    assert_mapped(f, TOP_OF_LOWER - 0x3000, 0x8000, 0x3000);
    assert_mapped(f, HALF, 0xb000, 0x3000);
    assert_int_equal(leaf_at(f, ~UINT64_C(0)).pa, 0x11000);
}

static void a_whole_half_is_one_range(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access data = hoist_kernel_data();
    const uint64_t half_bytes = UINT64_C(1) << 47;

    assert_int_equal(map_bytes(f, 0, 0, half_bytes, data, HOIST_LEAF_1G), HOIST_OK);
    assert_int_equal(map_bytes(f, HALF, 0, half_bytes, data, HOIST_LEAF_1G), HOIST_OK);
    assert_leaves(f, 0, 0, 262144);
    assert_int_equal(arena_held(&f->arena), 513);
    assert_int_equal(leaf_at(f, ~UINT64_C(0)).pa, half_bytes - GIB);
    assert_int_equal(leaf_at(f, TOP_OF_LOWER - 1).pa, half_bytes - GIB);
}

static void ranges_that_touch_the_hole_are_refused(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access data = hoist_kernel_data();
    const enum hoist_result hole = HOIST_NOT_CANONICAL;

    assert_refused(f, map_bytes(f, TOP_OF_LOWER - 0x1000, 0, 0x2000, data, 1), hole);
    assert_refused(f, map_bytes(f, TOP_OF_LOWER, 0, 0x1000, data, 1), hole);
    assert_refused(f, map_bytes(f, HALF - 0x1000, 0, 0x2000, data, 1), hole);
    assert_refused(f, map_bytes(f, TOP_OF_LOWER - 0x1000, 0, HALF - TOP_OF_LOWER + 0x2000, data, 1),
                   hole);
    assert_refused(f, map_bytes(f, -UINT64_C(0x1000), 0, 0x2000, data, 1), hole);
    assert_refused(f, map_bytes(f, HALF, 0, -UINT64_C(0x1000), data, 1), hole);
    assert_refused(f, map_bytes(f, -UINT64_C(0x1000), 0, -UINT64_C(0x1000), data, 1), hole);
    fixture_restart(f, fixture_cpu(5));
    assert_int_equal(map_bytes(f, TOP_OF_LOWER - 0x1000, 0, 0x2000, data, 1), HOIST_OK);
    assert_refused(f, map_bytes(f, UINT64_C(0x00fffffffffff000), 0, 0x2000, data, 1), hole);
}

static void ranges_that_are_not_whole_pages_are_refused(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access data = hoist_kernel_data();

    assert_refused(f, map_bytes(f, 0x800, 0, 0x1000, data, 1), HOIST_UNALIGNED_PAGE);
    assert_refused(f, map_bytes(f, 0, 0x10, 0x1000, data, 1), HOIST_UNALIGNED_FRAME);
    assert_refused(f, map_bytes(f, 0, 0, 0x1001, data, 1), HOIST_UNALIGNED_SIZE);
    assert_refused(f, map_bytes(f, 0, 0, 0, data, 1), HOIST_UNALIGNED_SIZE);
}

static void a_leaf_size_that_does_not_exist_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_refused(f, map_bytes(f, 0, 0, 0x1000, hoist_kernel_data(), (enum hoist_leaf_size)0),
                   HOIST_BAD_LEAF_SIZE);
    assert_refused(f, map_bytes(f, 0, 0, 0x1000, hoist_kernel_data(), (enum hoist_leaf_size)4),
                   HOIST_BAD_LEAF_SIZE);
}

static void frames_beyond_the_physical_width_are_refused(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access data = hoist_kernel_data();
    const uint64_t end = UINT64_C(1) << 40;

    f->space.cpu.physical_bits = 40;
    assert_refused(f, map_bytes(f, 0, end, 0x1000, data, 3), HOIST_PA_TOO_WIDE);
    assert_refused(f, map_bytes(f, 0, end - 0x1000, 0x2000, data, 3), HOIST_PA_TOO_WIDE);
    assert_refused(f, map_bytes(f, 0, -UINT64_C(0x1000), 0x2000, data, 3), HOIST_PA_TOO_WIDE);
    assert_int_equal(map_bytes(f, 0, end - 0x2000, 0x2000, data, 3), HOIST_OK);
}

static void an_access_that_cannot_be_expressed_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_refused(f, map_bytes(f, 0, 0, 0x1000, rights_of(HOIST_WRITE), 3), HOIST_NO_READ);
    assert_refused(f, map_bytes(f, 0, 0, 0x1000, hoist_access_of(HOIST_READ, 9), 3),
                   HOIST_BAD_ACCESS);
    f->space.cpu.has_nx = false;
    assert_refused(f, map_bytes(f, 0, 0, 0x1000, hoist_kernel_data(), 3), HOIST_NO_NX);
    f->space.cpu.accept_missing_nx = true;
    assert_int_equal(map_bytes(f, 0, 0, 2 * GIB + 0x1000, hoist_kernel_data(), 3), HOIST_OK);
    f->reader.has_nx = false;
    assert_leaves(f, 1, 0, 2);
}

static void out_of_memory_at_every_frame_names_its_level_and_changes_nothing(void **state)
{
    struct fixture *f = *state;
    const uint64_t va = HALF + GIB - 2 * MIB - 4 * KIB;
    const uint64_t size = 4 * KIB + 2 * MIB + GIB + 2 * MIB + 4 * KIB;
    static const enum hoist_result lacking[] = {
        HOIST_NO_FRAME_FOR_PML4, HOIST_NO_FRAME_FOR_PDPT, HOIST_NO_FRAME_FOR_PD,
        HOIST_NO_FRAME_FOR_PD,   HOIST_NO_FRAME_FOR_PT,   HOIST_NO_FRAME_FOR_PT,
    };

    for (unsigned i = 0; i < 6; i++) {
        f->arena.fail_in = i + 1;
        assert_refused(f, map_bytes(f, va, va - HALF, size, hoist_kernel_data(), 3), lacking[i]);
        assert_int_equal(arena_held(&f->arena), 0);
    }
    assert_int_equal(put_4k(f, HALF, 0x1000, hoist_kernel_data()), HOIST_OK);
    f->arena.fail_in = 3;
    assert_refused(f, map_bytes(f, va, va - HALF, size, hoist_kernel_data(), 3),
                   HOIST_NO_FRAME_FOR_PT);
    assert_int_equal(arena_held(&f->arena), 4);
    f->arena.fail_in = 0;
    assert_int_equal(map_bytes(f, va, va - HALF, size, hoist_kernel_data(), 3), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 7);
}

static void a_range_works_with_five_levels(void **state)
{
    struct fixture *f = *state;
    const uint64_t va = UINT64_C(0x0000ffffffe00000);

    fixture_restart(f, fixture_cpu(5));
    assert_int_equal(map_bytes(f, va, 0, 4 * MIB, hoist_kernel_data(), 3), HOIST_OK);
    assert_leaves(f, 0, 2, 0);
    assert_int_equal(f->table_count[4], 2);
    assert_int_equal(arena_held(&f->arena), 7);
    assert_mapped(f, va, 0, 4 * MIB);
    assert_int_equal(map_bytes(f, -GIB, 0, GIB, hoist_kernel_data(), 3), HOIST_OK);
    assert_int_equal(leaf_at(f, ~UINT64_C(0)).pa, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(a_range_is_cut_into_five_runs),
        test_of(the_largest_leaf_is_what_the_caller_allows),
        test_of(without_1g_pages_2m_is_the_largest),
        test_of(the_difference_of_the_addresses_decides_the_largest_leaf),
        test_of(the_cache_type_sits_at_its_place_in_every_run),
        test_of(ranges_at_the_edges_of_the_address_space_are_mapped),
        test_of(a_whole_half_is_one_range),
        test_of(ranges_that_touch_the_hole_are_refused),
        test_of(ranges_that_are_not_whole_pages_are_refused),
        test_of(a_leaf_size_that_does_not_exist_is_refused),
        test_of(frames_beyond_the_physical_width_are_refused),
        test_of(an_access_that_cannot_be_expressed_is_refused),
        test_of(out_of_memory_at_every_frame_names_its_level_and_changes_nothing),
        test_of(a_range_works_with_five_levels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
