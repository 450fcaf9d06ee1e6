/* SPDX-License-Identifier: BSD-2-Clause */
/* A range of memory as a line for people. */
#ifndef MEMORY_LINE_H
#define MEMORY_LINE_H

#include "memory_map.h"

#include <stddef.h>

/* Room for any line, terminator included. */
#define MEMORY_LINE_CAPACITY 100

/* Writes the line without its end, cut off and terminated like print_to(); returns its length. */
size_t memory_line(const struct memory_range *range, char *buffer, size_t capacity);

#endif
