/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page tables themselves, read through the direct map from CR3 down, against the list of
 * mappings: each leaf belongs to a mapping with the same address, rights and cache type, and each
 * mapping has its leaves. Entry formats: SDM volume 3A, 4.5.
 */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "entry_state.h"
#include "lookup.h"

#define TABLES_PRESENT       (UINT64_C(1) << 0)
#define TABLES_WRITE         (UINT64_C(1) << 1)
#define TABLES_USER          (UINT64_C(1) << 2)
#define TABLES_WRITE_THROUGH (UINT64_C(1) << 3)
#define TABLES_CACHE_DISABLE (UINT64_C(1) << 4)
#define TABLES_LEAF          (UINT64_C(1) << 7) /* in a page directory or the level above */
#define TABLES_PAT_4K        (UINT64_C(1) << 7)
#define TABLES_GLOBAL        (UINT64_C(1) << 8)
#define TABLES_PAT_LARGE     (UINT64_C(1) << 12)
#define TABLES_NO_EXECUTE    (UINT64_C(1) << 63)
#define TABLES_ADDRESS       UINT64_C(0x000ffffffffff000)

#define TABLES_ENTRIES    512
#define TABLES_INDEX_BITS 9
#define TABLES_PAGE_BITS  12
#define TABLES_LEVEL_MAX  5

struct tables_walk {
    const struct hoist_handoff *handoff;
    uint64_t table_count;
    uint64_t leaf_count[TABLES_LEVEL_MAX + 1]; /* by level: 1 is 4K, 2 is 2M, 3 is 1G */
    uint64_t mapped_bytes;
    const char *fault; /* the first promise that was found broken */
    uint64_t fault_va;
    uint64_t fault_entry;
};

/* One entry on the way down. */
struct tables_entry {
    uint64_t va;
    uint64_t value;
    uint32_t level;
    bool can_write; /* by all entries above as well */
    bool can_execute;
};

static uint64_t tables_span(uint32_t level)
{
    return UINT64_C(1) << (TABLES_PAGE_BITS + TABLES_INDEX_BITS * (level - 1));
}

static void tables_note_fault(struct tables_walk *walk, const char *fault,
                              const struct tables_entry *entry)
{
    if (walk->fault == NULL) {
        walk->fault = fault;
        walk->fault_va = entry->va;
        walk->fault_entry = entry->value;
    }
}

/* The memory type that a leaf selects from the PAT: SDM volume 3A, 4.9.2. */
static uint64_t tables_memory_type(const struct tables_entry *entry)
{
    uint64_t pat_bit = entry->level == 1 ? TABLES_PAT_4K : TABLES_PAT_LARGE;
    uint32_t index = ((entry->value & pat_bit) != 0 ? 4 : 0) |
                     ((entry->value & TABLES_CACHE_DISABLE) != 0 ? 2 : 0) |
                     ((entry->value & TABLES_WRITE_THROUGH) != 0 ? 1 : 0);

    return HOIST_ENTRY_PAT >> (8 * index) & 0xff;
}

static bool tables_has_cache(const struct tables_entry *entry, uint32_t cache)
{
    uint64_t type = tables_memory_type(entry);

    if (cache == HOIST_MAPPING_WRITE_BACK) {
        return type == CPU_PAT_WRITE_BACK;
    }
    if (cache == HOIST_MAPPING_WRITE_COMBINING) {
        return type == CPU_PAT_WRITE_COMBINING;
    }
    return type == CPU_PAT_UNCACHED;
}

static void tables_check_leaf(struct tables_walk *walk, const struct tables_entry *entry)
{
    const struct hoist_mapped_range *mapping = lookup_mapping(walk->handoff, entry->va);
    uint64_t span = tables_span(entry->level);
    uint64_t physical = entry->value & TABLES_ADDRESS & ~(span - 1);

    walk->leaf_count[entry->level]++;
    walk->mapped_bytes += span;
    if (mapping == NULL || mapping->size_bytes - (entry->va - mapping->virtual_base) < span) {
        tables_note_fault(walk, "each leaf lies in one mapping", entry);
        return;
    }
    if (physical - mapping->physical_base != entry->va - mapping->virtual_base) {
        tables_note_fault(walk, "each leaf leads to the address that is told", entry);
    }
    if (entry->can_write != ((mapping->rights & HOIST_MAPPING_WRITE) != 0)) {
        tables_note_fault(walk, "each leaf is writable as is told", entry);
    }
    if (cpu_has_nx() && entry->can_execute != ((mapping->rights & HOIST_MAPPING_EXECUTE) != 0)) {
        tables_note_fault(walk, "each leaf is executable as is told", entry);
    }
    if (!tables_has_cache(entry, mapping->cache)) {
        tables_note_fault(walk, "each leaf has the cache type that is told", entry);
    }
    if (entry->level == 3 && !cpu_has_pages_of_1g()) {
        tables_note_fault(walk, "no leaf is of a size that the CPU lacks", entry);
    }
}

static void tables_walk_table(struct tables_walk *walk, const struct tables_entry *parent)
{
    uint64_t physical = parent->value & TABLES_ADDRESS;
    uint32_t level = parent->level - 1;
    uint32_t unused_bits = (entry_state.cr4 & CPU_CR4_LA57) != 0 ? 64 - 57 : 64 - 48;
    const volatile uint64_t *table =
        (const volatile uint64_t *)(physical + walk->handoff->direct_map_offset);

    /*
     * A table elsewhere might not be in the direct map at all; one too many means that they form a
     * ring.
     */
    if (!lookup_is_table(walk->handoff, physical) ||
        walk->table_count == walk->handoff->table_frame_count) {
        tables_note_fault(walk, "each table is one of the frames that are told", parent);
        return;
    }
    walk->table_count++;
    for (uint64_t i = 0; i < TABLES_ENTRIES; i++) {
        uint64_t raw_va = parent->va + i * tables_span(level);
        struct tables_entry entry = {
            .va = (uint64_t)((int64_t)(raw_va << unused_bits) >> unused_bits),
            .value = table[i],
            .level = level,
        };

        if ((entry.value & TABLES_PRESENT) == 0) {
            continue;
        }
        entry.can_write = parent->can_write && (entry.value & TABLES_WRITE) != 0;
        entry.can_execute = parent->can_execute && (entry.value & TABLES_NO_EXECUTE) == 0;
        if ((entry.value & (TABLES_GLOBAL | TABLES_USER)) != 0 &&
            (level == 1 || (entry.value & TABLES_LEAF) != 0)) {
            tables_note_fault(walk, "no leaf is global or for users", &entry);
        }
        if (level == 1 || (level <= 3 && (entry.value & TABLES_LEAF) != 0)) {
            tables_check_leaf(walk, &entry);
        } else {
            if ((entry.value & (TABLES_GLOBAL | TABLES_USER | TABLES_LEAF)) != 0) {
                tables_note_fault(walk, "no table is global or for users", &entry);
            }
            tables_walk_table(walk, &entry);
        }
    }
}

void check_tables(const struct hoist_handoff *handoff)
{
    struct tables_walk walk = {.handoff = handoff};
    struct tables_entry root = {
        .value = entry_state.cr3,
        .level = ((entry_state.cr4 & CPU_CR4_LA57) != 0 ? 5 : 4) + 1,
        .can_write = true,
        .can_execute = true,
    };
    uint64_t told_bytes = 0;

    for (uint64_t i = 0; i < handoff->mapping_count; i++) {
        told_bytes += handoff->mappings[i].size_bytes;
    }
    tables_walk_table(&walk, &root);
    if (walk.fault != NULL) {
        check_fail("in the page tables %s: expected so, got entry %lx for %lx", walk.fault,
                   walk.fault_entry, walk.fault_va);
        return;
    }
    check_pass(
        "in the page tables each leaf is as the list of mappings tells, none global or for users");
    check_equal("the page tables map as many bytes as the list of mappings", told_bytes,
                walk.mapped_bytes);
    check_equal("the page tables take as many frames as are told", handoff->table_frame_count,
                walk.table_count);
    check_note("page tables: %lu frames, %lu leaves of 4 KiB, %lu of 2 MiB, %lu of 1 GiB",
               walk.table_count, walk.leaf_count[1], walk.leaf_count[2], walk.leaf_count[3]);
}
