/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every kind of problem has a sentence that mentions what the problem carries.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "access.h"
#include "problem.h"
#include "problem_names.h"

/* Numbers that no sentence has by itself, and that are no round size. */
#define SAMPLE_NUMBERS                     \
    {                                      \
        7000001, 7000003, 7000005, 7000007 \
    }

static char sentence[PROBLEM_SENTENCE_CAPACITY];

static struct problem sample(enum problem_kind kind)
{
    return (struct problem){kind, text_of("NAMED"), text_of("OTHERED"), SAMPLE_NUMBERS};
}

/* Whether the number is in the sentence, in decimal or hexadecimal. */
static bool mentions(uint64_t number)
{
    char decimal[32];
    char hexadecimal[32];

    snprintf(decimal, sizeof(decimal), "%ju", (uintmax_t)number);
    snprintf(hexadecimal, sizeof(hexadecimal), "0x%jx", (uintmax_t)number);
    return strstr(sentence, decimal) != NULL || strstr(sentence, hexadecimal) != NULL;
}

static const char *sentence_of(struct problem problem)
{
    size_t length = problem_sentence(&problem, sentence, sizeof(sentence));

    assert_int_equal(length, strlen(sentence));
    return sentence;
}

static void every_kind_has_one_line_without_a_full_stop(void **state)
{
    (void)state;
    for (int kind = PROBLEM_NONE + 1; kind < PROBLEM_KIND_COUNT; kind++) {
        sentence_of(sample((enum problem_kind)kind));
        if (strstr(sentence, "unknown problem") != NULL) {
            fail_msg("kind %d has no sentence", kind);
        }
        if (strlen(sentence) < 20 || strlen(sentence) > 300 || strchr(sentence, '\n') != NULL ||
            sentence[strlen(sentence) - 1] == '.' || strstr(sentence, "  ") != NULL) {
            fail_msg("kind %d is no plain sentence: \"%s\"", kind, sentence);
        }
    }
}

static void every_placeholder_is_understood(void **state)
{
    (void)state;
    for (int kind = PROBLEM_NONE; kind < PROBLEM_KIND_COUNT; kind++) {
        sentence_of(sample((enum problem_kind)kind));
        if (strpbrk(sentence, "{}") != NULL) {
            fail_msg("kind %d has a brace left: \"%s\"", kind, sentence);
        }
    }
}

static void every_kind_mentions_a_text_or_a_number(void **state)
{
    (void)state;
    for (int kind = PROBLEM_NONE + 1; kind < PROBLEM_KIND_COUNT; kind++) {
        sentence_of(sample((enum problem_kind)kind));
        if (strstr(sentence, "NAMED") == NULL && !mentions(7000001)) {
            fail_msg("kind %d mentions nothing: \"%s\"", kind, sentence);
        }
    }
}

/* A sentence with its third number also has its second; only lines of a configuration may lack the
 * first. */
static void numbers_are_mentioned_without_a_gap(void **state)
{
    static const uint64_t numbers[PROBLEM_NUMBER_LIMIT] = SAMPLE_NUMBERS;

    (void)state;
    for (int kind = PROBLEM_NONE + 1; kind < PROBLEM_KIND_COUNT; kind++) {
        bool first_may_lack = kind == PROBLEM_CONFIG_TOO_LARGE || kind == PROBLEM_CONFIG_UTF16;

        sentence_of(sample((enum problem_kind)kind));
        for (int i = first_may_lack ? 2 : 1; i < PROBLEM_NUMBER_LIMIT; i++) {
            if (mentions(numbers[i]) && !mentions(numbers[i - 1])) {
                fail_msg("kind %d has number %d, but not the one before: \"%s\"", kind, i,
                         sentence);
            }
        }
    }
}

static void about_a_file_or_an_entry_means_with_its_name(void **state)
{
    (void)state;
    for (int kind = PROBLEM_NONE + 1; kind <= PROBLEM_ELF_ENTRY; kind++) {
        sentence_of(sample((enum problem_kind)kind));
        if (strstr(sentence, "NAMED") == NULL) {
            fail_msg("kind %d lacks the name: \"%s\"", kind, sentence);
        }
    }
}

/* One sentence as it has to be, word for word. */
struct expected_sentence {
    struct problem problem;
    const char *sentence;
};

static void sentences_read_as_they_should(void **state)
{
    const struct expected_sentence all[] = {
        {{PROBLEM_FILE_MISSING, text_of("/kernel.elf"), {0}, {0}},
         "/kernel.elf: there is no such file on the boot volume"},
        {{PROBLEM_FILE_NOTHING_TO_BOOT, text_of("/hoist.conf"), text_of("/kernel.elf"), {0}},
         "nothing to boot: the boot volume has neither /hoist.conf nor /kernel.elf"},
        {{PROBLEM_FILE_OPEN, text_of("/k"), {0}, {UINT64_C(0x800000000000000e)}},
         "/k: the file cannot be opened; the firmware says \"not found\" "
         "(status 0x800000000000000e)"},
        {{PROBLEM_FILE_OPEN, text_of("/k"), {0}, {UINT64_C(0x80000000000000ff)}},
         "/k: the file cannot be opened; the firmware says status 0x80000000000000ff"},
        {{PROBLEM_FILE_SHORT, text_of("/k"), {0}, {4096, 1, 64}},
         "/k: the file ends early: 4 KiB wanted at offset 64, 1 byte got"},
        {{PROBLEM_CONFIG_UNKNOWN_KEY, text_of("/hoist.conf"), text_of("color"), {3}},
         "/hoist.conf, line 3: the key \"color\" is not known; ignored"},
        {{PROBLEM_ELF_MACHINE, text_of("/k"), {0}, {183}},
         "/k: the file is for machine 183 (AArch64); x86-64 (62) is needed"},
        {{PROBLEM_ELF_MACHINE, text_of("/k"), {0}, {9999}},
         "/k: the file is for machine 9999; x86-64 (62) is needed"},
        {{PROBLEM_ELF_WRITE_EXECUTE,
          text_of("/k"),
          {0},
          {1, UINT64_C(0xffffffff80001000), 0x200000}},
         "/k: segment 1 at address 0xffffffff80001000 (2 MiB) is both writable and executable"},
        {{PROBLEM_MEMORY_OUT, text_of("kernel"), {0}, {UINT64_C(1) << 40, 64 << 20, 32 << 20}},
         "too little memory for the kernel: 1 TiB needed, 64 MiB free in all, 32 MiB in one piece"},
        {{PROBLEM_PLAN_OVERLAP, text_of("stack"), text_of("kernel"), {0x1000}},
         "the ranges \"stack\" and \"kernel\" overlap at address 0x1000"},
        {{PROBLEM_PLAN_TAKEN,
          text_of("stack"),
          text_of("kernel"),
          {UINT64_C(0xffffff8000000000), UINT64_C(0xffffff7000000000)}},
         "no place is left for the stack from 0xffffff8000000000 on: the kernel at "
         "0xffffff7000000000 is in the way"},
        {{PROBLEM_RULE, text_of("user"), text_of("stack"), {3, 1500, 0x1000}},
         "the page tables break the rule \"user\" in 3 of 1500 places, the first at 0x1000 "
         "(stack)"},
        {{PROBLEM_LEAVE_MAP_CHANGED, text_of("free"), text_of("runtime data"), {0x1000}},
         "the memory map changed while the firmware was left: 0x1000 was free, now it is "
         "runtime data"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        assert_string_equal(sentence_of(all[i].problem), all[i].sentence);
    }
}

static void control_characters_and_broken_utf8_are_shown_as_hex(void **state)
{
    struct problem problem = {.kind = PROBLEM_FILE_MISSING,
                              .name = text_of("a\x1b[2J\n\x7f\xff\xc3\xa4\xc2\x9b\xc3")};

    (void)state;
    assert_string_equal(sentence_of(problem), "a\\x1b[2J\\x0a\\x7f\\xff\xc3\xa4\\xc2\\x9b\\xc3: "
                                              "there is no such file on the boot volume");
    problem.name = text_of("a b~\xc2\xa0");
    assert_non_null(strstr(sentence_of(problem), "a b~\xc2\xa0:"));
    problem.name = (struct text){"a\0b", 3};
    assert_non_null(strstr(sentence_of(problem), "a\\x00b:"));
}

static void braces_in_a_name_are_only_text(void **state)
{
    struct problem problem = {
        .kind = PROBLEM_FILE_MISSING, .name = text_of("{other}%s"), .other = text_of("wrong")};

    (void)state;
    assert_string_equal(sentence_of(problem),
                        "{other}%s: there is no such file on the boot volume");
}

static void long_names_are_cut_so_that_the_numbers_stay(void **state)
{
    char name[5000];
    struct problem problem = {.kind = PROBLEM_PLAN_OVERLAP, .numbers = {0xabcdef}};

    (void)state;
    memset(name, '\x01', sizeof(name));
    problem.name = (struct text){name, sizeof(name)};
    problem.other = problem.name;
    sentence_of(problem);
    assert_non_null(strstr(sentence, "\\x01...\" and"));
    assert_non_null(strstr(sentence, "0xabcdef"));
    memset(name, 'n', sizeof(name));
    problem.name.length = PROBLEM_TEXT_LIMIT_BYTES;
    assert_null(strstr(sentence_of(problem), "n...\" and"));
    problem.name.length = PROBLEM_TEXT_LIMIT_BYTES + 1;
    assert_non_null(strstr(sentence_of(problem), "n...\" and"));
}

static void the_longest_sentence_fits_its_buffer(void **state)
{
    char name[300];

    (void)state;
    memset(name, '\x01', sizeof(name));
    for (int kind = PROBLEM_NONE; kind < PROBLEM_KIND_COUNT; kind++) {
        struct problem problem = {(enum problem_kind)kind,
                                  {name, sizeof(name)},
                                  {name, sizeof(name)},
                                  {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};

        sentence_of(problem);
        assert_true(strlen(sentence) < sizeof(sentence) - 100);
    }
}

static void a_small_buffer_is_cut_and_terminated(void **state)
{
    struct problem problem = sample(PROBLEM_FILE_MISSING);
    char whole[200];

    (void)state;
    problem_sentence(&problem, whole, sizeof(whole));
    for (size_t capacity = 0; capacity < 40; capacity++) {
        char buffer[41];

        memset(buffer, '!', sizeof(buffer));
        assert_int_equal(problem_sentence(&problem, buffer, capacity),
                         capacity == 0 ? 0 : capacity - 1);
        if (capacity > 0) {
            assert_memory_equal(buffer, whole, capacity - 1);
            assert_int_equal(buffer[capacity - 1], '\0');
        }
        assert_int_equal(buffer[capacity], '!');
    }
}

static void a_kind_that_does_not_exist_is_said_to_be_unknown(void **state)
{
    (void)state;
    assert_string_equal(sentence_of(sample(PROBLEM_KIND_COUNT)), "unknown problem");
}

static void setting_a_problem_replaces_all_of_it_and_returns_false(void **state)
{
    struct problem problem = sample(PROBLEM_ELF_MAGIC);
    struct problem other = sample(PROBLEM_PLAN_OVERLAP);

    (void)state;
    assert_false(problem_set(&problem, PROBLEM_ELF_EMPTY, text_of("/x"), 1, 2));
    assert_int_equal(problem.kind, PROBLEM_ELF_EMPTY);
    assert_true(text_equals(problem.name, text_of("/x")));
    assert_int_equal(problem.other.length, 0);
    assert_int_equal(problem.numbers[0], 1);
    assert_int_equal(problem.numbers[1], 2);
    assert_int_equal(problem.numbers[2], 0);
    assert_int_equal(problem.numbers[3], 0);
    assert_false(problem_set_all(&problem, &other));
    assert_memory_equal(&problem, &other, sizeof(problem));
}

static void firmware_codes_have_the_names_of_the_uefi_specification(void **state)
{
    (void)state;
    assert_string_equal(problem_status_name(0), "success");
    assert_string_equal(problem_status_name(UINT64_C(1) << 63 | 1), "load error");
    assert_string_equal(problem_status_name(UINT64_C(1) << 63 | 9), "out of resources");
    assert_string_equal(problem_status_name(UINT64_C(1) << 63 | 35), "HTTP error");
    assert_null(problem_status_name(UINT64_C(1) << 63 | 36));
    assert_null(problem_status_name(UINT64_C(1) << 63 | 29));
    assert_null(problem_status_name(UINT64_C(1) << 63));
    assert_null(problem_status_name(14));
    assert_null(problem_status_name(UINT64_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_one_line_without_a_full_stop),
        cmocka_unit_test(every_placeholder_is_understood),
        cmocka_unit_test(every_kind_mentions_a_text_or_a_number),
        cmocka_unit_test(numbers_are_mentioned_without_a_gap),
        cmocka_unit_test(about_a_file_or_an_entry_means_with_its_name),
        cmocka_unit_test(sentences_read_as_they_should),
        cmocka_unit_test(control_characters_and_broken_utf8_are_shown_as_hex),
        cmocka_unit_test(braces_in_a_name_are_only_text),
        cmocka_unit_test(long_names_are_cut_so_that_the_numbers_stay),
        cmocka_unit_test(the_longest_sentence_fits_its_buffer),
        cmocka_unit_test(a_small_buffer_is_cut_and_terminated),
        cmocka_unit_test(a_kind_that_does_not_exist_is_said_to_be_unknown),
        cmocka_unit_test(setting_a_problem_replaces_all_of_it_and_returns_false),
        cmocka_unit_test(firmware_codes_have_the_names_of_the_uefi_specification),
    };

    return cmocka_run_group_tests_name("problem", tests, NULL, NULL);
}
