/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Physical memory as the firmware describes it, made orderly.
 *
 * Real maps are unsorted, overlap, hold empty entries, and their descriptors are longer than the
 * specification's structure. What comes out here is sorted, without overlaps, in whole pages, with
 * neighbours of one kind merged. Where entries overlap, the kind that allows less wins: the later
 * one in enum memory_kind.
 */
#ifndef MEMORY_MAP_H
#define MEMORY_MAP_H

#include "hoist.h"
#include "memory_kind.h"
#include "problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMORY_PAGE_BYTES UINT64_C(4096)

/* Memory below is left free: application processors start there. */
#define MEMORY_LOWEST_BYTES UINT64_C(0x100000)

/* No x86-64 CPU has more physical address bits than 52. */
#define MEMORY_END_BYTES (UINT64_C(1) << 52)

static inline uint64_t memory_page_down(uint64_t address)
{
    return address & ~(MEMORY_PAGE_BYTES - 1);
}

/* 0 within the last page of all. */
static inline uint64_t memory_page_up(uint64_t address)
{
    return memory_page_down(address + (MEMORY_PAGE_BYTES - 1));
}

struct memory_range {
    uint64_t base;
    uint64_t size_bytes;
    enum memory_kind kind;
};

/* The arrays are the caller's. */
struct memory_map {
    struct memory_range *ranges;
    size_t count;
    size_t capacity;
    uint64_t beyond_bytes; /* RAM left out, because the CPU cannot address it */
};

/*
 * A map as GetMemoryMap returns it (UEFI 7.2.3), and what the loader knows better: where it has put
 * the kernel, say. Claims are whole pages, in any order; their kinds have their usual precedence.
 */
struct memory_source {
    const void *descriptors;
    uint64_t size_bytes;
    uint64_t descriptor_size_bytes; /* the stride; at least MEMORY_DESCRIPTOR_BYTES */
    unsigned physical_bits;         /* of the CPU, at most 52: there is nothing beyond */
    const struct memory_range *claims;
    size_t claim_count;
};

/* The part of an EFI_MEMORY_DESCRIPTOR that is read. */
#define MEMORY_DESCRIPTOR_BYTES 40u

struct memory_descriptor {
    uint32_t type;
    uint32_t reserved;
    uint64_t physical_start;
    uint64_t virtual_start;
    uint64_t page_count;
    uint64_t attribute;
};

_Static_assert(sizeof(struct memory_descriptor) == MEMORY_DESCRIPTOR_BYTES, "UEFI 7.2.3");

static inline struct memory_descriptor memory_source_at(const struct memory_source *source,
                                                        uint64_t index)
{
    struct memory_descriptor descriptor;

    __builtin_memcpy(&descriptor,
                     (const unsigned char *)source->descriptors +
                         index * source->descriptor_size_bytes,
                     sizeof(descriptor));
    return descriptor;
}

/*
 * Ranges that a map of so many descriptors and claims can turn into, with page 0 and what is taken.
 */
static inline size_t memory_map_capacity(size_t count)
{
    return 2 * (count + 1) + 16;
}

/*
 * Reads the firmware's map. `scratch` and `map` both need memory_map_capacity() ranges. Page 0
 * becomes reserved whatever the firmware says. What lies beyond the CPU's physical address width is
 * left out. Fails with PROBLEM_MEMORY_MAP_DESCRIPTOR, _TOO_LONG or _NO_RAM.
 */
bool memory_map_read(struct memory_map *map, struct memory_map *scratch,
                     const struct memory_source *source, struct problem *problem);

/*
 * The next stretch of RAM at or after *cursor, neighbours of different kinds merged; false: no
 * more.
 */
bool memory_map_next_ram(const struct memory_map *map, size_t *cursor, struct memory_range *ram);

/* Whether both maps hold the same RAM; if not, the first address where they differ. */
bool memory_map_same_ram(const struct memory_map *planned, const struct memory_map *now,
                         uint64_t *difference);

/*
 * What is at an address, in the words of memory_kind_name(); "not listed" where the map has
 * nothing.
 */
const char *memory_map_name_at(const struct memory_map *map, uint64_t address);

/* Free memory in all, and the largest free run, both above MEMORY_LOWEST_BYTES. */
void memory_map_free_bytes(const struct memory_map *map, uint64_t *total_bytes,
                           uint64_t *largest_bytes);

/* A place wanted. */
struct memory_request {
    uint64_t size_bytes;      /* whole pages */
    uint64_t alignment_bytes; /* a power of two, a page or more */
    uint64_t remainder_bytes; /* the place is this, modulo alignment_bytes */
    uint64_t lowest;          /* no place below */
    uint64_t end;             /* no place that reaches beyond */
    bool from_top;            /* the highest place, not the lowest */
};

/* Picks a place in one free run; false: there is none. */
bool memory_map_pick(const struct memory_map *map, const struct memory_request *request,
                     uint64_t *base);

/*
 * Marks part of a free run as the loader's own, so that it is not picked again; where the list has
 * no room left to cut the run, all of it.
 */
void memory_map_take(struct memory_map *map, uint64_t base, uint64_t size_bytes);

/*
 * Writes the map for the kernel, neighbours of one type merged. `ranges` has room for map->count.
 * Returns how many were written.
 */
size_t memory_map_hand_over(const struct memory_map *map, struct hoist_memory_range *ranges);

#endif
