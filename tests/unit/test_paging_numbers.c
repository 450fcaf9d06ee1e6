/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers behind the names that callers use: a kernel may have them written down somewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "paging_fixture.h"

/* PAT after reset, then what Hoist programs into the upper half: SDM volume 3, section 12.12. */
static void cache_types_are_indices_into_the_pat(void **state)
{
    static const uint8_t types[] = {HOIST_WRITE_BACK, HOIST_WRITE_THROUGH,   HOIST_UNCACHED_MINUS,
                                    HOIST_UNCACHED,   HOIST_WRITE_PROTECTED, HOIST_WRITE_COMBINING};
    struct fixture *f = *state;

    for (unsigned i = 0; i < sizeof types; i++) {
        const struct hoist_access access = hoist_access_of(HOIST_READ, types[i]);

        fixture_restart(f, fixture_cpu(4));
        assert_int_equal(put_4k(f, HALF, 0x7000, access), HOIST_OK);
        assert_int_equal(put_2m(f, HALF + 2 * MIB, 6 * MIB, access), HOIST_OK);
        assert_int_equal(leaf_at(f, HALF).pat_index, i);
        assert_int_equal(leaf_at(f, HALF + 2 * MIB).pat_index, i);
    }
}

static void rights_and_limits_have_their_numbers(void **state)
{
    (void)state;
    assert_int_equal(HOIST_READ, 1);
    assert_int_equal(HOIST_WRITE, 2);
    assert_int_equal(HOIST_USER, 4);
    assert_int_equal(HOIST_EXECUTE, 8);
    assert_int_equal(HOIST_GLOBAL, 16);
    assert_int_equal(HOIST_ALL_RIGHTS, 31);
    assert_int_equal(HOIST_CACHE_LIMIT, 8);
    assert_int_equal(HOIST_KEY_LIMIT, 16);
    assert_int_equal(HOIST_SOFTWARE_LIMIT, 1024);
    assert_int_equal(HOIST_SOFTWARE_OWNED, 512);
    assert_int_equal(HOIST_SIZE_4K, 4096);
    assert_int_equal(HOIST_SIZE_2M, 2 * MIB);
    assert_int_equal(HOIST_SIZE_1G, GIB);
}

/* SDM volume 3, tables 4-14 to 4-20. */
static void bits_of_entries_lie_where_the_manual_says(void **state)
{
    (void)state;
    assert_int_equal(HOIST_ENTRY_PRESENT, P);
    assert_int_equal(HOIST_ENTRY_WRITABLE, W);
    assert_int_equal(HOIST_ENTRY_USER, U);
    assert_int_equal(HOIST_ENTRY_PWT, PWT);
    assert_int_equal(HOIST_ENTRY_PCD, PCD);
    assert_int_equal(HOIST_ENTRY_ACCESSED, A);
    assert_int_equal(HOIST_ENTRY_DIRTY, D);
    assert_int_equal(HOIST_ENTRY_LARGE, PS);
    assert_int_equal(HOIST_ENTRY_PAT_4K, PAT_SMALL);
    assert_int_equal(HOIST_ENTRY_GLOBAL, G);
    assert_int_equal(HOIST_ENTRY_PAT_LARGE, PAT_LARGE);
    assert_int_equal(HOIST_ENTRY_NX, NX);
    assert_int_equal(HOIST_ENTRY_ADDRESS, UINT64_C(0x000ffffffffff000));
    assert_int_equal(HOIST_LEVEL_PT, 1);
    assert_int_equal(HOIST_LEVEL_PD, 2);
    assert_int_equal(HOIST_LEVEL_PDPT, 3);
    assert_int_equal(HOIST_LEVEL_PML4, 4);
    assert_int_equal(HOIST_LEVEL_PML5, 5);
    assert_int_equal(HOIST_LEVELS_MAX, 5);
    assert_int_equal(HOIST_FLUSH_RANGES, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(cache_types_are_indices_into_the_pat),
        cmocka_unit_test(rights_and_limits_have_their_numbers),
        cmocka_unit_test(bits_of_entries_lie_where_the_manual_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
