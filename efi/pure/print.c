/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formatted printing into a buffer. The format is read once from left to right; each conversion is
 * first read into a struct and then written, so that padding is decided in one place.
 */
#include "print.h"

#include <stdbool.h>

/* Room for the digits of 2^64 - 1 in any base from 10 up, and a sign. */
#define PRINT_DIGITS 24

struct printer {
    char *buffer;
    size_t capacity;
    size_t length;
    va_list arguments;
};

enum print_width_class { PRINT_INT, PRINT_LONG, PRINT_LONG_LONG, PRINT_SIZE };

/* One conversion, as in "%-8.3lx". */
struct conversion {
    bool left;
    bool zero;
    size_t width;
    bool has_precision;
    size_t precision;
    enum print_width_class width_class;
    char kind;
};

static void put(struct printer *printer, char character)
{
    if (printer->length + 1 < printer->capacity) {
        printer->buffer[printer->length++] = character;
    }
}

/* Stops when the buffer is full: a width of four thousand million is no reason to spin. */
static void put_many(struct printer *printer, char character, size_t count)
{
    while (count > 0 && printer->length + 1 < printer->capacity) {
        put(printer, character);
        count--;
    }
}

static void put_padded(struct printer *printer, const struct conversion *conversion,
                       const char *text, size_t length)
{
    size_t padding = conversion->width > length ? conversion->width - length : 0;

    if (!conversion->left) {
        put_many(printer, ' ', padding);
    }
    for (size_t i = 0; i < length; i++) {
        put(printer, text[i]);
    }
    if (conversion->left) {
        put_many(printer, ' ', padding);
    }
}

static void put_string(struct printer *printer, const struct conversion *conversion,
                       const char *string)
{
    size_t length = 0;

    if (string == NULL) {
        string = "(null)";
    }
    while ((!conversion->has_precision || length < conversion->precision) &&
           string[length] != '\0') {
        length++;
    }
    put_padded(printer, conversion, string, length);
}

static void put_number(struct printer *printer, const struct conversion *conversion, uint64_t value,
                       bool negative)
{
    const char *symbols = conversion->kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    unsigned base = conversion->kind == 'x' || conversion->kind == 'X' ? 16 : 10;
    char digits[PRINT_DIGITS];
    size_t first = sizeof(digits);
    size_t digit_count;
    size_t zeroes = 0;
    size_t total;

    do {
        digits[--first] = symbols[value % base];
        value /= base;
    } while (value != 0);
    digit_count = sizeof(digits) - first;
    total = digit_count + negative;
    if (conversion->has_precision) {
        zeroes = conversion->precision > digit_count ? conversion->precision - digit_count : 0;
    } else if (conversion->zero && !conversion->left) {
        zeroes = conversion->width > total ? conversion->width - total : 0;
    }
    total += zeroes;
    if (!conversion->left && conversion->width > total) {
        put_many(printer, ' ', conversion->width - total);
    }
    put_many(printer, '-', negative);
    put_many(printer, '0', zeroes);
    for (size_t i = first; i < sizeof(digits); i++) {
        put(printer, digits[i]);
    }
    if (conversion->left && conversion->width > total) {
        put_many(printer, ' ', conversion->width - total);
    }
}

static uint64_t next_unsigned(struct printer *printer, enum print_width_class width_class)
{
    switch (width_class) {
    case PRINT_LONG: return va_arg(printer->arguments, unsigned long);
    case PRINT_LONG_LONG: return va_arg(printer->arguments, unsigned long long);
    case PRINT_SIZE: return va_arg(printer->arguments, size_t);
    case PRINT_INT:
    default: return va_arg(printer->arguments, unsigned);
    }
}

static int64_t next_signed(struct printer *printer, enum print_width_class width_class)
{
    switch (width_class) {
    case PRINT_LONG: return va_arg(printer->arguments, long);
    case PRINT_LONG_LONG: return va_arg(printer->arguments, long long);
    case PRINT_SIZE: return va_arg(printer->arguments, ptrdiff_t);
    case PRINT_INT:
    default: return va_arg(printer->arguments, int);
    }
}

/* Reads digits or `*`. A negative `*` counts as its size with *negative set. */
static size_t read_count(struct printer *printer, const char **format, bool *negative)
{
    size_t count = 0;

    if (**format == '*') {
        int given = va_arg(printer->arguments, int);

        (*format)++;
        *negative = given < 0;
        return given < 0 ? (size_t)(-(int64_t)given) : (size_t)given;
    }
    while (**format >= '0' && **format <= '9') {
        count = count * 10 + (size_t)(**format - '0');
        (*format)++;
    }
    return count;
}

/* Reads a conversion behind its %; *format is left at the byte behind the conversion's letter. */
static struct conversion read_conversion(struct printer *printer, const char **format)
{
    struct conversion conversion = {.width_class = PRINT_INT};
    bool negative = false;

    while (**format == '-' || **format == '0') {
        conversion.left |= **format == '-';
        conversion.zero |= **format == '0';
        (*format)++;
    }
    conversion.width = read_count(printer, format, &negative);
    conversion.left |= negative;
    if (**format == '.') {
        (*format)++;
        negative = false;
        conversion.precision = read_count(printer, format, &negative);
        conversion.has_precision = !negative;
    }
    if (**format == 'z') {
        conversion.width_class = PRINT_SIZE;
        (*format)++;
    }
    for (int i = 0; i < 2 && **format == 'l'; i++) {
        conversion.width_class = i == 0 ? PRINT_LONG : PRINT_LONG_LONG;
        (*format)++;
    }
    conversion.kind = **format;
    if (conversion.kind != '\0') {
        (*format)++;
    }
    return conversion;
}

/* Writes one conversion and returns where the format goes on. */
static const char *put_conversion(struct printer *printer, const char *format)
{
    const char *start = format;
    struct conversion conversion = read_conversion(printer, &format);
    char character;
    int64_t number;

    switch (conversion.kind) {
    case 's': put_string(printer, &conversion, va_arg(printer->arguments, const char *)); break;
    case 'c':
        character = (char)va_arg(printer->arguments, int);
        put_padded(printer, &conversion, &character, 1);
        break;
    case 'd':
        number = next_signed(printer, conversion.width_class);
        put_number(printer, &conversion, number < 0 ? 0 - (uint64_t)number : (uint64_t)number,
                   number < 0);
        break;
    case 'u':
    case 'x':
    case 'X':
        put_number(printer, &conversion, next_unsigned(printer, conversion.width_class), false);
        break;
    case '%': put(printer, '%'); break;
    default: put(printer, '%'); return start;
    }
    return format;
}

size_t print_to_v(char *buffer, size_t capacity, const char *format, va_list arguments)
{
    struct printer printer = {.buffer = buffer, .capacity = capacity};

    if (capacity == 0) {
        return 0;
    }
    va_copy(printer.arguments, arguments);
    while (*format != '\0') {
        if (*format == '%') {
            format = put_conversion(&printer, format + 1);
        } else {
            put(&printer, *format++);
        }
    }
    va_end(printer.arguments);
    buffer[printer.length] = '\0';
    return printer.length;
}

size_t print_to(char *buffer, size_t capacity, const char *format, ...)
{
    va_list arguments;
    size_t length;

    va_start(arguments, format);
    length = print_to_v(buffer, capacity, format, arguments);
    va_end(arguments);
    return length;
}

size_t print_size(char *buffer, size_t capacity, uint64_t size_bytes)
{
    static const char *const units[] = {"TiB", "GiB", "MiB", "KiB"};

    for (unsigned i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        unsigned shift = 40 - 10 * i;

        if (size_bytes != 0 && size_bytes % (UINT64_C(1) << shift) == 0) {
            return print_to(buffer, capacity, "%" PRINT_64 "u %s", size_bytes >> shift, units[i]);
        }
    }
    return print_to(buffer, capacity, "%" PRINT_64 "u %s", size_bytes,
                    size_bytes == 1 ? "byte" : "bytes");
}
