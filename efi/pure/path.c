/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths. A resource is what stands before `:/`.
 */
#include "path.h"

#include "utf8.h"

static bool is_control(uint32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
}

static bool is_hex(char character, unsigned *digit)
{
    static const struct text digits = {"0123456789abcdef", 16};

    *digit = (unsigned)text_find(digits, text_lower(character));
    return *digit < 16;
}

/* So many bytes from twice as many digits. */
static bool read_hex(struct text text, uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned high;
        unsigned low;

        if (!is_hex(text.start[2 * i], &high) || !is_hex(text.start[2 * i + 1], &low)) {
            return false;
        }
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* A number of 1 to 9 digits, at least 1. */
static bool read_number(struct text text, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.start[i] < '0' || text.start[i] > '9') {
            return false;
        }
        *number = *number * 10 + (uint64_t)(text.start[i] - '0');
    }
    return text.length > 0 && text.length < 10 && *number > 0;
}

/* xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx; the first three groups are numbers, lowest byte first. */
static bool read_guid(struct text text, uint8_t guid[16])
{
    static const uint8_t group_starts[] = {0, 9, 14, 19, 24};
    static const uint8_t group_bytes[] = {4, 2, 2, 2, 6};
    uint8_t *next = guid;

    for (unsigned i = 0; i < sizeof(group_starts); i++) {
        const size_t start = group_starts[i];

        if (text.length != 36 || (start != 0 && text.start[start - 1] != '-') ||
            !read_hex(text_skip(text, start), next, group_bytes[i])) {
            return false;
        }
        for (unsigned k = 0; i < 3 && k < group_bytes[i] / 2u; k++) {
            const uint8_t byte = next[k];

            next[k] = next[group_bytes[i] - 1u - k];
            next[group_bytes[i] - 1u - k] = byte;
        }
        next += group_bytes[i];
    }
    return true;
}

static bool read_argument(struct text argument, struct path *parsed)
{
    const size_t colon = text_find(argument, ':');
    const struct text partition = text_skip(argument, colon + 1);

    switch (parsed->resource) {
    case PATH_BOOT: return text_is_empty(argument) || read_number(argument, &parsed->partition);
    case PATH_DISK:
        return colon < argument.length && read_number(text_take(argument, colon), &parsed->drive) &&
               (text_is_empty(partition) || read_number(partition, &parsed->partition));
    case PATH_GUID: return read_guid(argument, parsed->guid);
    case PATH_LABEL: parsed->label = argument; break;
    }
    return !text_is_empty(argument);
}

/* The `resource(argument)` in front of the colon. */
static bool read_resource(struct text path, struct text resource, struct path *parsed,
                          struct problem *problem)
{
    static const struct {
        char name[9];
        uint8_t resource;
    } names[] = {{"boot(", PATH_BOOT},
                 {"hdd(", PATH_DISK},
                 {"guid(", PATH_GUID},
                 {"uuid(", PATH_GUID},
                 {"fslabel(", PATH_LABEL}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct text name = text_of(names[i].name);
        const struct text argument = text_skip(resource, name.length);

        if (!text_equals_ignoring_case(text_take(resource, name.length), name)) {
            continue;
        }
        parsed->resource = (enum path_resource)names[i].resource;
        return (!text_is_empty(argument) && argument.start[argument.length - 1] == ')' &&
                read_argument(text_take(argument, argument.length - 1), parsed)) ||
               problem_set_all(problem, &(struct problem){.kind = PROBLEM_PATH_ARGUMENT,
                                                          .name = path,
                                                          .other = resource});
    }
    return problem_set_all(
        problem, &(struct problem){.kind = PROBLEM_PATH_RESOURCE, .name = path, .other = resource});
}

/*
 * The place of the colon that ends the resource, or the path's length when there is no resource: an
 * argument may hold colons too, so it is the last one before the first slash. Behind a slash a
 * colon is part of a name.
 */
static size_t find_resource_end(struct text path)
{
    size_t end = path.length;

    for (size_t i = 0; i < path.length && path.start[i] != '/'; i++) {
        if (path.start[i] == ':') {
            end = i;
        }
    }
    return end;
}

bool path_parse(struct text path, struct path *parsed, struct problem *problem)
{
    const size_t colon = find_resource_end(path);
    struct path result = {.resource = PATH_BOOT};
    struct text rest = path;
    size_t hash;

    if (text_is_empty(path)) {
        return problem_set(problem, PROBLEM_PATH_EMPTY, path, 0, 0);
    }
    if (colon < path.length) {
        if (!read_resource(path, text_take(path, colon), &result, problem)) {
            return false;
        }
        rest = text_skip(path, colon + 1);
    }
    if (text_is_empty(rest) || rest.start[0] != '/') {
        return problem_set(problem, PROBLEM_PATH_NOT_ABSOLUTE, path, 0, 0);
    }
    hash = text_find_last(rest, '#');
    if (hash < rest.length) {
        const struct text digits = text_skip(rest, hash + 1);

        if (digits.length != 2 * sizeof(result.hash) ||
            !read_hex(digits, result.hash, sizeof(result.hash))) {
            return problem_set(problem, PROBLEM_PATH_HASH, path, digits.length,
                               2 * sizeof(result.hash));
        }
        result.has_hash = true;
        rest = text_take(rest, hash);
    }
    if (rest.length > PATH_LIMIT_BYTES) {
        return problem_set(problem, PROBLEM_PATH_TOO_LONG, path, rest.length, PATH_LIMIT_BYTES);
    }
    result.file = rest;
    *parsed = result;
    return true;
}

bool path_to_utf16(struct text file, uint16_t *buffer, size_t capacity_units,
                   struct problem *problem)
{
    size_t units = 0;
    size_t offset = 0;

    while (offset < file.length) {
        uint32_t code_point = 0;
        size_t length = utf8_read(text_skip(file, offset), &code_point);
        unsigned char byte = (unsigned char)file.start[offset];

        if (length == 0) {
            return problem_set(problem, PROBLEM_PATH_NOT_UTF8, file, byte, offset);
        }
        if (is_control(code_point) || code_point == '\\') {
            return problem_set(problem, PROBLEM_PATH_CHARACTER, file, code_point, offset);
        }
        if (code_point > UINT16_MAX) {
            return problem_set(problem, PROBLEM_PATH_NOT_UCS2, file, code_point, offset);
        }
        /* One unit stays free for the terminator. */
        if (units + 1 >= capacity_units) {
            return problem_set(problem, PROBLEM_PATH_TOO_LONG, file, file.length,
                               capacity_units == 0 ? 0 : capacity_units - 1);
        }
        buffer[units++] = code_point == '/' ? (uint16_t)'\\' : (uint16_t)code_point;
        offset += length;
    }
    if (capacity_units == 0) {
        return problem_set(problem, PROBLEM_PATH_TOO_LONG, file, file.length, 0);
    }
    buffer[units] = 0;
    return true;
}
