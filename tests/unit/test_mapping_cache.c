/* SPDX-License-Identifier: BSD-2-Clause */
/* The cache type that the CPU uses, out of that of the page and that of the MTRRs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mapping.h"

/* Numbers of types, SDM volume 3, tables 12-2 and 12-10. */
enum { UC = 0, WC = 1, WT = 4, WP = 5, WB = 6, UC_MINUS = 7 };

/* SDM volume 3, table 12-7, as it stands there: for an MTRR type, what each PAT type comes to. */
static const struct {
    uint8_t mtrr;
    uint8_t uc, uc_minus, wc, wt, wb, wp;
} rows[] = {
    {UC, UC, UC, WC, UC, UC, UC}, {WC, UC, WC, WC, UC, WC, UC}, {WT, UC, UC, WC, WT, WT, WP},
    {WB, UC, UC, WC, WT, WB, WP}, {WP, UC, WC, WC, WT, WP, WP},
};

static void all_pairs_are_those_of_the_manual(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(mapping_cache_of(UC, rows[i].mtrr), rows[i].uc);
        assert_int_equal(mapping_cache_of(UC_MINUS, rows[i].mtrr), rows[i].uc_minus);
        assert_int_equal(mapping_cache_of(WC, rows[i].mtrr), rows[i].wc);
        assert_int_equal(mapping_cache_of(WT, rows[i].mtrr), rows[i].wt);
        assert_int_equal(mapping_cache_of(WB, rows[i].mtrr), rows[i].wb);
        assert_int_equal(mapping_cache_of(WP, rows[i].mtrr), rows[i].wp);
    }
}

/* A WRMSR of 2 or 3 into IA32_PAT faults; a file may say anything. */
static void numbers_that_mean_no_type_are_undefined(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(mapping_cache_of(2, rows[i].mtrr), MTRR_UNDEFINED);
        assert_int_equal(mapping_cache_of(3, rows[i].mtrr), MTRR_UNDEFINED);
    }
}

/* Two MTRRs that contradict each other: only types that ask no MTRR are sure. */
static void undefined_mtrrs_leave_uncached_and_write_combining_alone(void **state)
{
    (void)state;
    assert_int_equal(mapping_cache_of(UC, MTRR_UNDEFINED), UC);
    assert_int_equal(mapping_cache_of(WC, MTRR_UNDEFINED), WC);
    assert_int_equal(mapping_cache_of(UC_MINUS, MTRR_UNDEFINED), MTRR_UNDEFINED);
    assert_int_equal(mapping_cache_of(WT, MTRR_UNDEFINED), MTRR_UNDEFINED);
    assert_int_equal(mapping_cache_of(WP, MTRR_UNDEFINED), MTRR_UNDEFINED);
    assert_int_equal(mapping_cache_of(WB, MTRR_UNDEFINED), MTRR_UNDEFINED);
}

static void each_index_of_the_pat_after_reset_has_its_type(void **state)
{
    static const uint8_t types[] = {WB, WT, UC_MINUS, UC, WB, WT, UC_MINUS, UC};

    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        assert_int_equal(mapping_pat_type(MAPPING_PAT_AFTER_RESET, i), types[i]);
    }
    assert_int_equal(mapping_pat_type(UINT64_C(0x0500000000000000), 7), WP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_pairs_are_those_of_the_manual),
        cmocka_unit_test(numbers_that_mean_no_type_are_undefined),
        cmocka_unit_test(undefined_mtrrs_leave_uncached_and_write_combining_alone),
        cmocka_unit_test(each_index_of_the_pat_after_reset_has_its_type),
    };

    return cmocka_run_group_tests_name("mapping: cache types", tests, NULL, NULL);
}
