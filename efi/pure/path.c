/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths. A resource is what stands before `:/`; only `boot()`, the volume that the loader was
 * started from, is known.
 */
#include "path.h"

#include "utf8.h"

static bool is_control(uint32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
}

/* Checks the `resource(argument)` in front of the colon. */
static bool check_resource(struct text path, struct text resource, struct problem *problem)
{
    struct text boot = text_of("boot(");

    if (text_equals_ignoring_case(resource, text_of("boot()"))) {
        return true;
    }
    return problem_set_all(
        problem, &(struct problem){
                     .kind = text_equals_ignoring_case(text_take(resource, boot.length), boot)
                                 ? PROBLEM_PATH_ARGUMENT
                                 : PROBLEM_PATH_RESOURCE,
                     .name = path,
                     .other = resource,
                 });
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

bool path_resolve(struct text path, struct text *file, struct problem *problem)
{
    size_t colon = find_resource_end(path);
    struct text rest = path;

    if (text_is_empty(path)) {
        return problem_set(problem, PROBLEM_PATH_EMPTY, path, 0, 0);
    }
    if (colon < path.length) {
        if (!check_resource(path, text_take(path, colon), problem)) {
            return false;
        }
        rest = text_skip(path, colon + 1);
    }
    if (text_is_empty(rest) || rest.start[0] != '/') {
        return problem_set(problem, PROBLEM_PATH_NOT_ABSOLUTE, path, 0, 0);
    }
    if (text_find(rest, '#') < rest.length) {
        return problem_set(problem, PROBLEM_PATH_HASH, path, 0, 0);
    }
    if (rest.length > PATH_LIMIT_BYTES) {
        return problem_set(problem, PROBLEM_PATH_TOO_LONG, path, rest.length, PATH_LIMIT_BYTES);
    }
    *file = rest;
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
