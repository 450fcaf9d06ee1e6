/* SPDX-License-Identifier: BSD-2-Clause */
/* Mapping and rules for a terminal. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "mapping_text.h"

#define BOLD   "\033[1m"
#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define CYAN   "\033[36m"
#define BRIGHT "\033[1;31m"
#define RESET  "\033[0m"

struct listener {
    bool is_coloured;
    bool only_rules;
};

static const char *range_colour(const struct mapping_range *range)
{
    const bool writes = (range->rights & HOIST_WRITE) != 0;
    const bool executes = (range->rights & HOIST_EXECUTE) != 0;

    if (range->kind != MAPPING_LEAVES) {
        return CYAN;
    }
    if ((writes && executes) || (range->rights & HOIST_USER) != 0) {
        return BRIGHT;
    }
    return executes ? GREEN : writes ? YELLOW : "";
}

static const char *line_colour(const struct mapping_line *line)
{
    if (line->range != NULL) {
        return range_colour(line->range);
    }
    if (line->finding != NULL) {
        return line->finding->verdict == VERDICT_FAIL   ? BRIGHT
               : line->finding->verdict == VERDICT_PASS ? GREEN
                                                        : YELLOW;
    }
    return line->kind == MAPPING_LINE_HEADING ? BOLD : "";
}

static void say(void *context, const struct mapping_line *line)
{
    const struct listener *listener = context;
    const char *colour = listener->is_coloured ? line_colour(line) : "";

    if (!listener->only_rules || line->kind == MAPPING_LINE_RULE) {
        printf("%s%s%s\n", colour, line->text, colour[0] == '\0' ? "" : RESET);
    }
}

int command_show(const struct loaded *loaded, bool is_coloured)
{
    struct listener listener = {is_coloured, false};

    mapping_text(&loaded->mapping, loaded->findings, say, &listener);
    return EXIT_WELL;
}

static void write_text(void *context, const char *text, size_t length)
{
    (void)context;
    fwrite(text, 1, length, stdout);
}

int command_json(const struct loaded *loaded)
{
    mapping_json(&loaded->mapping, loaded->findings, &loaded->document, write_text, NULL);
    return EXIT_WELL;
}

int command_audit(const struct loaded *loaded, bool is_coloured)
{
    static const char *const verdicts[] = {"pass", "FAIL", "set aside"};
    struct listener listener = {is_coloured, true};
    bool differs = false;
    enum rule first;

    mapping_text(&loaded->mapping, loaded->findings, say, &listener);
    for (enum rule rule = 0; rule < RULE_COUNT && loaded->has_written; rule++) {
        if (loaded->written[rule].verdict != loaded->findings[rule].verdict) {
            differs = true;
            printf("the file says \"%s\" of the rule %s: its own ranges say \"%s\"\n",
                   verdicts[loaded->written[rule].verdict], rule_name(rule),
                   verdicts[loaded->findings[rule].verdict]);
        }
    }
    return differs || rules_failed(loaded->findings, &first) != 0 ? EXIT_FOUND : EXIT_WELL;
}
