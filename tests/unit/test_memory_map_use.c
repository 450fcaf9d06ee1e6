/* SPDX-License-Identifier: BSD-2-Clause */
/* The orderly memory map: searched, taken from, handed over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memory_map_fixture.h"

static void runs_of_ram_join_kinds_and_end_at_gaps_and_at_what_is_no_ram(void **state)
{
    struct fixture *f = *state;
    struct memory_range ram;
    size_t cursor = 0;

    add(f, TYPE_CONVENTIONAL, MIB, MIB);
    add(f, TYPE_BOOT_CODE, 2 * MIB, MIB);
    add(f, TYPE_ACPI_NVS, 3 * MIB, MIB);
    add(f, TYPE_RUNTIME_DATA, 4 * MIB, MIB);
    add(f, TYPE_LOADER_DATA, 5 * MIB, MIB);
    add(f, TYPE_CONVENTIONAL, 7 * MIB, MIB);
    add(f, TYPE_MMIO, 8 * MIB, MIB);
    assert_true(read(f));
    assert_true(memory_map_next_ram(&f->read.map, &cursor, &ram));
    assert_int_equal(ram.base, MIB);
    assert_int_equal(ram.size_bytes, 3 * MIB);
    assert_true(memory_map_next_ram(&f->read.map, &cursor, &ram));
    assert_int_equal(ram.base, 5 * MIB);
    assert_int_equal(ram.size_bytes, MIB);
    assert_true(memory_map_next_ram(&f->read.map, &cursor, &ram));
    assert_int_equal(ram.base, 7 * MIB);
    assert_int_equal(ram.size_bytes, MIB);
    assert_false(memory_map_next_ram(&f->read.map, &cursor, &ram));
    assert_false(memory_map_next_ram(&f->read.map, &cursor, &ram));
}

/* Compares both ways, for the answer does not depend on which map is older. */
static void assert_difference(const struct memory_range *left, size_t left_count,
                              const struct memory_range *right, size_t right_count,
                              uint64_t expected)
{
    const struct memory_map a = {(struct memory_range *)(uintptr_t)left, left_count, left_count, 0};
    const struct memory_map b = {(struct memory_range *)(uintptr_t)right, right_count, right_count,
                                 0};
    uint64_t difference = 1;

    if (expected == 0) {
        assert_true(memory_map_same_ram(&a, &b, &difference));
        assert_true(memory_map_same_ram(&b, &a, &difference));
        return;
    }
    assert_false(memory_map_same_ram(&a, &b, &difference));
    assert_int_equal(difference, expected);
    difference = 1;
    assert_false(memory_map_same_ram(&b, &a, &difference));
    assert_int_equal(difference, expected);
}

static void the_first_difference_in_ram_is_found_and_nothing_else_counts(void **state)
{
    const struct memory_range plain[] = {{MIB, 2 * MIB, MEMORY_FREE}, {4 * MIB, MIB, MEMORY_FREE}};
    const struct memory_range cut_up[] = {{MIB, MIB, MEMORY_BOOT},
                                          {2 * MIB, MIB, MEMORY_KERNEL},
                                          {3 * MIB, MIB, MEMORY_DEVICE},
                                          {4 * MIB, MIB, MEMORY_LOADER}};
    const struct memory_range shorter[] = {{MIB, MIB, MEMORY_FREE}, {4 * MIB, MIB, MEMORY_FREE}};
    const struct memory_range later[] = {{MIB + PAGE, 2 * MIB - PAGE, MEMORY_FREE},
                                         {4 * MIB, MIB, MEMORY_FREE}};
    const struct memory_range fewer[] = {{MIB, 2 * MIB, MEMORY_FREE}};
    const struct memory_range hole[] = {{MIB, MIB, MEMORY_FREE},
                                        {2 * MIB, PAGE, MEMORY_RUNTIME_CODE},
                                        {2 * MIB + PAGE, MIB - PAGE, MEMORY_FREE},
                                        {4 * MIB, MIB, MEMORY_FREE}};

    (void)state;
    assert_difference(plain, LENGTH(plain), plain, LENGTH(plain), 0);
    assert_difference(plain, LENGTH(plain), cut_up, LENGTH(cut_up), 0);
    assert_difference(plain, LENGTH(plain), shorter, LENGTH(shorter), 2 * MIB);
    assert_difference(plain, LENGTH(plain), later, LENGTH(later), MIB);
    assert_difference(plain, LENGTH(plain), fewer, LENGTH(fewer), 4 * MIB);
    assert_difference(plain, LENGTH(plain), hole, LENGTH(hole), 2 * MIB);
    assert_difference(plain, LENGTH(plain), plain, 0, MIB);
}

static void an_address_is_named_by_the_range_it_lies_in(void **state)
{
    struct fixture *f = *state;

    add(f, TYPE_CONVENTIONAL, MIB, MIB);
    add(f, TYPE_RUNTIME_DATA, 2 * MIB, MIB);
    assert_true(read(f));
    assert_string_equal(memory_map_name_at(&f->read.map, 0), "reserved");
    assert_string_equal(memory_map_name_at(&f->read.map, PAGE), "not listed");
    assert_string_equal(memory_map_name_at(&f->read.map, MIB - 1), "not listed");
    assert_string_equal(memory_map_name_at(&f->read.map, MIB), "free");
    assert_string_equal(memory_map_name_at(&f->read.map, 2 * MIB - 1), "free");
    assert_string_equal(memory_map_name_at(&f->read.map, 2 * MIB), "runtime data");
    assert_string_equal(memory_map_name_at(&f->read.map, UINT64_MAX), "not listed");
}

static void free_memory_counts_from_1_mib_on_even_within_a_run(void **state)
{
    struct fixture *f = *state;
    uint64_t total = 1;
    uint64_t largest = 1;

    add(f, TYPE_CONVENTIONAL, PAGE, 636 * KIB);
    add(f, TYPE_BOOT_DATA, 8 * MIB, 64 * MIB);
    assert_true(read(f));
    memory_map_free_bytes(&f->read.map, &total, &largest);
    assert_int_equal(total, 0);
    assert_int_equal(largest, 0);
    add(f, TYPE_CONVENTIONAL, MIB - PAGE, 2 * MIB + PAGE);
    add(f, TYPE_CONVENTIONAL, 4 * MIB, MIB);
    assert_true(read(f));
    memory_map_free_bytes(&f->read.map, &total, &largest);
    assert_int_equal(total, 3 * MIB);
    assert_int_equal(largest, 2 * MIB);
    add(f, TYPE_CONVENTIONAL, 100 * MIB, 3 * MIB);
    assert_true(read(f));
    memory_map_free_bytes(&f->read.map, &total, &largest);
    assert_int_equal(total, 6 * MIB);
    assert_int_equal(largest, 3 * MIB);
}

/* Free: 1 to 3 MiB and 8 to 16 MiB; boot services between. */
static void read_two_runs(struct fixture *f)
{
    add(f, TYPE_CONVENTIONAL, MIB, 2 * MIB);
    add(f, TYPE_BOOT_DATA, 3 * MIB, 5 * MIB);
    add(f, TYPE_CONVENTIONAL, 8 * MIB, 8 * MIB);
    assert_true(read(f));
}

struct pick_case {
    struct memory_request request;
    uint64_t expected; /* 0: no place */
};

static void a_place_is_the_lowest_or_the_highest_that_meets_the_request(void **state)
{
    const struct pick_case all[] = {
        {{PAGE, PAGE, 0, 0, END, false}, MIB},
        {{PAGE, PAGE, 0, 0, END, true}, 16 * MIB - PAGE},
        {{2 * MIB, PAGE, 0, 0, END, false}, MIB},
        {{2 * MIB + PAGE, PAGE, 0, 0, END, false}, 8 * MIB},
        {{8 * MIB, PAGE, 0, 0, END, false}, 8 * MIB},
        {{8 * MIB, PAGE, 0, 0, END, true}, 8 * MIB},
        {{8 * MIB + PAGE, PAGE, 0, 0, END, false}, 0},
        {{8 * MIB + PAGE, PAGE, 0, 0, END, true}, 0},
        {{UINT64_MAX - PAGE + 1, PAGE, 0, 0, END, true}, 0},
        /* alignment, and a remainder of it */
        {{MIB, 2 * MIB, 0, 0, END, false}, 2 * MIB},
        {{MIB, 2 * MIB, MIB, 0, END, false}, MIB},
        {{MIB, 2 * MIB, MIB, 0, END, true}, 15 * MIB},
        {{2 * MIB, 2 * MIB, 0, 0, END, false}, 8 * MIB},
        {{MIB, 4 * MIB, 3 * MIB, 0, END, false}, 11 * MIB},
        {{MIB, 4 * MIB, 3 * MIB, 0, END, true}, 15 * MIB},
        {{MIB + PAGE, 4 * MIB, 3 * MIB, 0, END, true}, 11 * MIB},
        {{PAGE, 32 * MIB, 0, 0, END, false}, 0},
        {{PAGE, 32 * MIB, 0, 0, END, true}, 0},
        {{PAGE, 32 * MIB, 9 * MIB, 0, END, true}, 9 * MIB},
        {{PAGE, 32 * MIB, 2 * MIB, 0, END, true}, 2 * MIB},
        {{PAGE, UINT64_C(1) << 63, 0, 0, END, true}, 0},
        {{PAGE, UINT64_C(1) << 63, 0, 0, END, false}, 0},
        {{PAGE, 2 * MIB, 5 * MIB, 0, END, false}, MIB}, /* taken modulo the alignment */
        /* bounds */
        {{MIB, PAGE, 0, MIB + PAGE, END, false}, MIB + PAGE},
        {{MIB, PAGE, 0, 2 * MIB + PAGE, END, false}, 8 * MIB},
        {{MIB, PAGE, 0, 16 * MIB, END, false}, 0},
        {{MIB, PAGE, 0, 0, 12 * MIB, true}, 11 * MIB},
        {{MIB, PAGE, 0, 0, 9 * MIB - PAGE, true}, 2 * MIB},
        {{MIB, PAGE, 0, 0, 2 * MIB, true}, MIB},
        {{MIB, PAGE, 0, 0, 2 * MIB - PAGE, true}, 0},
        {{MIB, PAGE, 0, 15 * MIB, 16 * MIB, true}, 15 * MIB},
        {{MIB, PAGE, 0, 15 * MIB + PAGE, 16 * MIB, true}, 0},
        {{PAGE, PAGE, 0, 12 * MIB, 10 * MIB, false}, 0},
        {{PAGE, PAGE, 0, 12 * MIB, 10 * MIB, true}, 0},
    };
    struct fixture *f = *state;

    read_two_runs(f);
    for (size_t i = 0; i < LENGTH(all); i++) {
        uint64_t base = 0;
        const bool found = memory_map_pick(&f->read.map, &all[i].request, &base);

        if (found != (all[i].expected != 0) || base != all[i].expected) {
            fail_msg("case %zu: %llx", i, (unsigned long long)base);
        }
    }
}

static void a_place_at_the_very_end_of_memory_is_found(void **state)
{
    const struct memory_request request = {PAGE, PAGE, 0, 0, END, true};
    struct fixture *f = *state;
    uint64_t base = 0;

    add(f, TYPE_CONVENTIONAL, END - MIB, MIB);
    assert_true(read(f));
    assert_true(memory_map_pick(&f->read.map, &request, &base));
    assert_int_equal(base, END - PAGE);
}

static void what_is_taken_is_cut_out_of_its_run(void **state)
{
    struct fixture *f = *state;

    read_two_runs(f);
    memory_map_take(&f->read.map, 9 * MIB, MIB); /* in the middle */
    memory_map_take(&f->read.map, MIB, PAGE);    /* at the start */
    memory_map_take(&f->read.map, 16 * MIB - PAGE, PAGE);
    assert_map(f, PAGE_0, {MIB, PAGE, MEMORY_LOADER}, {MIB + PAGE, 2 * MIB - PAGE, MEMORY_FREE},
               {3 * MIB, 5 * MIB, MEMORY_BOOT}, {8 * MIB, MIB, MEMORY_FREE},
               {9 * MIB, MIB, MEMORY_LOADER}, {10 * MIB, 6 * MIB - PAGE, MEMORY_FREE},
               {16 * MIB - PAGE, PAGE, MEMORY_LOADER});
    memory_map_take(&f->read.map, 8 * MIB, MIB); /* a whole run */
    assert_int_equal(f->read.map.count, 8);
    assert_int_equal(f->read.map.ranges[4].kind, MEMORY_LOADER);
}

static void what_is_not_free_cannot_be_taken(void **state)
{
    struct fixture *f = *state;
    size_t count;

    read_two_runs(f);
    count = f->read.map.count;
    memory_map_take(&f->read.map, 4 * MIB, MIB);
    memory_map_take(&f->read.map, MIB - PAGE, 2 * PAGE);
    memory_map_take(&f->read.map, 3 * MIB - PAGE, 2 * PAGE);
    memory_map_take(&f->read.map, 32 * MIB, PAGE);
    assert_int_equal(f->read.map.count, count);
    assert_int_equal(f->read.map.ranges[1].kind, MEMORY_FREE);
}

static void a_full_list_still_keeps_what_was_taken_from_being_picked_again(void **state)
{
    const struct memory_request request = {PAGE, PAGE, 0, 8 * MIB, END, false};
    struct fixture *f = *state;
    uint64_t base = 0;

    read_two_runs(f);
    f->read.map.capacity = f->read.map.count + 1;
    memory_map_take(&f->read.map, 8 * MIB, PAGE);
    assert_map(f, PAGE_0, {MIB, 2 * MIB, MEMORY_FREE}, {3 * MIB, 5 * MIB, MEMORY_BOOT},
               {8 * MIB, 8 * MIB, MEMORY_LOADER});
    assert_false(memory_map_pick(&f->read.map, &request, &base));
}

static void the_kernel_is_handed_merged_ranges_of_its_own_types(void **state)
{
    const struct memory_range kernel = {6 * MIB, MIB, MEMORY_KERNEL};
    const struct hoist_memory_range expected[] = {
        {0, PAGE, HOIST_MEMORY_RESERVED, 0},         {MIB, 3 * MIB, HOIST_MEMORY_USABLE, 0},
        {4 * MIB, 2 * MIB, HOIST_MEMORY_LOADER, 0},  {6 * MIB, MIB, HOIST_MEMORY_KERNEL, 0},
        {7 * MIB, MIB, HOIST_MEMORY_LOADER, 0},      {9 * MIB, MIB, HOIST_MEMORY_USABLE, 0},
        {10 * MIB, 2 * MIB, HOIST_MEMORY_DEVICE, 0},
    };
    struct fixture *f = *state;
    struct hoist_memory_range *ranges;
    size_t count;

    add(f, TYPE_CONVENTIONAL, MIB, MIB);
    add(f, TYPE_BOOT_CODE, 2 * MIB, MIB);
    add(f, TYPE_CONVENTIONAL, 3 * MIB, MIB);
    add(f, TYPE_LOADER_DATA, 4 * MIB, 4 * MIB);
    add(f, TYPE_CONVENTIONAL, 9 * MIB, MIB); /* after a gap */
    add(f, TYPE_MMIO, 10 * MIB, MIB);
    add(f, TYPE_MMIO_PORTS, 11 * MIB, MIB);
    assert_true(read_with_claim(f, &kernel));
    ranges = malloc(f->read.map.count * sizeof *ranges);
    assert_non_null(ranges);
    memset(ranges, 0xe5, f->read.map.count * sizeof *ranges);
    count = memory_map_hand_over(&f->read.map, ranges);
    assert_int_equal(count, LENGTH(expected));
    assert_memory_equal(ranges, expected, sizeof expected);
    free(ranges);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(runs_of_ram_join_kinds_and_end_at_gaps_and_at_what_is_no_ram),
        test_of(the_first_difference_in_ram_is_found_and_nothing_else_counts),
        test_of(an_address_is_named_by_the_range_it_lies_in),
        test_of(free_memory_counts_from_1_mib_on_even_within_a_run),
        test_of(a_place_is_the_lowest_or_the_highest_that_meets_the_request),
        test_of(a_place_at_the_very_end_of_memory_is_found),
        test_of(what_is_taken_is_cut_out_of_its_run),
        test_of(what_is_not_free_cannot_be_taken),
        test_of(a_full_list_still_keeps_what_was_taken_from_being_picked_again),
        test_of(the_kernel_is_handed_merged_ranges_of_its_own_types),
    };

    return cmocka_run_group_tests_name("memory map in use", tests, NULL, NULL);
}
