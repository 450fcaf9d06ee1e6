/* SPDX-License-Identifier: BSD-2-Clause */
/* set_leaf: one page in its table, what may be there already, and what is in the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "paging_fixture.h"

static void a_table_in_the_way_of_a_large_leaf_is_refused_by_level(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, HALF, 0, hoist_kernel_data()), HOIST_OK);
    assert_refused(f, put_2m(f, HALF, 0, hoist_kernel_data()), HOIST_TABLE_IN_THE_WAY_OF_2M);
    assert_refused(f, put_1g(f, HALF, 0, hoist_kernel_data()), HOIST_TABLE_IN_THE_WAY_OF_1G);
}

static void an_empty_table_is_in_the_way_too(void **state)
{
    struct fixture *f = *state;
    struct hoist_pt pt;

    assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, HALF), hoist_kernel_data(), &pt),
                     HOIST_OK);
    assert_refused(f, put_2m(f, HALF, 0, hoist_kernel_data()), HOIST_TABLE_IN_THE_WAY_OF_2M);
}

static void the_same_mapping_again_is_fine_and_writes_nothing(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, 0, 0x7000, hoist_kernel_write_combining()), HOIST_OK);
    assert_int_equal(put_2m(f, GIB, 6 * MIB, hoist_kernel_write_combining()), HOIST_OK);
    assert_int_equal(put_1g(f, 2 * GIB, 5 * GIB, hoist_kernel_write_combining()), HOIST_OK);
    assert_refused(f, put_4k(f, 0, 0x7000, hoist_kernel_write_combining()), HOIST_OK);
    assert_refused(f, put_2m(f, GIB, 6 * MIB, hoist_kernel_write_combining()), HOIST_OK);
    assert_refused(f, put_1g(f, 2 * GIB, 5 * GIB, hoist_kernel_write_combining()), HOIST_OK);
}

static void accessed_and_dirty_do_not_make_a_mapping_another(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, 0, 0x7000, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(put_2m(f, GIB, 6 * MIB, hoist_kernel_data()), HOIST_OK);
    *entry_at(f, 0, 1) |= A | D;
    *entry_at(f, GIB, 2) |= A;
    assert_refused(f, put_4k(f, 0, 0x7000, hoist_kernel_data()), HOIST_OK);
    assert_refused(f, put_2m(f, GIB, 6 * MIB, hoist_kernel_data()), HOIST_OK);
}

/* One access that differs from kernel data in one thing. */
static struct hoist_access differing(unsigned what)
{
    struct hoist_access access = hoist_kernel_data();

    switch (what) {
    case 0: access.rights &= (uint8_t)~HOIST_WRITE; break;
    case 1: access.rights |= HOIST_EXECUTE; break;
    case 2: access.rights |= HOIST_GLOBAL; break;
    case 3: access.cache = HOIST_WRITE_THROUGH; break;
    case 4: access.cache = HOIST_UNCACHED_MINUS; break;
    case 5: access.cache = HOIST_WRITE_PROTECTED; break;
    case 6: access.protection_key = 1; break;
    default: access.software = 0x200; break;
    }
    return access;
}

static void a_different_mapping_in_the_way_is_refused_whatever_differs(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, 0, 0x7000, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(put_2m(f, GIB, 6 * MIB, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(put_1g(f, 2 * GIB, 5 * GIB, hoist_kernel_data()), HOIST_OK);
    assert_refused(f, put_4k(f, 0, 0x8000, hoist_kernel_data()), HOIST_ALREADY_MAPPED);
    assert_refused(f, put_2m(f, GIB, 8 * MIB, hoist_kernel_data()), HOIST_ALREADY_MAPPED);
    assert_refused(f, put_1g(f, 2 * GIB, 6 * GIB, hoist_kernel_data()), HOIST_ALREADY_MAPPED);
    for (unsigned what = 0; what < 8; what++) {
        assert_refused(f, put_4k(f, 0, 0x7000, differing(what)), HOIST_ALREADY_MAPPED);
        assert_refused(f, put_2m(f, GIB, 6 * MIB, differing(what)), HOIST_ALREADY_MAPPED);
        assert_refused(f, put_1g(f, 2 * GIB, 5 * GIB, differing(what)), HOIST_ALREADY_MAPPED);
    }
}

static void a_user_leaf_where_a_kernel_leaf_is_is_refused(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access user = rights_of(HOIST_READ | HOIST_WRITE | HOIST_USER);
    struct hoist_pt pt;

    assert_int_equal(put_4k(f, 0, 0x7000, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, 0), user, &pt), HOIST_OK);
    assert_refused(f, hoist_set_leaf_4k(&f->space, pt, page_4k(f, 0), frame_4k(f, 0x7000), user),
                   HOIST_ALREADY_MAPPED);
}

static void a_handle_takes_only_pages_of_its_own_table(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access data = hoist_kernel_data();
    const enum hoist_result other = HOIST_TABLE_OF_OTHER_PAGE;
    const struct hoist_frame_1g large = frame_1g(f, 0);
    struct hoist_pt pt;
    struct hoist_pd pd;
    struct hoist_pdpt pdpt;

    assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, HALF), data, &pt), HOIST_OK);
    assert_int_equal(hoist_ensure_chain_2m(&f->space, page_2m(f, HALF), data, &pd), HOIST_OK);
    assert_int_equal(hoist_ensure_chain_1g(&f->space, page_1g(f, HALF), data, &pdpt), HOIST_OK);
    assert_refused(
        f, hoist_set_leaf_4k(&f->space, pt, page_4k(f, HALF + 2 * MIB), frame_4k(f, 0), data),
        other);
    assert_refused(f, hoist_set_leaf_4k(&f->space, pt, page_4k(f, 0), frame_4k(f, 0), data), other);
    assert_refused(
        f, hoist_set_leaf_2m(&f->space, pd, page_2m(f, HALF + GIB), frame_2m(f, 0), data), other);
    assert_refused(f, hoist_set_leaf_1g(&f->space, pdpt, page_1g(f, HALF + 512 * GIB), large, data),
                   other);
    assert_int_equal(hoist_set_leaf_4k(&f->space, pt, page_4k(f, HALF + 2 * MIB - 4 * KIB),
                                       frame_4k(f, 0), data),
                     HOIST_OK);
    assert_int_equal(
        hoist_set_leaf_2m(&f->space, pd, page_2m(f, HALF + GIB - 2 * MIB), frame_2m(f, 0), data),
        HOIST_OK);
    assert_int_equal(hoist_set_leaf_1g(&f->space, pdpt, page_1g(f, HALF + 511 * GIB), large, data),
                     HOIST_OK);
    assert_int_equal(leaf_at(f, HALF + 511 * GIB).level, 3);
    assert_int_equal(leaf_at(f, HALF + GIB - 2 * MIB).level, 2);
    assert_int_equal(leaf_at(f, HALF + 2 * MIB - 4 * KIB).level, 1);
}

static void without_nx_an_accepted_mapping_has_bit_63_clear(void **state)
{
    struct fixture *f = *state;
    struct hoist_cpu cpu = fixture_cpu(4);

    cpu.has_nx = false;
    cpu.accept_missing_nx = true;
    fixture_restart(f, cpu);
    assert_int_equal(put_4k(f, 0, 0x7000, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(put_2m(f, GIB, 0, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(put_1g(f, 2 * GIB, 0, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(leaf_at(f, 0).entry, 0x7000 | P | W);
    assert_leaves(f, 1, 1, 1);
}

static void a_1g_leaf_is_refused_where_the_cpu_has_none(void **state)
{
    struct fixture *f = *state;
    const struct hoist_page_1g page = page_1g(f, GIB);
    const struct hoist_frame_1g frame = frame_1g(f, GIB);
    struct hoist_pdpt pdpt;

    assert_int_equal(hoist_ensure_chain_1g(&f->space, page, hoist_kernel_data(), &pdpt), HOIST_OK);
    f->space.cpu.has_1g_pages = false;
    assert_refused(f, hoist_set_leaf_1g(&f->space, pdpt, page, frame, hoist_kernel_data()),
                   HOIST_NO_1G_PAGES);
}

static void a_leaf_that_was_not_present_is_replaced_whatever_it_held(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, 0, 0x7000, hoist_kernel_data()), HOIST_OK);
    *entry_at(f, 0x1000, 1) = ~P;
    assert_int_equal(put_4k(f, 0x1000, 0x8000, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(leaf_at(f, 0x1000).entry, 0x8000 | P | W | NX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(a_table_in_the_way_of_a_large_leaf_is_refused_by_level),
        test_of(an_empty_table_is_in_the_way_too),
        test_of(the_same_mapping_again_is_fine_and_writes_nothing),
        test_of(accessed_and_dirty_do_not_make_a_mapping_another),
        test_of(a_different_mapping_in_the_way_is_refused_whatever_differs),
        test_of(a_user_leaf_where_a_kernel_leaf_is_is_refused),
        test_of(a_handle_takes_only_pages_of_its_own_table),
        test_of(without_nx_an_accepted_mapping_has_bit_63_clear),
        test_of(a_1g_leaf_is_refused_where_the_cpu_has_none),
        test_of(a_leaf_that_was_not_present_is_replaced_whatever_it_held),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
