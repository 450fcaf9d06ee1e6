/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts, RFC 8259 section 7. */
#include "json_text.h"

#include <string.h>

#define SURROGATE_HIGH 0xd800u
#define SURROGATE_LOW  0xdc00u
#define SURROGATE_END  0xe000u

struct target {
    char *buffer;
    size_t capacity;
    size_t length;
    bool may_be_cut_off;
};

int json_digit(char character)
{
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    if (character >= 'a' && character <= 'f') {
        return character - 'a' + 10;
    }
    return character >= 'A' && character <= 'F' ? character - 'A' + 10 : -1;
}

static bool put(struct json *json, struct target *target, unsigned byte)
{
    if (target->length + 1 >= target->capacity) {
        return target->may_be_cut_off ||
               json_fail(json, "a text is longer than %zu bytes", target->capacity - 1);
    }
    target->buffer[target->length++] = (char)byte;
    return true;
}

static bool put_utf8(struct json *json, struct target *target, unsigned code)
{
    if (code == 0) {
        return json_fail(json, "a text holds the character 0");
    }
    if (code < 0x80) {
        return put(json, target, code);
    }
    if (code < 0x800) {
        return put(json, target, 0xc0 | code >> 6) && put(json, target, 0x80 | (code & 0x3f));
    }
    if (code >= 0x10000) {
        return put(json, target, 0xf0 | code >> 18) &&
               put(json, target, 0x80 | (code >> 12 & 0x3f)) &&
               put(json, target, 0x80 | (code >> 6 & 0x3f)) &&
               put(json, target, 0x80 | (code & 0x3f));
    }
    return put(json, target, 0xe0 | code >> 12) && put(json, target, 0x80 | (code >> 6 & 0x3f)) &&
           put(json, target, 0x80 | (code & 0x3f));
}

/* Four digits. */
static bool take_unit(struct json *json, unsigned *unit)
{
    *unit = 0;
    for (unsigned i = 0; i < 4; i++) {
        const int digit = json->at < json->end ? json_digit(*json->at) : -1;

        if (digit < 0) {
            return json_fail(json, "\\u wants four hexadecimal digits");
        }
        *unit = *unit << 4 | (unsigned)digit;
        json->at++;
    }
    return true;
}

static bool take_code(struct json *json, struct target *target)
{
    unsigned code;
    unsigned low;

    if (!take_unit(json, &code)) {
        return false;
    }
    if (code < SURROGATE_HIGH || code >= SURROGATE_END) {
        return put_utf8(json, target, code);
    }
    if (code >= SURROGATE_LOW || json->end - json->at < 2 || memcmp(json->at, "\\u", 2) != 0) {
        return json_fail(json, "half a surrogate pair stands alone");
    }
    json->at += 2;
    if (!take_unit(json, &low)) {
        return false;
    }
    if (low < SURROGATE_LOW || low >= SURROGATE_END) {
        return json_fail(json, "half a surrogate pair stands alone");
    }
    return put_utf8(json, target,
                    0x10000 + ((code - SURROGATE_HIGH) << 10) + (low - SURROGATE_LOW));
}

static bool take_escape(struct json *json, struct target *target)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    const char letter = json->at < json->end ? *json->at : '\0';
    const char *place = letter == '\0' ? NULL : strchr(letters, letter);

    if (letter == 'u') {
        json->at++;
        return take_code(json, target);
    }
    if (place == NULL) {
        return json_fail(json, "a backslash with no meaning");
    }
    json->at++;
    return put(json, target, (unsigned char)meanings[place - letters]);
}

bool json_take_text(struct json *json, char *buffer, size_t capacity, bool may_be_cut_off)
{
    struct target target = {buffer, capacity, 0, may_be_cut_off};

    buffer[0] = '\0';
    for (json->at++; json->at < json->end;) {
        const unsigned char byte = (unsigned char)*json->at++;
        bool is_good;

        if (byte == '"') {
            buffer[target.length] = '\0';
            return true;
        }
        is_good = byte == '\\' ? take_escape(json, &target)
                  : byte < ' ' ? json_fail(json, "a text holds the control character %u", byte)
                               : put(json, &target, byte);
        if (!is_good) {
            return false;
        }
    }
    return json_fail(json, "a text has no end");
}
