/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ELF reader: what a good kernel comes out as, and each refusal by its own kind, with the
 * nearest case that still passes beside it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "elf.h"
#include "support/elf_builder.h"

#define UPPER UINT64_C(0xffff800000000000)

static struct elf_builder kernel;
static struct elf_image image;
static struct problem problem;

/* Reads the whole of `kernel` as the loader does: the header, then the table it names. */
static bool read_kernel(void)
{
    struct elf_source source = {text_of("/kernel.elf"), kernel.size_bytes};
    struct elf_table table;
    unsigned char *bytes;
    bool result;

    memset(&problem, 0, sizeof(problem));
    bytes = elf_builder_copy(&kernel, 0, kernel.size_bytes < 64 ? kernel.size_bytes : 64);
    result = elf_read_header(&source, bytes, &table, &problem);
    free(bytes);
    if (!result) {
        return false;
    }
    assert_true(table.offset_bytes + table.size_bytes <= kernel.size_bytes);
    assert_int_equal(table.size_bytes, table.count * 56);
    bytes = elf_builder_copy(&kernel, table.offset_bytes, table.size_bytes);
    result = elf_read_segments(&source, &table, bytes, &image, &problem);
    free(bytes);
    return result;
}

static void assert_accepted(void)
{
    if (!read_kernel()) {
        char sentence[PROBLEM_SENTENCE_CAPACITY];

        problem_sentence(&problem, sentence, sizeof(sentence));
        fail_msg("refused: %s", sentence);
    }
}

/* Refused for this reason, with these numbers; the name is always the file's. */
static void assert_refused(enum problem_kind kind, uint64_t first, uint64_t second, uint64_t third,
                           uint64_t fourth)
{
    assert_false(read_kernel());
    assert_int_equal(problem.kind, kind);
    assert_true(text_equals(problem.name, text_of("/kernel.elf")));
    assert_int_equal(problem.numbers[0], first);
    assert_int_equal(problem.numbers[1], second);
    assert_int_equal(problem.numbers[2], third);
    assert_int_equal(problem.numbers[3], fourth);
}

static void put(size_t offset, unsigned width, uint64_t value)
{
    elf_builder_put(&kernel, offset, width, value);
}

static void put_field(unsigned index, size_t field, uint64_t value)
{
    put(elf_builder_field(index, field), field < P_OFFSET ? 4 : 8, value);
}

/* A kernel of one executable segment. */
static void one_segment(struct elf_builder_segment segment)
{
    elf_builder_header(&kernel, 1, segment.va);
    elf_builder_segment(&kernel, 0, segment);
    kernel.size_bytes = BUILDER_FILE_BYTES;
}

static int start_with_a_good_kernel(void **state)
{
    (void)state;
    elf_builder_kernel(&kernel);
    return 0;
}

static void a_good_kernel_is_read_as_it_was_built(void **state)
{
    (void)state;
    assert_accepted();
    assert_int_equal(image.entry, BUILDER_BASE + 0x10);
    assert_int_equal(image.va_base, BUILDER_BASE);
    assert_int_equal(image.size_bytes, 0x5000);
    assert_int_equal(image.alignment_bytes, 0x1000);
    assert_int_equal(image.segment_count, 3);
    assert_int_equal(image.segments[0].va, BUILDER_BASE);
    assert_int_equal(image.segments[0].size_bytes, 0x800);
    assert_int_equal(image.segments[0].file_offset_bytes, 0x1000);
    assert_int_equal(image.segments[0].file_size_bytes, 0x800);
    assert_true(image.segments[0].executable && !image.segments[0].writable);
    assert_true(!image.segments[1].executable && !image.segments[1].writable);
    assert_true(!image.segments[2].executable && image.segments[2].writable);
    assert_int_equal(image.segments[2].size_bytes, 0x2345);
    assert_int_equal(image.segments[2].file_size_bytes, 0x100);
    assert_int_equal(image.segments[2].index, 2);
}

static void the_place_of_the_table_is_read(void **state)
{
    struct elf_source source = {text_of("/kernel.elf"), BUILDER_FILE_BYTES};
    struct elf_table table;

    (void)state;
    assert_true(elf_read_header(&source, kernel.bytes, &table, &problem));
    assert_int_equal(table.offset_bytes, 64);
    assert_int_equal(table.count, 3);
    assert_int_equal(table.size_bytes, 3 * 56);
    assert_int_equal(table.entry, BUILDER_BASE + 0x10);
}

static void a_refused_header_leaves_the_table_alone(void **state)
{
    struct elf_source source = {text_of("/kernel.elf"), BUILDER_FILE_BYTES};
    struct elf_table table = {1, 2, 3, 4};

    (void)state;
    put(E_PHNUM, 2, 0);
    assert_false(elf_read_header(&source, kernel.bytes, &table, &problem));
    assert_int_equal(table.offset_bytes, 1);
    assert_int_equal(table.count, 2);
    assert_int_equal(table.size_bytes, 3);
    assert_int_equal(table.entry, 4);
}

static void segments_out_of_order_come_out_sorted(void **state)
{
    (void)state;
    elf_builder_segment(
        &kernel, 0,
        (struct elf_builder_segment){P_R | P_W, 0x3000, BUILDER_BASE + 0x5000, 1, 1, 0x1000});
    elf_builder_segment(
        &kernel, 1, (struct elf_builder_segment){P_R, 0x1000, BUILDER_BASE + 0x3000, 1, 1, 0x1000});
    elf_builder_segment(
        &kernel, 2,
        (struct elf_builder_segment){P_R | P_X, 0x2000, BUILDER_BASE, 0x20, 0x20, 0x1000});
    assert_accepted();
    assert_int_equal(image.segments[0].index, 2);
    assert_int_equal(image.segments[1].index, 1);
    assert_int_equal(image.segments[2].index, 0);
    assert_int_equal(image.va_base, BUILDER_BASE);
    assert_int_equal(image.size_bytes, 0x6000);
}

static void the_image_spans_whole_pages_around_odd_addresses(void **state)
{
    (void)state;
    one_segment(
        (struct elf_builder_segment){P_R | P_X, 0x1fff, BUILDER_BASE + 0xfff, 2, 2, 0x1000});
    assert_accepted();
    assert_int_equal(image.va_base, BUILDER_BASE);
    assert_int_equal(image.size_bytes, 0x2000);
    one_segment(
        (struct elf_builder_segment){P_R | P_X, 0x1fff, BUILDER_BASE + 0xfff, 1, 1, 0x1000});
    assert_accepted();
    assert_int_equal(image.size_bytes, 0x1000);
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
        {E_TYPE, 2, 3, PROBLEM_ELF_DYNAMIC, 0, 0},
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

static void other_program_headers_are_ignored_but_an_interpreter_is_not(void **state)
{
    (void)state;
    /* PT_NULL, PT_DYNAMIC, PT_NOTE, PT_PHDR, PT_TLS, PT_GNU_STACK: whatever else they say. */
    static const uint32_t ignored[] = {0, 2, 4, 6, 7, 0x6474e551};

    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
        elf_builder_kernel(&kernel);
        put_field(1, P_TYPE, ignored[i]);
        put_field(1, P_FILESZ, UINT64_MAX);
        put_field(1, P_VADDR, 7);
        assert_accepted();
        assert_int_equal(image.segment_count, 2);
    }
    put_field(1, P_TYPE, 3);
    assert_refused(PROBLEM_ELF_INTERPRETER, 1, 0, 0, 0);
}

static void segments_without_memory_are_left_out(void **state)
{
    (void)state;
    put_field(1, P_FILESZ, 0);
    put_field(1, P_MEMSZ, 0);
    put_field(1, P_VADDR, 0);
    assert_accepted();
    assert_int_equal(image.segment_count, 2);
    for (unsigned i = 0; i < 3; i++) {
        put_field(i, P_FILESZ, 0);
        put_field(i, P_MEMSZ, 0);
    }
    assert_refused(PROBLEM_ELF_NO_SEGMENT, 3, 0, 0, 0);
    put_field(2, P_FILESZ, 1);
    assert_refused(PROBLEM_ELF_FILE_SIZE, 2, 1, 0, 0);
}

static void sixty_four_segments_pass_and_one_more_does_not(void **state)
{
    (void)state;
    elf_builder_header(&kernel, 65, BUILDER_BASE);
    for (unsigned i = 0; i < 65; i++) {
        elf_builder_segment(
            &kernel, i,
            (struct elf_builder_segment){P_R | P_X, 0, BUILDER_BASE + i * 0x1000, 16, 16, 0x1000});
    }
    kernel.size_bytes = 64 + 65 * 56;
    assert_refused(PROBLEM_ELF_TOO_MANY_SEGMENTS, 64, 0, 0, 0);
    put(E_PHNUM, 2, 64);
    assert_accepted();
    assert_int_equal(image.segment_count, 64);
}

static void a_segment_may_be_all_file_but_not_more(void **state)
{
    (void)state;
    put_field(2, P_FILESZ, 0x100);
    put_field(2, P_MEMSZ, 0x100);
    assert_accepted();
    put_field(2, P_FILESZ, 0x101);
    assert_refused(PROBLEM_ELF_FILE_SIZE, 2, 0x101, 0x100, 0);
}

static void a_segment_may_end_with_the_file_but_not_behind_it(void **state)
{
    (void)state;
    put_field(2, P_FILESZ, 0x1000);
    assert_accepted();
    put_field(2, P_FILESZ, 0x1001);
    assert_refused(PROBLEM_ELF_OUTSIDE_FILE, 2, 0x3000, 0x1001, 0x4000);
}

static void a_segment_without_file_bytes_may_have_any_offset(void **state)
{
    (void)state;
    put_field(2, P_FILESZ, 0);
    put_field(2, P_OFFSET, UINT64_MAX - 0xfff);
    assert_accepted();
}

static void a_segment_whose_file_end_overflows_is_refused(void **state)
{
    (void)state;
    put_field(2, P_OFFSET, UINT64_MAX - 0xfff);
    put_field(2, P_MEMSZ, 0x2000);
    put_field(2, P_FILESZ, 0xfff);
    assert_refused(PROBLEM_ELF_OUTSIDE_FILE, 2, UINT64_MAX - 0xfff, 0xfff, 0x4000);
    put_field(2, P_FILESZ, 0x1000);
    assert_refused(PROBLEM_ELF_FILE_OVERFLOW, 2, UINT64_MAX - 0xfff, 0x1000, 0);
}

static void an_alignment_must_be_a_power_of_two_or_none(void **state)
{
    static const uint64_t good[] = {0, 1, 2, 8, 0x1000};
    static const uint64_t bad[] = {3, 6, 0xfff, 0x1001, 0x1800, UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        put_field(0, P_ALIGN, good[i]);
        assert_accepted();
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        put_field(0, P_ALIGN, bad[i]);
        assert_refused(PROBLEM_ELF_ALIGNMENT, 0, bad[i], 0, 0);
    }
}

static void address_and_offset_are_congruent_modulo_the_alignment_only(void **state)
{
    (void)state;
    put_field(0, P_OFFSET, 0x1010);
    assert_refused(PROBLEM_ELF_CONGRUENCE, 0, BUILDER_BASE, 0x1010, 0x1000);
    put_field(0, P_ALIGN, 0x20);
    assert_refused(PROBLEM_ELF_CONGRUENCE, 0, BUILDER_BASE, 0x1010, 0x20);
    put_field(0, P_ALIGN, 0x10);
    assert_accepted();
    put_field(0, P_OFFSET, 0x1011);
    assert_refused(PROBLEM_ELF_CONGRUENCE, 0, BUILDER_BASE, 0x1011, 0x10);
    put_field(0, P_ALIGN, 1);
    assert_accepted();
}

static void the_largest_alignment_counts_from_4k_to_1g(void **state)
{
    (void)state;
    one_segment((struct elf_builder_segment){P_R | P_X, 0, BUILDER_BASE, 0x100, 0x100, 0x10});
    assert_accepted();
    assert_int_equal(image.alignment_bytes, 0x1000);
    put_field(0, P_ALIGN, 0x200000);
    assert_accepted();
    assert_int_equal(image.alignment_bytes, 0x200000);
    put_field(0, P_ALIGN, UINT64_C(1) << 30);
    assert_accepted();
    assert_int_equal(image.alignment_bytes, UINT64_C(1) << 30);
    put_field(0, P_ALIGN, UINT64_C(1) << 31);
    assert_accepted();
    assert_int_equal(image.alignment_bytes, UINT64_C(1) << 30);
}

static void the_higher_half_starts_where_canonical_addresses_do(void **state)
{
    static const uint64_t low[] = {
        0, 0x200000, UINT64_C(0x7fffffffffff), UINT64_C(0x800000000000), UPPER - 0x1000, UPPER - 1};

    (void)state;
    one_segment((struct elf_builder_segment){P_R | P_X, 0x1000, UPPER, 0x100, 0x100, 0x1000});
    assert_accepted();
    for (size_t i = 0; i < sizeof(low) / sizeof(low[0]); i++) {
        one_segment((struct elf_builder_segment){P_R | P_X, 0x1000, low[i], 0x100, 0x2000, 1});
        assert_refused(PROBLEM_ELF_LOWER_HALF, 0, low[i], UPPER, 0);
    }
}

static void a_segment_may_reach_up_to_the_last_page_of_the_address_space(void **state)
{
    const uint64_t va = UINT64_C(0xffffffffffffe000);

    (void)state;
    one_segment((struct elf_builder_segment){P_R | P_X, 0x1000, va, 0x100, 0x1000, 0x1000});
    assert_accepted();
    assert_int_equal(image.va_base + image.size_bytes, UINT64_C(0xfffffffffffff000));
    put_field(0, P_MEMSZ, 0x1001);
    assert_refused(PROBLEM_ELF_LAST_PAGE, 0, va, 0x1001, 0);
    put_field(0, P_MEMSZ, 0x2000);
    assert_refused(PROBLEM_ELF_LAST_PAGE, 0, va, 0x2000, 0);
    put_field(0, P_MEMSZ, 0x2001);
    assert_refused(PROBLEM_ELF_WRAPS, 0, va, 0x2001, 0);
    put_field(0, P_MEMSZ, UINT64_MAX);
    assert_refused(PROBLEM_ELF_WRAPS, 0, va, UINT64_MAX, 0);
}

static void rights_are_readable_and_not_both_writable_and_executable(void **state)
{
    (void)state;
    put_field(0, P_FLAGS, P_R | P_W | P_X);
    assert_refused(PROBLEM_ELF_WRITE_EXECUTE, 0, BUILDER_BASE, 0x800, 0);
    put_field(0, P_FLAGS, P_W | P_X);
    assert_refused(PROBLEM_ELF_WRITE_EXECUTE, 0, BUILDER_BASE, 0x800, 0);
    put_field(0, P_FLAGS, P_X);
    assert_refused(PROBLEM_ELF_UNREADABLE, 0, BUILDER_BASE, P_X, 0);
    put_field(0, P_FLAGS, 0);
    assert_refused(PROBLEM_ELF_UNREADABLE, 0, BUILDER_BASE, 0, 0);
    put_field(0, P_FLAGS, P_R | P_X | 0x0ff00000);
    assert_accepted();
}

static void neighbours_may_touch_but_not_overlap(void **state)
{
    (void)state;
    put_field(0, P_MEMSZ, 0x1000);
    assert_accepted();
    put_field(0, P_MEMSZ, 0x1001);
    assert_refused(PROBLEM_ELF_OVERLAP, 0, 1, BUILDER_BASE + 0x1000, 0);
}

static void a_segment_inside_another_overlaps_it(void **state)
{
    (void)state;
    put_field(2, P_VADDR, BUILDER_BASE + 0x1000);
    put_field(2, P_OFFSET, 0x3000);
    assert_refused(PROBLEM_ELF_OVERLAP, 1, 2, BUILDER_BASE + 0x1000, 0);
    elf_builder_kernel(&kernel);
    put_field(0, P_MEMSZ, 0x100000);
    put_field(2, P_MEMSZ, 0x1);
    put_field(2, P_FILESZ, 0x1);
    assert_refused(PROBLEM_ELF_OVERLAP, 0, 1, BUILDER_BASE + 0x1000, 0);
}

static void different_rights_may_not_share_a_page_but_equal_ones_may(void **state)
{
    (void)state;
    put_field(1, P_ALIGN, 1);
    put_field(1, P_VADDR, BUILDER_BASE + 0x800);
    assert_refused(PROBLEM_ELF_RIGHTS_ON_PAGE, 0, 1, BUILDER_BASE, 0);
    put_field(1, P_VADDR, BUILDER_BASE + 0xfff);
    assert_refused(PROBLEM_ELF_RIGHTS_ON_PAGE, 0, 1, BUILDER_BASE, 0);
    put_field(1, P_FLAGS, P_R | P_X);
    put_field(1, P_VADDR, BUILDER_BASE + 0x800);
    assert_accepted();
    assert_int_equal(image.segment_count, 3);
}

static void a_last_byte_on_a_page_of_other_rights_is_enough_to_be_refused(void **state)
{
    (void)state;
    put_field(2, P_ALIGN, 1);
    put_field(2, P_VADDR, BUILDER_BASE + 0x2001);
    assert_accepted();
    put_field(1, P_MEMSZ, 0x1001);
    assert_refused(PROBLEM_ELF_RIGHTS_ON_PAGE, 1, 2, BUILDER_BASE + 0x2000, 0);
}

static void the_entry_lies_inside_an_executable_segment(void **state)
{
    static const uint64_t good[] = {BUILDER_BASE, BUILDER_BASE + 0x7ff};
    static const uint64_t bad[] = {0,
                                   BUILDER_BASE - 1,
                                   BUILDER_BASE + 0x800,
                                   BUILDER_BASE + 0x1000,
                                   BUILDER_BASE + 0x2000,
                                   UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        put(E_ENTRY, 8, good[i]);
        assert_accepted();
        assert_int_equal(image.entry, good[i]);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        put(E_ENTRY, 8, bad[i]);
        assert_refused(PROBLEM_ELF_ENTRY, bad[i], 0, 0, 0);
    }
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Segments upwards from a random place, a random number of pages apart, their headers in a random
 * order. */
static void build_random_kernel(uint64_t *seed)
{
    unsigned count = 1 + (unsigned)(next_random(seed) % 64);
    unsigned first = (unsigned)(next_random(seed) % count);
    uint64_t va = UPPER + (next_random(seed) % (UINT64_C(1) << 46) & ~UINT64_C(0xfff));

    elf_builder_header(&kernel, count, va);
    for (unsigned i = 0; i < count; i++) {
        static const uint32_t rights[] = {P_R | P_X, P_R, P_R | P_W};
        uint64_t inset = i == 0 ? 0 : next_random(seed) % 0x1000;
        uint64_t size = 1 + next_random(seed) % 0x5000;
        uint64_t file_size = next_random(seed) % 0x3000 % (size + 1);

        elf_builder_segment(&kernel, (first + i) % count,
                            (struct elf_builder_segment){
                                .flags = rights[i == 0 ? 0 : next_random(seed) % 3],
                                .offset = 0x1000 + inset,
                                .va = va + inset,
                                .file_size = file_size,
                                .size = size,
                                .alignment = UINT64_C(1) << (next_random(seed) % 13),
                            });
        va = (va + inset + size + 0xfff) & ~UINT64_C(0xfff);
        va += next_random(seed) % 4 * 0x1000;
    }
    kernel.size_bytes = 0x1000 + 0x1000 + 0x3000;
}

static void random_valid_kernels_pass_and_come_out_sorted(void **state)
{
    uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);

    (void)state;
    for (int round = 0; round < 2000; round++) {
        build_random_kernel(&seed);
        assert_accepted();
        for (size_t i = 1; i < image.segment_count; i++) {
            assert_true(image.segments[i - 1].va + image.segments[i - 1].size_bytes <=
                        image.segments[i].va);
        }
        assert_int_equal(image.va_base, image.segments[0].va);
        assert_int_equal(image.entry, image.va_base);
        assert_int_equal(image.size_bytes % 0x1000, 0);
    }
}

static void every_single_bit_changed_is_accepted_or_refused_with_a_sentence(void **state)
{
    (void)state;
    for (size_t bit = 0; bit < (64 + 3 * 56) * 8; bit++) {
        elf_builder_kernel(&kernel);
        kernel.bytes[bit / 8] ^= (unsigned char)(1U << bit % 8);
        if (!read_kernel()) {
            char sentence[PROBLEM_SENTENCE_CAPACITY];

            assert_int_not_equal(problem.kind, PROBLEM_NONE);
            assert_true(problem_sentence(&problem, sentence, sizeof(sentence)) > 20);
        }
    }
}

#define ELF_TEST(name) cmocka_unit_test_setup(name, start_with_a_good_kernel)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ELF_TEST(a_good_kernel_is_read_as_it_was_built),
        ELF_TEST(the_place_of_the_table_is_read),
        ELF_TEST(a_refused_header_leaves_the_table_alone),
        ELF_TEST(segments_out_of_order_come_out_sorted),
        ELF_TEST(the_image_spans_whole_pages_around_odd_addresses),
        ELF_TEST(an_empty_file_is_refused),
        ELF_TEST(a_file_shorter_than_its_header_is_truncated),
        ELF_TEST(a_file_without_the_magic_is_no_elf_file),
        ELF_TEST(every_bad_field_of_the_header_has_its_own_refusal),
        ELF_TEST(no_program_headers_of_no_size_are_called_missing),
        ELF_TEST(as_many_program_headers_as_allowed_pass),
        ELF_TEST(a_table_that_ends_with_the_file_passes_and_one_byte_further_does_not),
        ELF_TEST(a_table_whose_end_overflows_is_refused),
        ELF_TEST(other_program_headers_are_ignored_but_an_interpreter_is_not),
        ELF_TEST(segments_without_memory_are_left_out),
        ELF_TEST(sixty_four_segments_pass_and_one_more_does_not),
        ELF_TEST(a_segment_may_be_all_file_but_not_more),
        ELF_TEST(a_segment_may_end_with_the_file_but_not_behind_it),
        ELF_TEST(a_segment_without_file_bytes_may_have_any_offset),
        ELF_TEST(a_segment_whose_file_end_overflows_is_refused),
        ELF_TEST(an_alignment_must_be_a_power_of_two_or_none),
        ELF_TEST(address_and_offset_are_congruent_modulo_the_alignment_only),
        ELF_TEST(the_largest_alignment_counts_from_4k_to_1g),
        ELF_TEST(the_higher_half_starts_where_canonical_addresses_do),
        ELF_TEST(a_segment_may_reach_up_to_the_last_page_of_the_address_space),
        ELF_TEST(rights_are_readable_and_not_both_writable_and_executable),
        ELF_TEST(neighbours_may_touch_but_not_overlap),
        ELF_TEST(a_segment_inside_another_overlaps_it),
        ELF_TEST(different_rights_may_not_share_a_page_but_equal_ones_may),
        ELF_TEST(a_last_byte_on_a_page_of_other_rights_is_enough_to_be_refused),
        ELF_TEST(the_entry_lies_inside_an_executable_segment),
        ELF_TEST(random_valid_kernels_pass_and_come_out_sorted),
        ELF_TEST(every_single_bit_changed_is_accepted_or_refused_with_a_sentence),
    };

    return cmocka_run_group_tests_name("elf", tests, NULL, NULL);
}
