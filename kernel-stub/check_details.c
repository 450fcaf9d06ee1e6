/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the loader tells of each mapping beyond its rights: leaves by size, held against the page
 * tables address by address; the memory behind it, held against the memory map; and how the CPU
 * caches it.
 */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "entry_state.h"
#include "lookup.h"

#define DETAILS_PRESENT    (UINT64_C(1) << 0)
#define DETAILS_LEAF       (UINT64_C(1) << 7)
#define DETAILS_ADDRESS    UINT64_C(0x000ffffffffff000)
#define DETAILS_INDEX_BITS 9
#define DETAILS_PAGE_BITS  12
#define DETAILS_LEAF_LEVEL 3 /* the highest with leaves: 1G */

#define DETAILS_CACHED_TYPES                                                             \
    (HOIST_CACHED_UNCACHED | HOIST_CACHED_WRITE_COMBINING | HOIST_CACHED_WRITE_THROUGH | \
     HOIST_CACHED_WRITE_PROTECTED | HOIST_CACHED_WRITE_BACK | HOIST_CACHED_UNDEFINED)

/* What the loader takes for itself after it has looked turns from one of these into the other. */
#define DETAILS_ALIKE (UINT32_C(1) << HOIST_MEMORY_USABLE | UINT32_C(1) << HOIST_MEMORY_LOADER)

static uint32_t details_shift(uint32_t level)
{
    return DETAILS_PAGE_BITS + DETAILS_INDEX_BITS * (level - 1);
}

/* The level of the leaf that maps an address: 1 is 4K, 2 is 2M, 3 is 1G. 0: none does. */
static uint32_t details_leaf_level(const struct hoist_handoff *handoff, uint64_t va)
{
    uint64_t table = entry_state.cr3 & DETAILS_ADDRESS;

    for (uint32_t level = (entry_state.cr4 & CPU_CR4_LA57) != 0 ? 5 : 4; level > 0; level--) {
        const uint64_t index = va >> details_shift(level) & ((1u << DETAILS_INDEX_BITS) - 1);
        uint64_t entry;

        if (!lookup_is_table(handoff, table)) {
            return 0;
        }
        entry = ((const volatile uint64_t *)(table + handoff->direct_map_offset))[index];
        if ((entry & DETAILS_PRESENT) == 0) {
            return 0;
        }
        if (level == 1 || (level <= DETAILS_LEAF_LEVEL && (entry & DETAILS_LEAF) != 0)) {
            return level;
        }
        table = entry & DETAILS_ADDRESS;
    }
    return 0;
}

/* Leaves by level from the page tables; false where one is missing. */
static bool details_count(const struct hoist_handoff *handoff,
                          const struct hoist_mapped_range *mapping,
                          uint64_t counts[DETAILS_LEAF_LEVEL + 1])
{
    for (uint64_t offset = 0; offset < mapping->size_bytes;) {
        const uint32_t level = details_leaf_level(handoff, mapping->virtual_base + offset);

        if (level == 0) {
            return false;
        }
        counts[level]++;
        offset += UINT64_C(1) << details_shift(level);
    }
    return true;
}

/* The types behind a mapping by the memory map; what no range lists is reserved. */
static uint32_t details_memory_types(const struct hoist_handoff *handoff,
                                     const struct hoist_mapped_range *mapping)
{
    uint64_t listed_bytes = 0;
    uint32_t types = 0;

    for (uint64_t i = 0; i < handoff->memory_map_count; i++) {
        const struct hoist_memory_range *range = &handoff->memory_map[i];
        const uint64_t range_end = range->physical_base + range->size_bytes;
        const uint64_t mapping_end = mapping->physical_base + mapping->size_bytes;
        const uint64_t start = range->physical_base > mapping->physical_base
                                   ? range->physical_base
                                   : mapping->physical_base;
        const uint64_t end = range_end < mapping_end ? range_end : mapping_end;

        if (start < end) {
            types |= UINT32_C(1) << range->type;
            listed_bytes += end - start;
        }
    }
    return listed_bytes == mapping->size_bytes ? types
                                               : types | UINT32_C(1) << HOIST_MEMORY_RESERVED;
}

static uint32_t details_alike(uint32_t types)
{
    return (types & DETAILS_ALIKE) != 0 ? types | DETAILS_ALIKE : types;
}

/* Write-combining and uncached pages are what they are; write-back ones are the MTRRs'. */
static bool details_cache_fits(uint32_t cache, uint32_t cache_types)
{
    if (cache == HOIST_MAPPING_WRITE_COMBINING) {
        return cache_types == HOIST_CACHED_WRITE_COMBINING;
    }
    if (cache == HOIST_MAPPING_UNCACHED) {
        return cache_types == HOIST_CACHED_UNCACHED;
    }
    return cache_types != 0 && (cache_types & ~DETAILS_CACHED_TYPES) == 0;
}

/* What is wrong with the details of one mapping, or NULL. */
static const char *details_fault(const struct hoist_handoff *handoff,
                                 const struct hoist_mapped_range *mapping,
                                 const struct hoist_mapping_detail *detail)
{
    uint64_t counts[DETAILS_LEAF_LEVEL + 1] = {0};

    if (!details_count(handoff, mapping, counts)) {
        return "has leaves all over";
    }
    if (counts[1] != detail->leaf_count_4k || counts[2] != detail->leaf_count_2m ||
        counts[3] != detail->leaf_count_1g) {
        return "has as many leaves of each size as are told";
    }
    if (details_alike(details_memory_types(handoff, mapping)) !=
        details_alike(detail->memory_types)) {
        return "has the memory behind it that is told";
    }
    return details_cache_fits(mapping->cache, detail->cache_types)
               ? NULL
               : "is cached in a way that its cache type allows";
}

void check_details(const struct hoist_handoff *handoff)
{
    for (uint64_t i = 0; i < handoff->mapping_count; i++) {
        const struct hoist_mapping_detail *detail = &handoff->mapping_details[i];
        const char *fault = details_fault(handoff, &handoff->mappings[i], detail);

        if (fault != NULL) {
            check_fail("each mapping %s: expected so, got mapping %lu with %lu of 4 KiB, %lu of "
                       "2 MiB, %lu of 1 GiB, memory types %x, cache types %x",
                       fault, i, detail->leaf_count_4k, detail->leaf_count_2m,
                       detail->leaf_count_1g, detail->memory_types, detail->cache_types);
            return;
        }
    }
    check_pass("each mapping has the leaves, the memory behind it and the caching that are told");
}
