/* SPDX-License-Identifier: BSD-2-Clause */
/* What the firmware left behind: its own memory map, SMBIOS, and the time of the boot. */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "firmware_map.h"
#include "lookup.h"

#define BIT(type) (UINT32_C(1) << (type))

/* 2020-01-01: no clock that runs shows less. And year 9999 ends. */
#define FIRMWARE_TIME_LEAST INT64_C(1577836800)
#define FIRMWARE_TIME_MOST  INT64_C(253402300799)

#define FIRMWARE_MAP_BYTES_MAX (UINT64_C(1) << 24)

/* Types of the hand-off that memory of a type of the firmware's may have become. */
static const uint32_t firmware_became[EFI_TYPE_COUNT] = {
    [EFI_RESERVED] = BIT(HOIST_MEMORY_RESERVED),
    [EFI_LOADER_CODE] = BIT(HOIST_MEMORY_LOADER),
    [EFI_LOADER_DATA] =
        BIT(HOIST_MEMORY_LOADER) | BIT(HOIST_MEMORY_KERNEL) | BIT(HOIST_MEMORY_MODULE),
    [EFI_BOOT_CODE] = BIT(HOIST_MEMORY_USABLE),
    [EFI_BOOT_DATA] = BIT(HOIST_MEMORY_USABLE),
    [EFI_RUNTIME_CODE] = BIT(HOIST_MEMORY_RUNTIME_CODE),
    [EFI_RUNTIME_DATA] = BIT(HOIST_MEMORY_RUNTIME_DATA),
    [EFI_CONVENTIONAL] = BIT(HOIST_MEMORY_USABLE),
    [EFI_UNUSABLE] = BIT(HOIST_MEMORY_BAD),
    [EFI_ACPI_RECLAIM] = BIT(HOIST_MEMORY_ACPI_TABLES),
    [EFI_ACPI_NVS] = BIT(HOIST_MEMORY_ACPI_NVS),
    [EFI_MMIO] = BIT(HOIST_MEMORY_DEVICE),
    [EFI_MMIO_PORTS] = BIT(HOIST_MEMORY_DEVICE),
    [EFI_PAL_CODE] = BIT(HOIST_MEMORY_RESERVED),
    [EFI_PERSISTENT] = BIT(HOIST_MEMORY_PERSISTENT),
};

/* Whether both maps agree on a descriptor; if not, *where they differ. */
static bool firmware_agrees(const struct hoist_handoff *handoff,
                            const struct efi_descriptor *descriptor, uint64_t *where)
{
    const uint64_t end = descriptor->physical_base + descriptor->page_count * CPU_PAGE_BYTES;
    const uint32_t became = descriptor->type < EFI_TYPE_COUNT ? firmware_became[descriptor->type]
                                                              : BIT(HOIST_MEMORY_RESERVED);

    *where = descriptor->physical_base;
    while (*where < end) {
        const struct hoist_memory_range *range = lookup_memory(handoff, *where);
        /* Page 0 and the screen are nobody's, whatever the firmware calls them. */
        const uint32_t always = *where == 0 ? BIT(HOIST_MEMORY_RESERVED) : 0;

        if (range == NULL ||
            (BIT(range->type) & (became | always | BIT(HOIST_MEMORY_FRAMEBUFFER))) == 0) {
            return false;
        }
        *where = range->physical_base + range->size_bytes;
    }
    return true;
}

static void firmware_check_map(const struct hoist_handoff *handoff)
{
    const uint64_t stride = handoff->efi_descriptor_size_bytes;
    const uint8_t *bytes = handoff->efi_memory_map;
    const uint64_t size_bytes = handoff->efi_memory_map_size_bytes;
    uint64_t where;

    if (stride < sizeof(struct efi_descriptor) || size_bytes == 0 ||
        size_bytes > FIRMWARE_MAP_BYTES_MAX || size_bytes % stride != 0 ||
        (uint64_t)bytes % _Alignof(struct efi_descriptor) != 0 ||
        !probe_is_readable(bytes, size_bytes)) {
        check_fail("the firmware's memory map at %lx can be read: expected so, got %lx bytes in "
                   "descriptors of %lx",
                   (uint64_t)bytes, size_bytes, stride);
        return;
    }
    if (!lookup_has_rights(handoff, (uint64_t)bytes, size_bytes, HOIST_MAPPING_WRITE) ||
        !lookup_has_type(handoff, lookup_physical(handoff, (uint64_t)bytes), size_bytes,
                         HOIST_MEMORY_LOADER)) {
        check_fail("the firmware's memory map at %lx can be written and is the loader's: expected "
                   "so, got otherwise",
                   (uint64_t)bytes);
        return;
    }
    for (uint64_t at = 0; at < size_bytes; at += stride) {
        const struct efi_descriptor *descriptor = (const void *)(bytes + at);

        if (!firmware_agrees(handoff, descriptor, &where)) {
            const struct hoist_memory_range *range = lookup_memory(handoff, where);

            check_fail("both memory maps agree: expected what the firmware calls %u at %lx, got "
                       "type %u",
                       descriptor->type, where, range == NULL ? 99 : range->type);
            return;
        }
    }
    check_pass("both memory maps agree (%lu descriptors of the firmware, version %u)",
               size_bytes / stride, handoff->efi_descriptor_version);
}

/* The entry point begins with its anchor and adds up to 0 (SMBIOS 5.2.1, 5.2.2). */
static void firmware_check_smbios(const struct hoist_handoff *handoff, uint64_t physical,
                                  const char *anchor, uint32_t length_at)
{
    const uint8_t *bytes = (const uint8_t *)(physical + handoff->direct_map_offset);
    uint8_t sum = 0;

    if (physical == 0 || lookup_mapping(handoff, (uint64_t)bytes) == NULL) {
        check_note("SMBIOS %s at %lx%s", anchor, physical, physical == 0 ? "" : ", outside RAM");
        return;
    }
    for (uint32_t i = 0; anchor[i] != '\0'; i++) {
        if (bytes[i] != (uint8_t)anchor[i]) {
            check_fail("the SMBIOS entry point at %lx bears %s: expected %x as byte %u, got %x",
                       physical, anchor, (uint32_t)anchor[i], i, (uint32_t)bytes[i]);
            return;
        }
    }
    for (uint32_t i = 0; i < bytes[length_at]; i++) {
        sum = (uint8_t)(sum + bytes[i]);
    }
    check_equal("the SMBIOS entry point adds up to 0", 0, sum);
}

static void firmware_check_time(const struct hoist_handoff *handoff)
{
    const int64_t seconds = handoff->boot_time_seconds;

    if (seconds == 0) {
        check_note("the time of the boot is not known");
    } else if (seconds < FIRMWARE_TIME_LEAST || seconds > FIRMWARE_TIME_MOST) {
        check_fail("the time of the boot is one of this century or later: expected so, got %lu",
                   (uint64_t)seconds);
    } else {
        check_pass("the time of the boot is %lu seconds since 1970", (uint64_t)seconds);
    }
}

void check_firmware(const struct hoist_handoff *handoff)
{
    firmware_check_map(handoff);
    firmware_check_smbios(handoff, handoff->smbios_physical, "_SM_", 5);
    firmware_check_smbios(handoff, handoff->smbios3_physical, "_SM3_", 6);
    firmware_check_time(handoff);
}
