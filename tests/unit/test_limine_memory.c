/* SPDX-License-Identifier: BSD-2-Clause */
/* What each base revision maps and calls what, what the firmware keeps elsewhere, and the section of revision 0. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "regions.h"
#include "sections.h"

static bool maps(unsigned revision, enum memory_kind kind)
{
    return (limine_direct_map(revision, false).kinds >> kind & 1) != 0;
}

static void each_revision_maps_the_kinds_that_it_names(void **state)
{
    static const enum memory_kind always[] = {MEMORY_FREE,   MEMORY_BOOT,   MEMORY_LOADER,
                                              MEMORY_KERNEL, MEMORY_MODULE, MEMORY_FRAMEBUFFER};

    (void)state;
    for (unsigned revision = 0; revision <= 6; revision++) {
        for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
            assert_true(maps(revision, always[i]));
        }
        assert_int_equal(maps(revision, MEMORY_ACPI_TABLES), revision != 3);
        assert_int_equal(maps(revision, MEMORY_ACPI_NVS), revision != 3);
        assert_int_equal(maps(revision, MEMORY_RESERVED), revision == 0);
        assert_int_equal(maps(revision, MEMORY_BAD), revision == 0);
        assert_int_equal(maps(revision, MEMORY_DEVICE), revision == 0);
        assert_int_equal(maps(revision, MEMORY_PERSISTENT), revision == 0);
        assert_int_equal(maps(revision, MEMORY_TABLES), revision == 0 || revision >= 4);
        assert_int_equal(maps(revision, MEMORY_RUNTIME_CODE), revision == 0 || revision >= 5);
        assert_int_equal(maps(revision, MEMORY_RUNTIME_DATA), revision == 0 || revision >= 5);
        assert_int_equal(limine_direct_map(revision, false).whole_bytes,
                         revision <= 2 ? UINT64_C(0x100000000) : 0);
        assert_int_equal(limine_direct_map(revision, false).has_identity, revision == 0);
        assert_true(limine_direct_map(revision, false).is_executable);
        assert_false(limine_direct_map(revision, true).is_executable);
        assert_int_equal(limine_direct_map(revision, true).base, 0);
    }
}

static void each_kind_has_its_type(void **state)
{
    static const struct {
        enum memory_kind kind;
        enum limine_memory_type type;
    } all[] = {
        {MEMORY_FREE, LIMINE_MEMORY_USABLE},
        {MEMORY_BOOT, LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE},
        {MEMORY_LOADER, LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE},
        {MEMORY_KERNEL, LIMINE_MEMORY_EXECUTABLE_AND_MODULES},
        {MEMORY_MODULE, LIMINE_MEMORY_EXECUTABLE_AND_MODULES},
        {MEMORY_PERSISTENT, LIMINE_MEMORY_RESERVED},
        {MEMORY_ACPI_TABLES, LIMINE_MEMORY_ACPI_RECLAIMABLE},
        {MEMORY_ACPI_NVS, LIMINE_MEMORY_ACPI_NVS},
        {MEMORY_BAD, LIMINE_MEMORY_BAD},
        {MEMORY_DEVICE, LIMINE_MEMORY_RESERVED},
        {MEMORY_RESERVED, LIMINE_MEMORY_RESERVED},
        {MEMORY_FRAMEBUFFER, LIMINE_MEMORY_FRAMEBUFFER},
    };

    (void)state;
    for (unsigned revision = 0; revision <= 6; revision++) {
        for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
            assert_int_equal(limine_memory_type(all[i].kind, revision), all[i].type);
        }
        assert_int_equal(limine_memory_type(MEMORY_TABLES, revision),
                         revision >= 4 ? LIMINE_MEMORY_RESERVED_MAPPED : LIMINE_MEMORY_RESERVED);
        assert_int_equal(limine_memory_type(MEMORY_RUNTIME_CODE, revision),
                         revision >= 5 ? LIMINE_MEMORY_RESERVED_MAPPED : LIMINE_MEMORY_RESERVED);
        assert_int_equal(limine_memory_type(MEMORY_RUNTIME_DATA, revision),
                         revision >= 5 ? LIMINE_MEMORY_RESERVED_MAPPED : LIMINE_MEMORY_RESERVED);
    }
}

static struct memory_range listed[] = {
    {0x10000, 0x10000, MEMORY_RUNTIME_DATA}, {0x20000, 0x10000, MEMORY_ACPI_TABLES},
    {0x30000, 0x10000, MEMORY_RESERVED},     {0x40000, 0x10000, MEMORY_ACPI_NVS},
    {0x60000, 0x10000, MEMORY_BOOT},
};
static const struct memory_map map = {listed, 5, 5, 0};

/* The parts of [base, base + size) that are claimed, as text. */
static const char *claimed(unsigned revision, uint64_t base, uint64_t size_bytes)
{
    static char text[256];
    struct memory_range rest = {base, size_bytes, MEMORY_TABLES};
    struct memory_range run;
    size_t length = 0;

    text[0] = '\0';
    while (regions_next_unmapped(&map, revision, &rest, &run)) {
        assert_int_equal(run.kind, MEMORY_TABLES);
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%llx-%llx ",
                                   (unsigned long long)run.base,
                                   (unsigned long long)(run.base + run.size_bytes));
        assert_true(length < sizeof(text));
    }
    return text;
}

static void only_what_no_kind_of_its_own_maps_is_claimed(void **state)
{
    (void)state;
    assert_string_equal(claimed(4, 0x21000, 0x1000), "");
    assert_string_equal(claimed(4, 0x11000, 0x1000), "11000-12000 ");
    assert_string_equal(claimed(5, 0x11000, 0x1000), "");
    assert_string_equal(claimed(4, 0x31000, 0x1000), "31000-32000 ");
    assert_string_equal(claimed(4, 0x51000, 0x1000), "51000-52000 "); /* listed nowhere */
    assert_string_equal(claimed(4, 0x61000, 0x1000), "61000-62000 "); /* given up otherwise */
    assert_string_equal(claimed(4, 0x90000, 0x1000), "90000-91000 ");
    assert_string_equal(claimed(4, 0, 0x100000), "0-20000 30000-40000 50000-100000 ");
    assert_string_equal(claimed(5, 0, 0x100000), "0-10000 30000-40000 50000-100000 ");
    assert_string_equal(claimed(4, 0x28000, 0x10000), "30000-38000 ");
    assert_string_equal(claimed(4, 0x38000, 0x10000), "38000-40000 ");
    assert_string_equal(claimed(4, 0x38000, 0), "");
}

/* A file with so many sections, the third of which may be the one looked for. */
#define SECTIONS 4u

static unsigned char file[64 + SECTIONS * 64 + 64];
static bool is_readable;

static bool read_file(void *context, uint64_t offset_bytes, void *target, uint64_t size_bytes)
{
    assert_ptr_equal(context, file);
    assert_true(offset_bytes + size_bytes <= sizeof(file));
    memcpy(target, file + offset_bytes, size_bytes);
    return is_readable;
}

static void put_number(size_t at, uint64_t number, size_t size_bytes)
{
    memcpy(file + at, &number, size_bytes);
}

static void make_file(const char *name)
{
    const size_t names = 64 + SECTIONS * 64;

    memset(file, 0, sizeof(file));
    is_readable = true;
    put_number(0x28, 64, 8);
    put_number(0x3a, 64, 2);
    put_number(0x3c, SECTIONS, 2);
    put_number(0x3e, 3, 2);
    put_number(64 + 3 * 64 + 0x18, names, 8); /* the names' section */
    put_number(64 + 2 * 64, 5, 4);
    put_number(64 + 2 * 64 + 0x10, 0x1000, 8);
    put_number(64 + 2 * 64 + 0x20, 24, 8);
    memcpy(file + names + 5, name, strlen(name) + 1);
}

static struct elf_range search(void)
{
    return sections_find_requests(&(struct sections_file){read_file, file, sizeof(file)});
}

static void the_section_is_found_by_its_name(void **state)
{
    (void)state;
    make_file(".limine_reqs");
    assert_int_equal(search().va, 0x1000);
    assert_int_equal(search().size_bytes, 24);
    make_file(".limine_requests");
    assert_int_equal(search().size_bytes, 0);
    make_file(".limine_req");
    assert_int_equal(search().size_bytes, 0);
}

static void headers_of_no_use_are_no_section(void **state)
{
    static const struct {
        size_t at;
        uint64_t value;
        size_t size_bytes;
    } damages[] = {{0x28, UINT64_MAX, 8},
                   {0x28, sizeof(file), 8},
                   {0x3a, 63, 2},
                   {0x3c, 2, 2},
                   {0x3e, 0xffff, 2},
                   {64 + 3 * 64 + 0x18, UINT64_MAX, 8},
                   {64 + 3 * 64 + 0x18, 0x4000, 8},
                   {64 + 2 * 64, UINT32_MAX, 4}};

    (void)state;
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        make_file(".limine_reqs");
        put_number(damages[i].at, damages[i].value, damages[i].size_bytes);
        assert_int_equal(search().size_bytes, 0);
    }
    make_file(".limine_reqs");
    put_number(0x3c, 0xffff, 2); /* it comes before the end of the table */
    assert_int_equal(search().size_bytes, 24);
    put_number(64 + 2 * 64, 6, 4);
    assert_int_equal(search().size_bytes, 0);
    make_file(".limine_reqs");
    is_readable = false;
    assert_int_equal(search().size_bytes, 0);
    assert_int_equal(
        sections_find_requests(&(struct sections_file){read_file, file, 63}).size_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_revision_maps_the_kinds_that_it_names),
        cmocka_unit_test(each_kind_has_its_type),
        cmocka_unit_test(only_what_no_kind_of_its_own_maps_is_claimed),
        cmocka_unit_test(the_section_is_found_by_its_name),
        cmocka_unit_test(headers_of_no_use_are_no_section),
    };

    return cmocka_run_group_tests_name("limine_memory", tests, NULL, NULL);
}
