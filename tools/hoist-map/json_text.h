/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts in JSON. Internal to json.c. */
#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include "json.h"

/* Passes blanks; the next character, '\0' at the end or after a mistake. */
char json_peek(struct json *json);

/* The value of a hexadecimal digit, or -1. */
int json_digit(char character);

/* A text in quotes, with its escapes turned into UTF-8. */
bool json_take_text(struct json *json, char *buffer, size_t capacity, bool may_be_cut_off);

#endif
