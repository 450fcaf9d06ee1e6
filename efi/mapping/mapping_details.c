/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranges as they were read, added up by the ranges that were planned. */
#include "mapping_details.h"

#include "memory_kind.h"

/* Of a HOIST_CACHED_ bit's number, which is the type's; MTRR_UNDEFINED becomes the highest bit. */
#define CACHED_BIT_MASK 31u

_Static_assert(HOIST_CACHED_UNDEFINED == UINT32_C(1) << (MTRR_UNDEFINED & CACHED_BIT_MASK) &&
                   HOIST_CACHED_WRITE_BACK == UINT32_C(1) << MTRR_WRITE_BACK,
               "the bits are those of the numbers");

/* Memory that no map lists is reserved for the kernel. */
static uint32_t memory_types(uint32_t memory)
{
    uint32_t types = 0;

    for (unsigned bit = 0; bit < 32; bit++) {
        types |= (memory >> bit & 1) << memory_kind_type((enum memory_kind)bit);
    }
    return types;
}

void mapping_details(const struct mapping *mapping, struct hoist_mapping_detail *details)
{
    for (size_t i = 0; i < mapping->range_count; i++) {
        const struct mapping_range *range = &mapping->ranges[i];
        struct hoist_mapping_detail *detail;

        if (range->plan == MAPPING_NO_PLAN) {
            continue;
        }
        detail = &details[range->plan];
        detail->leaf_count_4k += range->leaf_count[HOIST_LEAF_4K];
        detail->leaf_count_2m += range->leaf_count[HOIST_LEAF_2M];
        detail->leaf_count_1g += range->leaf_count[HOIST_LEAF_1G];
        detail->memory_types |= memory_types(range->memory);
        detail->cache_types |= UINT32_C(1) << (range->cache & CACHED_BIT_MASK);
    }
}
