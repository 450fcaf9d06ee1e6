/* SPDX-License-Identifier: BSD-2-Clause */
/* The printable characters of ASCII, drawn for this project. */
#ifndef FONT_H
#define FONT_H

#include <stdint.h>

#define FONT_FIRST   ' '
#define FONT_LAST    '~'
#define FONT_GLYPHS  (FONT_LAST - FONT_FIRST + 1)
#define FONT_COLUMNS 5
#define FONT_ROWS    8

/* A column is one byte: bit n is the row n from the top. Between two glyphs is one empty column. */
extern const uint8_t font_columns[FONT_GLYPHS][FONT_COLUMNS];

#endif
