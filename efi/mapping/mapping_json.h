/* SPDX-License-Identifier: BSD-2-Clause */
/* A mapping as JSON: docs/mapping-json.md. */
#ifndef MAPPING_JSON_H
#define MAPPING_JSON_H

#include "mapping.h"
#include "rules.h"

#include <stddef.h>

/* Raised when a reader of the old form would misunderstand the new one. */
#define MAPPING_JSON_VERSION 1

/* What the document says of itself. */
struct mapping_document {
    const char *maker; /* "Hoist 0.1.0" */
    const char *space; /* "kernel", "firmware", or "memory": read out of some memory */
};

/*
 * Writes the whole document through `write`, in pieces; a piece is valid during the call only. All
 * facts, the plan and the memory map go along, so that the rules can be judged again from it.
 */
void mapping_json(const struct mapping *mapping, const struct finding findings[RULE_COUNT],
                  const struct mapping_document *document,
                  void (*write)(void *context, const char *text, size_t length), void *context);

#endif
