/* SPDX-License-Identifier: BSD-2-Clause */
/* Laying out what the kernel is handed. */
#include "handoff.h"

#include "print.h"
#include "version.h"

#define PIECE_ALIGNMENT UINT64_C(64)

/* Where each piece starts, from the start of the block. */
struct layout {
    uint64_t gdt;
    uint64_t body;
    uint64_t mappings;
    uint64_t details;
    uint64_t memory_map;
    uint64_t modules;
    uint64_t strings;
    uint64_t size_bytes;
};

static const char loader_name[] = "Hoist";
static const char loader_version[] = HOIST_LOADER_VERSION;

/*
 * Flat segments in the order that the Limine protocol uses too: null, 16-bit code and data, 32-bit
 * code and data, 64-bit code (28) and data (30). The accessed bit is set in each, for the CPU would
 * set it otherwise, and the block is read-only (SDM volume 3, section 3.4.5.1).
 */
static const uint64_t gdt[HANDOFF_GDT_WITH_TASK] = {
    0,
    UINT64_C(0x00009b000000ffff),
    UINT64_C(0x000093000000ffff),
    UINT64_C(0x00cf9b000000ffff),
    UINT64_C(0x00cf93000000ffff),
    UINT64_C(0x00af9b000000ffff),
    UINT64_C(0x00af93000000ffff),
    UINT64_C(0x0000890000000000),
    0,
};

static uint64_t align_up(uint64_t value, uint64_t alignment)
{
    return (value + (alignment - 1)) & ~(alignment - 1);
}

static struct layout lay_out(const struct handoff_room *room)
{
    struct layout layout = {0};

    layout.body = align_up(sizeof(gdt), PIECE_ALIGNMENT);
    layout.mappings = align_up(layout.body + sizeof(struct hoist_handoff), PIECE_ALIGNMENT);
    layout.details = layout.mappings + room->mapping_count * sizeof(struct hoist_mapped_range);
    layout.memory_map =
        align_up(layout.details + room->mapping_count * sizeof(struct hoist_mapping_detail),
                 PIECE_ALIGNMENT);
    layout.modules =
        align_up(layout.memory_map + room->memory_range_count * sizeof(struct hoist_memory_range),
                 PIECE_ALIGNMENT);
    layout.strings = layout.modules + room->module_count * sizeof(struct hoist_module);
    layout.size_bytes = align_up(layout.strings + sizeof(loader_name) + sizeof(loader_version) +
                                     room->command_line_bytes + 1 + room->module_text_bytes +
                                     2 * room->module_count,
                                 MEMORY_PAGE_BYTES);
    return layout;
}

/* Copies a string behind those that are there. Returns its address for the kernel. */
static const char *add_string(struct handoff *handoff, struct text string)
{
    const uint64_t start = handoff->strings;

    for (size_t i = 0; i < string.length; i++) {
        handoff->block[start + i] = (unsigned char)string.start[i];
    }
    handoff->block[start + string.length] = 0;
    handoff->strings = start + string.length + 1;
    return (const char *)(uintptr_t)(handoff->va + start);
}

uint64_t handoff_size(const struct handoff_room *room)
{
    return lay_out(room).size_bytes;
}

void handoff_lay_out(struct handoff *handoff, void *memory, uint64_t va,
                     const struct handoff_room *room, struct text command_line)
{
    const struct layout layout = lay_out(room);
    unsigned char *block = memory;
    struct hoist_handoff *body = (struct hoist_handoff *)(void *)(block + layout.body);

    for (unsigned i = 0; i < HANDOFF_GDT_WITH_TASK; i++) {
        ((uint64_t *)memory)[i] = gdt[i];
    }
    *handoff = (struct handoff){
        .body = body,
        .memory_map = (struct hoist_memory_range *)(void *)(block + layout.memory_map),
        .mappings = (struct hoist_mapped_range *)(void *)(block + layout.mappings),
        .details = (struct hoist_mapping_detail *)(void *)(block + layout.details),
        .modules = (struct hoist_module *)(void *)(block + layout.modules),
        .block = block,
        .strings = layout.strings,
        .va = va,
        .gdt_va = va + layout.gdt,
        .body_va = va + layout.body,
    };
    body->magic = HOIST_MAGIC;
    body->version = HOIST_VERSION;
    body->size_bytes = sizeof(*body);
    body->loader_name = add_string(handoff, text_of(loader_name));
    body->loader_version = add_string(handoff, text_of(loader_version));
    body->command_line = add_string(handoff, text_take(command_line, room->command_line_bytes));
    body->memory_map = (const struct hoist_memory_range *)(uintptr_t)(va + layout.memory_map);
    body->mappings = (const struct hoist_mapped_range *)(uintptr_t)(va + layout.mappings);
    body->mapping_details = (const struct hoist_mapping_detail *)(uintptr_t)(va + layout.details);
    body->modules = (const struct hoist_module *)(uintptr_t)(va + layout.modules);
}

static uint32_t mapped_cache(uint8_t cache)
{
    switch (cache) {
    case HOIST_WRITE_BACK: return HOIST_MAPPING_WRITE_BACK;
    case HOIST_WRITE_COMBINING: return HOIST_MAPPING_WRITE_COMBINING;
    default: return HOIST_MAPPING_UNCACHED;
    }
}

void handoff_set_mappings(struct handoff *handoff, const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_range *range = &plan->ranges[i];
        struct hoist_mapped_range *mapping = &handoff->mappings[i];

        *mapping = (struct hoist_mapped_range){
            .virtual_base = range->va,
            .physical_base = range->pa,
            .size_bytes = range->size_bytes,
            .rights = ((range->access.rights & HOIST_WRITE) != 0 ? HOIST_MAPPING_WRITE : 0) |
                      ((range->access.rights & HOIST_EXECUTE) != 0 ? HOIST_MAPPING_EXECUTE : 0),
            .cache = mapped_cache(range->access.cache),
        };
        print_to(mapping->name, sizeof(mapping->name), "%s", range->name);
    }
    handoff->body->mapping_count = plan->count;
}

void handoff_add_module(struct handoff *handoff, const struct handoff_module *module)
{
    handoff->modules[handoff->body->module_count++] = (struct hoist_module){
        .address = (const void *)(uintptr_t)module->va,
        .physical_base = module->pa,
        .size_bytes = module->size_bytes,
        .path = add_string(handoff, module->path),
        .command_line = add_string(handoff, module->command_line),
    };
}

void handoff_set_memory_map(struct handoff *handoff, const struct memory_map *map)
{
    handoff->body->memory_map_count = memory_map_hand_over(map, handoff->memory_map);
}
