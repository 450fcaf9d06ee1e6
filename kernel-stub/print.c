/* SPDX-License-Identifier: BSD-2-Clause */
/* A formatter just large enough for the stub's lines. */
#include "print.h"

#include <stdbool.h>
#include <stdint.h>

#include "serial.h"

#define PRINT_DIGITS_MAX 20 /* 2^64 - 1 in decimal */

/* What stands between % and its letter. */
struct print_field {
    uint32_t width;
    bool left;
    bool zeroes;
    bool is_long;
};

static void print_fill(char fill, uint32_t length, uint32_t width)
{
    for (; length < width; length++) {
        serial_write(fill);
    }
}

static void print_text(const char *text, struct print_field field)
{
    uint32_t length = 0;

    while (text[length] != '\0') {
        length++;
    }
    if (!field.left) {
        print_fill(' ', length, field.width);
    }
    for (uint32_t i = 0; i < length; i++) {
        serial_write(text[i]);
    }
    if (field.left) {
        print_fill(' ', length, field.width);
    }
}

static void print_number(uint64_t value, uint32_t base, struct print_field field)
{
    char digits[PRINT_DIGITS_MAX];
    uint32_t length = 0;

    do {
        digits[length++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    if (!field.left) {
        print_fill(field.zeroes ? '0' : ' ', length, field.width);
    }
    for (uint32_t i = length; i > 0; i--) {
        serial_write(digits[i - 1]);
    }
    if (field.left) {
        print_fill(' ', length, field.width);
    }
}

/* Returns where the field ends: at its letter. */
static const char *print_read_field(const char *at, struct print_field *field)
{
    *field = (struct print_field){0};
    if (*at == '-') {
        field->left = true;
        at++;
    }
    if (*at == '0') {
        field->zeroes = true;
        at++;
    }
    for (; *at >= '0' && *at <= '9'; at++) {
        field->width = field->width * 10 + (uint32_t)(*at - '0');
    }
    if (*at == 'l') {
        field->is_long = true;
        at++;
    }
    return at;
}

void print_list(const char *format, va_list values)
{
    struct print_field field;

    for (const char *at = format; *at != '\0'; at++) {
        if (*at != '%') {
            serial_write(*at);
            continue;
        }
        at = print_read_field(at + 1, &field);
        if (*at == 's') {
            print_text(va_arg(values, const char *), field);
        } else if (*at == 'c') {
            serial_write((char)va_arg(values, int));
        } else if (*at == 'u' || *at == 'x') {
            uint64_t value = field.is_long ? va_arg(values, uint64_t) : va_arg(values, uint32_t);

            print_number(value, *at == 'u' ? 10 : 16, field);
        } else {
            serial_write(*at);
            if (*at == '\0') {
                return;
            }
        }
    }
}

void print(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    print_list(format, values);
    va_end(values);
}
