/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of mappings: well formed, and at one with the other members of the hand-off. */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "entry_state.h"
#include "image.h"
#include "lookup.h"

#define MAPPINGS_RIGHTS (HOIST_MAPPING_WRITE | HOIST_MAPPING_EXECUTE)

static bool mappings_is_canonical(uint64_t va)
{
    uint32_t unused_bits = (entry_state.cr4 & CPU_CR4_LA57) != 0 ? 64 - 57 : 64 - 48;

    return (uint64_t)((int64_t)(va << unused_bits) >> unused_bits) == va;
}

static bool mappings_is_lower_half(uint64_t va)
{
    return va >> 63 == 0;
}

static bool mappings_name_ends(const struct hoist_mapped_range *mapping)
{
    for (uint32_t i = 0; i < HOIST_MAPPING_NAME_BYTES; i++) {
        if (mapping->name[i] == '\0') {
            return i > 0;
        }
    }
    return false;
}

/* What is wrong with one mapping by itself, or NULL. */
static const char *mappings_range_fault(const struct hoist_mapped_range *mapping)
{
    uint64_t last = mapping->virtual_base + mapping->size_bytes - 1;

    if (mapping->size_bytes == 0) {
        return "is not empty";
    }
    if ((mapping->virtual_base | mapping->physical_base | mapping->size_bytes) % CPU_PAGE_BYTES !=
        0) {
        return "is aligned to 4 KiB";
    }
    if (last < mapping->virtual_base || !mappings_is_canonical(mapping->virtual_base) ||
        !mappings_is_canonical(last) ||
        mappings_is_lower_half(last) != mappings_is_lower_half(mapping->virtual_base)) {
        return "is canonical";
    }
    if (!mappings_name_ends(mapping)) {
        return "has a name that ends";
    }
    if ((mapping->rights & ~MAPPINGS_RIGHTS) != 0) {
        return "has known rights";
    }
    if (mapping->rights == MAPPINGS_RIGHTS) {
        return "is not writable and executable";
    }
    if (mapping->cache > HOIST_MAPPING_UNCACHED) {
        return "has a known cache type";
    }
    return NULL;
}

static bool mappings_check_form(const struct hoist_handoff *handoff)
{
    for (uint64_t i = 0; i < handoff->mapping_count; i++) {
        const struct hoist_mapped_range *mapping = &handoff->mappings[i];
        const char *fault = mappings_range_fault(mapping);

        if (fault == NULL && i > 0 && mapping->virtual_base < mapping[-1].virtual_base) {
            fault = "is sorted";
        } else if (fault == NULL && i > 0 &&
                   mapping->virtual_base - mapping[-1].virtual_base < mapping[-1].size_bytes) {
            fault = "does not overlap the mapping before";
        }
        if (fault != NULL) {
            check_fail("each mapping %s: expected so, got mapping %lu at %lx, %lx bytes, to %lx, "
                       "rights %x, cache %x",
                       fault, i, mapping->virtual_base, mapping->size_bytes, mapping->physical_base,
                       mapping->rights, mapping->cache);
            return false;
        }
    }
    check_pass("the mappings are sorted, aligned, canonical, without overlaps, none writable and "
               "executable (%lu mappings)",
               handoff->mapping_count);
    return true;
}

/* In the lower half nothing is mapped but the trampoline, at its own physical address. */
static void mappings_check_trampoline(const struct hoist_handoff *handoff)
{
    uint64_t lower_count = 0;

    for (uint64_t i = 0; i < handoff->mapping_count; i++) {
        lower_count += mappings_is_lower_half(handoff->mappings[i].virtual_base);
    }
    const struct hoist_mapped_range *first = &handoff->mappings[0];

    if (lower_count != 1 || first->virtual_base != handoff->trampoline ||
        first->physical_base != handoff->trampoline || first->size_bytes != CPU_PAGE_BYTES ||
        first->rights != HOIST_MAPPING_EXECUTE) {
        check_fail("the lower half holds the trampoline's page alone: expected one mapping at %lx, "
                   "got %lu, the first at %lx to %lx, %lx bytes, rights %x",
                   handoff->trampoline, lower_count, first->virtual_base, first->physical_base,
                   first->size_bytes, first->rights);
        return;
    }
    check_pass("the lower half holds the trampoline's page alone (%lx)", handoff->trampoline);
}

static void mappings_check_rights(const struct hoist_handoff *handoff, const char *name,
                                  uint64_t va, uint64_t end, uint32_t rights)
{
    const struct hoist_mapped_range *mapping = lookup_mapping(handoff, va);

    if (lookup_has_rights(handoff, va, end - va, rights)) {
        check_pass("%s is mapped %s (%lx, %lx bytes)", name, lookup_rights_name(rights), va,
                   end - va);
    } else {
        check_fail("%s at %lx, %lx bytes is mapped: expected %s throughout, got %s at its start",
                   name, va, end - va, lookup_rights_name(rights),
                   mapping == NULL ? "no mapping" : lookup_rights_name(mapping->rights));
    }
}

/* The distance from virtual to physical is one constant for the whole image. */
static void mappings_check_kernel(const struct hoist_handoff *handoff)
{
    uint64_t distance = handoff->kernel_virtual_base - handoff->kernel_physical_base;
    uint64_t image_bytes = (uint64_t)image_end - (uint64_t)image_start;
    uint64_t page_bytes = (image_bytes + CPU_PAGE_BYTES - 1) & ~(CPU_PAGE_BYTES - 1);

    check_equal("the kernel's virtual base is where it was linked", (uint64_t)image_start,
                handoff->kernel_virtual_base);
    check_equal("the kernel's size is that of its pages", page_bytes, handoff->kernel_size_bytes);
    mappings_check_rights(handoff, ".text", (uint64_t)image_text_start, (uint64_t)image_text_end,
                          HOIST_MAPPING_EXECUTE);
    mappings_check_rights(handoff, ".rodata", (uint64_t)image_rodata_start,
                          (uint64_t)image_rodata_end, 0);
    mappings_check_rights(handoff, ".data.rel.ro", (uint64_t)image_relro_start,
                          (uint64_t)image_relro_end, 0);
    mappings_check_rights(handoff, ".data with .bss", (uint64_t)image_data_start,
                          (uint64_t)image_end, HOIST_MAPPING_WRITE);
    for (uint64_t i = 0; i < handoff->mapping_count; i++) {
        const struct hoist_mapped_range *mapping = &handoff->mappings[i];

        if (mapping->virtual_base >= handoff->kernel_virtual_base &&
            mapping->virtual_base - handoff->kernel_virtual_base < page_bytes &&
            mapping->virtual_base - mapping->physical_base != distance) {
            check_fail("the kernel lies in one physical piece: expected \"%s\" at %lx, got %lx",
                       mapping->name, mapping->virtual_base - distance, mapping->physical_base);
            return;
        }
    }
    check_pass("the kernel lies in one physical piece (%lx)", handoff->kernel_physical_base);
}

static void mappings_check_stack(const struct hoist_handoff *handoff)
{
    const struct hoist_mapped_range *mapping = lookup_mapping(handoff, handoff->stack_base);

    if (mapping == NULL || mapping->virtual_base != handoff->stack_base ||
        mapping->size_bytes != handoff->stack_size_bytes ||
        mapping->rights != HOIST_MAPPING_WRITE) {
        check_fail("the stack is a writable mapping of its own: expected %lx bytes at %lx, got %s",
                   handoff->stack_size_bytes, handoff->stack_base,
                   mapping == NULL ? "no mapping" : mapping->name);
    } else if (lookup_mapping(handoff, handoff->stack_base - 1) != NULL) {
        check_fail("the page below the stack is left out: expected no mapping at %lx, got \"%s\"",
                   handoff->stack_base - 1, lookup_mapping(handoff, handoff->stack_base - 1)->name);
    } else {
        check_pass("the stack is a writable mapping of its own above a gap (%lx bytes at %lx)",
                   handoff->stack_size_bytes, handoff->stack_base);
    }
}

/* First and last page of each mapping, as each of them lies in the direct map. */
static bool mappings_check_aliases(const struct hoist_handoff *handoff)
{
    for (uint64_t i = 0; i < handoff->mapping_count; i++) {
        const struct hoist_mapped_range *mapping = &handoff->mappings[i];
        const uint64_t ends[] = {mapping->physical_base,
                                 mapping->physical_base + mapping->size_bytes - CPU_PAGE_BYTES};

        for (unsigned j = 0; j < 2; j++) {
            const struct hoist_mapped_range *alias =
                lookup_mapping(handoff, ends[j] + handoff->direct_map_offset);
            const uint32_t rights = lookup_direct_rights(handoff, ends[j]);

            if (alias != NULL && lookup_is_direct(handoff, alias) && alias->rights != rights) {
                check_fail("the direct map of \"%s\" at %lx: expected %s, got %s", mapping->name,
                           ends[j], lookup_rights_name(rights), lookup_rights_name(alias->rights));
                return false;
            }
        }
    }
    return true;
}

/* The direct map's end is told twice: by its size, and by its highest mapping. */
static void mappings_check_direct_map(const struct hoist_handoff *handoff)
{
    uint64_t end = 0;
    uint64_t count = 0;

    for (uint64_t i = 0; i < handoff->mapping_count; i++) {
        const struct hoist_mapped_range *mapping = &handoff->mappings[i];

        if (!lookup_is_direct(handoff, mapping)) {
            continue;
        }
        count++;
        if (mapping->physical_base + mapping->size_bytes > end) {
            end = mapping->physical_base + mapping->size_bytes;
        }
        if ((mapping->rights & HOIST_MAPPING_EXECUTE) != 0 ||
            mapping->cache != HOIST_MAPPING_WRITE_BACK) {
            check_fail("the direct map is not executable, and write-back: got rights %x, cache %x "
                       "at %lx",
                       mapping->rights, mapping->cache, mapping->virtual_base);
            return;
        }
    }
    if (end != handoff->direct_map_size_bytes) {
        check_fail("the direct map ends where it is told to: expected %lx, got %lx",
                   handoff->direct_map_size_bytes, end);
        return;
    }
    if (mappings_check_aliases(handoff)) {
        check_pass(
            "the direct map is write-back, read-only where another mapping of a page is, and "
            "ends where it is told to (%lx, %lu mappings)",
            end, count);
    }
}

/* All that the hand-off points to is mapped read-only and belongs to the loader. */
static void mappings_check_handoff(const struct hoist_handoff *handoff)
{
    const struct {
        const char *name;
        const void *address;
        uint64_t size_bytes;
    } parts[] = {
        {"the hand-off", handoff, handoff->size_bytes},
        {"the loader's name", handoff->loader_name, 1},
        {"the loader's version", handoff->loader_version, 1},
        {"the command line", handoff->command_line, 1},
        {"the memory map", handoff->memory_map,
         handoff->memory_map_count * sizeof(*handoff->memory_map)},
        {"the list of mappings", handoff->mappings,
         handoff->mapping_count * sizeof(*handoff->mappings)},
    };

    for (uint32_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        uint64_t va = (uint64_t)parts[i].address;

        if (mappings_is_lower_half(va) || !lookup_has_rights(handoff, va, parts[i].size_bytes, 0)) {
            check_fail(
                "%s is mapped read-only in the upper half: expected %lx bytes at %lx, got less",
                parts[i].name, parts[i].size_bytes, va);
            return;
        }
        if (!lookup_has_type(handoff, lookup_physical(handoff, va), parts[i].size_bytes,
                             HOIST_MEMORY_LOADER)) {
            check_fail("%s lies in the loader's memory: expected type %u at %lx, got another",
                       parts[i].name, (uint32_t)HOIST_MEMORY_LOADER, lookup_physical(handoff, va));
            return;
        }
    }
    check_pass("all that is handed over is mapped read-only and is the loader's memory");
}

void check_mappings(const struct hoist_handoff *handoff)
{
    mappings_check_form(handoff);
    mappings_check_trampoline(handoff);
    mappings_check_kernel(handoff);
    mappings_check_stack(handoff);
    mappings_check_direct_map(handoff);
    mappings_check_handoff(handoff);
}
