/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranges that are none, and accesses that cannot be: refused by every call, nothing changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA hoist_kernel_data()

/* Every call on a range answers this. */
static void assert_all_refuse(struct fixture *f, uint64_t va, uint64_t size,
                              enum hoist_result expected)
{
    assert_refused(f, map_bytes(f, va, 0, size, DATA, 1), expected);
    assert_refused(f, remap_bytes(f, extent_of(va, 0, size), DATA, 1, HOIST_RANGE_IDLE), expected);
    assert_refused(f, protect_bytes(f, va, size, DATA), expected);
    assert_refused(f, unmap_bytes(f, va, size, HOIST_DROP_TABLES), expected);
    assert_refused(f, unmap_bytes(f, va, size, HOIST_KEEP_TABLES), expected);
    assert_refused(f, split_bytes(f, va, size, HOIST_LEAF_4K), expected);
    assert_refused(f, merge_bytes(f, va, size), expected);
    assert_refused(f, collapse_bytes(f, va, size), expected);
}

static void map_edges(struct fixture *f, uint8_t levels)
{
    const uint64_t half = levels == 4 ? BIT(47) : BIT(56);

    fixture_restart(f, fixture_cpu(levels));
    assert_int_equal(map_bytes(f, 0, 0, 4 * MIB, DATA, 2), HOIST_OK);
    assert_int_equal(map_bytes(f, half - 2 * MIB, 0, 2 * MIB, DATA, 2), HOIST_OK);
    assert_int_equal(map_bytes(f, -half, 0, 2 * MIB, DATA, 2), HOIST_OK);
    assert_int_equal(map_bytes(f, -2 * MIB, 0, 2 * MIB, DATA, 2), HOIST_OK);
}

static void addresses_and_sizes_are_multiples_of_a_page(void **state)
{
    struct fixture *f = *state;

    map_edges(f, 4);
    assert_all_refuse(f, 1, 0x1000, HOIST_UNALIGNED_PAGE);
    assert_all_refuse(f, 0x800, 0x1000, HOIST_UNALIGNED_PAGE);
    assert_all_refuse(f, 0, 0, HOIST_UNALIGNED_SIZE);
    assert_all_refuse(f, 0, 1, HOIST_UNALIGNED_SIZE);
    assert_all_refuse(f, 0, 0x1800, HOIST_UNALIGNED_SIZE);
}

static void the_canonical_hole_is_neither_touched_nor_crossed(void **state)
{
    struct fixture *f = *state;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        const uint64_t half = levels == 4 ? BIT(47) : BIT(56);

        map_edges(f, levels);
        assert_all_refuse(f, half, 0x1000, HOIST_NOT_CANONICAL);
        assert_all_refuse(f, half - 0x1000, 0x2000, HOIST_NOT_CANONICAL);
        assert_all_refuse(f, -half - 0x1000, 0x1000, HOIST_NOT_CANONICAL);
        assert_all_refuse(f, -half - 0x1000, 0x2000, HOIST_NOT_CANONICAL);
        assert_all_refuse(f, half - 0x1000, -2 * half + 0x2000, HOIST_NOT_CANONICAL);
        assert_all_refuse(f, 0, -UINT64_C(0x1000), HOIST_NOT_CANONICAL);
    }
}

static void no_range_wraps_round_the_top(void **state)
{
    struct fixture *f = *state;

    map_edges(f, 4);
    assert_all_refuse(f, -UINT64_C(0x1000), 0x2000, HOIST_NOT_CANONICAL);
    assert_all_refuse(f, -2 * MIB, 4 * MIB, HOIST_NOT_CANONICAL);
    assert_all_refuse(f, HALF, -UINT64_C(0x1000), HOIST_NOT_CANONICAL);
}

static void a_range_may_end_at_the_top_and_at_the_hole(void **state)
{
    struct fixture *f = *state;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        const uint64_t half = levels == 4 ? BIT(47) : BIT(56);
        const uint64_t ends[] = {half - 2 * MIB, -2 * MIB};

        for (unsigned i = 0; i < 2; i++) {
            map_edges(f, levels);
            assert_int_equal(split_bytes(f, ends[i], 2 * MIB, HOIST_LEAF_4K), HOIST_OK);
            assert_leaves(f, 512, 4, 0);
            assert_int_equal(merge_bytes(f, ends[i], 2 * MIB), HOIST_OK);
            assert_leaves(f, 0, 5, 0);
            assert_int_equal(
                protect_bytes(f, ends[i] + 2 * MIB - 0x1000, 0x1000, hoist_kernel_text()),
                HOIST_OK);
            assert_true(leaf_at(f, ends[i] + 2 * MIB - 1).executable);
            assert_int_equal(
                remap_bytes(f, extent_of(ends[i], GIB, 2 * MIB), DATA, 2, HOIST_RANGE_IDLE),
                HOIST_OK);
            assert_mapped(f, ends[i], GIB, 2 * MIB);
            assert_int_equal(unmap_bytes(f, ends[i], 2 * MIB, HOIST_KEEP_TABLES), HOIST_OK);
            assert_leaves(f, 0, 4, 0);
            assert_int_equal(collapse_bytes(f, ends[i], 2 * MIB), HOIST_OK);
            assert_leaves(f, 0, 4, 0);
        }
    }
}

/* Map, remap and protect answer this for the access. */
static void assert_access_refused(struct fixture *f, struct hoist_access access,
                                  enum hoist_result expected)
{
    assert_refused(f, map_bytes(f, GIB, 0, 0x1000, access, 1), expected);
    assert_refused(f, remap_bytes(f, extent_of(0, 0, 0x1000), access, 1, HOIST_RANGE_IDLE),
                   expected);
    assert_refused(f, protect_bytes(f, 0, 0x1000, access), expected);
}

static void an_access_that_cannot_be_is_refused_by_name(void **state)
{
    struct fixture *f = *state;
    struct hoist_access access = DATA;

    map_edges(f, 4);
    for (unsigned rights = 0; rights <= 0xff; rights++) {
        if ((rights & ~(unsigned)HOIST_ALL_RIGHTS) != 0) {
            assert_access_refused(f, rights_of((uint8_t)rights), HOIST_BAD_ACCESS);
        } else if ((rights & HOIST_READ) == 0) {
            assert_access_refused(f, rights_of((uint8_t)rights), HOIST_NO_READ);
        }
    }
    access.cache = HOIST_CACHE_LIMIT;
    assert_access_refused(f, access, HOIST_BAD_ACCESS);
    access = DATA;
    access.protection_key = HOIST_KEY_LIMIT;
    assert_access_refused(f, access, HOIST_BAD_ACCESS);
    access = DATA;
    access.software = HOIST_SOFTWARE_LIMIT;
    assert_access_refused(f, access, HOIST_BAD_ACCESS);
    f->space.cpu.has_nx = false;
    assert_access_refused(f, DATA, HOIST_NO_NX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(addresses_and_sizes_are_multiples_of_a_page),
        test_of(the_canonical_hole_is_neither_touched_nor_crossed),
        test_of(no_range_wraps_round_the_top),
        test_of(a_range_may_end_at_the_top_and_at_the_hole),
        test_of(an_access_that_cannot_be_is_refused_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
