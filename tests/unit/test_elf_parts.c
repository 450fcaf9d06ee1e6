/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Program headers that speak of segments: PT_DYNAMIC, PT_TLS, PT_GNU_RELRO, PT_GNU_STACK and where
 * PT_NOTE lies; and kernels that can be moved.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "elf_fixture.h"

#define PT_DYNAMIC 2
#define PT_NOTE    4
#define PT_TLS     7
#define PT_STACK   0x6474e551
#define PT_RELRO   0x6474e552

#define BASE BUILDER_BASE

/* The good kernel with a fourth header: type, address, size in the file, size in memory. */
static void add_part(uint32_t type, uint64_t va, uint64_t file_size, uint64_t size)
{
    put(E_PHNUM, 2, 4);
    elf_builder_segment(&kernel, 3,
                        (struct elf_builder_segment){P_R, 0x3000, va, file_size, size, 1});
    put_field(3, P_TYPE, type);
}

static void assert_part_outside(const char *type, uint64_t va, uint64_t size)
{
    assert_refused(PROBLEM_ELF_PART_OUTSIDE, 3, va, size, 0);
    assert_true(text_equals(problem.other, text_of(type)));
}

static void a_movable_kernel_may_be_linked_anywhere(void **state)
{
    static const uint64_t bases[] = {
        0, 0x200000, UINT64_C(0x7ffffffff000), UINT64_C(0x800000000000), UPPER, BASE};

    (void)state;
    for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        one_segment((struct elf_builder_segment){P_R | P_X, 0x1000, bases[i], 16, 16, 0x1000});
        put(E_TYPE, 2, 3);
        assert_accepted();
        assert_true(image.movable);
        assert_int_equal(image.va_base, bases[i]);
        assert_int_equal(image.slide, 0);
    }
    one_segment((struct elf_builder_segment){P_R | P_X, 0x1000, UINT64_MAX - 0xfff, 16, 16, 1});
    put(E_TYPE, 2, 3);
    assert_refused(PROBLEM_ELF_LAST_PAGE, 0, UINT64_MAX - 0xfff, 16, 0);
}

static void the_dynamic_section_of_a_movable_kernel_lies_in_a_segment(void **state)
{
    (void)state;
    add_part(PT_DYNAMIC, BASE + 0x2040, 0x100, 0x100);
    assert_accepted();
    assert_int_equal(image.dynamic.size_bytes, 0);
    put(E_TYPE, 2, 3);
    assert_accepted();
    assert_int_equal(image.dynamic.va, BASE + 0x2040);
    assert_int_equal(image.dynamic.size_bytes, 0x100);
    put_field(3, P_MEMSZ, 0x2305);
    assert_accepted();
    put_field(3, P_MEMSZ, 0x2306);
    assert_part_outside("PT_DYNAMIC", BASE + 0x2040, 0x2306);
    put_field(3, P_VADDR, 0);
    assert_part_outside("PT_DYNAMIC", 0, 0x2306);
    put_field(3, P_MEMSZ, UINT64_MAX);
    assert_part_outside("PT_DYNAMIC", 0, UINT64_MAX);
    put_field(3, P_MEMSZ, 0);
    assert_accepted();
}

static void the_template_of_thread_local_data_lies_in_a_segment(void **state)
{
    (void)state;
    add_part(PT_TLS, BASE + 0x2000, 0x100, 0x100000);
    assert_accepted();
    put_field(3, P_FILESZ, 0x2346);
    assert_part_outside("PT_TLS", BASE + 0x2000, 0x100000);
    put_field(3, P_FILESZ, 0);
    put_field(3, P_VADDR, 0x10);
    assert_accepted();
    put_field(3, P_FILESZ, 1);
    assert_part_outside("PT_TLS", 0x10, 0x100000);
    put_field(3, P_MEMSZ, 0);
    assert_refused(PROBLEM_ELF_FILE_SIZE, 3, 1, 0, 0);
}

static void an_executable_stack_is_noticed(void **state)
{
    (void)state;
    add_part(PT_STACK, 0, 0, 0);
    put_field(3, P_FLAGS, P_R | P_W);
    assert_accepted();
    assert_false(image.wants_executable_stack);
    put_field(3, P_FLAGS, P_R | P_W | P_X);
    assert_accepted();
    assert_true(image.wants_executable_stack);
}

static void assert_relro(uint64_t va, uint64_t size)
{
    assert_accepted();
    assert_int_equal(image.relro.size_bytes, size);
    assert_int_equal(image.relro.va, size == 0 ? 0 : va);
}

/* The writable segment is [2000, 4345). */
static void read_only_after_relocation_are_whole_pages(void **state)
{
    static const uint64_t cases[][4] = {
        /* address, size, then the pages: address, size */
        {0x2000, 0x1000, 0x2000, 0x1000}, {0x2000, 0x1fff, 0x2000, 0x1000},
        {0x2000, 0x2000, 0x2000, 0x2000}, {0x2000, 0x2344, 0x2000, 0x2000},
        {0x2000, 0x2345, 0x2000, 0x3000}, {0x2000, 0x3000, 0x2000, 0x3000},
        {0x2001, 0x1fff, 0x3000, 0x1000}, {0x2001, 0x0fff, 0, 0},
        {0x3000, 0x1000, 0x3000, 0x1000}, {0x4001, 0x0344, 0, 0},
        {0x3001, 0x1fff, 0x4000, 0x1000}, {0x2000, 0, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        elf_builder_kernel(&kernel);
        add_part(PT_RELRO, BASE + cases[i][0], 0, cases[i][1]);
        assert_relro(BASE + cases[i][2], cases[i][3]);
    }
    put_field(3, P_MEMSZ, 0x3001);
    assert_part_outside("PT_GNU_RELRO", BASE + 0x2000, 0x3001);
    put_field(3, P_VADDR, BASE + 0x1ff0);
    put_field(3, P_MEMSZ, 0x11);
    assert_part_outside("PT_GNU_RELRO", BASE + 0x1ff0, 0x11);
}

static void read_only_after_relocation_leaves_other_segments_their_pages(void **state)
{
    (void)state;
    add_part(PT_RELRO, BASE + 0x1000, 0, 0x1000);
    assert_relro(0, 0); /* read-only in any case */
    put_field(3, P_VADDR, BASE);
    put_field(3, P_MEMSZ, 0x800);
    assert_relro(0, 0); /* code stays executable */
    /* Two segments that are writable share the page at 3000. */
    elf_builder_kernel(&kernel);
    add_part(PT_RELRO, BASE + 0x2000, 0, 0x1400);
    put_field(2, P_MEMSZ, 0x1400);
    assert_relro(BASE + 0x2000, 0x2000);
    put_field(1, P_FLAGS, P_R | P_W);
    put_field(1, P_VADDR, BASE + 0x3800);
    put_field(1, P_ALIGN, 0x800);
    assert_relro(BASE + 0x2000, 0x1000);
    put_field(3, P_VADDR, BASE + 0x3800);
    put_field(3, P_MEMSZ, 0x1000);
    assert_relro(BASE + 0x4000, 0x1000);
}

static void notes_lie_in_the_file_and_are_few_and_short(void **state)
{
    (void)state;
    add_part(PT_NOTE, 0, 0x40, 0);
    assert_accepted();
    assert_int_equal(image.note_count, 1);
    assert_int_equal(image.notes[0].file_offset_bytes, 0x3000);
    assert_int_equal(image.notes[0].size_bytes, 0x40);
    assert_int_equal(image.notes[0].padding_bytes, 4);
    assert_int_equal(image.notes[0].index, 3);
    put_field(3, P_ALIGN, 8);
    assert_accepted();
    assert_int_equal(image.notes[0].padding_bytes, 8);
    put_field(3, P_FILESZ, 0x1001);
    assert_refused(PROBLEM_ELF_OUTSIDE_FILE, 3, 0x3000, 0x1001, 0x4000);
    put_field(3, P_OFFSET, 0);
    put_field(3, P_FILESZ, 8192);
    assert_accepted();
    put_field(3, P_FILESZ, 8193);
    assert_refused(PROBLEM_ELF_NOTE_TOO_LONG, 3, 8193, 8192, 0);
    put_field(3, P_FILESZ, 0);
    put_field(3, P_OFFSET, UINT64_MAX);
    assert_accepted();
    assert_int_equal(image.note_count, 0);
    for (unsigned i = 4; i <= 12; i++) {
        memcpy(kernel.bytes + elf_builder_field(i - 1, 0), kernel.bytes + elf_builder_field(3, 0),
               56);
        put_field(i - 1, P_OFFSET, 0);
        put_field(i - 1, P_FILESZ, 16);
        put(E_PHNUM, 2, i);
        if (i - 3 <= 8) {
            assert_accepted();
            assert_int_equal(image.note_count, i - 3);
        }
    }
    assert_refused(PROBLEM_ELF_TOO_MANY_NOTES, 11, 8, 0, 0);
}

static void moving_changes_every_address_and_nothing_else(void **state)
{
    struct elf_image moved;

    (void)state;
    add_part(PT_RELRO, BASE + 0x2000, 0, 0x1000);
    put(E_TYPE, 2, 3);
    assert_accepted();
    moved = image;
    elf_move(&moved, 0x200000);
    assert_int_equal(moved.slide, 0x200000);
    assert_int_equal(moved.entry, image.entry + 0x200000);
    assert_int_equal(moved.va_base, image.va_base + 0x200000);
    assert_int_equal(moved.relro.va, image.relro.va + 0x200000);
    assert_int_equal(moved.dynamic.va, 0); /* there is none */
    for (size_t i = 0; i < image.segment_count; i++) {
        assert_int_equal(moved.segments[i].va, image.segments[i].va + 0x200000);
    }
    elf_move(&moved, (uint64_t)-0x200000);
    assert_memory_equal(&moved, &image, sizeof(image));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ELF_TEST(a_movable_kernel_may_be_linked_anywhere),
        ELF_TEST(the_dynamic_section_of_a_movable_kernel_lies_in_a_segment),
        ELF_TEST(the_template_of_thread_local_data_lies_in_a_segment),
        ELF_TEST(an_executable_stack_is_noticed),
        ELF_TEST(read_only_after_relocation_are_whole_pages),
        ELF_TEST(read_only_after_relocation_leaves_other_segments_their_pages),
        ELF_TEST(notes_lie_in_the_file_and_are_few_and_short),
        ELF_TEST(moving_changes_every_address_and_nothing_else),
    };

    return cmocka_run_group_tests_name("elf parts", tests, NULL, NULL);
}
