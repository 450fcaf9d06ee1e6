/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration file as text: bytes, lines and macros. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config_fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONFIG_TEST(crlf_and_a_byte_order_mark_are_accepted),
        CONFIG_TEST(a_last_line_without_its_end_counts),
        CONFIG_TEST(a_file_of_other_text_is_refused),
        CONFIG_TEST(utf16_is_refused_as_such),
        CONFIG_TEST(control_bytes_are_refused_with_line_and_byte),
        CONFIG_TEST(bytes_that_are_no_utf8_are_refused),
        CONFIG_TEST(the_longest_line_passes_and_one_byte_more_does_not),
        CONFIG_TEST(the_largest_file_passes_and_one_byte_more_does_not),
        CONFIG_TEST(macros_are_refused_by_name),
    };

    return cmocka_run_group_tests_name("config text", tests, NULL, NULL);
}
