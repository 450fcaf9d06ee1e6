/* SPDX-License-Identifier: BSD-2-Clause */
/* Single pages and chains, where the tests of each function alone leave a gap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA   hoist_kernel_data()
#define RODATA hoist_kernel_rodata()

static void protecting_a_2m_or_1g_page_is_one_leaf_and_no_neighbour(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 0, 4 * GIB, DATA, HOIST_LEAF_1G), HOIST_OK);
    remember(f);
    assert_int_equal(hoist_protect_1g(&f->space, page_1g(f, HALF + GIB), RODATA), HOIST_OK);
    assert_flushed_once(f, HALF + GIB, 1, GIB);
    assert_true(leaf_at(f, HALF).writable);
    assert_false(leaf_at(f, HALF + GIB).writable);
    assert_true(leaf_at(f, HALF + 2 * GIB).writable);
    assert_int_equal(split_bytes(f, HALF + 2 * GIB, GIB, HOIST_LEAF_2M), HOIST_OK);
    remember(f);
    assert_int_equal(hoist_protect_2m(&f->space, page_2m(f, HALF + 2 * GIB + 2 * MIB), RODATA),
                     HOIST_OK);
    assert_flushed_once(f, HALF + 2 * GIB + 2 * MIB, 1, 2 * MIB);
    assert_true(leaf_at(f, HALF + 2 * GIB).writable);
    assert_false(leaf_at(f, HALF + 2 * GIB + 2 * MIB).writable);
    assert_true(leaf_at(f, HALF + 2 * GIB + 4 * MIB).writable);
    assert_refused(f, hoist_protect_2m(&f->space, page_2m(f, 0), RODATA), HOIST_NOT_MAPPED);
}

static void unmapping_a_2m_or_1g_page_tells_its_frame_and_leaves_its_neighbours(void **state)
{
    struct fixture *f = *state;
    struct hoist_frame_2m frame_of_2m = {1};
    struct hoist_frame_1g frame_of_1g = {1};

    assert_int_equal(map_bytes(f, HALF, 0, 4 * GIB, DATA, HOIST_LEAF_1G), HOIST_OK);
    remember(f);
    assert_int_equal(hoist_unmap_1g(&f->space, page_1g(f, HALF + GIB), &frame_of_1g), HOIST_OK);
    assert_int_equal(frame_of_1g.pa, GIB);
    assert_flushed_once(f, HALF + GIB, 1, GIB);
    assert_leaves(f, 0, 0, 3);
    assert_int_equal(hoist_unmap_2m(&f->space, page_2m(f, HALF + 2 * GIB + 6 * MIB), &frame_of_2m),
                     HOIST_OK);
    assert_int_equal(frame_of_2m.pa, 2 * GIB + 6 * MIB);
    assert_leaves(f, 0, 511, 2);
    remember(f);
    assert_int_equal(hoist_unmap_2m(&f->space, page_2m(f, HALF + 2 * GIB + 8 * MIB), &frame_of_2m),
                     HOIST_OK);
    assert_int_equal(frame_of_2m.pa, 2 * GIB + 8 * MIB);
    assert_flushed_once(f, HALF + 2 * GIB + 8 * MIB, 1, 2 * MIB);
    assert_leaves(f, 0, 510, 2);
    frame_of_2m.pa = 1;
    assert_refused(f, hoist_unmap_2m(&f->space, page_2m(f, HALF + 2 * GIB + 8 * MIB), &frame_of_2m),
                   HOIST_NOT_MAPPED);
    assert_int_equal(frame_of_2m.pa, 1);
}

static void a_table_in_the_place_of_a_page_is_not_unmapped(void **state)
{
    struct fixture *f = *state;
    struct hoist_frame_2m frame_of_2m = {1};
    struct hoist_frame_1g frame_of_1g = {1};

    assert_int_equal(put_4k(f, HALF, 0x7000, DATA), HOIST_OK);
    assert_refused(f, hoist_unmap_2m(&f->space, page_2m(f, HALF), &frame_of_2m),
                   HOIST_TABLE_IN_THE_WAY_OF_2M);
    assert_refused(f, hoist_unmap_1g(&f->space, page_1g(f, HALF), &frame_of_1g),
                   HOIST_TABLE_IN_THE_WAY_OF_1G);
    assert_int_equal(frame_of_2m.pa, 1);
    assert_int_equal(frame_of_1g.pa, 1);
}

/* Errors of the arguments come first. */
static void an_access_that_cannot_be_is_named_before_a_table_in_the_way(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, HALF, 0x7000, DATA), HOIST_OK);
    assert_refused(f, hoist_map_2m(&f->space, page_2m(f, HALF), frame_2m(f, 0), rights_of(0)),
                   HOIST_NO_READ);
    assert_refused(f, hoist_map_1g(&f->space, page_1g(f, HALF), frame_1g(f, 0), rights_of(0x20)),
                   HOIST_BAD_ACCESS);
}

static void a_table_with_a_narrow_link_is_widened_for_large_pages_mapped_through_it(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access user = rights_of(HOIST_READ | HOIST_USER);

    assert_int_equal(put_4k(f, HALF, 0, DATA), HOIST_OK);
    assert_int_equal(unmap_bytes(f, HALF, 4 * KIB, HOIST_KEEP_TABLES), HOIST_OK);
    assert_int_equal(map_bytes(f, HALF, 0, 2 * MIB, user, HOIST_LEAF_2M), HOIST_OK);
    assert_leaves(f, 512, 0, 0);
    assert_mapped(f, HALF, 0, 2 * MIB);
    assert_true(leaf_at(f, HALF).may_be_used_by_user);
    assert_true(leaf_at(f, HALF + 2 * MIB - 1).may_be_used_by_user);
}

static void begin_lent(struct fixture *f)
{
    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(put_4k(f, HALF, 0x7000, DATA), HOIST_OK);
    f->space.upper_half = HOIST_UPPER_LENT;
}

static void a_chain_in_a_lent_half_can_grow_below_wide_root_entries_alone(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access user = rights_of(HOIST_READ | HOIST_USER);
    struct hoist_pt pt;

    begin_lent(f);
    assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, HALF + 4 * GIB), DATA, &pt),
                     HOIST_OK);
    assert_ptr_equal(pt.entries, entry_at(f, HALF + 4 * GIB, 1));
    assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, 0), user, &pt), HOIST_OK);
    assert_ptr_equal(pt.entries, entry_at(f, 0, 1));
    assert_refused(f, hoist_ensure_chain_4k(&f->space, page_4k(f, HALF + 512 * GIB), DATA, &pt),
                   HOIST_SHARED_HALF);
    assert_refused(f, hoist_ensure_chain_4k(&f->space, page_4k(f, HALF), user, &pt),
                   HOIST_SHARED_HALF);
}

static void a_chain_in_a_borrowed_half_is_refused_and_below_it_is_not(void **state)
{
    struct fixture *f = *state;
    struct hoist_pt pt;

    begin_lent(f);
    f->space.upper_half = HOIST_UPPER_BORROWED;
    assert_refused(f, hoist_ensure_chain_4k(&f->space, page_4k(f, HALF), DATA, &pt),
                   HOIST_SHARED_HALF);
    assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, 0), DATA, &pt), HOIST_OK);
}

static void a_chain_with_links_kept_is_refused_where_they_are_narrow_alone(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access user = rights_of(HOIST_READ | HOIST_USER);
    struct hoist_pt pt;

    assert_int_equal(put_4k(f, HALF, 0x7000, DATA), HOIST_OK);
    f->space.keep_links = true;
    assert_refused(f, hoist_ensure_chain_4k(&f->space, page_4k(f, HALF + 0x1000), DATA, &pt),
                   HOIST_OK);
    assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, HALF + 2 * MIB), DATA, &pt),
                     HOIST_OK);
    assert_refused(f, hoist_ensure_chain_4k(&f->space, page_4k(f, HALF), user, &pt),
                   HOIST_NARROW_LINK);
}

static void a_chain_for_an_access_that_cannot_be_is_not_made(void **state)
{
    struct fixture *f = *state;
    struct hoist_pt pt;
    struct hoist_pd pd;
    struct hoist_pdpt pdpt;

    for (unsigned half = HOIST_UPPER_OWN; half <= HOIST_UPPER_BORROWED; half++) {
        f->space.upper_half = (enum hoist_upper_half)half;
        assert_refused(f, hoist_ensure_chain_4k(&f->space, page_4k(f, 0), rights_of(0), &pt),
                       HOIST_NO_READ);
        assert_refused(f, hoist_ensure_chain_2m(&f->space, page_2m(f, 0), rights_of(0), &pd),
                       HOIST_NO_READ);
        assert_refused(f, hoist_ensure_chain_1g(&f->space, page_1g(f, 0), rights_of(0), &pdpt),
                       HOIST_NO_READ);
    }
}

static void a_page_of_a_size_that_is_none_cannot_be_given(void **state)
{
    struct fixture *f = *state;

    for (unsigned size = 0; size <= 4; size += 4) {
        struct hoist_owned page = {hoist_pa_of(0), (enum hoist_leaf_size)size, true};

        assert_refused(f, hoist_give(&f->space, hoist_va_of(0), &page, DATA), HOIST_BAD_LEAF_SIZE);
        assert_true(page.is_held);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(protecting_a_2m_or_1g_page_is_one_leaf_and_no_neighbour),
        test_of(unmapping_a_2m_or_1g_page_tells_its_frame_and_leaves_its_neighbours),
        test_of(a_table_in_the_place_of_a_page_is_not_unmapped),
        test_of(an_access_that_cannot_be_is_named_before_a_table_in_the_way),
        test_of(a_table_with_a_narrow_link_is_widened_for_large_pages_mapped_through_it),
        test_of(a_chain_in_a_lent_half_can_grow_below_wide_root_entries_alone),
        test_of(a_chain_in_a_borrowed_half_is_refused_and_below_it_is_not),
        test_of(a_chain_with_links_kept_is_refused_where_they_are_narrow_alone),
        test_of(a_chain_for_an_access_that_cannot_be_is_not_made),
        test_of(a_page_of_a_size_that_is_none_cannot_be_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
