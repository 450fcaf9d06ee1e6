/* SPDX-License-Identifier: BSD-2-Clause */
/* What one address means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "paging_fixture.h"

static struct hoist_translation ask(struct fixture *f, uint64_t va)
{
    struct hoist_translation found;

    assert_int_equal(hoist_query(&f->space, hoist_va_of(va), &found), HOIST_OK);
    return found;
}

static void assert_not_found(struct fixture *f, uint64_t va, enum hoist_result expected)
{
    struct hoist_translation found;
    struct hoist_translation untouched;

    memset(&found, 0x5a, sizeof found);
    memset(&untouched, 0x5a, sizeof untouched);
    assert_int_equal(hoist_query(&f->space, hoist_va_of(va), &found), expected);
    assert_memory_equal(&found, &untouched, sizeof found);
}

static void an_address_in_a_leaf_of_each_size_is_translated_with_its_offset(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, HALF, 0x7000, hoist_kernel_text()), HOIST_OK);
    assert_int_equal(put_2m(f, HALF + 2 * MIB, 6 * MIB, hoist_kernel_rodata()), HOIST_OK);
    assert_int_equal(put_1g(f, HALF + GIB, 5 * GIB, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(ask(f, HALF + 0xabc).pa.value, 0x7abc);
    assert_int_equal(ask(f, HALF + 0xabc).size, HOIST_LEAF_4K);
    assert_int_equal(ask(f, HALF + 2 * MIB + 0x12345).pa.value, 6 * MIB + 0x12345);
    assert_int_equal(ask(f, HALF + 2 * MIB + 0x12345).size, HOIST_LEAF_2M);
    assert_int_equal(ask(f, HALF + GIB + 0x3fffffff).pa.value, 5 * GIB + 0x3fffffff);
    assert_int_equal(ask(f, HALF + GIB + 0x3fffffff).size, HOIST_LEAF_1G);
    assert_int_equal(ask(f, HALF + GIB).entry, 5 * GIB | P | W | PS | NX);
    assert_int_equal(hoist_leaf_bytes(HOIST_LEAF_4K), 4 * KIB);
    assert_int_equal(hoist_leaf_bytes(HOIST_LEAF_2M), 2 * MIB);
    assert_int_equal(hoist_leaf_bytes(HOIST_LEAF_1G), GIB);
}

static void the_pat_bit_of_a_large_leaf_is_not_part_of_its_address(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_2m(f, HALF, 4 * MIB, hoist_kernel_write_combining()), HOIST_OK);
    assert_int_equal(ask(f, HALF + 1).pa.value, 4 * MIB + 1);
    assert_int_equal(ask(f, HALF).leaf.cache, HOIST_WRITE_COMBINING);
    assert_int_equal(ask(f, HALF).leaf.rights, HOIST_READ | HOIST_WRITE);
}

static void what_is_not_mapped_is_said_so_at_every_level(void **state)
{
    struct fixture *f = *state;

    assert_not_found(f, HALF, HOIST_NOT_MAPPED);
    assert_int_equal(put_4k(f, HALF, 0x7000, hoist_kernel_text()), HOIST_OK);
    assert_not_found(f, HALF + 0x1000, HOIST_NOT_MAPPED);
    assert_not_found(f, HALF + 2 * MIB, HOIST_NOT_MAPPED);
    assert_not_found(f, HALF + GIB, HOIST_NOT_MAPPED);
    assert_not_found(f, HALF + 512 * GIB, HOIST_NOT_MAPPED);
    assert_not_found(f, 0, HOIST_NOT_MAPPED);
}

static void an_entry_that_is_not_present_is_not_followed_whatever_else_it_holds(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, HALF, 0x7000, hoist_kernel_text()), HOIST_OK);
    *entry_at(f, HALF, 1) &= ~P;
    assert_not_found(f, HALF, HOIST_NOT_MAPPED);
    *entry_at(f, HALF, 2) = ~P;
    assert_not_found(f, HALF, HOIST_NOT_MAPPED);
}

/* Bit 7 is reserved there; the library does not take it for a leaf of 512 GiB or 256 TiB. */
static void bit_7_makes_no_leaf_above_the_1g_level(void **state)
{
    struct fixture *f = *state;

    for (unsigned level = 4; level <= 5; level++) {
        fixture_restart(f, fixture_cpu(5));
        assert_int_equal(put_4k(f, HALF, 0x7000, hoist_kernel_text()), HOIST_OK);
        *entry_at(f, HALF, level) |= PS;
        assert_int_equal(ask(f, HALF).pa.value, 0x7000);
        assert_int_equal(ask(f, HALF).size, HOIST_LEAF_4K);
    }
}

static void an_address_in_the_hole_is_named(void **state)
{
    struct fixture *f = *state;

    assert_not_found(f, UINT64_C(0x0000800000000000), HOIST_NOT_CANONICAL);
    assert_not_found(f, HALF - 1, HOIST_NOT_CANONICAL);
    fixture_restart(f, fixture_cpu(5));
    assert_not_found(f, UINT64_C(0x0000800000000000), HOIST_NOT_MAPPED);
    assert_not_found(f, UINT64_C(0x0100000000000000), HOIST_NOT_CANONICAL);
}

static void effective_rights_are_what_every_link_leaves_over(void **state)
{
    struct fixture *f = *state;
    const uint8_t all = HOIST_READ | HOIST_WRITE | HOIST_EXECUTE | HOIST_USER;

    for (unsigned level = 2; level <= 4; level++) {
        fixture_restart(f, fixture_cpu(4));
        assert_int_equal(put_4k(f, 0x400000, 0x7000, rights_of(all)), HOIST_OK);
        assert_int_equal(ask(f, 0x400000).effective.rights, all);
        *entry_at(f, 0x400000, level) &= ~W;
        assert_int_equal(ask(f, 0x400000).effective.rights, all & ~HOIST_WRITE);
        *entry_at(f, 0x400000, level) &= ~U;
        assert_int_equal(ask(f, 0x400000).effective.rights, HOIST_READ | HOIST_EXECUTE);
        *entry_at(f, 0x400000, level) |= NX;
        assert_int_equal(ask(f, 0x400000).effective.rights, HOIST_READ);
        assert_int_equal(ask(f, 0x400000).leaf.rights, all);
    }
}

static void links_do_not_add_rights_that_the_leaf_lacks(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, 0, 0x7000, rights_of(HOIST_READ | HOIST_USER)), HOIST_OK);
    assert_int_equal(put_4k(f, 0x1000, 0x8000, rights_of(HOIST_READ | HOIST_GLOBAL)), HOIST_OK);
    assert_int_equal(ask(f, 0).effective.rights, HOIST_READ | HOIST_USER);
    assert_int_equal(ask(f, 0x1000).effective.rights, HOIST_READ | HOIST_GLOBAL);
}

static void a_user_page_after_a_kernel_page_is_reachable_for_user_code(void **state)
{
    struct fixture *f = *state;
    const uint8_t user = HOIST_READ | HOIST_WRITE | HOIST_USER;

    assert_int_equal(put_4k(f, HALF, 0x7000, hoist_kernel_text()), HOIST_OK);
    assert_int_equal(put_4k(f, 0x400000, 0x8000, rights_of(user)), HOIST_OK);
    assert_int_equal(ask(f, 0x400000).effective.rights, user);
    assert_true(leaf_at(f, 0x400000).may_be_used_by_user);
    assert_int_equal(f->arena.flush_count, 0);
}

static void without_nx_everything_is_executable_and_is_said_to_be(void **state)
{
    struct fixture *f = *state;
    struct hoist_cpu cpu = fixture_cpu(4);

    cpu.has_nx = false;
    cpu.accept_missing_nx = true;
    fixture_restart(f, cpu);
    assert_int_equal(put_4k(f, HALF, 0x7000, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(ask(f, HALF).effective.rights, HOIST_READ | HOIST_WRITE | HOIST_EXECUTE);
    take_census(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(an_address_in_a_leaf_of_each_size_is_translated_with_its_offset),
        test_of(the_pat_bit_of_a_large_leaf_is_not_part_of_its_address),
        test_of(what_is_not_mapped_is_said_so_at_every_level),
        test_of(an_entry_that_is_not_present_is_not_followed_whatever_else_it_holds),
        test_of(bit_7_makes_no_leaf_above_the_1g_level),
        test_of(an_address_in_the_hole_is_named),
        test_of(effective_rights_are_what_every_link_leaves_over),
        test_of(links_do_not_add_rights_that_the_leaf_lacks),
        test_of(a_user_page_after_a_kernel_page_is_reachable_for_user_code),
        test_of(without_nx_everything_is_executable_and_is_said_to_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
