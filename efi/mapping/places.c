/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking physical addresses up, with the last answer kept. */
#include "places.h"

/* What one table of 4 KiB leaves maps. */
#define TABLE_REACH (UINT64_C(1) << 21)

#define BIT(kind) (UINT32_C(1) << (kind))

#define RAM_KINDS                                                                    \
    (BIT(MEMORY_FREE) | BIT(MEMORY_BOOT) | BIT(MEMORY_LOADER) | BIT(MEMORY_KERNEL) | \
     BIT(MEMORY_MODULE) | BIT(MEMORY_PERSISTENT) | BIT(MEMORY_ACPI_TABLES) | BIT(MEMORY_ACPI_NVS))
#define RUNTIME_KINDS (BIT(MEMORY_RUNTIME_DATA) | BIT(MEMORY_RUNTIME_CODE) | BIT(MEMORY_TABLES))

unsigned places_classes(uint32_t memory)
{
    return ((memory & RAM_KINDS) != 0 ? PLACES_RAM : 0) |
           ((memory & RUNTIME_KINDS) != 0 ? PLACES_RUNTIME : 0) |
           ((memory & ~(RAM_KINDS | RUNTIME_KINDS)) != 0 ? PLACES_OTHER : 0);
}

/* The first range that does not end below the address. */
static size_t find_range(const struct memory_map *map, uint64_t pa)
{
    size_t low = 0;
    size_t high = map->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (map->ranges[middle].base + (map->ranges[middle].size_bytes - 1) < pa) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void find_kind(struct places *places, const struct memory_map *map, uint64_t pa)
{
    const size_t index = find_range(map, pa);
    const struct memory_range *range = index < map->count ? &map->ranges[index] : NULL;

    if (range != NULL && pa >= range->base) {
        places->kind = BIT(range->kind);
        places->kind_start = range->base;
        places->kind_end = range->base + range->size_bytes;
        return;
    }
    places->kind = MAPPING_MEMORY_UNLISTED;
    places->kind_start = 0;
    if (index != 0) { /* a map with a range before this one is not empty */
        const struct memory_range *before = &map->ranges[index - 1];

        places->kind_start = before->base + before->size_bytes; /* NOLINT(clang-analyzer-core.*) */
    }
    places->kind_end = range != NULL ? range->base : UINT64_MAX;
}

static void look_for_kinds(struct places *places, const struct memory_map *map,
                           struct mapping_range *leaf)
{
    const uint64_t end = leaf->pa + leaf->size_bytes;
    unsigned classes;

    for (uint64_t pa = leaf->pa; pa < end; pa = places->kind_end) {
        if (pa < places->kind_start || pa >= places->kind_end) {
            find_kind(places, map, pa);
        }
        leaf->memory |= places->kind;
    }
    classes = places_classes(leaf->memory);
    if ((classes & (classes - 1)) != 0) {
        leaf->marks |= MAPPING_MARK_CLASSES;
    }
}

/* From as far below as a table of pages reaches: they need not come in ascending order. */
static void find_type(struct places *places, const struct mtrr *mtrr, uint64_t pa)
{
    const uint64_t granule = mtrr_granule(mtrr);
    const uint64_t step = granule != 0 && granule < TABLE_REACH ? granule : TABLE_REACH;

    places->type_start = pa & ~(step - 1);
    places->type_end = mtrr_next_change(mtrr, places->type_start, MEMORY_END_BYTES);
    if (places->type_end <= pa) {
        places->type_start = pa;
        places->type_end = mtrr_next_change(mtrr, pa, MEMORY_END_BYTES);
    }
    if (granule != 0 && places->type_end > (pa | (granule - 1))) {
        places->type_end = (pa | (granule - 1)) + 1;
    }
    places->type = (uint8_t)mtrr_type_at(mtrr, pa);
}

/*
 * Where a mask has a gap the types change more often than anybody should look: a leaf larger than
 * such a step counts as reaching across, and no answer is kept beyond the step.
 */
static void look_for_types(struct places *places, const struct mtrr *mtrr,
                           struct mapping_range *leaf)
{
    const uint64_t last = leaf->pa + (leaf->size_bytes - 1);

    if (leaf->pa < places->type_start || leaf->pa >= places->type_end) {
        find_type(places, mtrr, leaf->pa);
    }
    leaf->mtrr_type = places->type;
    if (last >= places->type_end) {
        leaf->marks |= MAPPING_MARK_TYPES;
    }
}

void places_look(struct places *places, const struct mapping_facts *facts,
                 struct mapping_range *leaf)
{
    leaf->mtrr_type = MTRR_WRITE_BACK;
    if (facts->memory != NULL) {
        look_for_kinds(places, facts->memory, leaf);
    }
    if (facts->mtrr != NULL) {
        look_for_types(places, facts->mtrr, leaf);
    }
}
