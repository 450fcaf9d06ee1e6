/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that people and programs write. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

/* The whole text, with or without 0x; false where it is anything else, or needs more than 64 bits. */
bool number_hexadecimal(const char *text, uint64_t *number);

bool number_decimal(const char *text, uint64_t *number);

#endif
