/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keys of a configuration file: their values and defaults, and which are warned of or refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "config_fixture.h"

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

static void keys_and_switches_do_not_mind_case(void **state)
{
    (void)state;
    assert_accepted("SERIAL: NO\nVerbose: Yes\nTimeOut: No\n/Title\nPATH: /Kernel.ELF\n");
    assert_false(config.serial);
    assert_true(config.verbose);
    assert_true(config.timeout_forever);
    assert_text(config.entries[0].path, "/Kernel.ELF");
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

static void a_path_or_protocol_without_a_value_is_refused(void **state)
{
    (void)state;
    assert_refused("/T\npath:\n", PROBLEM_CONFIG_NO_VALUE, 2, "path");
    assert_refused("/T\nprotocol: \n", PROBLEM_CONFIG_NO_VALUE, 2, "protocol");
}

static void unknown_keys_are_warned_of_and_ignored(void **state)
{
    (void)state;
    assert_accepted("silent: yes\n/T\ncolour: red\npath: /x\n");
    assert_int_equal(warning_count, 2);
    assert_warned(0, PROBLEM_CONFIG_UNKNOWN_KEY, 1, "silent");
    assert_warned(1, PROBLEM_CONFIG_UNKNOWN_KEY, 3, "colour");
    assert_text(config.entries[0].path, "/x");
}

static void keys_of_entries_before_the_first_are_warned_of_and_ignored(void **state)
{
    (void)state;
    assert_accepted("path: /lost\n/T\n");
    assert_int_equal(warning_count, 1);
    assert_warned(0, PROBLEM_CONFIG_OUTSIDE_ENTRY, 1, "path");
    assert_text(config.entries[0].path, "");
}

static void global_keys_stand_anywhere(void **state)
{
    (void)state;
    assert_accepted("/T\ntimeout: 9\npath: /x\n/U\nserial: no\nquiet: yes\n"
                    "hash_mismatch_panic: no\n");
    assert_int_equal(warning_count, 0);
    assert_int_equal(config.timeout_seconds, 9);
    assert_false(config.serial);
    assert_true(config.quiet);
    assert_false(config.hash_mismatch_panic);
    assert_text(config.entries[0].path, "/x");
}

static void keys_about_looks_are_ignored_without_a_word(void **state)
{
    (void)state;
    assert_accepted("Wallpaper: boot():/a.png\nterm_palette: 0;1\ninterface_branding: x\n"
                    "wallpaper_style: tiled\nBACKDROP: 0\neditor_enabled: no\n/T\n"
                    "comment: hello\ntextmode: yes\npath: /x\nterm_font: y\n");
    assert_int_equal(warning_count, 0);
    assert_accepted("term: 1\nbackdrops: 1\n/T\npath: /x\n");
    assert_int_equal(warning_count, 2);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONFIG_TEST(a_whole_file_is_read),
        CONFIG_TEST(what_the_file_does_not_say_has_its_default),
        CONFIG_TEST(keys_and_switches_do_not_mind_case),
        CONFIG_TEST(numbers_are_digits_only),
        CONFIG_TEST(numbers_out_of_range_are_refused_with_the_range),
        CONFIG_TEST(the_default_entry_must_be_there),
        CONFIG_TEST(switches_are_yes_or_no),
        CONFIG_TEST(a_path_or_protocol_without_a_value_is_refused),
        CONFIG_TEST(unknown_keys_are_warned_of_and_ignored),
        CONFIG_TEST(keys_of_entries_before_the_first_are_warned_of_and_ignored),
        CONFIG_TEST(global_keys_stand_anywhere),
        CONFIG_TEST(keys_about_looks_are_ignored_without_a_word),
        CONFIG_TEST(the_first_of_two_equal_keys_stays),
        CONFIG_TEST(nobody_has_to_listen_to_warnings),
    };

    return cmocka_run_group_tests_name("config keys", tests, NULL, NULL);
}
