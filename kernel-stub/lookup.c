/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks over the lists of the hand-off. */
#include "lookup.h"

#include <stddef.h>

#include "cpu.h"

const struct hoist_mapped_range *lookup_mapping(const struct hoist_handoff *handoff, uint64_t va)
{
    for (uint64_t i = 0; i < handoff->mapping_count; i++) {
        const struct hoist_mapped_range *mapping = &handoff->mappings[i];

        if (va >= mapping->virtual_base && va - mapping->virtual_base < mapping->size_bytes) {
            return mapping;
        }
    }
    return NULL;
}

bool lookup_has_rights(const struct hoist_handoff *handoff, uint64_t va, uint64_t size_bytes,
                       uint32_t rights)
{
    while (size_bytes != 0) {
        const struct hoist_mapped_range *mapping = lookup_mapping(handoff, va);
        uint64_t left;

        if (mapping == NULL || mapping->rights != rights) {
            return false;
        }
        left = mapping->size_bytes - (va - mapping->virtual_base);
        if (left >= size_bytes) {
            return true;
        }
        va += left;
        size_bytes -= left;
    }
    return true;
}

bool lookup_is_mapped(const struct hoist_handoff *handoff, uint64_t va, uint64_t size_bytes)
{
    const uint64_t end = va + size_bytes;

    while (va != end) {
        const struct hoist_mapped_range *mapping = lookup_mapping(handoff, va);
        uint64_t left;

        if (mapping == NULL) {
            return false;
        }
        left = mapping->size_bytes - (va - mapping->virtual_base);
        va = left >= end - va ? end : va + left;
    }
    return true;
}

uint32_t lookup_direct_rights(const struct hoist_handoff *handoff, uint64_t physical)
{
    for (uint64_t i = 0; i < handoff->mapping_count; i++) {
        const struct hoist_mapped_range *mapping = &handoff->mappings[i];

        if (!lookup_is_direct(handoff, mapping) && physical >= mapping->physical_base &&
            physical - mapping->physical_base < mapping->size_bytes &&
            (mapping->rights & HOIST_MAPPING_WRITE) == 0 &&
            (handoff->flags & HOIST_FLAG_WX_STRICT) != 0) {
            return 0;
        }
    }
    return HOIST_MAPPING_WRITE;
}

const char *lookup_rights_name(uint32_t rights)
{
    static const char *const names[] = {"read-only", "read and write", "read and execute",
                                        "read, write and execute"};

    return names[rights & (HOIST_MAPPING_WRITE | HOIST_MAPPING_EXECUTE)];
}

uint64_t lookup_physical(const struct hoist_handoff *handoff, uint64_t va)
{
    const struct hoist_mapped_range *mapping = lookup_mapping(handoff, va);

    return va - mapping->virtual_base + mapping->physical_base;
}

bool lookup_is_direct(const struct hoist_handoff *handoff, const struct hoist_mapped_range *mapping)
{
    const struct hoist_memory_range *range = lookup_memory(handoff, mapping->physical_base);

    /* Runtime services lie there too, where they are mapped. */
    return mapping->virtual_base - mapping->physical_base == handoff->direct_map_offset &&
           range != NULL && lookup_is_ram(range->type);
}

const struct hoist_memory_range *lookup_memory(const struct hoist_handoff *handoff,
                                               uint64_t physical)
{
    for (uint64_t i = 0; i < handoff->memory_map_count; i++) {
        const struct hoist_memory_range *range = &handoff->memory_map[i];

        if (physical >= range->physical_base &&
            physical - range->physical_base < range->size_bytes) {
            return range;
        }
    }
    return NULL;
}

bool lookup_has_type(const struct hoist_handoff *handoff, uint64_t physical, uint64_t size_bytes,
                     uint32_t type)
{
    while (size_bytes != 0) {
        const struct hoist_memory_range *range = lookup_memory(handoff, physical);
        uint64_t left;

        if (range == NULL || range->type != type) {
            return false;
        }
        left = range->size_bytes - (physical - range->physical_base);
        if (left >= size_bytes) {
            return true;
        }
        physical += left;
        size_bytes -= left;
    }
    return true;
}

bool lookup_is_ram(uint32_t type)
{
    return type == HOIST_MEMORY_USABLE || type == HOIST_MEMORY_LOADER ||
           type == HOIST_MEMORY_KERNEL || type == HOIST_MEMORY_MODULE ||
           type == HOIST_MEMORY_ACPI_TABLES || type == HOIST_MEMORY_ACPI_NVS ||
           type == HOIST_MEMORY_PERSISTENT;
}

bool lookup_is_table(const struct hoist_handoff *handoff, uint64_t physical)
{
    return physical >= handoff->table_physical_base &&
           physical - handoff->table_physical_base < handoff->table_frame_count * CPU_PAGE_BYTES;
}
