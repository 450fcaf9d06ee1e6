/* SPDX-License-Identifier: BSD-2-Clause */
/* Counting and telling of checks. */
#include "expect.h"

#include <stdarg.h>

#include "kernel-stub/print.h"

static uint64_t passed;
static uint64_t failed;

static void expect_begin(bool is_so)
{
    if (is_so) {
        passed++;
    } else {
        failed++;
    }
    print(is_so ? "OK   " : "FAIL ");
}

void expect(bool is_so, const char *format, ...)
{
    va_list values;

    expect_begin(is_so);
    va_start(values, format);
    print_list(format, values);
    va_end(values);
    print("\n");
}

void expect_result(const char *sentence, enum hoist_result expected, enum hoist_result got)
{
    expect_begin(expected == got);
    print("%s (%s)", sentence, hoist_result_text(expected));
    if (expected != got) {
        print(", but got: %s", hoist_result_text(got));
    }
    print("\n");
}

void expect_ok(const char *sentence, enum hoist_result got)
{
    expect_begin(got == HOIST_OK);
    print("%s", sentence);
    if (got != HOIST_OK) {
        print(": %s", hoist_result_text(got));
    }
    print("\n");
}

void expect_equal(const char *sentence, uint64_t expected, uint64_t got)
{
    expect_begin(expected == got);
    print("%s (%lx)", sentence, expected);
    if (expected != got) {
        print(", but got %lx", got);
    }
    print("\n");
}

uint64_t expect_passed_count(void)
{
    return passed;
}

uint64_t expect_failed_count(void)
{
    return failed;
}
