/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads a configuration from its input as the loader does: status 0 without a word to say about it. */
#include "config.h"
#include "config_macros.h"

#include <stdio.h>

static char source[CONFIG_SIZE_LIMIT_BYTES];
static char replaced[CONFIG_SIZE_LIMIT_BYTES];
static struct config config;

static void say(const struct problem *problem)
{
    char sentence[512];

    problem_sentence(problem, sentence, sizeof(sentence));
    puts(sentence);
}

static void warn(void *context, const struct problem *problem)
{
    *(int *)context = 1;
    say(problem);
}

int main(void)
{
    static const char name[] = "/hoist.conf";
    int status = 0;
    struct problem problem = {.kind = PROBLEM_NONE};
    const struct config_warnings warnings = {.warn = warn, .context = &status};
    struct text text = {source, fread(source, 1, sizeof(source), stdin)};

    if (!config_replace_macros(text, replaced, sizeof(replaced), &text)) {
        return 1;
    }
    if (!config_parse(text, (struct text){name, sizeof(name) - 1}, &config, &warnings, &problem)) {
        say(&problem);
        return 1;
    }
    return status;
}
