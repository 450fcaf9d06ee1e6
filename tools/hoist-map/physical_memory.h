/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical memory out of a dump: pieces of it, each somewhere in the dump's bytes. */
#ifndef PHYSICAL_MEMORY_H
#define PHYSICAL_MEMORY_H

#include "bytes.h"
#include "complaint.h"

struct memory_piece {
    uint64_t pa;
    uint64_t offset_bytes; /* in the dump */
    uint64_t size_bytes; /* not 0; pa + size_bytes and offset_bytes + size_bytes do not overflow */
};

#define PHYSICAL_MEMORY_LEVELS  5u
#define PHYSICAL_MEMORY_ENTRIES 512u

/* Some twenty KiB: keep it out of the stack. */
struct physical_memory {
    struct bytes bytes;
    struct memory_piece *pieces; /* from malloc(), ascending by pa */
    size_t count;
    uint64_t entries[PHYSICAL_MEMORY_LEVELS + 1][PHYSICAL_MEMORY_ENTRIES]; /* last read, by level */
};

/* Sorts the pieces; fails where two have an address in common. */
bool physical_memory_sort(struct physical_memory *memory, const char *name,
                          struct complaint *complaint);

/* mapping_memory.table, with a struct physical_memory as its context. */
const uint64_t *physical_memory_table(void *context, uint64_t pa, unsigned level);

void physical_memory_free(struct physical_memory *memory);

#endif
