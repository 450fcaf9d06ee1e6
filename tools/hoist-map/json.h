/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading JSON (RFC 8259) from the front to the end, value by value, without a tree in memory.
 *
 * The first mistake stays: every function returns false from then on, and the sentence names the
 * line.
 */
#ifndef JSON_H
#define JSON_H

#include "complaint.h"

#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH_LIMIT     32u
#define JSON_MEMBER_CAPACITY 32u

struct json {
    const char *name; /* of the file, for the sentence */
    const char *at;
    const char *end;
    unsigned line;
    unsigned depth;
    bool is_first; /* nothing of the object or array was read yet */
    bool has_failed;
    struct complaint *complaint;
};

/* The text stays the caller's. */
void json_start(struct json *json, const char *name, const char *text, size_t length_bytes,
                struct complaint *complaint);

/* A sentence of one's own about what was just read; false. */
__attribute__((format(printf, 2, 3))) bool json_fail(struct json *json, const char *format, ...);

/* '{' or '['. */
bool json_enter(struct json *json, char bracket);

/* The name of the next member; false: the object has ended, or a mistake. Names are cut off. */
bool json_member(struct json *json, char name[JSON_MEMBER_CAPACITY]);

/* Whether another element follows; false: the array has ended, or a mistake. */
bool json_element(struct json *json);

/* One value each. A string that does not fit is a mistake; it is terminated, and holds no 0. */
bool json_string(struct json *json, char *buffer, size_t capacity);
bool json_number(struct json *json, uint64_t *number);   /* 0 to 2^64 - 1, no fraction */
bool json_address(struct json *json, uint64_t *address); /* "0x1f" */
bool json_boolean(struct json *json, bool *value);

/* Takes a null, if there is one. */
bool json_null(struct json *json);

/* Any value. */
bool json_skip(struct json *json);

/* Nothing but blanks is left. */
bool json_finish(struct json *json);

#endif
