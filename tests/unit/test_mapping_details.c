/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel is told of each planned range, out of the ranges that were read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mapping_details.h"
#include "memory_kind.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define KIND(kind)    (UINT32_C(1) << (kind))
#define TYPE(type)    (UINT32_C(1) << (type))

static struct mapping_range leaves(uint32_t plan, uint64_t small, uint64_t middle, uint64_t large)
{
    return (struct mapping_range){.kind = MAPPING_LEAVES,
                                  .plan = plan,
                                  .leaf_count = {0, small, middle, large},
                                  .memory = KIND(MEMORY_FREE),
                                  .cache = MTRR_WRITE_BACK};
}

static void read_details(struct mapping_range *ranges, size_t count,
                         struct hoist_mapping_detail *details)
{
    const struct mapping mapping = {.ranges = ranges, .range_count = count};

    mapping_details(&mapping, details);
}

static void ranges_of_one_plan_are_added_up(void **state)
{
    struct mapping_range ranges[] = {leaves(0, 1, 2, 3), leaves(2, 10, 0, 0), leaves(2, 20, 5, 7)};
    struct hoist_mapping_detail details[3] = {0};

    (void)state;
    read_details(ranges, LENGTH(ranges), details);
    assert_int_equal(details[0].leaf_count_4k, 1);
    assert_int_equal(details[0].leaf_count_2m, 2);
    assert_int_equal(details[0].leaf_count_1g, 3);
    assert_int_equal(details[1].leaf_count_4k, 0);
    assert_int_equal(details[1].memory_types, 0);
    assert_int_equal(details[1].cache_types, 0);
    assert_int_equal(details[2].leaf_count_4k, 30);
    assert_int_equal(details[2].leaf_count_2m, 5);
    assert_int_equal(details[2].leaf_count_1g, 7);
}

static void what_no_plan_names_is_left_out(void **state)
{
    struct mapping_range ranges[] = {leaves(MAPPING_NO_PLAN, 1, 2, 3), leaves(0, 4, 0, 0)};
    struct hoist_mapping_detail details[1] = {0};

    (void)state;
    read_details(ranges, LENGTH(ranges), details);
    assert_int_equal(details[0].leaf_count_4k, 4);
    assert_int_equal(details[0].leaf_count_2m, 0);
}

static void memory_is_told_in_the_protocols_numbers(void **state)
{
    static const struct {
        uint32_t memory, expected;
    } all[] = {
        {KIND(MEMORY_FREE) | KIND(MEMORY_BOOT), TYPE(HOIST_MEMORY_USABLE)},
        {KIND(MEMORY_LOADER) | KIND(MEMORY_KERNEL) | KIND(MEMORY_MODULE),
         TYPE(HOIST_MEMORY_LOADER) | TYPE(HOIST_MEMORY_KERNEL) | TYPE(HOIST_MEMORY_MODULE)},
        {KIND(MEMORY_ACPI_TABLES) | KIND(MEMORY_ACPI_NVS),
         TYPE(HOIST_MEMORY_ACPI_TABLES) | TYPE(HOIST_MEMORY_ACPI_NVS)},
        {KIND(MEMORY_RUNTIME_CODE) | KIND(MEMORY_RUNTIME_DATA) | KIND(MEMORY_PERSISTENT),
         TYPE(HOIST_MEMORY_RUNTIME_CODE) | TYPE(HOIST_MEMORY_RUNTIME_DATA) |
             TYPE(HOIST_MEMORY_PERSISTENT)},
        {KIND(MEMORY_BAD) | KIND(MEMORY_DEVICE) | KIND(MEMORY_FRAMEBUFFER),
         TYPE(HOIST_MEMORY_BAD) | TYPE(HOIST_MEMORY_DEVICE) | TYPE(HOIST_MEMORY_FRAMEBUFFER)},
        {KIND(MEMORY_RESERVED), TYPE(HOIST_MEMORY_RESERVED)},
        {MAPPING_MEMORY_UNLISTED, TYPE(HOIST_MEMORY_RESERVED)},
        {0, 0}, /* no memory map is known */
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(all); i++) {
        struct mapping_range range = leaves(0, 1, 0, 0);
        struct hoist_mapping_detail detail = {0};

        range.memory = all[i].memory;
        read_details(&range, 1, &detail);
        assert_int_equal(detail.memory_types, all[i].expected);
    }
}

static void caching_is_told_as_a_bit_for_each_type(void **state)
{
    static const struct {
        uint8_t cache;
        uint32_t expected;
    } all[] = {
        {MTRR_UNCACHED, HOIST_CACHED_UNCACHED},
        {MTRR_WRITE_COMBINING, HOIST_CACHED_WRITE_COMBINING},
        {MTRR_WRITE_THROUGH, HOIST_CACHED_WRITE_THROUGH},
        {MTRR_WRITE_PROTECTED, HOIST_CACHED_WRITE_PROTECTED},
        {MTRR_WRITE_BACK, HOIST_CACHED_WRITE_BACK},
        {MTRR_UNDEFINED, HOIST_CACHED_UNDEFINED},
    };
    struct mapping_range ranges[LENGTH(all)];
    struct hoist_mapping_detail sum = {0};
    uint32_t expected = 0;

    (void)state;
    for (size_t i = 0; i < LENGTH(all); i++) {
        struct hoist_mapping_detail detail = {0};

        ranges[i] = leaves(0, 1, 0, 0);
        ranges[i].cache = all[i].cache;
        expected |= all[i].expected;
        read_details(&ranges[i], 1, &detail);
        assert_int_equal(detail.cache_types, all[i].expected);
    }
    read_details(ranges, LENGTH(ranges), &sum);
    assert_int_equal(sum.cache_types, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_of_one_plan_are_added_up),
        cmocka_unit_test(what_no_plan_names_is_left_out),
        cmocka_unit_test(memory_is_told_in_the_protocols_numbers),
        cmocka_unit_test(caching_is_told_as_a_bit_for_each_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
