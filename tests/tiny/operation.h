/* SPDX-License-Identifier: BSD-2-Clause */
/* One call of the library on a tiny address space: as data, as a call, and as words. */
#ifndef TINY_OPERATION_H
#define TINY_OPERATION_H

#include "hoist_paging.h"
#include "shape.h"

enum tiny_kind {
    TINY_MAP,
    TINY_REMAP,
    TINY_PROTECT,
    TINY_UNMAP,
    TINY_SPLIT,
    TINY_MERGE,
    TINY_COLLAPSE
};

struct tiny_operation {
    uint8_t kind;
    uint8_t first; /* page */
    uint8_t end;   /* the page after the last */
    uint8_t largest;
    uint8_t base;
    uint8_t access;
    uint8_t tables; /* enum hoist_tables */
    uint8_t use;    /* enum hoist_use */
};

/*
 * Which operations there are. A single page is a range that one leaf of some size fills; larger
 * leaves are not asked for then.
 */
struct tiny_choice {
    unsigned base_count;
    bool is_single_page; /* else all ranges, and all sizes */
};

/* What is mapped with access number 0 and 1. */
struct hoist_access tiny_access(unsigned number);
bool tiny_is_user(unsigned access);

/*
 * Writes all operations of the choice, if there is somewhere to write them to. Returns their
 * number.
 */
unsigned tiny_list(const struct tiny_choice *choice, struct tiny_operation *operations);

/* The number that tiny_list must return, worked out from the numbers of what there is to choose. */
uint64_t tiny_product(const struct tiny_choice *choice);

enum hoist_result tiny_call(struct hoist_space *space, const struct tiny_operation *operation);

/*
 * The call of hoist_count_* that goes with the operation; merging and collapsing take no frames
 * and have none, and the answer is HOIST_OK with nothing written. of_level is written for TINY_MAP
 * alone.
 */
enum hoist_result tiny_count(const struct hoist_space *space,
                             const struct tiny_operation *operation, struct hoist_count *count);

/* Valid until the next call. */
const char *tiny_words(const struct tiny_operation *operation);

#endif
