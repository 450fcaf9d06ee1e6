/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header of an ELF file and the table it names: each refusal by its own kind, with the nearest
 * case that still passes beside it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "elf_fixture.h"

static void the_place_of_the_table_is_read(void **state)
{
    struct elf_source source = {text_of("/kernel.elf"), BUILDER_FILE_BYTES, false};
    struct elf_table table;

    (void)state;
    assert_true(elf_read_header(&source, kernel.bytes, &table, &problem));
    assert_int_equal(table.offset_bytes, 64);
    assert_int_equal(table.count, 3);
    assert_int_equal(table.size_bytes, 3 * 56);
    assert_int_equal(table.entry, BUILDER_BASE + 0x10);
    assert_false(table.movable);
    put(E_TYPE, 2, 3);
    assert_true(elf_read_header(&source, kernel.bytes, &table, &problem));
    assert_true(table.movable);
}

static void a_refused_header_leaves_the_table_alone(void **state)
{
    struct elf_source source = {text_of("/kernel.elf"), BUILDER_FILE_BYTES, false};
    struct elf_table table = {1, 2, 3, 4, true};

    (void)state;
    put(E_PHNUM, 2, 0);
    assert_false(elf_read_header(&source, kernel.bytes, &table, &problem));
    assert_int_equal(table.offset_bytes, 1);
    assert_int_equal(table.count, 2);
    assert_int_equal(table.size_bytes, 3);
    assert_int_equal(table.entry, 4);
    assert_true(table.movable);
}

static void an_empty_file_is_refused(void **state)
{
    (void)state;
    kernel.size_bytes = 0;
    assert_refused(PROBLEM_ELF_EMPTY, 0, 0, 0, 0);
}

static void a_file_shorter_than_its_header_is_truncated(void **state)
{
    (void)state;
    for (uint64_t size = 1; size < 64; size++) {
        kernel.size_bytes = size;
        assert_refused(PROBLEM_ELF_TRUNCATED, size, 64, 0, 0);
    }
    kernel.size_bytes = 64;
    assert_refused(PROBLEM_ELF_TABLE_OUTSIDE, 64, 3 * 56, 64, 0);
}

static void a_file_without_the_magic_is_no_elf_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        elf_builder_kernel(&kernel);
        kernel.bytes[i] ^= 0x20;
        assert_refused(PROBLEM_ELF_MAGIC, UINT32_C(0x7f454c46) ^ UINT32_C(0x20) << (24 - 8 * i), 0,
                       0, 0);
    }
    elf_builder_kernel(&kernel);
    memcpy(kernel.bytes, "#!", 2);
    kernel.size_bytes = 2;
    assert_refused(PROBLEM_ELF_MAGIC, 0x2321, 0, 0, 0);
}

/* One field of the header with a value that is refused. */
struct bad_field {
    size_t offset;
    unsigned width;
    uint64_t value;
    enum problem_kind kind;
    uint64_t first;
    uint64_t second;
};

static void every_bad_field_of_the_header_has_its_own_refusal(void **state)
{
    static const struct bad_field bad_fields[] = {
        {E_CLASS, 1, 1, PROBLEM_ELF_32_BIT, 1, 0},
        {E_CLASS, 1, 0, PROBLEM_ELF_CLASS, 0, 0},
        {E_CLASS, 1, 3, PROBLEM_ELF_CLASS, 3, 0},
        {E_DATA, 1, 2, PROBLEM_ELF_BIG_ENDIAN, 2, 0},
        {E_DATA, 1, 0, PROBLEM_ELF_DATA, 0, 0},
        {E_DATA, 1, 3, PROBLEM_ELF_DATA, 3, 0},
        {E_IDENT_VERSION, 1, 0, PROBLEM_ELF_VERSION, 0, 0},
        {E_IDENT_VERSION, 1, 2, PROBLEM_ELF_VERSION, 2, 0},
        {E_VERSION, 4, 0, PROBLEM_ELF_VERSION, 0, 0},
        {E_VERSION, 4, 0x01000001, PROBLEM_ELF_VERSION, 0x01000001, 0},
        {E_TYPE, 2, 0, PROBLEM_ELF_TYPE, 0, 0},
        {E_TYPE, 2, 1, PROBLEM_ELF_RELOCATABLE, 0, 0},
        {E_TYPE, 2, 4, PROBLEM_ELF_TYPE, 4, 0},
        {E_TYPE, 2, 0x0102, PROBLEM_ELF_TYPE, 0x0102, 0},
        {E_MACHINE, 2, 3, PROBLEM_ELF_MACHINE, 3, 0},
        {E_MACHINE, 2, 183, PROBLEM_ELF_MACHINE, 183, 0},
        {E_MACHINE, 2, 0x013e, PROBLEM_ELF_MACHINE, 0x013e, 0},
        {E_EHSIZE, 2, 63, PROBLEM_ELF_HEADER_SIZE, 63, 64},
        {E_EHSIZE, 2, 65, PROBLEM_ELF_HEADER_SIZE, 65, 64},
        {E_PHENTSIZE, 2, 0, PROBLEM_ELF_PROGRAM_HEADER_SIZE, 0, 56},
        {E_PHENTSIZE, 2, 55, PROBLEM_ELF_PROGRAM_HEADER_SIZE, 55, 56},
        {E_PHENTSIZE, 2, 57, PROBLEM_ELF_PROGRAM_HEADER_SIZE, 57, 56},
        {E_PHNUM, 2, 0, PROBLEM_ELF_NO_PROGRAM_HEADERS, 0, 0},
        {E_PHNUM, 2, 257, PROBLEM_ELF_TOO_MANY_HEADERS, 257, 256},
        {E_PHNUM, 2, 0xffff, PROBLEM_ELF_TOO_MANY_HEADERS, 0xffff, 256},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad_fields) / sizeof(bad_fields[0]); i++) {
        const struct bad_field *field = &bad_fields[i];

        elf_builder_kernel(&kernel);
        put(field->offset, field->width, field->value);
        assert_refused(field->kind, field->first, field->second, 0, 0);
    }
}

static void no_program_headers_of_no_size_are_called_missing(void **state)
{
    (void)state;
    put(E_PHNUM, 2, 0);
    put(E_PHENTSIZE, 2, 0);
    assert_refused(PROBLEM_ELF_NO_PROGRAM_HEADERS, 0, 0, 0, 0);
}

static void as_many_program_headers_as_allowed_pass(void **state)
{
    (void)state;
    elf_builder_header(&kernel, 256, BUILDER_BASE);
    elf_builder_segment(
        &kernel, 255,
        (struct elf_builder_segment){P_R | P_X, 0, BUILDER_BASE, 0x1000, 0x1000, 0x1000});
    kernel.size_bytes = 64 + 256 * 56;
    assert_accepted();
    assert_int_equal(image.segments[0].index, 255);
}

static void a_table_that_ends_with_the_file_passes_and_one_byte_further_does_not(void **state)
{
    (void)state;
    memmove(kernel.bytes + 0x4000 - 3 * 56, kernel.bytes + 64, 3 * 56);
    put(E_PHOFF, 8, 0x4000 - 3 * 56);
    assert_accepted();
    put(E_PHOFF, 8, 0x4000 - 3 * 56 + 1);
    assert_refused(PROBLEM_ELF_TABLE_OUTSIDE, 0x4000 - 3 * 56 + 1, 3 * 56, 0x4000, 0);
}

static void a_table_whose_end_overflows_is_refused(void **state)
{
    (void)state;
    put(E_PHOFF, 8, UINT64_MAX - 3 * 56);
    assert_refused(PROBLEM_ELF_TABLE_OUTSIDE, UINT64_MAX - 3 * 56, 3 * 56, 0x4000, 0);
    put(E_PHOFF, 8, UINT64_MAX - 3 * 56 + 1);
    assert_refused(PROBLEM_ELF_TABLE_OVERFLOW, UINT64_MAX - 3 * 56 + 1, 3 * 56, 0, 0);
    put(E_PHOFF, 8, UINT64_MAX);
    assert_refused(PROBLEM_ELF_TABLE_OVERFLOW, UINT64_MAX, 3 * 56, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ELF_TEST(the_place_of_the_table_is_read),
        ELF_TEST(a_refused_header_leaves_the_table_alone),
        ELF_TEST(an_empty_file_is_refused),
        ELF_TEST(a_file_shorter_than_its_header_is_truncated),
        ELF_TEST(a_file_without_the_magic_is_no_elf_file),
        ELF_TEST(every_bad_field_of_the_header_has_its_own_refusal),
        ELF_TEST(no_program_headers_of_no_size_are_called_missing),
        ELF_TEST(as_many_program_headers_as_allowed_pass),
        ELF_TEST(a_table_that_ends_with_the_file_passes_and_one_byte_further_does_not),
        ELF_TEST(a_table_whose_end_overflows_is_refused),
    };

    return cmocka_run_group_tests_name("elf header", tests, NULL, NULL);
}
