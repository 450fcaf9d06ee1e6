/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The segments of an ELF file, each by itself: which are read, and each refusal with the nearest
 * case that still passes beside it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "elf_fixture.h"

static void other_program_headers_are_ignored_but_an_interpreter_is_not(void **state)
{
    (void)state;
    /* PT_NULL, PT_DYNAMIC (nothing is to be relocated), PT_SHLIB, PT_PHDR, PT_GNU_EH_FRAME,
     * PT_GNU_STACK: whatever else they say. */
    static const uint32_t ignored[] = {0, 2, 5, 6, 0x6474e550, 0x6474e551};

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        ELF_TEST(other_program_headers_are_ignored_but_an_interpreter_is_not),
        ELF_TEST(segments_without_memory_are_left_out),
        ELF_TEST(sixty_four_segments_pass_and_one_more_does_not),
        ELF_TEST(a_segment_may_be_all_file_but_not_more),
        ELF_TEST(a_segment_may_end_with_the_file_but_not_behind_it),
        ELF_TEST(a_segment_without_file_bytes_may_have_any_offset),
        ELF_TEST(a_segment_whose_file_end_overflows_is_refused),
        ELF_TEST(an_alignment_must_be_a_power_of_two_or_none),
        ELF_TEST(address_and_offset_are_congruent_modulo_the_alignment_only),
        ELF_TEST(the_higher_half_starts_where_canonical_addresses_do),
        ELF_TEST(a_segment_may_reach_up_to_the_last_page_of_the_address_space),
        ELF_TEST(rights_are_readable_and_not_both_writable_and_executable),
    };

    return cmocka_run_group_tests_name("elf segments", tests, NULL, NULL);
}
