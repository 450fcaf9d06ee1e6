/* SPDX-License-Identifier: BSD-2-Clause */
/* Mapping where the caller knows that nothing is mapped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA hoist_kernel_data()

static enum hoist_result map_empty(struct fixture *f, uint64_t va, uint64_t pa, uint64_t size,
                                   struct hoist_access access, enum hoist_leaf_size largest)
{
    const struct hoist_extent extent = extent_of(va, pa, size);

    return hoist_map_empty(&f->space, &extent, access, largest);
}

static void it_makes_the_same_tables_as_mapping_does(void **state)
{
    struct fixture *f = *state;
    const uint64_t va = HALF + GIB - 2 * MIB - 0x3000;
    const uint64_t size = 0x3000 + 2 * MIB + GIB + 4 * MIB + 0x5000;

    for (unsigned largest = 1; largest <= 2; largest++) {
        const uint64_t bytes = largest == 1 ? 5 * MIB : size;

        fixture_restart(f, fixture_cpu(4));
        assert_int_equal(put_4k(f, HALF, 0, DATA), HOIST_OK);
        assert_int_equal(map_bytes(f, va, va - HALF, bytes, DATA, largest), HOIST_OK);
        remember(f);
        fixture_restart(f, fixture_cpu(4));
        assert_int_equal(put_4k(f, HALF, 0, DATA), HOIST_OK);
        assert_int_equal(map_empty(f, va, va - HALF, bytes, DATA, largest), HOIST_OK);
        assert_unchanged(f);
    }
}

static void it_is_all_or_nothing(void **state)
{
    struct fixture *f = *state;

    assert_all_or_nothing(f, 5, map_empty(f, HALF, 0, 3 * MIB, DATA, HOIST_LEAF_4K));
    assert_int_equal(map_empty(f, HALF, 0, 3 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_leaves(f, 768, 0, 0);
    assert_int_equal(arena_held(&f->arena), 5);
    assert_flushed_nothing(f);
}

static void neighbours_in_tables_that_exist_stay(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, HALF + 0x2000, GIB, DATA), HOIST_OK);
    assert_int_equal(put_4k(f, HALF + 0x6000, GIB, DATA), HOIST_OK);
    assert_int_equal(map_empty(f, HALF + 0x3000, 0, 0x3000, DATA, HOIST_LEAF_1G), HOIST_OK);
    assert_leaves(f, 5, 0, 0);
    assert_mapped(f, HALF + 0x2000, GIB, 0x1000);
    assert_mapped(f, HALF + 0x3000, 0, 0x3000);
    assert_mapped(f, HALF + 0x6000, GIB, 0x1000);
    assert_int_equal(arena_held(&f->arena), 4);
}

static void links_are_widened_or_refused(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access user = rights_of(HOIST_READ | HOIST_USER);

    assert_int_equal(put_4k(f, 0, 0, DATA), HOIST_OK);
    f->space.keep_links = true;
    assert_refused(f, map_empty(f, 0x1000, 0, 0x1000, user, 1), HOIST_NARROW_LINK);
    f->space.keep_links = false;
    assert_int_equal(map_empty(f, 0x1000, 0, 0x1000, user, 1), HOIST_OK);
    assert_true(leaf_at(f, 0x1000).may_be_used_by_user);
}

static void wrong_arguments_are_refused(void **state)
{
    struct fixture *f = *state;

    assert_refused(f, map_empty(f, 1, 0, 0x1000, DATA, 1), HOIST_UNALIGNED_PAGE);
    assert_refused(f, map_empty(f, 0, 1, 0x1000, DATA, 1), HOIST_UNALIGNED_FRAME);
    assert_refused(f, map_empty(f, 0, 0, 0, DATA, 1), HOIST_UNALIGNED_SIZE);
    assert_refused(f, map_empty(f, BIT(47), 0, 0x1000, DATA, 1), HOIST_NOT_CANONICAL);
    assert_refused(f, map_empty(f, 0, BIT(52), 0x1000, DATA, 1), HOIST_PA_TOO_WIDE);
    assert_refused(f, map_empty(f, 0, 0, 0x1000, DATA, 4), HOIST_BAD_LEAF_SIZE);
    assert_refused(f, map_empty(f, 0, 0, 0x1000, rights_of(HOIST_WRITE), 1), HOIST_NO_READ);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(it_makes_the_same_tables_as_mapping_does),
        test_of(it_is_all_or_nothing),
        test_of(neighbours_in_tables_that_exist_stay),
        test_of(links_are_widened_or_refused),
        test_of(wrong_arguments_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
