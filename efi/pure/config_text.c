/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checks that need no grammar. Binary files that were taken for a configuration end here.
 */
#include "config_text.h"

#include "config.h"
#include "utf8.h"

static bool refuse(struct config_text_fault *fault, enum problem_kind kind, struct text culprit,
                   uint64_t first, uint64_t second)
{
    *fault = (struct config_text_fault){kind, culprit, {first, second}};
    return false;
}

/* Control characters but for the tab, and bytes that are no UTF-8, are no text. */
static bool check_characters(struct text line, struct config_text_fault *fault)
{
    while (line.length > 0) {
        uint32_t code_point = 0;
        size_t length = utf8_read(line, &code_point);
        unsigned char byte = (unsigned char)line.start[0];

        if (length == 0) {
            return refuse(fault, PROBLEM_CONFIG_NOT_UTF8, line, byte, 0);
        }
        if ((code_point < 0x20 && code_point != '\t') || code_point == 0x7f) {
            return refuse(fault, PROBLEM_CONFIG_BINARY, line, byte, 0);
        }
        line = text_skip(line, length);
    }
    return true;
}

/* Those with a definition are gone by now. */
static bool check_macros(struct text line, struct config_text_fault *fault)
{
    while (line.length > 0) {
        line = text_skip(line, text_find(line, '$'));
        if (text_starts_with(line, text_of("${"))) {
            size_t end = text_find(line, '}');

            return refuse(fault,
                          end == line.length ? PROBLEM_CONFIG_MACRO_OPEN : PROBLEM_CONFIG_MACRO,
                          text_take(line, end + 1), 0, 0);
        }
        line = text_skip(line, 1);
    }
    return true;
}

bool config_text_begin(struct text *source, struct config_text_fault *fault)
{
    unsigned first = source->length < 2 ? 0 : (unsigned char)source->start[0];
    unsigned second = source->length < 2 ? 0 : (unsigned char)source->start[1];

    if (source->length > CONFIG_SIZE_LIMIT_BYTES) {
        return refuse(fault, PROBLEM_CONFIG_TOO_LARGE, *source, source->length,
                      CONFIG_SIZE_LIMIT_BYTES);
    }
    if ((first == 0xff && second == 0xfe) || (first == 0xfe && second == 0xff)) {
        return refuse(fault, PROBLEM_CONFIG_UTF16, *source, first << 8 | second, 0);
    }
    if (text_starts_with(*source, text_of("\xef\xbb\xbf"))) {
        *source = text_skip(*source, 3);
    }
    return true;
}

struct text config_next_line(struct text *source)
{
    const size_t end = text_find(*source, '\n');
    struct text line = text_take(*source, end);

    if (line.length > 0 && line.start[line.length - 1] == '\r') {
        line.length--;
    }
    *source = text_skip(*source, end + 1);
    return line;
}

bool config_text_check_line(struct text line, struct config_text_fault *fault)
{
    struct text trimmed = text_trim(line);

    /* First, for the lines of a binary file are long too. */
    if (!check_characters(line, fault)) {
        return false;
    }
    if (line.length > CONFIG_LINE_LIMIT_BYTES) {
        return refuse(fault, PROBLEM_CONFIG_LINE_TOO_LONG, line, line.length,
                      CONFIG_LINE_LIMIT_BYTES);
    }
    return text_is_empty(trimmed) || trimmed.start[0] == '#' || check_macros(trimmed, fault);
}
