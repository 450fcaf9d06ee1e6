/* SPDX-License-Identifier: BSD-2-Clause */
/* Formatted text on the serial port. */
#ifndef PRINT_H
#define PRINT_H

#include <stdarg.h>

/*
 * Knows %s, %c, %u, %lu, %x, %lx and %%; a width, with 0 in front for leading zeroes or - for text
 * to the left. Hexadecimal numbers are printed in small letters.
 */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_list(const char *format, va_list values) __attribute__((format(printf, 1, 0)));

#endif
