/* SPDX-License-Identifier: BSD-2-Clause */
/* TAP. */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>

struct tiny_story tiny_story;

static unsigned test_number;
static const char *test_name;

void tiny_plan(unsigned test_count)
{
    printf("1..%u\n", test_count);
    fflush(stdout);
}

void tiny_begin(const char *name)
{
    test_number++;
    test_name = name;
    tiny_story = (struct tiny_story){NULL, NULL, NULL};
}

void tiny_end(void)
{
    printf("ok %u - %s\n", test_number, test_name);
    fflush(stdout);
}

void tiny_tell(const struct tiny_operation *operation)
{
    printf("# %s\n", tiny_words(operation));
}

void tiny_fail(const char *sentence)
{
    printf("not ok %u - %s\n# %u entries a table: %s, after\n", test_number, test_name,
           TINY_ENTRIES, sentence);
    if (tiny_story.tell != NULL) {
        tiny_story.tell(tiny_story.context);
    }
    if (tiny_story.now != NULL) {
        tiny_tell(tiny_story.now);
    }
    fflush(stdout);
    exit(1);
}
