/* SPDX-License-Identifier: BSD-2-Clause */
/* TAP, and what a failed check says: the operations that led to it. */
#ifndef TINY_REPORT_H
#define TINY_REPORT_H

#include "operation.h"

/* Tells the operations that came before the one that is being tried, one tiny_tell for each. */
struct tiny_story {
    void (*tell)(const void *context);
    const void *context;
    const struct tiny_operation *now;
};

extern struct tiny_story tiny_story;

/* The number of tests, and then each by its name. */
void tiny_plan(unsigned test_count);
void tiny_begin(const char *name);
void tiny_end(void);

void tiny_tell(const struct tiny_operation *operation);

/* The test has failed; ends the program with status 1. */
_Noreturn void tiny_fail(const char *sentence);

#define CHECK(condition, sentence) \
    do {                           \
        if (!(condition)) {        \
            tiny_fail(sentence);   \
        }                          \
    } while (0)

#endif
