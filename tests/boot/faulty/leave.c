/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults of the memory map and of the way out. */
#include "faulty.h"

/* What a map is said to need that outgrew every buffer. */
#define OUTGROWN_BYTES 1000000u

static UINTN stale_key_count;
static UINTN growth_count;
static UINTN map_count;   /* calls of GetMemoryMap */
static UINTN given_count; /* those that gave one */
static UINTN small_count;

static bool is_doctored(void)
{
    return faults.high_memory != 0 || faults.free_pages != 0 || faults.more_stride != 0 ||
           faults.odd_map != 0 || faults.many_pieces != 0 || faults.far_ram != 0;
}

/* Nothing may be allocated between the firmware's answer and ours. */
static EFI_STATUS EFIAPI get_memory_map(UINTN *size_bytes, EFI_MEMORY_DESCRIPTOR *buffer,
                                        UINTN *key, UINTN *descriptor_bytes, UINT32 *version)
{
    const bool is_query = *size_bytes == 0;
    struct map map;
    EFI_STATUS status;

    if (fault_is_now(&faults.wrong_map, &map_count)) {
        return EFI_DEVICE_ERROR;
    }
    if (growth_count < faults.growing_map) {
        growth_count++;
        say("\r\nfaulty: the map grows\r\n");
        memory_split_map();
    }
    if (!is_query && small_count < faults.too_small) {
        small_count++;
        say("\r\nfaulty: a buffer is too small\r\n");
        *size_bytes += 1;
        return EFI_BUFFER_TOO_SMALL;
    }
    if (!is_query && fault_is_now(&faults.vanish, &given_count)) {
        memory_lose_ram();
    }
    if (faults.outgrown_map != 0 && stale_key_count > 0) {
        *size_bytes = OUTGROWN_BYTES;
        return EFI_BUFFER_TOO_SMALL;
    }
    if (!is_doctored()) {
        return real->GetMemoryMap(size_bytes, buffer, key, descriptor_bytes, version);
    }
    status = map_read(&map);
    if (status != EFI_SUCCESS) {
        return status;
    }
    map_doctor(&map);
    *key = map.key;
    *descriptor_bytes = map.stride_bytes + faults.more_stride;
    *version = map.version;
    return map_give(&map, size_bytes, buffer);
}

static EFI_STATUS EFIAPI exit_boot_services(EFI_HANDLE image, UINTN key)
{
    if (stale_key_count < faults.stale_keys) {
        stale_key_count++;
        say("\r\nfaulty: a key goes stale\r\n");
        memory_split_map();
        if (faults.vanish_late != 0 && stale_key_count == 1) {
            memory_lose_ram();
        }
    }
    return real->ExitBootServices(image, key);
}

void leave_wrap(EFI_BOOT_SERVICES *table)
{
    stale_key_count = 0;
    growth_count = 0;
    map_count = 0;
    given_count = 0;
    small_count = 0;
    table->GetMemoryMap = get_memory_map;
    table->ExitBootServices = exit_boot_services;
}
