/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of the JSON of a mapping. Internal to mapping_file.c. */
#ifndef MAPPING_PARTS_H
#define MAPPING_PARTS_H

#include "json.h"
#include "loaded.h"

/* A member that is an object: `read` is called for each of its members, and reads its value. */
bool parts_object(struct json *json, void *context,
                  bool (*read)(struct json *json, void *context, const char *name));

/* "{1G, 2M, 4K}". */
bool parts_leaves(struct json *json, void *leaf_count);

/* Values by their words; what the words are is said where one is wrong. */
bool parts_rights(struct json *json, uint8_t *rights);
bool parts_small(struct json *json, uint64_t limit, uint8_t *number); /* 0 to limit */
bool parts_index(struct json *json, uint32_t *index);                 /* null: MAPPING_NO_PLAN */

/* A text of plain characters, for it is printed: a terminal must not obey it. */
bool parts_name(struct json *json, char *name, size_t capacity);

/* Lists of one kind each, null where it is not known. */
bool parts_memory(struct json *json, struct loaded *loaded);
bool parts_mtrr(struct json *json, struct loaded *loaded);
bool parts_plan(struct json *json, struct loaded *loaded);
bool parts_tables(struct json *json, struct loaded *loaded);
bool parts_ranges(struct json *json, struct loaded *loaded);
bool parts_summary(struct json *json, struct loaded *loaded);
bool parts_rules(struct json *json, struct loaded *loaded);

/* What the parts promise one another, once all are there. */
bool parts_agree(struct json *json, struct loaded *loaded);

/* Longest word or reason in the file, terminator included. */
#define PARTS_WORD_CAPACITY 96

#endif
