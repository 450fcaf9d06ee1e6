/* SPDX-License-Identifier: BSD-2-Clause */
/* Rights and cache types, to the bits of an entry and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "paging_fixture.h"

static void each_right_is_the_bit_that_the_manual_says(void **state)
{
    const uint8_t read = HOIST_READ;

    (void)state;
    assert_int_equal(hoist_encode_leaf(rights_of(read), 1, true), P | NX);
    assert_int_equal(hoist_encode_leaf(rights_of(read | HOIST_EXECUTE), 1, true), P);
    assert_int_equal(hoist_encode_leaf(rights_of(read | HOIST_WRITE), 1, true), P | W | NX);
    assert_int_equal(hoist_encode_leaf(rights_of(read | HOIST_USER), 1, true), P | U | NX);
    assert_int_equal(hoist_encode_leaf(rights_of(read | HOIST_GLOBAL), 1, true), P | G | NX);
    assert_int_equal(hoist_encode_leaf(rights_of(read), 1, false), P);
    assert_int_equal(hoist_encode_leaf(rights_of(read), 2, true), P | PS | NX);
    assert_int_equal(hoist_encode_leaf(rights_of(read), 3, true), P | PS | NX);
}

static void each_cache_type_is_its_pat_index(void **state)
{
    (void)state;
    for (uint8_t cache = 0; cache < 8; cache++) {
        const uint64_t low = ((cache & 1) != 0 ? PWT : 0) | ((cache & 2) != 0 ? PCD : 0);
        const struct hoist_access access = hoist_access_of(HOIST_READ | HOIST_EXECUTE, cache);

        assert_int_equal(hoist_encode_leaf(access, 1, true),
                         P | low | (cache >= 4 ? PAT_SMALL : 0));
        assert_int_equal(hoist_encode_leaf(access, 2, true),
                         P | PS | low | (cache >= 4 ? PAT_LARGE : 0));
        assert_int_equal(hoist_encode_leaf(access, 3, true),
                         P | PS | low | (cache >= 4 ? PAT_LARGE : 0));
    }
}

static void key_and_software_bits_are_where_the_manual_says(void **state)
{
    struct hoist_access access = rights_of(HOIST_READ | HOIST_EXECUTE);

    (void)state;
    access.protection_key = 0xf;
    assert_int_equal(hoist_encode_leaf(access, 1, true), P | UINT64_C(0xf) << 59);
    access.protection_key = 0;
    for (unsigned i = 0; i < 10; i++) {
        access.software = (uint16_t)(1u << i);
        assert_int_equal(hoist_encode_leaf(access, 1, true), P | BIT(i < 3 ? 9 + i : 49 + i));
    }
}

static void every_access_survives_encoding_and_decoding_at_every_level(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 0x20 * 8 * 16; n++) {
        struct hoist_access access = {(uint8_t)(n & 0x1f) | HOIST_READ, (uint8_t)(n >> 5 & 7),
                                      (uint8_t)(n >> 8), (uint16_t)(n * 37 & 0x3ff)};

        for (unsigned level = 1; level <= 3; level++) {
            const uint64_t entry = hoist_encode_leaf(access, level, true);
            const struct hoist_access back = hoist_decode_leaf(entry | A | D, level);

            assert_int_equal(entry & UINT64_C(0x000fffffffffe000), 0);
            assert_int_equal(back.rights, access.rights);
            assert_int_equal(back.cache, access.cache);
            assert_int_equal(back.protection_key, access.protection_key);
            assert_int_equal(back.software, access.software);
        }
    }
}

static void presets_are_what_their_names_say(void **state)
{
    (void)state;
    assert_int_equal(hoist_encode_leaf(hoist_kernel_text(), 1, true), P);
    assert_int_equal(hoist_encode_leaf(hoist_kernel_rodata(), 1, true), P | NX);
    assert_int_equal(hoist_encode_leaf(hoist_kernel_data(), 1, true), P | W | NX);
    assert_int_equal(hoist_encode_leaf(hoist_kernel_mmio(), 1, true), P | W | NX | PCD | PWT);
    assert_int_equal(hoist_encode_leaf(hoist_kernel_write_combining(), 1, true),
                     P | W | NX | PAT_SMALL | PWT);
    assert_int_equal(hoist_encode_leaf(hoist_kernel_write_combining(), 2, true),
                     P | W | NX | PS | PAT_LARGE | PWT);
}

static void an_access_out_of_range_is_refused_member_by_member(void **state)
{
    struct fixture *f = *state;
    struct hoist_access access = rights_of(HOIST_READ);

    assert_int_equal(hoist_check_access(&f->space, access), HOIST_OK);
    access.rights = 0x20 | HOIST_READ;
    assert_int_equal(hoist_check_access(&f->space, access), HOIST_BAD_ACCESS);
    access = hoist_access_of(HOIST_READ, 8);
    assert_int_equal(hoist_check_access(&f->space, access), HOIST_BAD_ACCESS);
    access = rights_of(HOIST_READ);
    access.protection_key = 16;
    assert_int_equal(hoist_check_access(&f->space, access), HOIST_BAD_ACCESS);
    access.protection_key = 15;
    access.software = 0x400;
    assert_int_equal(hoist_check_access(&f->space, access), HOIST_BAD_ACCESS);
    access.software = 0x3ff;
    access.cache = 7;
    assert_int_equal(hoist_check_access(&f->space, access), HOIST_OK);
}

static void rights_without_read_are_refused(void **state)
{
    struct fixture *f = *state;

    for (uint8_t rights = 0; rights < 0x20; rights++) {
        assert_int_equal(hoist_check_access(&f->space, rights_of(rights)),
                         (rights & HOIST_READ) != 0 ? HOIST_OK : HOIST_NO_READ);
    }
}

static void without_nx_data_is_refused_unless_that_is_accepted(void **state)
{
    struct fixture *f = *state;

    f->space.cpu.has_nx = false;
    assert_int_equal(hoist_check_access(&f->space, hoist_kernel_data()), HOIST_NO_NX);
    assert_int_equal(hoist_check_access(&f->space, hoist_kernel_text()), HOIST_OK);
    f->space.cpu.accept_missing_nx = true;
    assert_int_equal(hoist_check_access(&f->space, hoist_kernel_data()), HOIST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_right_is_the_bit_that_the_manual_says),
        cmocka_unit_test(each_cache_type_is_its_pat_index),
        cmocka_unit_test(key_and_software_bits_are_where_the_manual_says),
        cmocka_unit_test(every_access_survives_encoding_and_decoding_at_every_level),
        cmocka_unit_test(presets_are_what_their_names_say),
        test_of(an_access_out_of_range_is_refused_member_by_member),
        test_of(rights_without_read_are_refused),
        test_of(without_nx_data_is_refused_unless_that_is_accepted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
