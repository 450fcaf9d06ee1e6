/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own note: found among others, read as it was written, refused where it asks too much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "elf.h"
#include "hoist.h"

static unsigned char notes[512];
static uint64_t size_bytes;
static struct elf_image image;
static struct problem problem;

static int start_without_notes(void **state)
{
    (void)state;
    memset(notes, 0, sizeof(notes));
    memset(&image, 0, sizeof(image));
    size_bytes = 0;
    return 0;
}

#define NOTE_TEST(name) cmocka_unit_test_setup(name, start_without_notes)

static void put_32(uint64_t offset, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        notes[offset + i] = (unsigned char)(value >> (8 * i));
    }
}

static uint64_t padded(uint64_t bytes, unsigned padding)
{
    return (bytes + padding - 1) / padding * padding;
}

/* Returns where the description starts. */
static uint64_t add_note(const char *name, uint32_t type, uint32_t description_bytes,
                         unsigned padding)
{
    const uint64_t name_bytes = strlen(name) + 1;
    const uint64_t start = padded(size_bytes + 12 + name_bytes, padding);

    put_32(size_bytes, (uint32_t)name_bytes);
    put_32(size_bytes + 4, description_bytes);
    put_32(size_bytes + 8, type);
    memcpy(notes + size_bytes + 12, name, name_bytes);
    size_bytes = padded(start + description_bytes, padding);
    return start;
}

static uint64_t add_wishes(const uint32_t wishes[5])
{
    const uint64_t start = add_note("Hoist", 1, 20, 4);

    for (unsigned i = 0; i < 5; i++) {
        put_32(start + 4 * i, wishes[i]);
    }
    return start;
}

/* A copy without a byte to spare: the sanitizer sees every byte read behind it. */
static bool read_notes(unsigned padding)
{
    const struct elf_source source = {text_of("/kernel.elf"), 0x4000, false};
    const struct elf_note_place place = {0, size_bytes, padding, 3};
    unsigned char *copy = malloc(size_bytes == 0 ? 1 : size_bytes);
    bool result;

    assert_non_null(copy);
    memcpy(copy, notes, size_bytes);
    result = elf_read_notes(&source, &place, copy, &image, &problem);
    free(copy);
    return result;
}

static void assert_sentence(const char *expected)
{
    char sentence[PROBLEM_SENTENCE_CAPACITY];

    assert_false(read_notes(4));
    problem_sentence(&problem, sentence, sizeof(sentence));
    assert_string_equal(sentence, expected);
}

static void the_wishes_are_read_as_the_macro_writes_them(void **state)
{
    HOIST_NOTE(.oldest_version = 1, .stack_size_bytes = 0x20000, .paging_levels = 4,
               .min_paging_levels = 4, .max_paging_levels = 5);

    (void)state;
    size_bytes = sizeof(hoist_note);
    memcpy(notes, &hoist_note, sizeof(hoist_note));
    assert_true(read_notes(4));
    assert_int_equal(image.wishes.oldest_version, 1);
    assert_int_equal(image.wishes.stack_size_bytes, 0x20000);
    assert_int_equal(image.wishes.paging_levels, 4);
    assert_int_equal(image.wishes.min_paging_levels, 4);
    assert_int_equal(image.wishes.max_paging_levels, 5);
}

static void without_a_note_nothing_is_wished(void **state)
{
    static const struct elf_wishes none;

    (void)state;
    assert_true(read_notes(4));
    add_note("GNU", 3, 20, 4);
    add_note("Hoist kernel", 1, 20, 4);
    add_note("hoist", 1, 20, 4);
    add_note("Hois", 1, 20, 4);
    add_note("Hoist", 9, 20, 4);
    put_32(size_bytes - 20 - 8 - 12, 8); /* of eight bytes, zeroes and all: somebody else's name */
    size_bytes += 12;                    /* a note without a name ends the section */
    assert_true(read_notes(4));
    assert_memory_equal(&image.wishes, &none, sizeof(none));
}

static void the_note_is_found_behind_others_of_any_length_and_padding(void **state)
{
    uint64_t start;

    (void)state;
    add_note("GNU", 5, 13, 4);
    add_note("", 5, 0, 4);
    add_note("Go", 5, 1, 4);
    add_wishes((const uint32_t[5]){2, 0x1234});
    assert_true(read_notes(4));
    assert_int_equal(image.wishes.stack_size_bytes, 0x1234);

    start_without_notes(state);
    add_note("GNU", 5, 4, 8);
    start = add_note("Hoist", 1, 20, 8);
    put_32(start + 4, 0x5678);
    assert_true(read_notes(8));
    assert_int_equal(image.wishes.stack_size_bytes, 0x5678);
}

static void a_note_that_is_cut_off_is_nobodys(void **state)
{
    uint64_t whole;

    (void)state;
    add_wishes((const uint32_t[5]){UINT32_MAX});
    whole = size_bytes;
    for (size_bytes = 0; size_bytes < whole; size_bytes++) {
        assert_true(read_notes(4));
    }
    assert_false(read_notes(4));
    put_32(0, UINT32_MAX);
    assert_true(read_notes(4));
    put_32(4, UINT32_MAX);
    assert_true(read_notes(4));
}

static void a_hand_off_newer_than_the_loaders_is_refused_by_both_numbers(void **state)
{
    (void)state;
    add_wishes((const uint32_t[5]){HOIST_VERSION});
    assert_true(read_notes(4));
    put_32(20, HOIST_VERSION + 1);
    assert_false(read_notes(4));
    assert_int_equal(problem.kind, PROBLEM_NOTE_VERSION);
    assert_int_equal(problem.numbers[0], HOIST_VERSION + 1);
    assert_int_equal(problem.numbers[1], HOIST_VERSION);
}

static void what_the_loader_does_not_know_is_refused_by_number(void **state)
{
    (void)state;
    add_note("Hoist", 2, 20, 4);
    assert_sentence("/kernel.elf: the kernel has a Hoist note of type 2, which this loader does "
                    "not know");
    start_without_notes(state);
    add_note("Hoist", 1, 19, 4);
    assert_sentence("/kernel.elf: the kernel's Hoist note has 19 bytes of wishes instead of 20");
    start_without_notes(state);
    add_note("Hoist", 1, 28, 4);
    assert_true(read_notes(4));
    notes[20 + 25] = 1;
    assert_sentence("/kernel.elf: the kernel's Hoist note has a wish at offset 25, which this "
                    "loader does not know (it knows 20 bytes of them)");
}

static void levels_of_page_tables_are_4_or_5(void **state)
{
    (void)state;
    for (unsigned i = 2; i < 5; i++) {
        for (uint32_t levels = 0; levels < 8; levels++) {
            start_without_notes(state);
            add_wishes((const uint32_t[5]){0});
            put_32(20 + 4 * i, levels);
            assert_int_equal(read_notes(4), levels == 0 || levels == 4 || levels == 5);
        }
    }
    put_32(20 + 4 * 4, 3);
    assert_sentence("/kernel.elf: the kernel's Hoist note asks for 3 levels of page tables; there "
                    "are 4 or 5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NOTE_TEST(the_wishes_are_read_as_the_macro_writes_them),
        NOTE_TEST(without_a_note_nothing_is_wished),
        NOTE_TEST(the_note_is_found_behind_others_of_any_length_and_padding),
        NOTE_TEST(a_note_that_is_cut_off_is_nobodys),
        NOTE_TEST(a_hand_off_newer_than_the_loaders_is_refused_by_both_numbers),
        NOTE_TEST(what_the_loader_does_not_know_is_refused_by_number),
        NOTE_TEST(levels_of_page_tables_are_4_or_5),
    };

    return cmocka_run_group_tests_name("elf notes", tests, NULL, NULL);
}
