/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks: each is counted, and is one line on the serial port: OK or FAIL, and a sentence. */
#ifndef EXPECT_H
#define EXPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "paging/result.h"

/* The format is print's (kernel-stub/print.h). */
void expect(bool is_so, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The call answered as it should; the line names the answer. */
void expect_result(const char *sentence, enum hoist_result expected, enum hoist_result got);
void expect_ok(const char *sentence, enum hoist_result got);

/* The two numbers are equal; both are printed in hexadecimal. */
void expect_equal(const char *sentence, uint64_t expected, uint64_t got);

uint64_t expect_passed_count(void);
uint64_t expect_failed_count(void);

#endif
