/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the programs that run without a system on an emulated machine say: a line for each check,
 * and a count at the end. The machine's part gives machine_put and machine_stop.
 */
#ifndef BARE_CHECK_H
#define BARE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

/* One character to the console. */
void machine_put(char character);

/* Ends the emulator: passed or failed. */
_Noreturn void machine_stop(bool passed);

void say(const char *text);
void say_number(uint64_t number); /* hexadecimal */

/* What the following checks are about; stands before each. */
void about(const char *what);

/* `OK ...`, or `NOT OK ...` with both numbers. */
void check_equal(const char *what, uint64_t found, uint64_t expected);
void check_true(const char *what, bool is_so);

/* Only a failure is printed, but counted is each. */
void check_quietly(const char *what, uint64_t found, uint64_t expected);

/* Prints the count and stops. */
_Noreturn void check_finish(void);

#endif
