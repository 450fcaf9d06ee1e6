/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One operation on an address space as plain data, so that a list of them can be run again, and
 * again without one of them, whatever state it then meets.
 */
#ifndef TEST_SPACE_OPERATION_H
#define TEST_SPACE_OPERATION_H

#include <stdbool.h>
#include <stdint.h>

#include "hoist_paging.h"

enum operation_kind {
    OPERATION_MAP,
    OPERATION_MAP_EMPTY,
    OPERATION_MAP_PAGE,
    OPERATION_REMAP,
    OPERATION_PROTECT,
    OPERATION_UNMAP,
    OPERATION_SPLIT,
    OPERATION_MERGE,
    OPERATION_COLLAPSE,
    OPERATION_CURSOR_MAP,
    OPERATION_CURSOR_PROTECT,
    OPERATION_CURSOR_UNMAP,
    OPERATION_GIVE,
    OPERATION_TAKE,
    OPERATION_FLUSH,
    OPERATION_NARROW, /* other software takes rights from a link */
    OPERATION_CLEAR,
    OPERATION_DESTROY,
    OPERATION_KINDS
};

/* Not every member counts for every kind; addresses and sizes are always those of a range. */
struct operation {
    enum operation_kind kind;
    uint64_t va;
    uint64_t pa;
    uint64_t size;
    struct hoist_access access;
    unsigned largest; /* leaf size, or the size of the page, or the level of the link */
    enum hoist_use use;
    enum hoist_tables tables;
    bool collects; /* what is to be flushed, rather than flush at the end */
    bool reserves; /* frames, rather than have the allocator asked */
    bool keeps_links;
    uint64_t salt; /* all that is random while it is carried out */
};

/* A random one for the model as it is. */
struct operation operation_make(void);

const char *operation_name(enum operation_kind kind);

/* One line of a report. */
void operation_print(const struct operation *operation);

#endif
