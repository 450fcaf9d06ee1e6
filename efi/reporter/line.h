/* SPDX-License-Identifier: BSD-2-Clause */
/* One line of a report, put together piece by piece; what does not fit is cut off. */
#ifndef LINE_H
#define LINE_H

#include <stddef.h>
#include <stdint.h>

#define LINE_CAPACITY 200

struct line {
    size_t length;
    char text[LINE_CAPACITY]; /* terminated at length once something was added */
};

void line_start(struct line *line);

void line_add(struct line *line, const char *string);

/* In hexadecimal with at least so many digits. */
void line_add_hex(struct line *line, uint64_t number, unsigned digits);

/* Blanks up to that length. */
void line_pad(struct line *line, size_t length);

#endif
