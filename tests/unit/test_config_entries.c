/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entries of a configuration file: how many, their titles, and the directories they lie in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "config_fixture.h"

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

/* The same lines in both files: rows of a menu, and entries. */
static void assert_default(const char *number, const char *titles, const char *by_rows)
{
    char bytes[200];

    snprintf(bytes, sizeof(bytes), "default_entry: %s\n%s", number, titles);
    assert_true(parse_named(bytes, strlen(bytes), "/limine.conf"));
    assert_text(config.entries[config.default_entry - 1].title, by_rows);
}

static void in_a_file_of_limine_the_default_entry_is_a_row_of_its_menu(void **state)
{
    static const char open[] = "/+D\n//A\npath: /a\n//B\npath: /b\n/C\npath: /c\n";
    static const char closed[] =
        "/X\npath: /x\n/D\n//A\npath: /a\n//+B\n///E\npath: /e\n/C\npath: /c\n";

    (void)state;
    assert_default("2", open, "A");
    assert_default("3", open, "B");
    assert_default("4", open, "C");
    assert_default("1", open, "A"); /* a directory: what is in it */
    assert_default("5", open, "A"); /* no such row */
    assert_default("1", closed, "X");
    assert_default("2", closed, "A");
    assert_default("3", closed, "C");
    assert_accepted("default_entry: 2\n/+D\n//A\npath: /a\n//B\npath: /b\n");
    assert_int_equal(config.default_entry, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONFIG_TEST(a_file_without_entries_is_refused),
        CONFIG_TEST(as_many_entries_as_allowed_pass_and_one_more_does_not),
        CONFIG_TEST(a_title_line_needs_a_title),
        CONFIG_TEST(directories_are_flattened_into_the_titles_of_their_entries),
        CONFIG_TEST(titles_are_cut_to_the_buffer),
        CONFIG_TEST(in_a_file_of_limine_the_default_entry_is_a_row_of_its_menu),
        CONFIG_TEST(an_entry_without_its_parent_or_too_deep_is_refused),
    };

    return cmocka_run_group_tests_name("config entries", tests, NULL, NULL);
}
