/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's own memory map, and that the other one says the same (UEFI, 7.2). */
#include "kernel.h"

enum {
    EFI_RUNTIME_CODE = 5,
    EFI_RUNTIME_DATA = 6,
    EFI_CONVENTIONAL = 7,
    EFI_ACPI_RECLAIM = 9,
    EFI_ACPI_NVS = 10
};

struct descriptor {
    uint32_t type;
    uint32_t padding;
    uint64_t physical;
    uint64_t virtual;
    uint64_t pages;
    uint64_t attributes;
};

/* The types that memory of an EFI type may have; the loader's own, and the framebuffer's, besides. */
static unsigned types_of(uint32_t type)
{
    unsigned reclaimable =
        TYPE(BOOTLOADER_RECLAIMABLE) | TYPE(EXECUTABLE_AND_MODULES) | TYPE(FRAMEBUFFER_MEMORY);
    unsigned listed = base_revision >= 4 ? TYPE(RESERVED_MAPPED) : 0;

    switch (type) {
    case 1:
    case 2:
    case 3:
    case 4: return reclaimable | listed;
    case EFI_RUNTIME_CODE:
    case EFI_RUNTIME_DATA:
        return base_revision >= 5 ? TYPE(RESERVED_MAPPED) : TYPE(RESERVED) | listed;
    case EFI_CONVENTIONAL: return reclaimable | TYPE(USABLE);
    case EFI_ACPI_RECLAIM: return TYPE(ACPI_RECLAIMABLE) | listed;
    case EFI_ACPI_NVS: return TYPE(ACPI_NVS) | listed;
    default: return TYPE(RESERVED) | TYPE(BAD_MEMORY) | TYPE(FRAMEBUFFER_MEMORY) | listed;
    }
}

static void check_descriptor(const struct descriptor *one)
{
    uint64_t first = one->physical;
    uint64_t size = one->pages * PAGE_BYTES;

    /* The first page may be held back. */
    if (first == 0 && one->type <= EFI_CONVENTIONAL) {
        first += PAGE_BYTES;
        size -= PAGE_BYTES;
    }
    hold("of another type", size == 0 || lies_in(first, size, types_of(one->type)), first);
    if (size != 0 && (one->type == 0 || one->type == EFI_RUNTIME_CODE ||
                      one->type == EFI_RUNTIME_DATA || one->type > EFI_CONVENTIONAL)) {
        for (uint64_t pa = first; pa < first + size && size < GIB; pa += PAGE_BYTES) {
            hold("in use, but usable", !lies_in(pa, 1, TYPE(USABLE) | TYPE(BOOTLOADER_RECLAIMABLE)),
                 pa);
        }
    }
}

void check_firmware_map(void)
{
    const struct efi_memmap_response *map = response_to(EFI_MEMMAP);
    uint64_t conventional = 0;

    if (map == NULL) {
        return;
    }
    check("the firmware's memory map lies in reclaimable memory",
          is_handed_over(map->memmap, map->memmap_size));
    if (!check("its descriptors have a size and a version",
               map->desc_size >= sizeof(struct descriptor) &&
                   map->memmap_size % map->desc_size == 0 && map->desc_version == 1)) {
        return;
    }
    for (uint64_t at = 0; at < map->memmap_size; at += map->desc_size) {
        const struct descriptor *one = (const struct descriptor *)(map->memmap + at);

        hold("not aligned", one->physical % PAGE_BYTES == 0 && one->pages != 0, one->physical);
        check_descriptor(one);
        conventional += one->type == EFI_CONVENTIONAL ? one->pages * PAGE_BYTES : 0;
    }
    conclude("the memory map says what the firmware's says");
    print("firmware:");
    print_value("conventional", conventional);
    print("\n");
}
