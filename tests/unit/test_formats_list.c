/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of formats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format_list.h"

static const char *const names[] = {
    "x86-32",
    "x86-pae",
    "x86-64",
    "x86-64-5level",
    "aarch64-4k",
    "aarch64-4k-upper",
    "aarch64-4k-39bit",
    "aarch64-4k-52bit",
    "aarch64-16k",
    "aarch64-16k-upper",
    "aarch64-16k-52bit",
    "aarch64-64k",
    "aarch64-64k-upper",
    "aarch64-64k-52bit",
    "riscv-sv39",
    "riscv-sv48",
    "riscv-sv57",
    "armv7-short",
    "armv7-lpae",
};
#define NAMES (sizeof(names) / sizeof(names[0]))

static void every_format_is_found_by_its_name(void **state)
{
    (void)state;
    assert_int_equal(hoist_format_count, NAMES);
    for (unsigned i = 0; i < NAMES; i++) {
        const struct hoist_table_format *format = hoist_format_named(names[i]);

        assert_non_null(format);
        assert_string_equal(format->name, names[i]);
        assert_ptr_equal(format, hoist_formats[i]);
    }
}

static void a_part_of_a_name_is_none_and_more_than_it_neither(void **state)
{
    (void)state;
    assert_null(hoist_format_named(""));
    assert_null(hoist_format_named("x86"));
    assert_null(hoist_format_named("x86-3"));
    assert_null(hoist_format_named("x86-32 "));
    assert_null(hoist_format_named("aarch64-4K"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_is_found_by_its_name),
        cmocka_unit_test(a_part_of_a_name_is_none_and_more_than_it_neither),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
