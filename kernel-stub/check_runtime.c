/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runtime services, where they are mapped: the firmware is moved to the direct map's addresses by
 * SetVirtualAddressMap (UEFI 8.4), and then asked for the time under the loader's own tables.
 */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "firmware_map.h"
#include "lookup.h"

/* Offsets in EFI_SYSTEM_TABLE and EFI_RUNTIME_SERVICES (UEFI 4.3, 4.5). */
#define RUNTIME_SERVICES_OFFSET    88
#define RUNTIME_GET_TIME_OFFSET    24
#define RUNTIME_SET_ADDRESS_OFFSET 56

#define RUNTIME_CR0_WP     (UINT64_C(1) << 16)
#define RUNTIME_CR4_OSFXSR (UINT64_C(1) << 9)

#define RUNTIME_ROOT_SHIFT   39
#define RUNTIME_ROOT_ENTRIES 512

struct runtime_time {
    uint16_t year;
    uint8_t month, day, hour, minute, second, padding;
    uint32_t nanosecond;
    int16_t zone;
    uint8_t daylight, padding_2;
};

typedef uint64_t __attribute__((ms_abi)) runtime_get_time(struct runtime_time *time, void *none);
typedef uint64_t __attribute__((ms_abi))
runtime_set_address_map(uint64_t size_bytes, uint64_t stride, uint32_t version, void *map);

static uint64_t runtime_read(const struct hoist_handoff *handoff, uint64_t physical)
{
    return *(const volatile uint64_t *)(physical + handoff->direct_map_offset);
}

/* Says in the firmware's map where each runtime region is now; false: one of them is not mapped. */
static bool runtime_fill_map(const struct hoist_handoff *handoff)
{
    for (uint64_t at = 0; at < handoff->efi_memory_map_size_bytes;
         at += handoff->efi_descriptor_size_bytes) {
        struct efi_descriptor *descriptor =
            (struct efi_descriptor *)((uint64_t)handoff->efi_memory_map + at);

        if ((descriptor->attributes & EFI_ATTRIBUTE_RUNTIME) == 0) {
            continue;
        }
        descriptor->virtual_base = descriptor->physical_base + handoff->direct_map_offset;
        for (uint64_t page = 0; page < descriptor->page_count; page++) {
            const uint64_t va = descriptor->virtual_base + page * CPU_PAGE_BYTES;

            if (lookup_mapping(handoff, va) == NULL) {
                check_fail("all runtime regions are mapped: expected so, got no page at %lx", va);
                return false;
            }
        }
    }
    check_pass("all runtime regions are mapped");
    return true;
}

/* The root table once more, with the direct map at its physical addresses as well. 0: no memory. */
static uint64_t runtime_make_root(const struct hoist_handoff *handoff)
{
    const uint64_t offset = handoff->direct_map_offset;
    const uint64_t *root = (const uint64_t *)(handoff->cr3 + offset);

    for (uint64_t i = 0; i < handoff->memory_map_count; i++) {
        const struct hoist_memory_range *range = &handoff->memory_map[i];

        if (range->type == HOIST_MEMORY_USABLE && range->physical_base >= 0x100000) {
            uint64_t *copy = (uint64_t *)(range->physical_base + offset);

            for (uint64_t entry = 0; entry < RUNTIME_ROOT_ENTRIES; entry++) {
                copy[entry] = root[entry];
            }
            copy[0] = root[offset >> RUNTIME_ROOT_SHIFT & (RUNTIME_ROOT_ENTRIES - 1)];
            return range->physical_base;
        }
    }
    return 0;
}

/*
 * The firmware runs where it was until it is told otherwise, and writes new addresses into its own
 * code, so write protection is off meanwhile.
 */
static uint64_t runtime_move(const struct hoist_handoff *handoff, uint64_t root)
{
    const uint64_t services =
        runtime_read(handoff, handoff->efi_system_table_physical + RUNTIME_SERVICES_OFFSET);
    runtime_set_address_map *set_address_map =
        (runtime_set_address_map *)runtime_read(handoff, services + RUNTIME_SET_ADDRESS_OFFSET);
    uint64_t status;
    uint64_t cr0;

    __asm__ volatile("movq %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("movq %0, %%cr3" : : "r"(root) : "memory");
    __asm__ volatile("movq %0, %%cr0" : : "r"(cr0 & ~RUNTIME_CR0_WP) : "memory");
    status =
        set_address_map(handoff->efi_memory_map_size_bytes, handoff->efi_descriptor_size_bytes,
                        handoff->efi_descriptor_version, (void *)(uint64_t)handoff->efi_memory_map);
    __asm__ volatile("movq %0, %%cr0" : : "r"(cr0) : "memory");
    __asm__ volatile("movq %0, %%cr3" : : "r"(handoff->cr3) : "memory");
    return status;
}

static void runtime_ask_for_time(const struct hoist_handoff *handoff)
{
    const uint64_t services =
        runtime_read(handoff, handoff->efi_system_table_physical + RUNTIME_SERVICES_OFFSET);
    runtime_get_time *get_time =
        *(runtime_get_time *const volatile *)(services + RUNTIME_GET_TIME_OFFSET);
    struct runtime_time time = {0};
    const uint64_t status = get_time(&time, NULL);

    if (status != 0 || time.year < 2000 || time.month < 1 || time.month > 12) {
        check_fail("the moved firmware tells the time: expected status 0, got %lx, year %u", status,
                   (uint32_t)time.year);
        return;
    }
    check_pass("the moved firmware at %lx tells the time (%u-%u-%u)", (uint64_t)get_time,
               (uint32_t)time.year, (uint32_t)time.month, (uint32_t)time.day);
}

void check_runtime(const struct hoist_handoff *handoff)
{
    const uint64_t cr4 = cpu_read_cr4();
    uint64_t root;

    if ((handoff->flags & HOIST_FLAG_RUNTIME_MAPPED) == 0 || !runtime_fill_map(handoff)) {
        return;
    }
    root = handoff->paging_levels == 4 ? runtime_make_root(handoff) : 0;
    if (root == 0) {
        check_note("the firmware is not moved: its old addresses cannot be mapped by one entry");
        return;
    }
    __asm__ volatile("movq %0, %%cr4" : : "r"(cr4 | RUNTIME_CR4_OSFXSR) : "memory");
    check_equal("SetVirtualAddressMap succeeds", 0, runtime_move(handoff, root));
    runtime_ask_for_time(handoff);
    __asm__ volatile("movq %0, %%cr4" : : "r"(cr4) : "memory");
}
