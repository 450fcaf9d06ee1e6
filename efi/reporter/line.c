/* SPDX-License-Identifier: BSD-2-Clause */
/* Text and numbers into a buffer of fixed size. */
#include "line.h"

#define NIBBLES 16u

static void put(struct line *line, char character)
{
    if (line->length + 1 < sizeof(line->text)) {
        line->text[line->length++] = character;
        line->text[line->length] = '\0';
    }
}

void line_start(struct line *line)
{
    line->length = 0;
    line->text[0] = '\0';
}

void line_add(struct line *line, const char *string)
{
    while (*string != '\0') {
        put(line, *string++);
    }
}

void line_add_hex(struct line *line, uint64_t number, unsigned digits)
{
    unsigned left = NIBBLES;

    while (left > digits && left > 1 && (number >> (4u * (left - 1u))) == 0) {
        left--;
    }
    while (left-- != 0) {
        put(line, "0123456789abcdef"[(number >> (4u * left)) & 0xfu]);
    }
}

void line_pad(struct line *line, size_t length)
{
    while (line->length < length && line->length + 1 < sizeof(line->text)) {
        put(line, ' ');
    }
}
