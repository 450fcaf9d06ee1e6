/* SPDX-License-Identifier: BSD-2-Clause */
/* Kinds of memory: from the firmware's numbers, to the kernel's, and in words. */
#include "memory_kind.h"

/* The types of EFI_MEMORY_DESCRIPTOR, UEFI 7.2, table 7-10. */
enum firmware_memory_type {
    FIRMWARE_LOADER_CODE = 1,
    FIRMWARE_LOADER_DATA = 2,
    FIRMWARE_BOOT_CODE = 3,
    FIRMWARE_BOOT_DATA = 4,
    FIRMWARE_RUNTIME_CODE = 5,
    FIRMWARE_RUNTIME_DATA = 6,
    FIRMWARE_CONVENTIONAL = 7,
    FIRMWARE_UNUSABLE = 8,
    FIRMWARE_ACPI_RECLAIM = 9,
    FIRMWARE_ACPI_NVS = 10,
    FIRMWARE_MMIO = 11,
    FIRMWARE_MMIO_PORTS = 12,
    FIRMWARE_PERSISTENT = 14
};

static const char *const kind_names[] = {
    [MEMORY_FREE] = "free",
    [MEMORY_BOOT] = "boot services",
    [MEMORY_LOADER] = "loader",
    [MEMORY_KERNEL] = "kernel",
    [MEMORY_MODULE] = "module",
    [MEMORY_PERSISTENT] = "persistent",
    [MEMORY_ACPI_TABLES] = "ACPI tables",
    [MEMORY_ACPI_NVS] = "ACPI NVS",
    [MEMORY_RUNTIME_DATA] = "runtime data",
    [MEMORY_RUNTIME_CODE] = "runtime code",
    [MEMORY_BAD] = "bad",
    [MEMORY_DEVICE] = "device",
    [MEMORY_RESERVED] = "reserved",
    [MEMORY_TABLES] = "firmware tables",
    [MEMORY_FRAMEBUFFER] = "framebuffer",
};

enum memory_kind memory_kind_of(uint32_t type)
{
    switch (type) {
    case FIRMWARE_CONVENTIONAL: return MEMORY_FREE;
    case FIRMWARE_BOOT_CODE:
    case FIRMWARE_BOOT_DATA: return MEMORY_BOOT;
    case FIRMWARE_LOADER_CODE:
    case FIRMWARE_LOADER_DATA: return MEMORY_LOADER;
    case FIRMWARE_PERSISTENT: return MEMORY_PERSISTENT;
    case FIRMWARE_ACPI_RECLAIM: return MEMORY_ACPI_TABLES;
    case FIRMWARE_ACPI_NVS: return MEMORY_ACPI_NVS;
    case FIRMWARE_RUNTIME_DATA: return MEMORY_RUNTIME_DATA;
    case FIRMWARE_RUNTIME_CODE: return MEMORY_RUNTIME_CODE;
    case FIRMWARE_UNUSABLE: return MEMORY_BAD;
    case FIRMWARE_MMIO:
    case FIRMWARE_MMIO_PORTS: return MEMORY_DEVICE;
    default: return MEMORY_RESERVED;
    }
}

bool memory_kind_is_ram(enum memory_kind kind)
{
    return kind <= MEMORY_ACPI_NVS;
}

enum hoist_memory_type memory_kind_type(enum memory_kind kind)
{
    switch (kind) {
    case MEMORY_FREE:
    case MEMORY_BOOT: return HOIST_MEMORY_USABLE;
    case MEMORY_LOADER: return HOIST_MEMORY_LOADER;
    case MEMORY_KERNEL: return HOIST_MEMORY_KERNEL;
    case MEMORY_MODULE: return HOIST_MEMORY_MODULE;
    case MEMORY_PERSISTENT: return HOIST_MEMORY_PERSISTENT;
    case MEMORY_ACPI_TABLES: return HOIST_MEMORY_ACPI_TABLES;
    case MEMORY_ACPI_NVS: return HOIST_MEMORY_ACPI_NVS;
    case MEMORY_RUNTIME_DATA: return HOIST_MEMORY_RUNTIME_DATA;
    case MEMORY_RUNTIME_CODE: return HOIST_MEMORY_RUNTIME_CODE;
    case MEMORY_BAD: return HOIST_MEMORY_BAD;
    case MEMORY_DEVICE: return HOIST_MEMORY_DEVICE;
    case MEMORY_FRAMEBUFFER: return HOIST_MEMORY_FRAMEBUFFER;
    case MEMORY_TABLES:
    case MEMORY_RESERVED: break;
    }
    return HOIST_MEMORY_RESERVED;
}

const char *memory_kind_name(enum memory_kind kind)
{
    return kind_names[kind];
}
