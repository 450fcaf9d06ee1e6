/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration file: what is read, what is warned of, and what is refused with which line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config.h"

#define WARNING_LIMIT 8

static struct config config;
static struct problem problem;
static struct problem warnings[WARNING_LIMIT];
static size_t warning_count;
/* The source, on the heap and without a byte to spare, so that the sanitizer sees every byte read
 * too many. */
static char *source;

static void remember_warning(void *context, const struct problem *warning)
{
    assert_ptr_equal(context, &warning_count);
    assert_true(warning_count < WARNING_LIMIT);
    warnings[warning_count++] = *warning;
}

static bool parse_bytes(const char *bytes, size_t length)
{
    const struct config_warnings listener = {remember_warning, &warning_count};

    free(source);
    source = malloc(length == 0 ? 1 : length);
    assert_non_null(source);
    memcpy(source, bytes, length);
    warning_count = 0;
    memset(&config, 0xa5, sizeof(config));
    memset(&problem, 0, sizeof(problem));
    return config_parse((struct text){source, length}, text_of("/hoist.conf"), &config, &listener,
                        &problem);
}

static bool parse(const char *string)
{
    return parse_bytes(string, strlen(string));
}

static void assert_accepted(const char *string)
{
    if (!parse(string)) {
        char sentence[PROBLEM_SENTENCE_CAPACITY];

        problem_sentence(&problem, sentence, sizeof(sentence));
        fail_msg("refused: %s", sentence);
    }
}

static void assert_text(struct text text, const char *expected)
{
    if (!text_equals(text, text_of(expected))) {
        fail_msg("\"%.*s\" is not \"%s\"", TEXT_ARGUMENTS(text), expected);
    }
}

static void assert_refused(const char *string, enum problem_kind kind, unsigned line,
                           const char *other)
{
    assert_false(parse(string));
    assert_int_equal(problem.kind, kind);
    assert_text(problem.name, "/hoist.conf");
    assert_int_equal(problem.numbers[0], line);
    if (other != NULL) {
        assert_text(problem.other, other);
    }
}

static void assert_warned(size_t index, enum problem_kind kind, unsigned line, const char *key)
{
    assert_true(index < warning_count);
    assert_int_equal(warnings[index].kind, kind);
    assert_text(warnings[index].name, "/hoist.conf");
    assert_int_equal(warnings[index].numbers[0], line);
    assert_text(warnings[index].other, key);
}

static int free_the_source(void **state)
{
    (void)state;
    free(source);
    source = NULL;
    return 0;
}

static void a_whole_file_is_read(void **state)
{
    (void)state;
    assert_accepted("# the sample\n"
                    "timeout: 3\n"
                    "default_entry: 2\n"
                    "serial: no\n"
                    "verbose: yes\n"
                    "\n"
                    "/First kernel\n"
                    "    protocol: hoist\n"
                    "    path: boot():/kernel.elf\n"
                    "    cmdline: root=/dev/x # not a comment: a value\n"
                    "\t# a comment: of an entry\n"
                    "/ Second \n"
                    "protocol:hoist\n"
                    "kernel_path:\t/other.elf  \n"
                    "kernel_cmdline:\n");
    assert_int_equal(warning_count, 0);
    assert_false(config.timeout_forever);
    assert_int_equal(config.timeout_seconds, 3);
    assert_int_equal(config.default_entry, 2);
    assert_false(config.serial);
    assert_true(config.verbose);
    assert_int_equal(config.entry_count, 2);
    assert_text(config.entries[0].title, "First kernel");
    assert_text(config.entries[0].protocol, "hoist");
    assert_text(config.entries[0].path, "boot():/kernel.elf");
    assert_text(config.entries[0].cmdline, "root=/dev/x # not a comment: a value");
    assert_int_equal(config.entries[0].line, 7);
    assert_text(config.entries[1].title, "Second");
    assert_text(config.entries[1].path, "/other.elf");
    assert_text(config.entries[1].cmdline, "");
    assert_int_equal(config.entries[1].line, 12);
}

static void what_the_file_does_not_say_has_its_default(void **state)
{
    (void)state;
    assert_accepted("/Only");
    assert_false(config.timeout_forever);
    assert_int_equal(config.timeout_seconds, 0);
    assert_int_equal(config.default_entry, 1);
    assert_true(config.serial);
    assert_false(config.verbose);
    assert_int_equal(config.entry_count, 1);
    assert_text(config.entries[0].protocol, "");
    assert_text(config.entries[0].path, "");
    assert_text(config.entries[0].cmdline, "");
    assert_int_equal(config.entries[0].parent_count, 0);
}

static void texts_are_pieces_of_the_source(void **state)
{
    (void)state;
    assert_accepted("/T\npath: /x\n");
    assert_ptr_equal(config.entries[0].title.start, source + 1);
    assert_ptr_equal(config.entries[0].path.start, source + 9);
}

static void keys_and_switches_do_not_mind_case(void **state)
{
    (void)state;
    assert_accepted("SERIAL: NO\nVerbose: Yes\nTimeOut: No\n/Title\nPATH: /Kernel.ELF\n");
    assert_false(config.serial);
    assert_true(config.verbose);
    assert_true(config.timeout_forever);
    assert_text(config.entries[0].path, "/Kernel.ELF");
}

static void crlf_and_a_byte_order_mark_are_accepted(void **state)
{
    (void)state;
    assert_accepted("\xef\xbb\xbftimeout: 7\r\n\r\n/Title\r\npath: /x\r\ncmdline: a b\r");
    assert_int_equal(config.timeout_seconds, 7);
    assert_text(config.entries[0].title, "Title");
    assert_text(config.entries[0].path, "/x");
    assert_text(config.entries[0].cmdline, "a b");
    assert_int_equal(warning_count, 0);
}

static void a_last_line_without_its_end_counts(void **state)
{
    (void)state;
    assert_accepted("/Title\npath: /x");
    assert_text(config.entries[0].path, "/x");
}

static void a_file_of_other_text_is_refused(void **state)
{
    (void)state;
    assert_refused("/T\nhello world\n", PROBLEM_CONFIG_NO_COLON, 2, "hello world");
    assert_refused("\n\n : value\n", PROBLEM_CONFIG_NO_KEY, 3, ": value");
    assert_refused("/T\npat", PROBLEM_CONFIG_NO_COLON, 2, "pat");
}

static void utf16_is_refused_as_such(void **state)
{
    (void)state;
    assert_false(parse_bytes("\xff\xfe/\0T\0", 6));
    assert_int_equal(problem.kind, PROBLEM_CONFIG_UTF16);
    assert_int_equal(problem.numbers[1], 0xfffe);
    assert_false(parse_bytes("\xfe\xff\0/\0T", 6));
    assert_int_equal(problem.kind, PROBLEM_CONFIG_UTF16);
    assert_int_equal(problem.numbers[1], 0xfeff);
    assert_false(parse_bytes("\xff\xfe", 2));
    assert_int_equal(problem.kind, PROBLEM_CONFIG_UTF16);
    assert_false(parse_bytes("\xff\xff", 2));
    assert_int_equal(problem.kind, PROBLEM_CONFIG_NOT_UTF8);
    assert_false(parse_bytes("\xfe\xfe", 2));
    assert_int_equal(problem.kind, PROBLEM_CONFIG_NOT_UTF8);
    assert_false(parse_bytes("\xff", 1));
    assert_int_equal(problem.kind, PROBLEM_CONFIG_NOT_UTF8);
}

static void control_bytes_are_refused_with_line_and_byte(void **state)
{
    static const unsigned char bad[] = {0x00, 0x01, 0x08, 0x0b, 0x0c, 0x0d, 0x1b, 0x1f, 0x7f};

    (void)state;
    for (size_t i = 0; i < sizeof(bad); i++) {
        char bytes[] = "/Title\n# x?y\npath: /x\n";

        bytes[10] = (char)bad[i];
        assert_false(parse_bytes(bytes, sizeof(bytes) - 1));
        assert_int_equal(problem.kind, PROBLEM_CONFIG_BINARY);
        assert_int_equal(problem.numbers[0], 2);
        assert_int_equal(problem.numbers[1], bad[i]);
    }
    assert_accepted("/Title\n# x\ty \xc3\xa4\n");
}

static void bytes_that_are_no_utf8_are_refused(void **state)
{
    (void)state;
    assert_refused("/T\ncmdline: \xe4\n", PROBLEM_CONFIG_NOT_UTF8, 2, NULL);
    assert_int_equal(problem.numbers[1], 0xe4);
    /* Cut off inside a character. */
    assert_refused("/T\xc3", PROBLEM_CONFIG_NOT_UTF8, 1, NULL);
}

/* A file whose second line is `length` bytes long, ended as given. */
static bool parse_long_line(size_t length, const char *end)
{
    char *bytes = malloc(length + 16);
    bool result;
    size_t total;

    assert_non_null(bytes);
    memcpy(bytes, "/T\ncmdline:", 11);
    memset(bytes + 11, 'x', length - 8);
    memcpy(bytes + 3 + length, end, strlen(end));
    total = 3 + length + strlen(end);
    result = parse_bytes(bytes, total);
    free(bytes);
    return result;
}

static void the_longest_line_passes_and_one_byte_more_does_not(void **state)
{
    static const char *const ends[] = {"\n", "\r\n", ""};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(parse_long_line(4096, ends[i]));
        assert_int_equal(config.entries[0].cmdline.length, 4096 - 8);
        assert_false(parse_long_line(4097, ends[i]));
        assert_int_equal(problem.kind, PROBLEM_CONFIG_LINE_TOO_LONG);
        assert_int_equal(problem.numbers[0], 2);
        assert_int_equal(problem.numbers[1], 4097);
        assert_int_equal(problem.numbers[2], 4096);
    }
}

static void the_largest_file_passes_and_one_byte_more_does_not(void **state)
{
    char *bytes = malloc(CONFIG_SIZE_LIMIT_BYTES + 1);

    (void)state;
    assert_non_null(bytes);
    memset(bytes, '\n', CONFIG_SIZE_LIMIT_BYTES + 1);
    memcpy(bytes, "/T", 2);
    assert_true(parse_bytes(bytes, CONFIG_SIZE_LIMIT_BYTES));
    assert_false(parse_bytes(bytes, CONFIG_SIZE_LIMIT_BYTES + 1));
    assert_int_equal(problem.kind, PROBLEM_CONFIG_TOO_LARGE);
    assert_int_equal(problem.numbers[1], CONFIG_SIZE_LIMIT_BYTES + 1);
    assert_int_equal(problem.numbers[2], CONFIG_SIZE_LIMIT_BYTES);
    free(bytes);
}

static void numbers_are_digits_only(void **state)
{
    static const char *const bad[] = {
        "timeout: ",    "timeout: -1",  "timeout: 3s", "timeout: 0x3",
        "timeout: 1 2", "timeout: yes", "timeout: +1", "timeout: 99999999999999999999999x"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char bytes[100];

        snprintf(bytes, sizeof(bytes), "%s\n/T\n", bad[i]);
        assert_refused(bytes, PROBLEM_CONFIG_NO_NUMBER, 1, i == 0 ? "timeout:" : bad[i]);
    }
    assert_refused("default_entry: first\n/T\n", PROBLEM_CONFIG_NO_NUMBER, 1,
                   "default_entry: first");
    assert_refused("default_entry: no\n/T\n", PROBLEM_CONFIG_NO_NUMBER, 1, "default_entry: no");
}

static void numbers_out_of_range_are_refused_with_the_range(void **state)
{
    (void)state;
    assert_accepted("timeout: 86400\n/T\n");
    assert_accepted("timeout: 0\n/T\n");
    assert_accepted("timeout: 0000000000000000000000000000005\n/T\n");
    assert_int_equal(config.timeout_seconds, 5);
    assert_refused("timeout: 86401\n/T\n", PROBLEM_CONFIG_NUMBER_RANGE, 1, "timeout: 86401");
    assert_int_equal(problem.numbers[1], 0);
    assert_int_equal(problem.numbers[2], 86400);
    /* 2^64 + 1 and 2^128 would come out small if the sum wrapped. */
    assert_refused("timeout: 18446744073709551617\n/T\n", PROBLEM_CONFIG_NUMBER_RANGE, 1, NULL);
    assert_refused("timeout: 340282366920938463463374607431768211456\n/T\n",
                   PROBLEM_CONFIG_NUMBER_RANGE, 1, NULL);
    assert_refused("default_entry: 0\n/T\n", PROBLEM_CONFIG_NUMBER_RANGE, 1, NULL);
    assert_int_equal(problem.numbers[1], 1);
    assert_int_equal(problem.numbers[2], CONFIG_ENTRY_LIMIT);
}

static void the_default_entry_must_be_there(void **state)
{
    (void)state;
    assert_accepted("default_entry: 2\n/A\n/B\n");
    assert_refused("\ndefault_entry: 3\n/A\n/B\n", PROBLEM_CONFIG_DEFAULT_ENTRY, 2, NULL);
    assert_int_equal(problem.numbers[1], 3);
    assert_int_equal(problem.numbers[2], 2);
}

static void switches_are_yes_or_no(void **state)
{
    (void)state;
    assert_refused("serial: on\n/T\n", PROBLEM_CONFIG_NO_SWITCH, 1, "serial: on");
    assert_refused("verbose:\n/T\n", PROBLEM_CONFIG_NO_SWITCH, 1, "verbose:");
    assert_refused("verbose: yess\n/T\n", PROBLEM_CONFIG_NO_SWITCH, 1, "verbose: yess");
}

static void a_file_without_entries_is_refused(void **state)
{
    (void)state;
    assert_refused("", PROBLEM_CONFIG_NO_ENTRY, 0, NULL);
    assert_refused("\xef\xbb\xbf", PROBLEM_CONFIG_NO_ENTRY, 0, NULL);
    assert_refused("# nothing\ntimeout: 1\n\n", PROBLEM_CONFIG_NO_ENTRY, 0, NULL);
}

static void as_many_entries_as_allowed_pass_and_one_more_does_not(void **state)
{
    char bytes[4 * (CONFIG_ENTRY_LIMIT + 1) + 1] = "";

    (void)state;
    for (int i = 0; i < CONFIG_ENTRY_LIMIT; i++) {
        strcat(bytes, "/T\n");
    }
    assert_accepted(bytes);
    assert_int_equal(config.entry_count, CONFIG_ENTRY_LIMIT);
    strcat(bytes, "/U\n");
    assert_refused(bytes, PROBLEM_CONFIG_TOO_MANY_ENTRIES, CONFIG_ENTRY_LIMIT + 1, "U");
    assert_int_equal(problem.numbers[1], CONFIG_ENTRY_LIMIT);
}

static void a_title_line_needs_a_title(void **state)
{
    (void)state;
    assert_refused("/\n", PROBLEM_CONFIG_NO_TITLE, 1, "/");
    assert_refused("/T\n// \n", PROBLEM_CONFIG_NO_TITLE, 2, "//");
    assert_refused("/+\n", PROBLEM_CONFIG_NO_TITLE, 1, "/+");
    assert_refused("/T\npath: /x\n/", PROBLEM_CONFIG_NO_TITLE, 3, "/");
}

static void directories_are_flattened_into_the_titles_of_their_entries(void **state)
{
    char title[64];

    (void)state;
    assert_accepted("default_entry: 3\n"
                    "/+Linux\n"
                    "//Stable\n"
                    "  path: /a\n"
                    "//Old\n"
                    "///Very old\n"
                    "   path: /b\n"
                    "/Plain\n"
                    "  path: /c\n"
                    "//Inside\n"
                    "  path: /d\n");
    assert_int_equal(config.entry_count, 4);
    assert_int_equal(config_entry_title(&config.entries[0], title, sizeof(title)), 14);
    assert_string_equal(title, "Linux > Stable");
    config_entry_title(&config.entries[1], title, sizeof(title));
    assert_string_equal(title, "Linux > Old > Very old");
    config_entry_title(&config.entries[2], title, sizeof(title));
    assert_string_equal(title, "Plain");
    config_entry_title(&config.entries[3], title, sizeof(title));
    assert_string_equal(title, "Plain > Inside");
    assert_text(config.entries[3].path, "/d");
}

static void titles_are_cut_to_the_buffer(void **state)
{
    (void)state;
    assert_accepted("/Parent\n//Child\n");
    for (size_t capacity = 0; capacity < 20; capacity++) {
        char title[21];

        memset(title, '!', sizeof(title));
        assert_int_equal(config_entry_title(&config.entries[0], title, capacity),
                         capacity == 0   ? 0
                         : capacity > 14 ? 14
                                         : capacity - 1);
        assert_int_equal(title[capacity], '!');
    }
}

static void an_entry_without_its_parent_or_too_deep_is_refused(void **state)
{
    (void)state;
    assert_refused("//T\n", PROBLEM_CONFIG_NO_PARENT, 1, "//T");
    assert_int_equal(problem.numbers[1], 2);
    assert_int_equal(problem.numbers[2], 1);
    assert_refused("/A\n///B\n", PROBLEM_CONFIG_NO_PARENT, 2, "///B");
    assert_refused("/A\n//B\n/C\n///D\n", PROBLEM_CONFIG_NO_PARENT, 4, "///D");
    assert_accepted("/A\n//B\n///C\n////D\n");
    assert_int_equal(config.entries[0].parent_count, 3);
    assert_refused("/A\n//B\n///C\n////D\n/////E\n", PROBLEM_CONFIG_TOO_DEEP, 5, "/////E");
    assert_int_equal(problem.numbers[1], 5);
    assert_int_equal(problem.numbers[2], CONFIG_DEPTH_LIMIT);
}

static void macros_are_refused_by_name(void **state)
{
    (void)state;
    assert_refused("${A}=b\n/T\n", PROBLEM_CONFIG_MACRO, 1, "${A}");
    assert_refused("/T\npath: /k-${ARCH}.elf\n", PROBLEM_CONFIG_MACRO, 2, "${ARCH}");
    assert_refused("/T ${A} ${B}\n", PROBLEM_CONFIG_MACRO, 1, "${A}");
    assert_refused("/T\npath: /k-${ARC\n}\n", PROBLEM_CONFIG_MACRO_OPEN, 2, "${ARC");
    assert_refused("/T\npath: ${", PROBLEM_CONFIG_MACRO_OPEN, 2, "${");
    assert_accepted("/T\n# ${A}\ncmdline: $HOME $$ {x} 5$\n");
    assert_text(config.entries[0].cmdline, "$HOME $$ {x} 5$");
}

static void a_path_or_protocol_without_a_value_is_refused(void **state)
{
    (void)state;
    assert_refused("/T\npath:\n", PROBLEM_CONFIG_NO_VALUE, 2, "path");
    assert_refused("/T\nprotocol: \n", PROBLEM_CONFIG_NO_VALUE, 2, "protocol");
}

static void unknown_keys_are_warned_of_and_ignored(void **state)
{
    (void)state;
    assert_accepted("quiet: yes\n/T\ncolour: red\npath: /x\n");
    assert_int_equal(warning_count, 2);
    assert_warned(0, PROBLEM_CONFIG_UNKNOWN_KEY, 1, "quiet");
    assert_warned(1, PROBLEM_CONFIG_UNKNOWN_KEY, 3, "colour");
    assert_text(config.entries[0].path, "/x");
}

static void keys_in_the_wrong_place_are_warned_of_and_ignored(void **state)
{
    (void)state;
    assert_accepted("path: /lost\ntimeout: 1\n/T\ntimeout: 9\nserial: perhaps\n");
    assert_int_equal(warning_count, 3);
    assert_warned(0, PROBLEM_CONFIG_OUTSIDE_ENTRY, 1, "path");
    assert_warned(1, PROBLEM_CONFIG_INSIDE_ENTRY, 4, "timeout");
    assert_warned(2, PROBLEM_CONFIG_INSIDE_ENTRY, 5, "serial");
    assert_int_equal(config.timeout_seconds, 1);
    assert_text(config.entries[0].path, "");
}

static void the_first_of_two_equal_keys_stays(void **state)
{
    (void)state;
    assert_accepted("timeout: 1\ntimeout: 2\n/T\ncmdline:\ncmdline: b\npath: /a\n"
                    "kernel_path: /b\n/U\npath: /c\n");
    assert_int_equal(warning_count, 3);
    assert_warned(0, PROBLEM_CONFIG_DUPLICATE_KEY, 2, "timeout");
    assert_warned(1, PROBLEM_CONFIG_DUPLICATE_KEY, 5, "cmdline");
    assert_warned(2, PROBLEM_CONFIG_DUPLICATE_KEY, 7, "kernel_path");
    assert_int_equal(config.timeout_seconds, 1);
    assert_text(config.entries[0].cmdline, "");
    assert_text(config.entries[0].path, "/a");
    assert_text(config.entries[1].path, "/c");
}

static void nobody_has_to_listen_to_warnings(void **state)
{
    (void)state;
    assert_true(config_parse(text_of("odd: 1\n/T\n"), text_of("x"), &config, NULL, &problem));
}

#define CONFIG_TEST(name) cmocka_unit_test_teardown(name, free_the_source)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONFIG_TEST(a_whole_file_is_read),
        CONFIG_TEST(what_the_file_does_not_say_has_its_default),
        CONFIG_TEST(texts_are_pieces_of_the_source),
        CONFIG_TEST(keys_and_switches_do_not_mind_case),
        CONFIG_TEST(crlf_and_a_byte_order_mark_are_accepted),
        CONFIG_TEST(a_last_line_without_its_end_counts),
        CONFIG_TEST(a_file_of_other_text_is_refused),
        CONFIG_TEST(utf16_is_refused_as_such),
        CONFIG_TEST(control_bytes_are_refused_with_line_and_byte),
        CONFIG_TEST(bytes_that_are_no_utf8_are_refused),
        CONFIG_TEST(the_longest_line_passes_and_one_byte_more_does_not),
        CONFIG_TEST(the_largest_file_passes_and_one_byte_more_does_not),
        CONFIG_TEST(numbers_are_digits_only),
        CONFIG_TEST(numbers_out_of_range_are_refused_with_the_range),
        CONFIG_TEST(the_default_entry_must_be_there),
        CONFIG_TEST(switches_are_yes_or_no),
        CONFIG_TEST(a_file_without_entries_is_refused),
        CONFIG_TEST(as_many_entries_as_allowed_pass_and_one_more_does_not),
        CONFIG_TEST(a_title_line_needs_a_title),
        CONFIG_TEST(directories_are_flattened_into_the_titles_of_their_entries),
        CONFIG_TEST(titles_are_cut_to_the_buffer),
        CONFIG_TEST(an_entry_without_its_parent_or_too_deep_is_refused),
        CONFIG_TEST(macros_are_refused_by_name),
        CONFIG_TEST(a_path_or_protocol_without_a_value_is_refused),
        CONFIG_TEST(unknown_keys_are_warned_of_and_ignored),
        CONFIG_TEST(keys_in_the_wrong_place_are_warned_of_and_ignored),
        CONFIG_TEST(the_first_of_two_equal_keys_stays),
        CONFIG_TEST(nobody_has_to_listen_to_warnings),
    };

    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
