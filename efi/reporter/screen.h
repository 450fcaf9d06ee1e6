/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text on a linear framebuffer, drawn by our own code: for what is to be said when nothing else is
 * there to say it. The framebuffer is written and never read.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdint.h>

#include "hoist.h"

/* Owned by the caller; zero is a screen that shows nothing. */
struct screen {
    const struct hoist_framebuffer *framebuffer; /* NULL: there is none that can be drawn on */
    uint32_t scale;                              /* pixels of one dot of a glyph */
    uint32_t columns;
    uint32_t rows;
    uint32_t column; /* where the next character goes */
    uint32_t row;
    uint32_t line_is_clear; /* whether the line's background was drawn */
};

/*
 * Starts in the upper left corner. `framebuffer` is kept, and its `address` must be mapped; one
 * without an address, or with an odd form, makes a screen that shows nothing.
 */
void screen_open(struct screen *screen, const struct hoist_framebuffer *framebuffer);

/*
 * Writes a terminated string: each line that it touches gets a background of its own, long lines
 * go on in the next one, and below the last line it goes on at the top.
 */
void screen_write(struct screen *screen, const char *string);

#endif
