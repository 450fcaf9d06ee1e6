/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts of results. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hoist_paging.h"

static bool is_known(unsigned number)
{
    return number == 0 || (number >= 0x10 && number <= 0x1b) ||
           (number >= 0x20 && number <= 0x2a) || (number >= 0x30 && number <= 0x3b) ||
           number == 0x40 || number == 0x41;
}

static void every_result_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 0x80; i++) {
        const char *text = hoist_result_text((enum hoist_result)i);

        assert_non_null(text);
        assert_true(strlen(text) >= 4);
        assert_int_equal(strcmp(text, "unknown result") != 0, is_known(i));
        for (unsigned k = 0; k < i && is_known(i); k++) {
            assert_string_not_equal(text, hoist_result_text((enum hoist_result)k));
        }
    }
}

static void a_text_names_the_table_that_is_lacking(void **state)
{
    (void)state;
    assert_non_null(strstr(hoist_result_text(HOIST_NO_FRAME_FOR_PT), "(PT)"));
    assert_non_null(strstr(hoist_result_text(HOIST_NO_FRAME_FOR_PD), "(PD)"));
    assert_non_null(strstr(hoist_result_text(HOIST_NO_FRAME_FOR_PDPT), "(PDPT)"));
    assert_non_null(strstr(hoist_result_text(HOIST_NO_FRAME_FOR_PML4), "PML4"));
    assert_non_null(strstr(hoist_result_text(HOIST_NO_FRAME_FOR_PML5), "PML5"));
    assert_non_null(strstr(hoist_result_text(HOIST_TABLE_IN_THE_WAY_OF_2M), "2 MiB"));
    assert_non_null(strstr(hoist_result_text(HOIST_TABLE_IN_THE_WAY_OF_1G), "1 GiB"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_result_has_a_text_of_its_own),
        cmocka_unit_test(a_text_names_the_table_that_is_lacking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
