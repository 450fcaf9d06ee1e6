/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading UTF-8. The forms that must not be are found by value: each length has a least code point,
 * so an overlong form is one that could have been shorter.
 */
#include "utf8.h"

#define UTF8_LAST_CODE_POINT 0x10ffffU
#define UTF8_FIRST_SURROGATE 0xd800U
#define UTF8_LAST_SURROGATE  0xdfffU

/* How the first byte of a character looks, and the least code point that needs so many bytes. */
struct utf8_form {
    unsigned char mask;
    unsigned char bits;
    uint32_t least;
};

static const struct utf8_form utf8_forms[] = {
    {0x80, 0x00, 0x0},
    {0xe0, 0xc0, 0x80},
    {0xf0, 0xe0, 0x800},
    {0xf8, 0xf0, 0x10000},
};

size_t utf8_read(struct text text, uint32_t *code_point)
{
    size_t length = 0;
    unsigned char first;
    uint32_t value;

    if (text.length == 0) {
        return 0;
    }
    first = (unsigned char)text.start[0];
    while ((first & utf8_forms[length].mask) != utf8_forms[length].bits) {
        length++;
        if (length == sizeof(utf8_forms) / sizeof(utf8_forms[0])) {
            return 0;
        }
    }
    value = first & (unsigned char)~utf8_forms[length].mask;
    if (text.length <= length) {
        return 0;
    }
    for (size_t i = 1; i <= length; i++) {
        unsigned char next = (unsigned char)text.start[i];

        if ((next & 0xc0U) != 0x80U) {
            return 0;
        }
        value = value << 6 | (next & 0x3fU);
    }
    if (value < utf8_forms[length].least || value > UTF8_LAST_CODE_POINT ||
        (value >= UTF8_FIRST_SURROGATE && value <= UTF8_LAST_SURROGATE)) {
        return 0;
    }
    *code_point = value;
    return length + 1;
}
