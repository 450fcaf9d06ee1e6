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

/*
 * "rule write-execute fails: 3 pages, the first at ffffffff80000000 (kernel segment 0)". Cut off
 * and terminated like print_to(); returns the length.
 */
size_t mapping_text_failure(const struct mapping *mapping, enum rule rule,
                            const struct finding *finding, char *buffer, size_t capacity);

/* "rwx" with - for what is not granted, u and g behind it: "r-x", "rw-ug". */
#define MAPPING_RIGHTS_CAPACITY 8
void mapping_rights_text(uint8_t rights, char buffer[MAPPING_RIGHTS_CAPACITY]);

/* "WB", "WT", "WP", "WC", "UC", "UC-" for a PAT type; "?" for any other number. */
const char *mapping_type_name(uint8_t type);

/* "write-back", "uncached", ...: the same in words, for enum mtrr_type. */
const char *mapping_cache_name(uint8_t type);

#endif
