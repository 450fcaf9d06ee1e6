/* SPDX-License-Identifier: BSD-2-Clause */
/* A mapping in words: a line for each range, a summary, and a line for each rule. */
#ifndef MAPPING_TEXT_H
#define MAPPING_TEXT_H

#include "mapping.h"
#include "rules.h"

#include <stddef.h>

/* Room for any line, terminator included. */
#define MAPPING_LINE_CAPACITY 256

/* One line, without its end. */
struct mapping_line {
    enum { MAPPING_LINE_HEADING, MAPPING_LINE_RANGE, MAPPING_LINE_SUMMARY, MAPPING_LINE_RULE } kind;
    const struct mapping_range *range; /* of a MAPPING_LINE_RANGE, else NULL */
    const struct finding *finding;     /* of a MAPPING_LINE_RULE, else NULL */
    const char *text;                  /* terminated */
};

/*
 * Says the whole mapping, line by line; a line is valid during the call only. `findings` are those
 * of rules_judge().
 */
void mapping_text(const struct mapping *mapping, const struct finding findings[RULE_COUNT],
                  void (*say)(void *context, const struct mapping_line *line), void *context);

#endif
