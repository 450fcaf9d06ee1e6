/* SPDX-License-Identifier: BSD-2-Clause */
/* What physical memory is used for. */
#ifndef MEMORY_KIND_H
#define MEMORY_KIND_H

#include "hoist.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * What a range is, in rising order of precedence. The types of EFI_MEMORY_DESCRIPTOR (UEFI 7.2,
 * table 7-10) that are not listed, unaccepted memory and unknown numbers among them, are reserved.
 */
enum memory_kind {
    MEMORY_FREE,         /* EfiConventionalMemory */
    MEMORY_BOOT,         /* EfiBootServicesCode, -Data: free once the firmware was left */
    MEMORY_LOADER,       /* EfiLoaderCode, -Data: this program and what it has allocated */
    MEMORY_KERNEL,       /* the kernel's image, as the loader has placed it */
    MEMORY_MODULE,       /* a file loaded beside the kernel */
    MEMORY_PERSISTENT,   /* EfiPersistentMemory */
    MEMORY_ACPI_TABLES,  /* EfiACPIReclaimMemory */
    MEMORY_ACPI_NVS,     /* EfiACPIMemoryNVS */
    MEMORY_RUNTIME_DATA, /* EfiRuntimeServicesData */
    MEMORY_RUNTIME_CODE, /* EfiRuntimeServicesCode */
    MEMORY_BAD,          /* EfiUnusableMemory */
    MEMORY_DEVICE,       /* EfiMemoryMappedIO, EfiMemoryMappedIOPortSpace */
    MEMORY_RESERVED,
    MEMORY_TABLES,     /* what the firmware hands over, in none of its own kinds for that */
    MEMORY_FRAMEBUFFER /* the screen's memory, wherever it lies */
};

/* The kind for a type number of the firmware. */
enum memory_kind memory_kind_of(uint32_t type);

/* RAM in the sense of the direct map: the CPU may cache it and read it without asking anybody. */
bool memory_kind_is_ram(enum memory_kind kind);

/* What the kernel is told: boot services' memory is usable, since the firmware is gone by then. */
enum hoist_memory_type memory_kind_type(enum memory_kind kind);

/* One or two words, such as "boot services". */
const char *memory_kind_name(enum memory_kind kind);

#endif
