/* SPDX-License-Identifier: BSD-2-Clause */
/* A range of memory as a line, character for character: boot tests and people read it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "memory_line.h"

static void memory_is_shown_with_its_last_byte_and_kind(void **state)
{
    const struct memory_range range = {0x100000, 0x7f00000, MEMORY_BOOT};
    const struct memory_range last = {(UINT64_C(1) << 52) - 4096, 4096, MEMORY_RESERVED};
    char line[MEMORY_LINE_CAPACITY];
    const size_t length = memory_line(&range, line, sizeof(line));

    (void)state;
    assert_int_equal(length, strlen(line));
    assert_string_equal(line, "0000000000100000 0000000007ffffff      127 MiB  boot services");
    memory_line(&last, line, sizeof(line));
    assert_string_equal(line, "000ffffffffff000 000fffffffffffff        4 KiB  reserved");
    assert_int_equal(memory_line(&last, line, 6), 5);
    assert_string_equal(line, "000ff");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_shown_with_its_last_byte_and_kind),
    };

    return cmocka_run_group_tests_name("memory line", tests, NULL, NULL);
}
