/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing JSON (RFC 8259), piece by piece. An address is a text, for the numbers of JSON lose bits
 * above 2^53. Internal to mapping_json.c.
 */
#ifndef JSON_OUT_H
#define JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_out {
    void (*write)(void *context, const char *text, size_t length);
    void *context;
    bool follows; /* something stands before, in the same object or array */
};

/* Text, escaped and in quotes. */
void json_put_string(struct json_out *out, const char *text);
void json_put_number(struct json_out *out, uint64_t number);

/* The comma, and a name where it is not empty: a value follows. */
void json_begin(struct json_out *out, const char *name);

/* json_begin() and a bracket; its counterpart. */
void json_open(struct json_out *out, const char *name, const char *bracket);
void json_close(struct json_out *out, const char *bracket);

/* What follows stands on a line of its own. */
void json_new_line(struct json_out *out);

/* Longest name of a member, terminator included. */
#define JSON_NAME_CAPACITY 20

/*
 * Members by their names, each behind a letter for the type of its value: "xva xpa uused". u is a
 * number, x an address, i an index (null for UINT32_MAX), b a switch: each of these is passed as an
 * uint64_t. s is a text, passed as such.
 */
void json_members(struct json_out *out, const char *names, ...);

#endif
