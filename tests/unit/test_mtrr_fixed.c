/* SPDX-License-Identifier: BSD-2-Clause */
/* Types of the first MiB by the fixed-range MTRRs, SDM volume 3, sections 12.11.2.1 and 12.11.2.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mtrr_fixture.h"

/* The fixed ranges in the order of their registers, with types that differ from one to the next. */
static uint8_t fixed_type_of(size_t range)
{
    return types[range * 7 % 11 % LENGTH(types)];
}

static struct mtrr cpu_with_fixed(void)
{
    struct mtrr mtrr = {
        .default_type = WB | ENABLED | FIXED, .physical_bits = 40, .has_fixed = true};

    for (size_t range = 0; range < 8 * MTRR_FIXED_COUNT; range++) {
        mtrr.fixed[range / 8] |= (uint64_t)fixed_type_of(range) << (8 * (range % 8));
    }
    return mtrr;
}

/* Volume 3, table 12-9: 8 of 64 KiB, 16 of 16 KiB, 64 of 4 KiB. */
static void a_fixed_range_holds_from_its_first_byte_to_its_last(void **state)
{
    const struct mtrr mtrr = cpu_with_fixed();
    uint64_t pa = 0;

    (void)state;
    for (size_t range = 0; range < 8 * MTRR_FIXED_COUNT; range++) {
        const uint64_t size = range < 8 ? 64 * 1024 : range < 24 ? 16 * 1024 : 4 * 1024;

        assert_int_equal(mtrr_type_at(&mtrr, pa), fixed_type_of(range));
        assert_int_equal(mtrr_type_at(&mtrr, pa + size - 1), fixed_type_of(range));
        pa += size;
    }
    assert_int_equal(pa, MIB);
    assert_int_equal(mtrr_type_at(&mtrr, MIB), WB);
}

static void fixed_ranges_come_before_those_of_the_pairs(void **state)
{
    struct mtrr mtrr = cpu_with_fixed();

    (void)state;
    add(&mtrr, 0, 2 * MIB, UC);
    add(&mtrr, 0, MIB / 2, WT);
    for (uint64_t pa = 0; pa < MIB; pa += PAGE) {
        struct mtrr alone = cpu_with_fixed();

        assert_int_equal(mtrr_type_at(&mtrr, pa), mtrr_type_at(&alone, pa));
    }
    assert_int_equal(mtrr_type_at(&mtrr, MIB), UC);
    assert_int_equal(mtrr_type_at(&mtrr, 2 * MIB), WB);
}

/* Bit 10 of IA32_MTRR_DEF_TYPE, FIX of IA32_MTRRCAP; bit 11 turns everything off. */
static void fixed_ranges_that_are_off_or_absent_count_for_nothing(void **state)
{
    struct mtrr off = cpu_with_fixed();
    struct mtrr absent = cpu_with_fixed();
    struct mtrr all_off = cpu_with_fixed();

    (void)state;
    off.default_type &= ~FIXED;
    absent.has_fixed = false;
    all_off.default_type &= ~ENABLED;
    for (uint64_t pa = 0; pa < MIB; pa += PAGE) {
        assert_int_equal(mtrr_type_at(&off, pa), WB);
        assert_int_equal(mtrr_type_at(&absent, pa), WB);
        assert_int_equal(mtrr_type_at(&all_off, pa), UC);
    }
    assert_int_equal(mtrr_next_change(&off, 0, GIB), GIB);
    assert_int_equal(mtrr_next_change(&absent, 0, GIB), GIB);
    assert_int_equal(mtrr_next_change(&all_off, 0, GIB), GIB);
}

/* Page by page, which is the smallest there is. */
static void every_change_in_the_first_mib_is_seen(void **state)
{
    struct mtrr mtrr = cpu_with_fixed();

    (void)state;
    add(&mtrr, 0, 2 * MIB, UC);
    for (uint64_t pa = 0; pa < MIB; pa += PAGE) {
        uint64_t expected = pa + PAGE;

        while (expected < 4 * MIB && mtrr_type_at(&mtrr, expected) == mtrr_type_at(&mtrr, pa)) {
            expected += PAGE;
        }
        assert_int_equal(mtrr_next_change(&mtrr, pa, 4 * MIB), expected);
        assert_int_equal(mtrr_next_change(&mtrr, pa, pa + PAGE / 2), pa + PAGE / 2);
    }
}

static void a_first_mib_of_one_type_does_not_change_before_its_end(void **state)
{
    struct mtrr mtrr = {
        .default_type = UC | ENABLED | FIXED, .physical_bits = 40, .has_fixed = true};

    (void)state;
    for (size_t i = 0; i < MTRR_FIXED_COUNT; i++) {
        mtrr.fixed[i] = UINT64_C(0x0606060606060606);
    }
    assert_int_equal(mtrr_next_change(&mtrr, 0, GIB), MIB);
    add(&mtrr, 0, 4 * MIB, WB);
    assert_int_equal(mtrr_next_change(&mtrr, 0, GIB), 4 * MIB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fixed_range_holds_from_its_first_byte_to_its_last),
        cmocka_unit_test(fixed_ranges_come_before_those_of_the_pairs),
        cmocka_unit_test(fixed_ranges_that_are_off_or_absent_count_for_nothing),
        cmocka_unit_test(every_change_in_the_first_mib_is_seen),
        cmocka_unit_test(a_first_mib_of_one_type_does_not_change_before_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
