/* SPDX-License-Identifier: BSD-2-Clause */
/* The regions of the runtime services: which there are, and what each may be used for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime.h"

#define PAGE          UINT64_C(4096)
#define MIB           UINT64_C(0x100000)
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define RUNTIME (UINT64_C(1) << 63)
#define RO      (UINT64_C(1) << 17)
#define XP      (UINT64_C(1) << 14)

#define RX (HOIST_READ | HOIST_EXECUTE)
#define RW (HOIST_READ | HOIST_WRITE)

/* As the firmware lays descriptors out; 48 bytes each, as usual. */
struct descriptor {
    uint64_t type, base, virtual_base, page_count, attributes, more;
};

struct table {
    uint32_t version, count, size_bytes, flags;
    struct descriptor entries[8];
};

static struct memory_range ranges[] = {
    {0, MIB, MEMORY_FREE},
    {MIB, 8 * PAGE, MEMORY_RUNTIME_CODE},
    {MIB + 8 * PAGE, 8 * PAGE, MEMORY_RUNTIME_DATA},
    {2 * MIB, MIB, MEMORY_RESERVED},
    {4 * MIB, 16 * PAGE, MEMORY_DEVICE},
};
static const struct memory_map memory = {ranges, LENGTH(ranges), LENGTH(ranges), 0};

static struct runtime_source with(const struct descriptor *raw, size_t raw_count,
                                  const struct table *table)
{
    return (struct runtime_source){.memory = &memory,
                                   .raw = {.descriptors = raw,
                                           .size_bytes = raw_count * sizeof(*raw),
                                           .descriptor_size_bytes = sizeof(*raw)},
                                   .attributes = runtime_read_attributes(table)};
}

static void assert_regions(const struct runtime_source *source,
                           const struct runtime_region *expected, size_t count)
{
    struct runtime_region region;
    uint64_t cursor = 0;

    for (size_t i = 0; i < count; i++) {
        assert_true(runtime_next(source, &cursor, &region));
        assert_string_equal(region.name, expected[i].name);
        assert_int_equal(region.pa, expected[i].pa);
        assert_int_equal(region.size_bytes, expected[i].size_bytes);
        assert_int_equal(region.access.rights, expected[i].access.rights);
        assert_int_equal(region.access.cache, expected[i].access.cache);
    }
    assert_false(runtime_next(source, &cursor, &region));
}

static void without_a_table_code_is_executed_and_data_written(void **state)
{
    const struct runtime_source source = with(NULL, 0, NULL);
    const struct runtime_region expected[] = {
        {"runtime code", MIB, 8 * PAGE, {.rights = RX, .cache = HOIST_WRITE_BACK}},
        {"runtime data", MIB + 8 * PAGE, 8 * PAGE, {.rights = RW, .cache = HOIST_WRITE_BACK}},
    };

    (void)state;
    assert_regions(&source, expected, LENGTH(expected));
}

/* Unsorted, with a gap, and reaching over the edge of the region. */
static void the_table_says_what_each_piece_of_code_is(void **state)
{
    const struct table table = {1,
                                4,
                                sizeof(struct descriptor),
                                0,
                                {{5, MIB + 4 * PAGE, 0, 1, RUNTIME | RO | XP, 0},
                                 {5, MIB, 0, 2, RUNTIME | XP, 0},
                                 {5, MIB + 2 * PAGE, 0, 1, RUNTIME | RO, 0},
                                 {6, MIB + 7 * PAGE, 0, 2, RUNTIME, 0}}};
    const struct runtime_source source = with(NULL, 0, &table);
    const struct runtime_region expected[] = {
        {"runtime code", MIB, 2 * PAGE, {.rights = RW}},
        {"runtime code", MIB + 2 * PAGE, PAGE, {.rights = RX}},
        {"runtime code", MIB + 3 * PAGE, PAGE, {.rights = RX}},
        {"runtime code", MIB + 4 * PAGE, PAGE, {.rights = HOIST_READ}},
        {"runtime code", MIB + 5 * PAGE, 2 * PAGE, {.rights = RX}},
        {"runtime code", MIB + 7 * PAGE, PAGE, {.rights = RX}},
        {"runtime data", MIB + 8 * PAGE, PAGE, {.rights = RW}},
        {"runtime data", MIB + 9 * PAGE, 7 * PAGE, {.rights = RW}},
    };

    (void)state;
    assert_regions(&source, expected, LENGTH(expected));
}

static void only_devices_that_are_runtime_are_there_and_uncached(void **state)
{
    const struct descriptor raw[] = {
        {11, 4 * MIB + 8 * PAGE, 0, 100, RUNTIME, 0},
        {11, 4 * MIB, 0, 1, 0, 0},
        {11, 4 * MIB + PAGE, 0, 2, RUNTIME, 0},
        {11, 4 * MIB + 2 * PAGE, 0, 1, RUNTIME, 0},
        {0, 2 * MIB, 0, 1, RUNTIME, 0}, /* reserved: nobody knows what it is */
    };
    const struct runtime_source source = with(raw, LENGTH(raw), NULL);
    const struct hoist_access device = hoist_access_of(RW, HOIST_UNCACHED);
    const struct runtime_region expected[] = {
        {"runtime code", MIB, 8 * PAGE, {.rights = RX}},
        {"runtime data", MIB + 8 * PAGE, 8 * PAGE, {.rights = RW}},
        {"runtime device", 4 * MIB + PAGE, 2 * PAGE, device},
        {"runtime device", 4 * MIB + 8 * PAGE, 8 * PAGE, device},
    };

    (void)state;
    assert_regions(&source, expected, LENGTH(expected));
}

static void descriptors_that_make_no_sense_are_passed_over(void **state)
{
    const struct table table = {1,
                                5,
                                sizeof(struct descriptor),
                                0,
                                {{5, MIB + 1, 0, 2, RUNTIME | XP, 0},
                                 {5, MIB, 0, 0, RUNTIME | XP, 0},
                                 {5, MIB, 0, UINT64_MAX, RUNTIME | XP, 0},
                                 {5, UINT64_MAX - PAGE + 1, 0, 1, RUNTIME | XP, 0},
                                 {5, 0, 0, UINT64_C(1) << 52, RUNTIME | XP, 0}}};
    const struct runtime_source source = with(NULL, 0, &table);
    const struct runtime_region expected[] = {
        {"runtime code", MIB, 8 * PAGE, {.rights = RX}},
        {"runtime data", MIB + 8 * PAGE, 8 * PAGE, {.rights = RW}},
    };

    (void)state;
    assert_regions(&source, expected, LENGTH(expected));
}

static void a_table_that_makes_no_sense_is_left_alone(void **state)
{
    struct table table = {1, 3, 48, 0, {{0}}};

    (void)state;
    assert_int_equal(runtime_read_attributes(&table).size_bytes, 3 * 48);
    assert_ptr_equal(runtime_read_attributes(&table).descriptors, table.entries);
    table.size_bytes = 39;
    assert_int_equal(runtime_read_attributes(&table).size_bytes, 0);
    table.size_bytes = UINT32_MAX;
    assert_int_equal(runtime_read_attributes(&table).size_bytes, 0);
    table.size_bytes = 48;
    table.count = UINT32_MAX;
    assert_int_equal(runtime_read_attributes(&table).size_bytes, 0);
    assert_int_equal(runtime_read_attributes(NULL).size_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_table_code_is_executed_and_data_written),
        cmocka_unit_test(the_table_says_what_each_piece_of_code_is),
        cmocka_unit_test(only_devices_that_are_runtime_are_there_and_uncached),
        cmocka_unit_test(descriptors_that_make_no_sense_are_passed_over),
        cmocka_unit_test(a_table_that_makes_no_sense_is_left_alone),
    };

    return cmocka_run_group_tests_name("runtime", tests, NULL, NULL);
}
