/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of a mapping, for text and JSON alike. Each returns constant text. */
#ifndef MAPPING_WORDS_H
#define MAPPING_WORDS_H

#include "mapping.h"

/* "rwx" with - for what is not granted, u and g behind it: "r-x", "rw-ug". */
#define MAPPING_RIGHTS_CAPACITY 8
void mapping_rights_text(uint8_t rights, char buffer[MAPPING_RIGHTS_CAPACITY]);

/* "PT" ... "PML5" for the level of a table, 1 to 5; "?" for any other. */
const char *mapping_table_name(unsigned level);

/* "4K", "2M", "1G" for enum hoist_leaf_size. */
const char *mapping_leaf_name(unsigned size);

/* "WB", "UC-", ... for a PAT type; "?" for a number that means nothing. */
const char *mapping_type_name(uint8_t type);

/* "write-back", "uncached", ...: in words, for enum mtrr_type. */
const char *mapping_cache_name(uint8_t type);

/* For a bit of mapping_range.memory, by its number: memory_kind_name(), or "not listed". */
const char *mapping_memory_name(unsigned bit);

/* For a bit of mapping_range.marks, by its number: "leaf", "reserved bits", ... */
const char *mapping_mark_name(unsigned bit);

/* "kernel", "direct map", ...: what a planned range is there for. */
const char *mapping_part_name(enum plan_part part);

/* "leaves", "recursive", "shared", "unreadable". */
const char *mapping_kind_name(enum mapping_kind kind);

#endif
