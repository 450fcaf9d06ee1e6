/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory map: well formed, and nothing usable in it belongs to somebody. */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "entry_state.h"
#include "lookup.h"

/* What is wrong with one range by itself, or NULL. */
static const char *memory_map_range_fault(const struct hoist_memory_range *range)
{
    if (range->size_bytes == 0) {
        return "is not empty";
    }
    if (range->physical_base + range->size_bytes < range->physical_base) {
        return "does not wrap around";
    }
    if ((range->physical_base | range->size_bytes) % CPU_PAGE_BYTES != 0) {
        return "is aligned to 4 KiB";
    }
    if (range->type > HOIST_MEMORY_MODULE) {
        return "has a known type";
    }
    if (range->reserved != 0) {
        return "has zero in its reserved member";
    }
    return NULL;
}

/* What is wrong with two neighbours, or NULL. */
static const char *memory_map_pair_fault(const struct hoist_memory_range *low,
                                         const struct hoist_memory_range *high)
{
    uint64_t end = low->physical_base + low->size_bytes;

    if (high->physical_base < low->physical_base) {
        return "is sorted";
    }
    if (high->physical_base < end) {
        return "does not overlap the range before";
    }
    if (high->physical_base == end && high->type == low->type) {
        return "could not be merged with the range before";
    }
    return NULL;
}

static void memory_map_check_form(const struct hoist_handoff *handoff)
{
    const struct hoist_memory_range *map = handoff->memory_map;
    uint64_t usable_bytes = 0;

    for (uint64_t i = 0; i < handoff->memory_map_count; i++) {
        const char *fault = memory_map_range_fault(&map[i]);

        if (fault == NULL && i > 0) {
            fault = memory_map_pair_fault(&map[i - 1], &map[i]);
        }
        if (fault != NULL) {
            check_fail(
                "each memory range %s: expected so, got range %lu at %lx, %lx bytes, type %u",
                fault, i, map[i].physical_base, map[i].size_bytes, map[i].type);
            return;
        }
        if (map[i].type == HOIST_MEMORY_USABLE) {
            usable_bytes += map[i].size_bytes;
        }
    }
    check_pass(
        "the memory map is sorted, aligned, without overlaps or ranges to merge (%lu ranges)",
        handoff->memory_map_count);
    if (usable_bytes == 0) {
        check_fail("there is usable memory: expected some, got none");
    } else {
        check_pass("there is usable memory (%lu KiB)", usable_bytes / 1024);
    }
}

static void memory_map_check_first_page(const struct hoist_handoff *handoff)
{
    const struct hoist_memory_range *range = lookup_memory(handoff, 0);

    if (range != NULL && range->type == HOIST_MEMORY_USABLE) {
        check_fail("page 0 is not usable: expected another type, got %u", range->type);
    } else {
        check_pass("page 0 is not usable");
    }
}

static void memory_map_check_free_of(const struct hoist_handoff *handoff, const char *name,
                                     uint64_t physical_base, uint64_t size_bytes)
{
    for (uint64_t i = 0; i < handoff->memory_map_count; i++) {
        const struct hoist_memory_range *range = &handoff->memory_map[i];

        if (range->type == HOIST_MEMORY_USABLE &&
            range->physical_base < physical_base + size_bytes &&
            physical_base < range->physical_base + range->size_bytes) {
            check_fail("usable memory keeps clear of \"%s\" at %lx: expected so, got range %lu at "
                       "%lx, %lx bytes",
                       name, physical_base, i, range->physical_base, range->size_bytes);
            return;
        }
    }
    check_pass("usable memory keeps clear of \"%s\" (%lx bytes at %lx)", name, size_bytes,
               physical_base);
}

static void memory_map_check_type(const struct hoist_handoff *handoff, const char *name,
                                  uint64_t physical, uint64_t size_bytes, uint32_t type)
{
    if (lookup_has_type(handoff, physical, size_bytes, type)) {
        check_pass("the memory map tells whose \"%s\" is (type %u)", name, type);
    } else {
        const struct hoist_memory_range *range = lookup_memory(handoff, physical);

        check_fail(
            "the memory map tells whose \"%s\" at %lx, %lx bytes is: expected type %u throughout, "
            "got %u at its start",
            name, physical, size_bytes, type, range == NULL ? 0 : range->type);
    }
}

/* Everything in the list of mappings but the direct map belongs to somebody. */
static void memory_map_check_owners(const struct hoist_handoff *handoff)
{
    for (uint64_t i = 0; i < handoff->mapping_count; i++) {
        const struct hoist_mapped_range *mapping = &handoff->mappings[i];

        if (!lookup_is_direct(handoff, mapping)) {
            memory_map_check_free_of(handoff, mapping->name, mapping->physical_base,
                                     mapping->size_bytes);
        }
    }
    memory_map_check_free_of(handoff, "page tables", handoff->table_physical_base,
                             handoff->table_frame_count * CPU_PAGE_BYTES);
    memory_map_check_type(handoff, "page tables", handoff->table_physical_base,
                          handoff->table_frame_count * CPU_PAGE_BYTES, HOIST_MEMORY_LOADER);
    memory_map_check_type(handoff, "kernel", handoff->kernel_physical_base,
                          handoff->kernel_size_bytes, HOIST_MEMORY_KERNEL);
    memory_map_check_type(handoff, "trampoline", handoff->trampoline, CPU_PAGE_BYTES,
                          HOIST_MEMORY_LOADER);
    if (lookup_mapping(handoff, handoff->stack_base) != NULL) {
        memory_map_check_type(handoff, "stack", lookup_physical(handoff, handoff->stack_base),
                              handoff->stack_size_bytes, HOIST_MEMORY_LOADER);
    }
}

/* One byte that is in the map as RAM but not in the direct map, or the other way round, fails. */
static void memory_map_check_direct_map(const struct hoist_handoff *handoff)
{
    uint64_t ram_bytes = 0;
    uint64_t direct_bytes = 0;

    for (uint64_t i = 0; i < handoff->memory_map_count; i++) {
        const struct hoist_memory_range *range = &handoff->memory_map[i];
        uint64_t va = range->physical_base + handoff->direct_map_offset;

        if (!lookup_is_ram(range->type)) {
            continue;
        }
        ram_bytes += range->size_bytes;
        if (!lookup_is_mapped(handoff, va, range->size_bytes)) {
            check_fail("the direct map holds all RAM: expected %lx bytes at %lx, got less",
                       range->size_bytes, range->physical_base);
            return;
        }
    }
    for (uint64_t i = 0; i < handoff->mapping_count; i++) {
        if (lookup_is_direct(handoff, &handoff->mappings[i])) {
            direct_bytes += handoff->mappings[i].size_bytes;
        }
    }
    if (direct_bytes == ram_bytes) {
        check_pass("the direct map holds all RAM and RAM alone (%lu KiB)", ram_bytes / 1024);
    } else {
        check_fail("the direct map holds RAM alone: expected %lx bytes, got %lx", ram_bytes,
                   direct_bytes);
    }
}

void check_memory_map(const struct hoist_handoff *handoff)
{
    memory_map_check_form(handoff);
    memory_map_check_first_page(handoff);
    memory_map_check_owners(handoff);
    memory_map_check_direct_map(handoff);
}
