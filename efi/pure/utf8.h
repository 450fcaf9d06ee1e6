/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UTF-8 as the Unicode standard defines it (table 3-7): no overlong forms, no surrogates, nothing
 * above 10FFFF.
 */
#ifndef UTF8_H
#define UTF8_H

#include "text.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Reads the first character of a text. Returns how many bytes it takes (1 to 4) and sets
 * *code_point; returns 0, and leaves *code_point alone, when the text is empty or does not start
 * with a whole, valid character.
 */
size_t utf8_read(struct text text, uint32_t *code_point);

#endif
