/* SPDX-License-Identifier: BSD-2-Clause */
/* hoist-map: what page tables map, from a dump or a running guest. See docs/man/hoist-map.1. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "options.h"
#include "source.h"
#include "tree_show.h"
#include "version.h"

/* Two, for diff. Static, since all of it begins with zeros and is large. */
static struct loaded first;
static struct loaded second;

static bool is_coloured(enum colour_use use)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    if (use != COLOUR_AUTO) {
        return use == COLOUR_ALWAYS;
    }
    return (no_colour == NULL || no_colour[0] == '\0') && terminal != NULL &&
           strcmp(terminal, "dumb") != 0 && isatty(STDOUT_FILENO) != 0;
}

static int run(const struct options *options, struct complaint *complaint)
{
    const bool is_live = options->qmp != NULL;
    const char *const *words = options->words;

    if (options->command == COMMAND_DIFF) {
        struct options files_only = *options;

        files_only.qmp = NULL;
        if (!source_load(&first, words[0], &files_only, complaint) ||
            !source_load(&second, is_live ? NULL : words[1], options, complaint)) {
            return EXIT_UNREADABLE;
        }
        return command_diff(&first, &second);
    }
    if (options->format != NULL) {
        return tree_show(options, complaint);
    }
    if (!source_load(&first, is_live ? NULL : words[0], options, complaint)) {
        return EXIT_UNREADABLE;
    }
    switch (options->command) {
    case COMMAND_AUDIT: return command_audit(&first, is_coloured(options->colour));
    case COMMAND_FIND: return command_find(&first, words[is_live ? 0 : 1], complaint);
    default:
        if (options->html != NULL) {
            return command_html(&first, options->html, complaint);
        }
        return options->json ? command_json(&first)
                             : command_show(&first, is_coloured(options->colour));
    }
}

/* A reader that has seen enough is no mistake; a disk that is full is one. */
static int end_output(int status)
{
    const bool was_good = ferror(stdout) == 0;

    errno = 0;
    if ((fflush(stdout) != 0 || !was_good) && errno != EPIPE) {
        fprintf(stderr, "hoist-map: standard output: %s\n",
                errno != 0 ? strerror(errno) : "cannot be written");
        return EXIT_UNREADABLE;
    }
    return status;
}

int main(int count, char **words)
{
    struct complaint complaint = {""};
    struct options options;
    int status = EXIT_WELL;

    if (!options_read(&options, count, words, &complaint)) {
        fprintf(stderr, "hoist-map: %s\n", complaint.text);
        return EXIT_USAGE;
    }
    if (options.command == COMMAND_HELP) {
        fputs(options_help, stdout);
    } else if (options.command == COMMAND_VERSION) {
        puts("hoist-map " HOIST_LOADER_VERSION);
    } else {
        status = run(&options, &complaint);
    }
    if (complaint.text[0] != '\0') {
        fprintf(stderr, "hoist-map: %s\n", complaint.text);
    }
    status = end_output(status);
    loaded_free(&first);
    loaded_free(&second);
    return status;
}
