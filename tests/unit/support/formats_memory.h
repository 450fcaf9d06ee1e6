/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of a made-up machine for trees of any format: room for tables, pages with a few bytes each,
 * and hooks that fail when they are told to.
 */
#ifndef FORMATS_MEMORY_H
#define FORMATS_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "tree.h"

#define TABLES_BASE  UINT64_C(0x00400000) /* physical */
#define TABLES_MOST  512u
#define TABLES_BYTES (UINT64_C(48) << 10)
#define PAGES_BASE   UINT64_C(0x20000000)
#define PAGES_MOST   64u

struct formats_memory {
    uint8_t tables[TABLES_BYTES];       /* one after the other; physically each begins at a page */
    uint8_t page_bytes[PAGES_MOST][16]; /* the first bytes of each page that can be had */
    bool is_table[TABLES_MOST];
    bool is_page[PAGES_MOST];
    uint64_t page_size; /* of the format */
    uint64_t table_size;
    uint64_t table_count; /* handed out and not given back */
    uint64_t page_count;
    uint64_t calls_left; /* so many allocations succeed */
    uint64_t reads_left; /* so many reads by the hook succeed */
    uint64_t reads;      /* that were made */
    uint64_t writes;     /* that were made by the hook */
    uint64_t reads_before_a_write;
    uint64_t flushes;
    bool gave_wrongly; /* something was given back that was not handed out */
};

extern struct formats_memory memory;

/* Tables and pages by pointer, and by read and write hooks; the context is not used. */
extern const struct hoist_tree_hooks hooks_by_pointer;
extern const struct hoist_tree_hooks hooks_by_calls;

/* All free, nothing fails. */
void memory_begin(const struct hoist_table_format *format);

/* An entry, read without a hook. False: outside the tables. */
bool memory_entry(uint64_t pa, unsigned size_bytes, uint64_t *value);

#endif
