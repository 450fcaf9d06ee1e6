/* SPDX-License-Identifier: BSD-2-Clause */
/* What a kernel needs to know of UEFI to use what the firmware left behind. */
#ifndef FIRMWARE_MAP_H
#define FIRMWARE_MAP_H

#include <stddef.h>
#include <stdint.h>

/* EFI_MEMORY_DESCRIPTOR, UEFI 7.2; the list's own descriptor size may be larger. */
struct efi_descriptor {
    uint32_t type;
    uint32_t reserved;
    uint64_t physical_base;
    uint64_t virtual_base;
    uint64_t page_count;
    uint64_t attributes;
};

#define EFI_ATTRIBUTE_RUNTIME (UINT64_C(1) << 63)

enum efi_memory_type {
    EFI_RESERVED = 0,
    EFI_LOADER_CODE = 1,
    EFI_LOADER_DATA = 2,
    EFI_BOOT_CODE = 3,
    EFI_BOOT_DATA = 4,
    EFI_RUNTIME_CODE = 5,
    EFI_RUNTIME_DATA = 6,
    EFI_CONVENTIONAL = 7,
    EFI_UNUSABLE = 8,
    EFI_ACPI_RECLAIM = 9,
    EFI_ACPI_NVS = 10,
    EFI_MMIO = 11,
    EFI_MMIO_PORTS = 12,
    EFI_PAL_CODE = 13,
    EFI_PERSISTENT = 14,
    EFI_TYPE_COUNT
};

_Static_assert(sizeof(struct efi_descriptor) == 40, "the firmware fixes its layout");

#endif
