/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's memory map made orderly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memory_map_fixture.h"

static void every_type_of_the_firmware_has_its_kind(void **state)
{
    static const struct {
        uint32_t type;
        enum memory_kind kind;
    } all[] = {
        {TYPE_RESERVED, MEMORY_RESERVED},
        {TYPE_LOADER_CODE, MEMORY_LOADER},
        {TYPE_LOADER_DATA, MEMORY_LOADER},
        {TYPE_BOOT_CODE, MEMORY_BOOT},
        {TYPE_BOOT_DATA, MEMORY_BOOT},
        {TYPE_RUNTIME_CODE, MEMORY_RUNTIME_CODE},
        {TYPE_RUNTIME_DATA, MEMORY_RUNTIME_DATA},
        {TYPE_CONVENTIONAL, MEMORY_FREE},
        {TYPE_UNUSABLE, MEMORY_BAD},
        {TYPE_ACPI_RECLAIM, MEMORY_ACPI_TABLES},
        {TYPE_ACPI_NVS, MEMORY_ACPI_NVS},
        {TYPE_MMIO, MEMORY_DEVICE},
        {TYPE_MMIO_PORTS, MEMORY_DEVICE},
        {TYPE_PAL_CODE, MEMORY_RESERVED},
        {TYPE_PERSISTENT, MEMORY_PERSISTENT},
        {TYPE_UNACCEPTED, MEMORY_RESERVED},
        {16, MEMORY_RESERVED},
        {0x70000000, MEMORY_RESERVED},
        {0x80000000, MEMORY_RESERVED},
        {UINT32_MAX, MEMORY_RESERVED},
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
        {MEMORY_MODULE, HOIST_MEMORY_MODULE, true, "module"},
        {MEMORY_PERSISTENT, HOIST_MEMORY_PERSISTENT, true, "persistent"},
        {MEMORY_ACPI_TABLES, HOIST_MEMORY_ACPI_TABLES, true, "ACPI tables"},
        {MEMORY_ACPI_NVS, HOIST_MEMORY_ACPI_NVS, true, "ACPI NVS"},
        {MEMORY_RUNTIME_DATA, HOIST_MEMORY_RUNTIME_DATA, false, "runtime data"},
        {MEMORY_RUNTIME_CODE, HOIST_MEMORY_RUNTIME_CODE, false, "runtime code"},
        {MEMORY_BAD, HOIST_MEMORY_BAD, false, "bad"},
        {MEMORY_DEVICE, HOIST_MEMORY_DEVICE, false, "device"},
        {MEMORY_RESERVED, HOIST_MEMORY_RESERVED, false, "reserved"},
        {MEMORY_TABLES, HOIST_MEMORY_RESERVED, false, "firmware tables"},
        {MEMORY_FRAMEBUFFER, HOIST_MEMORY_FRAMEBUFFER, false, "framebuffer"},
    };

    (void)state;
    assert_int_equal(LENGTH(all), MEMORY_FRAMEBUFFER + 1);
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
        const struct memory_source source = {f->firmware.bytes, 4096, strides[i], 52, NULL, 0};

        read_map_close(&f->read);
        read_map_open(&f->read, 9000);
        assert_false(memory_map_read(&f->read.map, &f->read.scratch, &source, &f->problem));
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
    assert_map(f, PAGE_0, {END - MIB, MIB - PAGE, MEMORY_FREE},
               {END - PAGE, PAGE, MEMORY_ACPI_NVS});
}

static void ram_beyond_the_cpus_width_is_left_out_and_counted(void **state)
{
    const uint64_t limit = UINT64_C(1) << 40;
    struct fixture *f = *state;

    f->physical_bits = 40;
    add(f, TYPE_CONVENTIONAL, limit - MIB, 3 * MIB);
    add(f, TYPE_LOADER_DATA, limit + 8 * MIB, MIB);
    add(f, TYPE_RESERVED, limit + 16 * MIB, MIB); /* no RAM: not missed */
    add(f, TYPE_RUNTIME_DATA, limit - 2 * MIB, PAGE);
    assert_true(read(f));
    assert_map(f, PAGE_0, {limit - 2 * MIB, PAGE, MEMORY_RUNTIME_DATA},
               {limit - MIB, MIB, MEMORY_FREE});
    assert_int_equal(f->read.map.beyond_bytes, 3 * MIB);
    firmware_map_add(&f->firmware, TYPE_CONVENTIONAL, limit, UINT64_MAX);
    firmware_map_add(&f->firmware, TYPE_CONVENTIONAL, limit, UINT64_MAX);
    assert_true(read(f));
    assert_int_equal(f->read.map.beyond_bytes, UINT64_MAX / PAGE * PAGE); /* and no less */
    f->physical_bits = 41;
    f->firmware.count = 0;
    f->firmware.size_bytes = 0;
    add(f, TYPE_CONVENTIONAL, limit, MIB);
    assert_true(read(f));
    assert_map(f, PAGE_0, {limit, MIB, MEMORY_FREE});
    assert_int_equal(f->read.map.beyond_bytes, 0);
}

static void a_framebuffer_is_no_ram_wherever_it_lies(void **state)
{
    const struct memory_range screen = {3 * MIB, 4 * MIB, MEMORY_FRAMEBUFFER};
    struct fixture *f = *state;

    add(f, TYPE_CONVENTIONAL, MIB, 3 * MIB);
    add(f, TYPE_RESERVED, 4 * MIB, MIB);
    add(f, TYPE_BOOT_DATA, 5 * MIB, 4 * MIB);
    assert_true(read_with_claim(f, &screen));
    assert_map(f, PAGE_0, {MIB, 2 * MIB, MEMORY_FREE}, {3 * MIB, 4 * MIB, MEMORY_FRAMEBUFFER},
               {7 * MIB, 2 * MIB, MEMORY_BOOT});
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
    assert_true(read_with_claim(f, &kernel));
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
    assert_true(read_with_claim(f, &kernel));
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
        assert_false(memory_map_read(&f->read.map, &f->read.scratch, source, &f->problem));
        assert_int_equal(f->problem.kind, PROBLEM_MEMORY_MAP_TOO_LONG);
        assert_int_equal(f->problem.numbers[0], 3);
        assert_int_equal(f->problem.numbers[1], lack <= 2 ? 2 : lack <= 4 ? 1 : 0);
        if (lack == 1) {
            assert_sentence(f, "the firmware's memory map has 3 entries, more than the 2 there is "
                               "room for");
        }
        f->read.scratch.capacity = 1000; /* the shorter of the lists counts */
        assert_false(memory_map_read(&f->read.map, &f->read.scratch, source, &f->problem));
        assert_false(memory_map_read(&f->read.scratch, &f->read.map, source, &f->problem));
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
        test_of(ram_beyond_the_cpus_width_is_left_out_and_counted),
        test_of(a_framebuffer_is_no_ram_wherever_it_lies),
        test_of(one_entry_may_cover_all_of_the_physical_address_space),
        test_of(a_page_that_is_ram_in_part_only_is_no_ram),
        test_of(the_kernel_is_marked_over_the_loader_but_not_over_what_is_no_ram),
        test_of(the_promised_capacity_is_enough_for_the_worst_map_and_eight_takes),
        test_of(a_map_with_more_entries_than_there_is_room_for_is_refused),
        test_of(a_map_without_ram_is_refused),
    };

    return cmocka_run_group_tests_name("memory map", tests, NULL, NULL);
}
