/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks and their lines. */
#include "check.h"

static const char *subject = "";
static unsigned passed;
static unsigned failed;

void say(const char *text)
{
    for (; *text != '\0'; text++) {
        machine_put(*text);
    }
}

void say_number(uint64_t number)
{
    unsigned shift = 60;

    while (shift != 0 && number >> shift == 0) {
        shift -= 4;
    }
    for (;; shift -= 4) {
        machine_put("0123456789abcdef"[number >> shift & 15]);
        if (shift == 0) {
            return;
        }
    }
}

static void say_count(unsigned number)
{
    unsigned unit = 1;

    while (number / unit >= 10) {
        unit *= 10;
    }
    for (; unit != 0; unit /= 10) {
        machine_put((char)('0' + number / unit % 10));
    }
}

void about(const char *what)
{
    subject = what;
}

static void say_line(const char *verdict, const char *what)
{
    say(verdict);
    say(subject);
    say(": ");
    say(what);
}

void check_equal(const char *what, uint64_t found, uint64_t expected)
{
    if (found == expected) {
        passed++;
        say_line("OK ", what);
        say("\n");
        return;
    }
    check_quietly(what, found, expected);
}

void check_true(const char *what, bool is_so)
{
    check_equal(what, is_so ? 1 : 0, 1);
}

void check_quietly(const char *what, uint64_t found, uint64_t expected)
{
    if (found == expected) {
        passed++;
        return;
    }
    failed++;
    say_line("NOT OK ", what);
    say(": ");
    say_number(found);
    say(" instead of ");
    say_number(expected);
    say("\n");
}

_Noreturn void check_finish(void)
{
    say_count(passed);
    say(" checks passed, ");
    say_count(failed);
    say(" failed\n");
    machine_stop(failed == 0 && passed != 0);
}
