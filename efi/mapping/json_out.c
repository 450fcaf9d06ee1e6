/* SPDX-License-Identifier: BSD-2-Clause */
/* Pieces of JSON. */
#include "json_out.h"

#include <stdarg.h>

#include "print.h"
#include "text.h"

/* Any number or address with its quotes, and one escaped character. */
#define PIECE_CAPACITY 40

static void put(struct json_out *out, const char *text)
{
    out->write(out->context, text, text_of(text).length);
}

static void put_formatted(struct json_out *out, const char *format, uint64_t number)
{
    char piece[PIECE_CAPACITY];

    print_to(piece, sizeof(piece), format, number);
    put(out, piece);
}

/* Names come from kernels: what is no plain character is escaped. */
void json_put_string(struct json_out *out, const char *text)
{
    put(out, "\"");
    for (; *text != '\0'; text++) {
        const uint64_t byte = (unsigned char)*text;
        const bool is_plain = byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\';

        if (is_plain) {
            out->write(out->context, text, 1);
        } else {
            put_formatted(out, "\\u%04" PRINT_64 "x", byte);
        }
    }
    put(out, "\"");
}

void json_put_number(struct json_out *out, uint64_t number)
{
    put_formatted(out, "%" PRINT_64 "u", number);
}

void json_begin(struct json_out *out, const char *name)
{
    put(out, out->follows ? "," : "");
    out->follows = true;
    if (name[0] != '\0') {
        json_put_string(out, name);
        put(out, ":");
    }
}

void json_open(struct json_out *out, const char *name, const char *bracket)
{
    json_begin(out, name);
    put(out, bracket);
    out->follows = false;
}

void json_close(struct json_out *out, const char *bracket)
{
    put(out, bracket);
    out->follows = true;
}

void json_new_line(struct json_out *out)
{
    put(out, out->follows ? ",\n" : "\n");
    out->follows = false;
}

static void put_value(struct json_out *out, char type, va_list *arguments)
{
    uint64_t number;

    if (type == 's') {
        json_put_string(out, va_arg(*arguments, const char *));
        return;
    }
    number = va_arg(*arguments, uint64_t);
    if (type == 'x') {
        put_formatted(out, "\"0x%" PRINT_64 "x\"", number);
    } else if (type == 'b') {
        put(out, number != 0 ? "true" : "false");
    } else if (type == 'i' && number == UINT32_MAX) {
        put(out, "null");
    } else {
        json_put_number(out, number);
    }
}

void json_members(struct json_out *out, const char *names, ...)
{
    char name[JSON_NAME_CAPACITY];
    va_list arguments;

    va_start(arguments, names);
    while (*names != '\0') {
        const char type = *names++;
        size_t length = 0;

        for (; *names != '\0' && *names != ' '; names++) {
            name[length++] = *names;
        }
        names += *names == ' ' ? 1 : 0;
        name[length] = '\0';
        json_begin(out, name);
        put_value(out, type, &arguments);
    }
    va_end(arguments);
}
