/* SPDX-License-Identifier: BSD-2-Clause */
/* Splits the command line into words. */
#include "option.h"

#include <stddef.h>

static bool option_is(const char *word, size_t length, const char *name)
{
    size_t i = 0;

    while (i < length && name[i] != '\0' && word[i] == name[i]) {
        i++;
    }
    return i == length && name[i] == '\0';
}

struct options option_read(const char *command_line)
{
    struct options options = {0};
    const char *at = command_line;

    while (*at != '\0') {
        size_t length = 0;

        while (at[length] != '\0' && at[length] != ' ') {
            length++;
        }
        options.wait |= option_is(at, length, "wait");
        options.fail |= option_is(at, length, "fail");
        options.hang |= option_is(at, length, "hang");
        options.triple |= option_is(at, length, "triple");
        options.quiet |= option_is(at, length, "quiet");
        at += length;
        if (*at == ' ') {
            at++;
        }
    }
    return options;
}
