/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of the mapping dump, character for character: boot tests and people read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dump.h"

static char line[DUMP_LINE_CAPACITY];

static struct plan_range sample(void)
{
    return (struct plan_range){.name = "kernel segment 0",
                               .va = UINT64_C(0xffffffff80000000),
                               .pa = 0x200000,
                               .size_bytes = 0x5000,
                               .access = {HOIST_READ | HOIST_EXECUTE, HOIST_WRITE_BACK, 0, 0},
                               .largest = HOIST_LEAF_2M,
                               .leaf_count = {0, 5, 0, 0}};
}

static const char *line_of(struct plan_range range)
{
    const size_t length = dump_range(&range, line, sizeof(line));

    assert_int_equal(length, strlen(line));
    return line;
}

static void the_heading_stands_over_the_columns(void **state)
{
    const size_t length = dump_heading(line, sizeof(line));
    const char *range;
    size_t name;

    (void)state;
    assert_int_equal(length, strlen(line));
    assert_string_equal(line,
                        "virtual          physical           size leaves        may is  name");
    name = (size_t)(strstr(line, "name") - line);
    range = line_of(sample());
    assert_string_equal(range + name, "kernel segment 0");
}

static void a_range_has_its_columns_where_they_belong(void **state)
{
    struct plan_range range = sample();

    (void)state;
    assert_string_equal(line_of(range), "ffffffff80000000 000000200000     20 KiB 5x4K          "
                                        "r-x wb  kernel segment 0");
    range.access.rights = HOIST_READ | HOIST_WRITE;
    range.access.cache = HOIST_WRITE_COMBINING;
    range.va = 0x1000;
    range.pa = UINT64_C(0xfedcba9876000);
    range.leaf_count[HOIST_LEAF_2M] = 3;
    range.leaf_count[HOIST_LEAF_1G] = 17;
    assert_string_equal(line_of(range), "0000000000001000 fedcba9876000     20 KiB 17x1G 3x2M 5x4K "
                                        "rw- wc  kernel segment 0");
    range.access.rights = HOIST_READ;
    range.leaf_count[HOIST_LEAF_4K] = 0;
    range.leaf_count[HOIST_LEAF_1G] = 0;
    range.size_bytes = 6 << 20;
    assert_string_equal(line_of(range), "0000000000001000 fedcba9876000      6 MiB 3x2M          "
                                        "r-- wc  kernel segment 0");
    range.access.rights = HOIST_READ | HOIST_WRITE | HOIST_EXECUTE;
    range.leaf_count[HOIST_LEAF_2M] = 0;
    assert_string_equal(line_of(range), "0000000000001000 fedcba9876000      6 MiB               "
                                        "rwx wc  kernel segment 0");
}

static void every_cache_type_has_its_name(void **state)
{
    static const char *const names[] = {" wb ", " wt ", " uc- ", " uc ",
                                        " wp ", " wc ", " uc- ", " uc "};
    struct plan_range range = sample();

    (void)state;
    for (uint8_t cache = 0; cache < HOIST_CACHE_LIMIT; cache++) {
        range.access.cache = cache;
        assert_non_null(strstr(line_of(range), names[cache]));
    }
    range.access.cache = HOIST_CACHE_LIMIT;
    assert_non_null(strstr(line_of(range), " ? "));
}

static void memory_is_shown_with_its_last_byte_and_kind(void **state)
{
    const struct memory_range range = {0x100000, 0x7f00000, MEMORY_BOOT};
    const struct memory_range last = {(UINT64_C(1) << 52) - 4096, 4096, MEMORY_RESERVED};

    const size_t length = dump_memory(&range, line, sizeof(line));

    (void)state;
    assert_int_equal(length, strlen(line));
    assert_string_equal(line, "0000000000100000 0000000007ffffff      127 MiB  boot services");
    dump_memory(&last, line, sizeof(line));
    assert_string_equal(line, "000ffffffffff000 000fffffffffffff        4 KiB  reserved");
}

static void the_longest_line_fits_and_a_short_buffer_cuts(void **state)
{
    struct plan_range range = sample();
    const char *name = "an unusually long segment name.";
    char *small;

    (void)state;
    memset(range.leaf_count, 0xff, sizeof(range.leaf_count));
    range.size_bytes = UINT64_MAX;
    range.va = UINT64_MAX;
    range.pa = UINT64_MAX;
    range.access.rights = HOIST_READ;
    range.access.cache = HOIST_UNCACHED_MINUS;
    assert_int_equal(strlen(name), HOIST_MAPPING_NAME_BYTES - 1);
    memcpy(range.name, name, HOIST_MAPPING_NAME_BYTES);
    assert_string_equal(line_of(range) + strlen(line) - strlen(name), name);
    assert_non_null(strstr(line, "18446744073709551615x1G 18446744073709551615x2M "
                                 "18446744073709551615x4K r--"));
    for (size_t capacity = 1; capacity < strlen(line); capacity++) {
        small = malloc(capacity);
        assert_non_null(small);
        assert_int_equal(dump_range(&range, small, capacity), capacity - 1);
        assert_int_equal(small[capacity - 1], '\0');
        assert_memory_equal(small, line, capacity - 1);
        free(small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_heading_stands_over_the_columns),
        cmocka_unit_test(a_range_has_its_columns_where_they_belong),
        cmocka_unit_test(every_cache_type_has_its_name),
        cmocka_unit_test(memory_is_shown_with_its_last_byte_and_kind),
        cmocka_unit_test(the_longest_line_fits_and_a_short_buffer_cuts),
    };

    return cmocka_run_group_tests_name("dump", tests, NULL, NULL);
}
