/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small address space of any format as a list of pages, and the tree that should hold the same.
 *
 * The format is made small: few entries to a table, all else as it is, so that every page can be
 * looked at.
 */
#ifndef FORMATS_MODEL_H
#define FORMATS_MODEL_H

#include "formats_reader.h"
#include "tree.h"

#define PAGES_LIMIT 4096u

struct page {
    bool is_mapped;
    uint64_t pa;
    struct hoist_access access;
};

struct formats_model {
    struct hoist_table_format format;
    struct reader_shape shape;
    struct hoist_tree tree;
    unsigned page_count;
    struct page pages[PAGES_LIMIT]; /* by their linear addresses */
    uint64_t leaves;                /* that were walked over, in all */
};

extern struct formats_model tree_model;

/* The small form of a format, with nothing mapped; the tree is the caller's to make. */
void model_begin(const struct hoist_table_format *format);

uint64_t model_page_bytes(void);

/* The virtual address of a page. */
uint64_t model_va(uint64_t page);

/* Every page is mapped as the list says, seen by look-ups, by walks and by the reader. */
void model_check(void);

/* Whoever the page's rights are for has just these. */
void model_check_rights(const struct page *page, unsigned number);

#endif
