/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranges over what is mapped already: what is used, what is in the way, what is left as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "paging_fixture.h"

static void mapping_the_same_again_writes_nothing(void **state)
{
    struct fixture *f = *state;
    const uint64_t va = HALF + GIB - 2 * MIB - 4 * KIB;
    const uint64_t size = 4 * KIB + 2 * MIB + GIB + 2 * MIB + 4 * KIB;
    const struct hoist_access access = hoist_kernel_write_combining();

    assert_int_equal(map_bytes(f, va, va - HALF, size, access, 3), HOIST_OK);
    *entry_at(f, va, 1) |= A | D;
    *entry_at(f, HALF + GIB, 3) |= A | D;
    assert_refused(f, map_bytes(f, va, va - HALF, size, access, 3), HOIST_OK);
    assert_refused(f, map_bytes(f, va, va - HALF, size, access, 2), HOIST_OK);
    assert_refused(f, map_bytes(f, va + 0x1000, va - HALF + 0x1000, 0x5000, access, 1), HOIST_OK);
}

static void a_1g_leaf_that_maps_the_same_is_left_whole(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_1g(f, GIB, 3 * GIB, hoist_kernel_data()), HOIST_OK);
    assert_refused(f, map_bytes(f, GIB + 0x5000, 3 * GIB + 0x5000, 9 * MIB, hoist_kernel_data(), 1),
                   HOIST_OK);
    assert_refused(f,
                   map_bytes(f, GIB + 4 * MIB, 3 * GIB + 4 * MIB, 8 * MIB, hoist_kernel_data(), 2),
                   HOIST_OK);
    assert_int_equal(
        map_bytes(f, GIB - 4 * MIB, 3 * GIB - 4 * MIB, GIB + 8 * MIB, hoist_kernel_data(), 2),
        HOIST_OK);
    assert_leaves(f, 0, 4, 1);
}

static void a_large_leaf_with_other_frames_or_access_is_in_the_way(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access data = hoist_kernel_data();

    assert_int_equal(put_1g(f, GIB, 3 * GIB, data), HOIST_OK);
    assert_refused(f, map_bytes(f, GIB + 0x5000, 3 * GIB + 0x6000, 0x1000, data, 1),
                   HOIST_ALREADY_MAPPED);
    assert_refused(f, map_bytes(f, GIB + 0x5000, 4 * GIB + 0x5000, 0x1000, data, 1),
                   HOIST_ALREADY_MAPPED);
    assert_refused(f, map_bytes(f, GIB + 4 * MIB, 3 * GIB + 6 * MIB, 2 * MIB, data, 2),
                   HOIST_ALREADY_MAPPED);
    assert_refused(f, map_bytes(f, GIB, 3 * GIB, 0x1000, hoist_kernel_rodata(), 1),
                   HOIST_ALREADY_MAPPED);
    assert_refused(f, map_bytes(f, GIB, 3 * GIB, 2 * MIB, hoist_kernel_mmio(), 3),
                   HOIST_ALREADY_MAPPED);
}

/* Address bit 12 and the PAT bit of a large leaf are the same bit of the entry. */
static void the_pat_bit_of_a_large_leaf_does_not_pass_for_an_address(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access plain = hoist_kernel_data();
    const struct hoist_access protected = hoist_access_of(plain.rights, HOIST_WRITE_PROTECTED);

    assert_int_equal(put_2m(f, 2 * MIB, 4 * MIB, protected), HOIST_OK);
    assert_int_equal(put_1g(f, GIB, 4 * GIB, protected), HOIST_OK);
    assert_refused(f, map_bytes(f, 2 * MIB, 4 * MIB + 0x1000, 0x1000, plain, 1),
                   HOIST_ALREADY_MAPPED);
    assert_refused(f, map_bytes(f, 2 * MIB, 4 * MIB + 0x1000, 0x1000, protected, 1),
                   HOIST_ALREADY_MAPPED);
    assert_refused(f, map_bytes(f, GIB, 4 * GIB + 0x1000, 0x1000, plain, 1), HOIST_ALREADY_MAPPED);
    assert_refused(f, map_bytes(f, GIB, 4 * GIB + 0x1000, 0x1000, protected, 1),
                   HOIST_ALREADY_MAPPED);
}

static void a_conflict_at_the_end_changes_nothing(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access data = hoist_kernel_data();

    assert_int_equal(put_4k(f, 4 * MIB + 0x7000, 0x1000, data), HOIST_OK);
    assert_refused(f, map_bytes(f, 0, 0, 4 * MIB + 0x8000, data, 1), HOIST_ALREADY_MAPPED);
    assert_refused(f, map_bytes(f, 0, 0, 4 * MIB + 0x8000, data, 3), HOIST_ALREADY_MAPPED);
    assert_refused(f, map_bytes(f, 0, 0, GIB, data, 3), HOIST_ALREADY_MAPPED);
    assert_int_equal(map_bytes(f, 0, 0, 4 * MIB + 0x7000, data, 3), HOIST_OK);
}

static void entries_of_an_empty_table_are_used_instead_of_a_large_leaf(void **state)
{
    struct fixture *f = *state;
    struct hoist_pt pt;

    assert_int_equal(
        hoist_ensure_chain_4k(&f->space, page_4k(f, 4 * MIB), hoist_kernel_data(), &pt), HOIST_OK);
    assert_int_equal(map_bytes(f, 0, 0, 8 * MIB, hoist_kernel_data(), 3), HOIST_OK);
    assert_leaves(f, 512, 3, 0);
    assert_mapped(f, 0, 0, 8 * MIB);
    assert_int_equal(arena_held(&f->arena), 4);
}

static void tables_below_tables_are_used_all_the_way_down(void **state)
{
    struct fixture *f = *state;
    struct hoist_pt pt;

    assert_int_equal(
        hoist_ensure_chain_4k(&f->space, page_4k(f, GIB + 4 * MIB), hoist_kernel_data(), &pt),
        HOIST_OK);
    assert_int_equal(map_bytes(f, 0, 0, 3 * GIB, hoist_kernel_data(), 3), HOIST_OK);
    assert_leaves(f, 512, 511, 2);
    assert_mapped(f, 0, 0, 3 * GIB);
}

static void holes_between_mapped_pages_are_filled(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access data = hoist_kernel_data();

    assert_int_equal(put_4k(f, 0x3000, 0x3000, data), HOIST_OK);
    assert_int_equal(put_2m(f, 4 * MIB, 4 * MIB, data), HOIST_OK);
    assert_int_equal(map_bytes(f, 0, 0, GIB, data, 3), HOIST_OK);
    assert_leaves(f, 512, 511, 0);
    assert_mapped(f, 0, 0, GIB);
}

static void entries_beside_a_range_stay_as_they_are(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access data = hoist_kernel_data();
    uint64_t old;

    assert_int_equal(put_4k(f, 0x2000, 0x9000, data), HOIST_OK);
    assert_int_equal(put_4k(f, 0x6000, 0x9000, data), HOIST_OK);
    *entry_at(f, 0x7000, 1) = ~P;
    old = *entry_at(f, 0x2000, 1);
    assert_int_equal(map_bytes(f, 0x3000, 0, 0x3000, data, 1), HOIST_OK);
    assert_int_equal(*entry_at(f, 0x2000, 1), old);
    assert_int_equal(*entry_at(f, 0x6000, 1), old);
    assert_int_equal(*entry_at(f, 0x7000, 1), ~P);
    assert_leaves(f, 5, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(mapping_the_same_again_writes_nothing),
        test_of(a_1g_leaf_that_maps_the_same_is_left_whole),
        test_of(a_large_leaf_with_other_frames_or_access_is_in_the_way),
        test_of(the_pat_bit_of_a_large_leaf_does_not_pass_for_an_address),
        test_of(a_conflict_at_the_end_changes_nothing),
        test_of(entries_of_an_empty_table_are_used_instead_of_a_large_leaf),
        test_of(tables_below_tables_are_used_all_the_way_down),
        test_of(holes_between_mapped_pages_are_filled),
        test_of(entries_beside_a_range_stay_as_they_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
