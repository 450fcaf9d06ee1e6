/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding I/O APICs in whole tables, and in tables that make no sense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "madt.h"

#define HEADER 44u
#define LIMIT  8u

#define LOCAL_APIC          0, 8, 0, 0, 1, 0, 0, 0
#define IO_APIC(a, b, c, d) 1, 12, 7, 0, a, b, c, d, 0, 0, 0, 0

static uint32_t found[LIMIT];

/* Reads a table whose entries are these, in memory that ends with it. */
static size_t read_table(const uint8_t *entries, size_t size_bytes)
{
    uint8_t *table = calloc(1, HEADER + size_bytes);
    size_t cursor = 0;
    size_t count = 0;

    assert_non_null(table);
    memcpy(table + HEADER, entries, size_bytes);
    while (count < LIMIT &&
           madt_next_io_apic(&(struct madt){table, HEADER + size_bytes}, &cursor, &found[count])) {
        count++;
    }
    free(table);
    return count;
}

#define READ(...) read_table((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void all_io_apics_are_found_between_other_entries(void **state)
{
    (void)state;
    assert_int_equal(READ(LOCAL_APIC, IO_APIC(0, 0, 0xc0, 0xfe), LOCAL_APIC, 5, 4, 0, 0,
                          IO_APIC(1, 2, 3, 4), LOCAL_APIC),
                     2);
    assert_int_equal(found[0], 0xfec00000);
    assert_int_equal(found[1], 0x04030201);
}

static void a_table_without_io_apics_has_none(void **state)
{
    (void)state;
    assert_int_equal(READ(LOCAL_APIC, LOCAL_APIC), 0);
    assert_int_equal(read_table((const uint8_t *)"", 0), 0);
}

static void no_table_has_none(void **state)
{
    size_t cursor = 0;

    (void)state;
    assert_false(madt_next_io_apic(&(struct madt){NULL, 0}, &cursor, &found[0]));
}

static void a_table_shorter_than_its_header_has_none(void **state)
{
    const uint8_t header[HEADER - 1] = {0};
    size_t cursor = 0;

    (void)state;
    assert_false(madt_next_io_apic(&(struct madt){header, sizeof(header)}, &cursor, &found[0]));
}

static void an_entry_of_no_length_ends_the_table(void **state)
{
    (void)state;
    assert_int_equal(READ(IO_APIC(1, 0, 0, 0), 1, 0, IO_APIC(2, 0, 0, 0)), 1);
    assert_int_equal(READ(IO_APIC(1, 0, 0, 0), 1, 1, IO_APIC(2, 0, 0, 0)), 1);
}

static void an_entry_that_reaches_beyond_the_table_ends_it(void **state)
{
    (void)state;
    assert_int_equal(READ(IO_APIC(1, 0, 0, 0), 1, 12, 7, 0, 1, 2, 3, 4, 0, 0, 0), 1);
    assert_int_equal(READ(IO_APIC(1, 0, 0, 0), 1), 1);
    assert_int_equal(READ(IO_APIC(1, 0, 0, 0), 9, 255), 1);
}

static void an_io_apic_that_is_too_short_is_passed_over(void **state)
{
    (void)state;
    assert_int_equal(READ(1, 8, 7, 0, 9, 9, 9, 9, IO_APIC(2, 0, 0, 0)), 1);
    assert_int_equal(found[0], 2);
    assert_int_equal(READ(1, 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_io_apics_are_found_between_other_entries),
        cmocka_unit_test(a_table_without_io_apics_has_none),
        cmocka_unit_test(no_table_has_none),
        cmocka_unit_test(a_table_shorter_than_its_header_has_none),
        cmocka_unit_test(an_entry_of_no_length_ends_the_table),
        cmocka_unit_test(an_entry_that_reaches_beyond_the_table_ends_it),
        cmocka_unit_test(an_io_apic_that_is_too_short_is_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
