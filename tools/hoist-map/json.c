/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of JSON. */
#include "json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json_text.h"

void json_start(struct json *json, const char *name, const char *text, size_t length_bytes,
                struct complaint *complaint)
{
    *json = (struct json){
        .name = name, .at = text, .end = text + length_bytes, .line = 1, .complaint = complaint};
}

bool json_fail(struct json *json, const char *format, ...)
{
    char text[COMPLAINT_CAPACITY];
    va_list arguments;

    if (json->has_failed) {
        return false;
    }
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    /* Whatever bytes the file has, the sentence is plain. */
    for (size_t i = 0; text[i] != '\0'; i++) {
        text[i] = (unsigned char)text[i] < 0x80 ? text[i] : '?';
    }
    json->has_failed = true;
    return complain(json->complaint, "%s: line %u: %s", json->name, json->line, text);
}

char json_peek(struct json *json)
{
    while (json->at < json->end && strchr(" \t\r\n", *json->at) != NULL && *json->at != '\0') {
        json->line += *json->at == '\n' ? 1 : 0;
        json->at++;
    }
    return json->has_failed || json->at == json->end ? '\0' : *json->at;
}

/* The next character after blanks, if it is this one. */
static bool take(struct json *json, char wanted)
{
    const bool is_there = json_peek(json) == wanted && wanted != '\0';

    json->at += is_there ? 1 : 0;
    return is_there;
}

/* What stands here instead of what was wanted. */
static bool fail_at(struct json *json, const char *wanted)
{
    const char found = json_peek(json);

    return found == '\0' ? json_fail(json, "%s is expected, not the end of the text", wanted)
                         : json_fail(json, "%s is expected, not '%c'", wanted, found);
}

bool json_enter(struct json *json, char bracket)
{
    if (!take(json, bracket)) {
        return fail_at(json, bracket == '{' ? "an object" : "an array");
    }
    if (++json->depth > JSON_DEPTH_LIMIT) {
        return json_fail(json, "values are nested more than %u deep", JSON_DEPTH_LIMIT);
    }
    json->is_first = true;
    return true;
}

/* Whether something follows inside of the brackets. */
static bool follows(struct json *json, char bracket)
{
    const bool is_first = json->is_first;

    if (json->has_failed) {
        return false;
    }
    json->is_first = false;
    if (take(json, bracket)) {
        json->depth--;
        return false;
    }
    return is_first || take(json, ',') || fail_at(json, "a comma");
}

bool json_member(struct json *json, char name[JSON_MEMBER_CAPACITY])
{
    if (!follows(json, '}')) {
        return false;
    }
    if (json_peek(json) != '"') {
        return fail_at(json, "a name");
    }
    return json_take_text(json, name, JSON_MEMBER_CAPACITY, true) &&
           (take(json, ':') || fail_at(json, "a colon"));
}

bool json_element(struct json *json)
{
    return follows(json, ']');
}

bool json_string(struct json *json, char *buffer, size_t capacity)
{
    buffer[0] = '\0';
    return json_peek(json) == '"' ? json_take_text(json, buffer, capacity, false)
                                  : fail_at(json, "a text");
}

/* Digits, up to 2^64 - 1; at least one. */
static bool take_digits(struct json *json, unsigned base, uint64_t *number)
{
    const char *start = json->at;

    *number = 0;
    for (; json->at < json->end; json->at++) {
        const int digit = json_digit(*json->at);

        if (digit < 0 || (unsigned)digit >= base) {
            break;
        }
        if (*number > (UINT64_MAX - (unsigned)digit) / base) {
            return json_fail(json, "a number needs more than 64 bits");
        }
        *number = *number * base + (unsigned)digit;
    }
    return json->at != start || fail_at(json, base == 16 ? "a hexadecimal digit" : "a number");
}

bool json_number(struct json *json, uint64_t *number)
{
    json_peek(json);
    if (json->has_failed || !take_digits(json, 10, number)) {
        return false;
    }
    return json->at == json->end || strchr(".eE", *json->at) == NULL || *json->at == '\0' ||
           json_fail(json, "a number is not whole");
}

bool json_address(struct json *json, uint64_t *address)
{
    if (!take(json, '"')) {
        return fail_at(json, "an address, \"0x...\",");
    }
    if (json->end - json->at < 2 || memcmp(json->at, "0x", 2) != 0) {
        return json_fail(json, "an address does not begin with 0x");
    }
    json->at += 2;
    if (!take_digits(json, 16, address)) {
        return false;
    }
    if (json->at == json->end || *json->at != '"') {
        return fail_at(json, "the end of the address");
    }
    json->at++;
    return true;
}

static bool take_word(struct json *json, const char *word)
{
    const size_t length = strlen(word);

    json_peek(json);
    if (json->has_failed || (size_t)(json->end - json->at) < length ||
        memcmp(json->at, word, length) != 0) {
        return false;
    }
    json->at += length;
    return true;
}

bool json_boolean(struct json *json, bool *value)
{
    *value = take_word(json, "true");
    return *value || take_word(json, "false") || fail_at(json, "true or false");
}

bool json_null(struct json *json)
{
    return take_word(json, "null");
}

static bool skip_number(struct json *json)
{
    const char *start = json->at;

    while (json->at < json->end && *json->at != '\0' &&
           strchr("+-.0123456789eE", *json->at) != NULL) {
        json->at++;
    }
    return json->at != start || fail_at(json, "a value");
}

/* Nested values are at most JSON_DEPTH_LIMIT deep. */
bool json_skip(struct json *json)
{
    const char start = json_peek(json);
    char name[JSON_MEMBER_CAPACITY];
    bool value;

    switch (start) {
    case '{':
        json_enter(json, '{');
        while (json_member(json, name)) {
            json_skip(json);
        }
        return !json->has_failed;
    case '[':
        json_enter(json, '[');
        while (json_element(json)) {
            json_skip(json);
        }
        return !json->has_failed;
    case '"': return json_take_text(json, name, sizeof(name), true);
    case 't':
    case 'f': return json_boolean(json, &value);
    case 'n': return json_null(json) || fail_at(json, "a value");
    default: return skip_number(json);
    }
}

bool json_finish(struct json *json)
{
    json_peek(json);
    return !json->has_failed && (json->at == json->end || fail_at(json, "the end of the text"));
}
