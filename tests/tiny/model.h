/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the library promises (range.h, tidy.h), for an address space that is a flat list of pages,
 * and a list of the tables that exist. It knows no entries and walks nothing.
 */
#ifndef TINY_MODEL_H
#define TINY_MODEL_H

#include "operation.h"
#include "shape.h"

/*
 * A page: 0, nothing is mapped; else what tiny_page gives. A table: 0, there is none; else one of
 * these two, by whether the link to it lets user code through. The root has no link and is
 * TINY_TABLE_KERNEL.
 */
#define TINY_TABLE_KERNEL 1u
#define TINY_TABLE_USER   3u

/* Whole words, for hashing; the bytes at the end are 0. */
struct tiny_state {
    _Alignas(8) uint8_t page[TINY_PAGES];
    uint8_t table[(TINY_PAGES + TINY_TABLES + 7) / 8 * 8 - TINY_PAGES];
};

/* A mapped page: the level of its leaf (1 to 3), its base, its access. */
static inline uint8_t tiny_page(unsigned level, unsigned base, unsigned access)
{
    return (uint8_t)(level | base << 2 | access << 4);
}

static inline unsigned tiny_level_of(uint8_t page)
{
    return page & 3;
}

static inline unsigned tiny_base_of(uint8_t page)
{
    return page >> 2 & 3;
}

static inline unsigned tiny_access_of(uint8_t page)
{
    return page >> 4;
}

/* Both are mapped, to the same frame with the same access; the size of the leaf does not count. */
static inline bool tiny_is_same_mapping(uint8_t one, uint8_t other)
{
    return one != 0 && other != 0 && one >> 2 == other >> 2;
}

struct tiny_forecast {
    enum hoist_result result;
    unsigned new_tables[TINY_LEVELS + 1]; /* frames that it takes, by level; [0] is their sum */
    struct tiny_state after;
};

void tiny_predict(const struct tiny_state *before, const struct tiny_operation *operation,
                  struct tiny_forecast *forecast);

#endif
