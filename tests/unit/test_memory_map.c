/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's memory map: made orderly, searched, taken from, handed over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "firmware_map.h"

#define KIB  UINT64_C(0x400)
#define MIB  UINT64_C(0x100000)
#define PAGE UINT64_C(0x1000)
#define END  (UINT64_C(1) << 52)

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct fixture {
    struct firmware_map firmware;
    struct read_map read;
    struct problem problem;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    firmware_map_open(&f->firmware, 48);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    firmware_map_close(&f->firmware);
    read_map_close(&f->read);
    free(f);
    return 0;
}

#define test_of(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void add(struct fixture *f, uint32_t type, uint64_t base, uint64_t size_bytes)
{
    firmware_map_add(&f->firmware, type, base, size_bytes / PAGE);
}

/* With no more room than the loader promises. */
static bool read_with_kernel(struct fixture *f, const struct memory_range *kernel)
{
    const struct memory_source source = firmware_map_source(&f->firmware);

    read_map_close(&f->read);
    read_map_open(&f->read, memory_map_capacity(f->firmware.count));
    return memory_map_read(&f->read.map, &f->read.scratch, &source, kernel, &f->problem);
}

static bool read(struct fixture *f)
{
    return read_with_kernel(f, NULL);
}

static void assert_ranges(const struct memory_map *map, const struct memory_range *expected,
                          size_t count)
{
    for (size_t i = 0; i < count && i < map->count; i++) {
        if (map->ranges[i].base != expected[i].base ||
            map->ranges[i].size_bytes != expected[i].size_bytes ||
            map->ranges[i].kind != expected[i].kind) {
            fail_msg("range %zu is %llx, %llx bytes, %s", i, (unsigned long long)map->ranges[i].base,
                     (unsigned long long)map->ranges[i].size_bytes,
                     memory_kind_name(map->ranges[i].kind));
        }
    }
    assert_int_equal(map->count, count);
}

#define PAGE_0 {0, PAGE, MEMORY_RESERVED}
#define assert_map(f, ...)                                                                         \
    do {                                                                                           \
        const struct memory_range wanted[] = {__VA_ARGS__};                                        \
        assert_ranges(&(f)->read.map, wanted, LENGTH(wanted));                                     \
    } while (0)

static void assert_sentence(const struct fixture *f, const char *expected)
{
    char sentence[PROBLEM_SENTENCE_CAPACITY];

    problem_sentence(&f->problem, sentence, sizeof(sentence));
    assert_string_equal(sentence, expected);
}

static void every_type_of_the_firmware_has_its_kind(void **state)
{
    static const struct {
        uint32_t type;
        enum memory_kind kind;
    } all[] = {
        {TYPE_RESERVED, MEMORY_RESERVED},         {TYPE_LOADER_CODE, MEMORY_LOADER},
        {TYPE_LOADER_DATA, MEMORY_LOADER},        {TYPE_BOOT_CODE, MEMORY_BOOT},
        {TYPE_BOOT_DATA, MEMORY_BOOT},            {TYPE_RUNTIME_CODE, MEMORY_RUNTIME_CODE},
        {TYPE_RUNTIME_DATA, MEMORY_RUNTIME_DATA}, {TYPE_CONVENTIONAL, MEMORY_FREE},
        {TYPE_UNUSABLE, MEMORY_BAD},              {TYPE_ACPI_RECLAIM, MEMORY_ACPI_TABLES},
        {TYPE_ACPI_NVS, MEMORY_ACPI_NVS},         {TYPE_MMIO, MEMORY_DEVICE},
        {TYPE_MMIO_PORTS, MEMORY_DEVICE},         {TYPE_PAL_CODE, MEMORY_RESERVED},
        {TYPE_PERSISTENT, MEMORY_PERSISTENT},     {TYPE_UNACCEPTED, MEMORY_RESERVED},
        {16, MEMORY_RESERVED},                    {0x70000000, MEMORY_RESERVED},
        {0x80000000, MEMORY_RESERVED},            {UINT32_MAX, MEMORY_RESERVED},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(all); i++) {
        assert_int_equal(memory_kind_of(all[i].type), all[i].kind);
    }
}

static void every_kind_has_its_type_for_the_kernel_and_says_whether_it_is_ram(void **state)
{
    static const struct {
        enum memory_kind kind;
        enum hoist_memory_type type;
        bool is_ram;
        const char *name;
    } all[] = {
        {MEMORY_FREE, HOIST_MEMORY_USABLE, true, "free"},
        {MEMORY_BOOT, HOIST_MEMORY_USABLE, true, "boot services"},
        {MEMORY_LOADER, HOIST_MEMORY_LOADER, true, "loader"},
        {MEMORY_KERNEL, HOIST_MEMORY_KERNEL, true, "kernel"},
        {MEMORY_PERSISTENT, HOIST_MEMORY_PERSISTENT, true, "persistent"},
        {MEMORY_ACPI_TABLES, HOIST_MEMORY_ACPI_TABLES, true, "ACPI tables"},
        {MEMORY_ACPI_NVS, HOIST_MEMORY_ACPI_NVS, true, "ACPI NVS"},
        {MEMORY_RUNTIME_DATA, HOIST_MEMORY_RUNTIME_DATA, false, "runtime data"},
        {MEMORY_RUNTIME_CODE, HOIST_MEMORY_RUNTIME_CODE, false, "runtime code"},
        {MEMORY_BAD, HOIST_MEMORY_BAD, false, "bad"},
        {MEMORY_DEVICE, HOIST_MEMORY_DEVICE, false, "device"},
        {MEMORY_RESERVED, HOIST_MEMORY_RESERVED, false, "reserved"},
    };

    (void)state;
    assert_int_equal(LENGTH(all), MEMORY_RESERVED + 1);
    for (size_t i = 0; i < LENGTH(all); i++) {
        assert_int_equal(memory_kind_type(all[i].kind), all[i].type);
        assert_int_equal(memory_kind_is_ram(all[i].kind), all[i].is_ram);
        assert_string_equal(memory_kind_name(all[i].kind), all[i].name);
    }
}

static void unsorted_entries_come_out_sorted_and_neighbours_merged(void **state)
{
    struct fixture *f = *state;

    add(f, TYPE_CONVENTIONAL, 4 * MIB, MIB);
    add(f, TYPE_RUNTIME_DATA, 8 * MIB, MIB);
    add(f, TYPE_CONVENTIONAL, 2 * MIB, MIB);
    add(f, TYPE_LOADER_CODE, 5 * MIB, MIB);
    add(f, TYPE_CONVENTIONAL, 3 * MIB, MIB);
    add(f, TYPE_LOADER_DATA, 6 * MIB, MIB);
    assert_true(read(f));
    assert_map(f, PAGE_0, {2 * MIB, 3 * MIB, MEMORY_FREE}, {5 * MIB, 2 * MIB, MEMORY_LOADER},
               {8 * MIB, MIB, MEMORY_RUNTIME_DATA});
}

static void of_two_overlapping_entries_the_kind_that_allows_less_wins(void **state)
{
    static const uint32_t rising[] = {TYPE_CONVENTIONAL, TYPE_BOOT_DATA,    TYPE_LOADER_DATA,
                                      TYPE_PERSISTENT,   TYPE_ACPI_RECLAIM, TYPE_ACPI_NVS,
                                      TYPE_RUNTIME_DATA, TYPE_RUNTIME_CODE, TYPE_UNUSABLE,
                                      TYPE_MMIO,         TYPE_RESERVED};
    struct fixture *f = *state;

    for (size_t low = 0; low < LENGTH(rising); low++) {
        for (size_t high = low + 1; high < LENGTH(rising); high++) {
            const enum memory_kind weak = memory_kind_of(rising[low]);
            const enum memory_kind strong = memory_kind_of(rising[high]);

            for (unsigned order = 0; order < 2; order++) {
                f->firmware.size_bytes = 0;
                f->firmware.count = 0;
                add(f, rising[order == 0 ? low : high], order == 0 ? 2 * MIB : 3 * MIB, 2 * MIB);
                add(f, rising[order == 0 ? high : low], order == 0 ? 3 * MIB : 2 * MIB, 2 * MIB);
                add(f, TYPE_CONVENTIONAL, 8 * MIB, MIB);
                assert_true(read(f));
                assert_map(f, PAGE_0, {2 * MIB, MIB, weak}, {3 * MIB, 2 * MIB, strong},
                           {8 * MIB, MIB, MEMORY_FREE});
            }
        }
    }
}

static void an_island_splits_the_run_around_it(void **state)
{
    struct fixture *f = *state;

    add(f, TYPE_RESERVED, 4 * MIB, PAGE);
    add(f, TYPE_CONVENTIONAL, MIB, 15 * MIB);
    add(f, TYPE_BOOT_DATA, 4 * MIB - PAGE, 3 * PAGE);
    assert_true(read(f));
    assert_map(f, PAGE_0, {MIB, 3 * MIB - PAGE, MEMORY_FREE}, {4 * MIB - PAGE, PAGE, MEMORY_BOOT},
               {4 * MIB, PAGE, MEMORY_RESERVED}, {4 * MIB + PAGE, PAGE, MEMORY_BOOT},
               {4 * MIB + 2 * PAGE, 12 * MIB - 2 * PAGE, MEMORY_FREE});
}

static void empty_entries_and_equal_entries_leave_no_trace(void **state)
{
    struct fixture *f = *state;

    add(f, TYPE_RESERVED, 2 * MIB, 0);
    add(f, TYPE_CONVENTIONAL, MIB, 4 * MIB);
    add(f, TYPE_CONVENTIONAL, MIB, 4 * MIB);
    add(f, TYPE_RUNTIME_CODE, 0, 0);
    add(f, TYPE_RESERVED, UINT64_MAX, 0);
    assert_true(read(f));
    assert_map(f, PAGE_0, {MIB, 4 * MIB, MEMORY_FREE});
}

static void page_0_is_reserved_whatever_the_firmware_says(void **state)
{
    struct fixture *f = *state;

    add(f, TYPE_CONVENTIONAL, 0, 640 * KIB);
    assert_true(read(f));
    assert_map(f, PAGE_0, {PAGE, 640 * KIB - PAGE, MEMORY_FREE});
}

static void entries_are_told_apart_by_the_stride_that_the_firmware_states(void **state)
{
    static const size_t strides[] = {40, 41, 47, 48, 56, 64, 255, 4096};
    struct fixture *f = *state;

    for (size_t i = 0; i < LENGTH(strides); i++) {
        firmware_map_close(&f->firmware);
        firmware_map_open(&f->firmware, strides[i]);
        add(f, TYPE_CONVENTIONAL, MIB, MIB);
        add(f, TYPE_ACPI_NVS, 3 * MIB, MIB);
        add(f, TYPE_CONVENTIONAL, 5 * MIB, MIB);
        f->firmware.size_bytes -= 1; /* an entry that is not whole is none */
        f->firmware.count -= 1;
        assert_true(read(f));
        assert_map(f, PAGE_0, {MIB, MIB, MEMORY_FREE}, {3 * MIB, MIB, MEMORY_ACPI_NVS});
    }
}

static void entries_that_are_too_short_are_refused(void **state)
{
    static const size_t strides[] = {0, 1, 24, 39};
    struct fixture *f = *state;

    for (size_t i = 0; i < LENGTH(strides); i++) {
        const struct memory_source source = {f->firmware.bytes, 4096, strides[i]};

        read_map_close(&f->read);
        read_map_open(&f->read, 9000);
        assert_false(memory_map_read(&f->read.map, &f->read.scratch, &source, NULL, &f->problem));
        assert_int_equal(f->problem.kind, PROBLEM_MEMORY_MAP_DESCRIPTOR);
        assert_int_equal(f->problem.numbers[0], strides[i]);
    }
    assert_sentence(f, "the firmware's memory map has entries of 39 bytes; at least 40 are needed");
}

static void what_lies_above_52_bits_is_cut_off(void **state)
{
    struct fixture *f = *state;

    add(f, TYPE_CONVENTIONAL, END - MIB, 2 * MIB);
    add(f, TYPE_RESERVED, END, MIB);
    add(f, TYPE_RESERVED, UINT64_MAX - PAGE + 1, 2 * PAGE);
    add(f, TYPE_RESERVED, UINT64_MAX, 2 * PAGE);
    add(f, TYPE_CONVENTIONAL, UINT64_MAX - 4 * MIB + 1, 6 * MIB);
    firmware_map_add(&f->firmware, TYPE_ACPI_NVS, END - PAGE, UINT64_MAX);
    firmware_map_add(&f->firmware, TYPE_ACPI_NVS, END - PAGE, UINT64_MAX / PAGE + 1);
    assert_true(read(f));
    assert_map(f, PAGE_0, {END - MIB, MIB - PAGE, MEMORY_FREE}, {END - PAGE, PAGE, MEMORY_ACPI_NVS});
}

static void one_entry_may_cover_all_of_the_physical_address_space(void **state)
{
    struct fixture *f = *state;

    firmware_map_add(&f->firmware, TYPE_CONVENTIONAL, 0, UINT64_MAX);
    assert_true(read(f));
    assert_map(f, PAGE_0, {PAGE, END - PAGE, MEMORY_FREE});
}

static void a_page_that_is_ram_in_part_only_is_no_ram(void **state)
{
    struct fixture *f = *state;

    add(f, TYPE_CONVENTIONAL, MIB + 1, MIB);
    add(f, TYPE_BOOT_DATA, 3 * MIB + PAGE - 1, PAGE);
    add(f, TYPE_RUNTIME_DATA, 5 * MIB + 0x800, PAGE);
    firmware_map_add(&f->firmware, TYPE_RESERVED, END - PAGE + 1, UINT64_MAX);
    firmware_map_add(&f->firmware, TYPE_CONVENTIONAL, END - PAGE + 1, UINT64_MAX);
    assert_true(read(f));
    assert_map(f, PAGE_0, {MIB + PAGE, MIB - PAGE, MEMORY_FREE},
               {5 * MIB, 2 * PAGE, MEMORY_RUNTIME_DATA}, {END - PAGE, PAGE, MEMORY_RESERVED});
}

static void the_kernel_is_marked_over_the_loader_but_not_over_what_is_no_ram(void **state)
{
    const struct memory_range kernel = {2 * MIB, MIB, MEMORY_KERNEL};
    struct fixture *f = *state;

    add(f, TYPE_CONVENTIONAL, MIB, MIB);
    add(f, TYPE_LOADER_DATA, 2 * MIB, 2 * MIB);
    add(f, TYPE_RESERVED, 3 * MIB - PAGE, PAGE);
    assert_true(read_with_kernel(f, &kernel));
    assert_map(f, PAGE_0, {MIB, MIB, MEMORY_FREE}, {2 * MIB, MIB - PAGE, MEMORY_KERNEL},
               {3 * MIB - PAGE, PAGE, MEMORY_RESERVED}, {3 * MIB, MIB, MEMORY_LOADER});
}

static void the_promised_capacity_is_enough_for_the_worst_map_and_eight_takes(void **state)
{
    const struct memory_range kernel = {64 * MIB, PAGE, MEMORY_KERNEL};
    struct fixture *f = *state;

    for (uint64_t i = 0; i < 100; i++) { /* nested: each entry splits the one before */
        add(f, i % 2 == 0 ? TYPE_CONVENTIONAL : TYPE_RESERVED, MIB + i * PAGE, MIB - 2 * i * PAGE);
        add(f, TYPE_CONVENTIONAL, 3 * MIB + 4 * i * PAGE, 3 * PAGE);
    }
    add(f, TYPE_CONVENTIONAL, 63 * MIB, 2 * MIB);
    assert_true(read_with_kernel(f, &kernel));
    for (uint64_t i = 0; i < 8; i++) {
        const size_t before = f->read.map.count;

        memory_map_take(&f->read.map, 3 * MIB + 4 * i * PAGE + PAGE, PAGE);
        assert_int_equal(f->read.map.count, before + 2);
    }
}

static void a_map_with_more_entries_than_there_is_room_for_is_refused(void **state)
{
    const struct memory_source *source;
    struct memory_source three;
    struct fixture *f = *state;

    for (uint64_t i = 1; i <= 3; i++) {
        add(f, TYPE_CONVENTIONAL, i * MIB, PAGE);
    }
    three = firmware_map_source(&f->firmware);
    source = &three;
    for (size_t lack = 1; lack <= memory_map_capacity(3); lack++) {
        const size_t capacity = memory_map_capacity(3) - lack;

        read_map_close(&f->read);
        read_map_open(&f->read, capacity);
        assert_false(memory_map_read(&f->read.map, &f->read.scratch, source, NULL, &f->problem));
        assert_int_equal(f->problem.kind, PROBLEM_MEMORY_MAP_TOO_LONG);
        assert_int_equal(f->problem.numbers[0], 3);
        assert_int_equal(f->problem.numbers[1], lack <= 2 ? 2 : lack <= 4 ? 1 : 0);
        if (lack == 1) {
            assert_sentence(f, "the firmware's memory map has 3 entries, more than the 2 there is "
                               "room for");
        }
        f->read.scratch.capacity = 1000; /* the shorter of the lists counts */
        assert_false(memory_map_read(&f->read.map, &f->read.scratch, source, NULL, &f->problem));
        assert_false(memory_map_read(&f->read.scratch, &f->read.map, source, NULL, &f->problem));
        assert_int_equal(f->problem.numbers[1], lack <= 2 ? 2 : lack <= 4 ? 1 : 0);
    }
}

static void a_map_without_ram_is_refused(void **state)
{
    struct fixture *f = *state;

    add(f, TYPE_CONVENTIONAL, 0, PAGE); /* page 0 does not count */
    add(f, TYPE_RUNTIME_DATA, MIB, MIB);
    add(f, TYPE_CONVENTIONAL, MIB, MIB);
    assert_false(read(f));
    assert_int_equal(f->problem.kind, PROBLEM_MEMORY_MAP_NO_RAM);
    assert_sentence(f, "none of the 3 entries of the firmware's memory map is RAM");
    f->firmware.size_bytes = 0;
    f->firmware.count = 0;
    assert_false(read(f));
    assert_sentence(f, "none of the 0 entries of the firmware's memory map is RAM");
}

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
    const struct memory_map a = {(struct memory_range *)(uintptr_t)left, left_count, left_count};
    const struct memory_map b = {(struct memory_range *)(uintptr_t)right, right_count, right_count};
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
        {0, PAGE, HOIST_MEMORY_RESERVED, 0},
        {MIB, 3 * MIB, HOIST_MEMORY_USABLE, 0},
        {4 * MIB, 2 * MIB, HOIST_MEMORY_LOADER, 0},
        {6 * MIB, MIB, HOIST_MEMORY_KERNEL, 0},
        {7 * MIB, MIB, HOIST_MEMORY_LOADER, 0},
        {9 * MIB, MIB, HOIST_MEMORY_USABLE, 0},
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
    assert_true(read_with_kernel(f, &kernel));
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
        test_of(every_type_of_the_firmware_has_its_kind),
        test_of(every_kind_has_its_type_for_the_kernel_and_says_whether_it_is_ram),
        test_of(unsorted_entries_come_out_sorted_and_neighbours_merged),
        test_of(of_two_overlapping_entries_the_kind_that_allows_less_wins),
        test_of(an_island_splits_the_run_around_it),
        test_of(empty_entries_and_equal_entries_leave_no_trace),
        test_of(page_0_is_reserved_whatever_the_firmware_says),
        test_of(entries_are_told_apart_by_the_stride_that_the_firmware_states),
        test_of(entries_that_are_too_short_are_refused),
        test_of(what_lies_above_52_bits_is_cut_off),
        test_of(one_entry_may_cover_all_of_the_physical_address_space),
        test_of(a_page_that_is_ram_in_part_only_is_no_ram),
        test_of(the_kernel_is_marked_over_the_loader_but_not_over_what_is_no_ram),
        test_of(the_promised_capacity_is_enough_for_the_worst_map_and_eight_takes),
        test_of(a_map_with_more_entries_than_there_is_room_for_is_refused),
        test_of(a_map_without_ram_is_refused),
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

    return cmocka_run_group_tests_name("memory map", tests, NULL, NULL);
}
