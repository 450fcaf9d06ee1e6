/* SPDX-License-Identifier: BSD-2-Clause */
/* A firmware that has no free memory below 4 GiB. */
#include "state.h"

#define END_BYTES (UINT64_C(1) << 32)

static EFI_GET_MEMORY_MAP get_really;

static EFI_STATUS EFIAPI get_memory_map(UINTN *size_bytes, EFI_MEMORY_DESCRIPTOR *map, UINTN *key,
                                        UINTN *descriptor_bytes, UINT32 *version)
{
    const EFI_STATUS status = get_really(size_bytes, map, key, descriptor_bytes, version);

    for (UINTN offset = 0; status == EFI_SUCCESS && offset < *size_bytes;
         offset += *descriptor_bytes) {
        EFI_MEMORY_DESCRIPTOR *one = (EFI_MEMORY_DESCRIPTOR *)(void *)((uint8_t *)map + offset);

        if (one->Type == EfiConventionalMemory && one->PhysicalStart < END_BYTES) {
            one->Type = EfiReservedMemoryType;
        }
    }
    return status;
}

void hide_low_memory(EFI_BOOT_SERVICES *services)
{
    get_really = services->GetMemoryMap;
    services->GetMemoryMap = get_memory_map;
}
