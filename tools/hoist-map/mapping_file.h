/* SPDX-License-Identifier: BSD-2-Clause */
/* A mapping out of its JSON: docs/mapping-json.md. */
#ifndef MAPPING_FILE_H
#define MAPPING_FILE_H

#include "loaded.h"

/* Memory map, plan and MTRRs are lists of at most so many. */
#define MAPPING_FILE_LIST_LIMIT (UINT32_C(1) << 20)

/*
 * Reads the whole text into an empty `loaded`, and refuses what the rules could not rely on: ranges
 * that overlap or are not in order, numbers out of their range, a plan that does not exist. Members
 * that it does not know are passed over. The findings are left to loaded_judge(); what the file
 * says of the rules goes to `written`. `name` is that of the file, for the sentence.
 */
bool mapping_file_read(struct loaded *loaded, const char *name, const char *text,
                       size_t length_bytes, struct complaint *complaint);

#endif
