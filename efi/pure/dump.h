/* SPDX-License-Identifier: BSD-2-Clause */
/* The mapping in words: a line for each range of memory, and of a verified plan. */
#ifndef DUMP_H
#define DUMP_H

#include "plan.h"

#include <stddef.h>

/* Room for any line, terminator included. */
#define DUMP_LINE_CAPACITY 200

/* Write one line without a line end, cut off and terminated like print_to(); return its length. */
size_t dump_heading(char *buffer, size_t capacity);
size_t dump_memory(const struct memory_range *range, char *buffer, size_t capacity);
size_t dump_range(const struct plan_range *range, char *buffer, size_t capacity);

#endif
