/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults of the memory services and of the way out; what they give is counted. */
#include "faulty.h"

/* What a map is said to need that outgrew every buffer. */
#define OUTGROWN_BYTES 1000000u

#define PAGE_BYTES 4096u

static UINTN allocation_count;
static UINTN stale_key_count;
static UINTN place_count;
static UINTN map_count;

/* Two pages with different types, the lower one given back: the map has new pieces, the same RAM. */
static void split_map(void)
{
    EFI_PHYSICAL_ADDRESS pages = 0;

    if (real->AllocatePages(AllocateAnyPages, EfiLoaderData, 3, &pages) == EFI_SUCCESS) {
        real->FreePages(pages + PAGE_BYTES, 1);
    }
}

static EFI_STATUS EFIAPI allocate_pages(EFI_ALLOCATE_TYPE type, EFI_MEMORY_TYPE memory_type,
                                        UINTN page_count, EFI_PHYSICAL_ADDRESS *memory)
{
    EFI_STATUS status;

    if (++allocation_count >= faults.fail_allocation && faults.fail_allocation != 0) {
        return EFI_OUT_OF_RESOURCES;
    }
    if (type == AllocateAddress && place_count < faults.places_taken) {
        /* Somebody was quicker. */
        place_count++;
        say("\r\nfaulty: a place is taken\r\n");
        real->AllocatePages(AllocateAddress, EfiBootServicesData, 1, memory);
    }
    status = real->AllocatePages(type, memory_type, page_count, memory);
    if (status == EFI_SUCCESS) {
        held.page_count += page_count;
    }
    return status;
}

static EFI_STATUS EFIAPI free_pages(EFI_PHYSICAL_ADDRESS memory, UINTN page_count)
{
    const EFI_STATUS status = real->FreePages(memory, page_count);

    if (status == EFI_SUCCESS) {
        held.page_count -= page_count;
    }
    return status;
}

static EFI_STATUS EFIAPI get_memory_map(UINTN *size_bytes, EFI_MEMORY_DESCRIPTOR *map, UINTN *key,
                                        UINTN *descriptor_bytes, UINT32 *version)
{
    if (map_count < faults.growing_map) {
        map_count++;
        say("\r\nfaulty: the map grows\r\n");
        split_map();
    }
    if (faults.outgrown_map != 0 && stale_key_count > 0) {
        *size_bytes = OUTGROWN_BYTES;
        return EFI_BUFFER_TOO_SMALL;
    }
    return real->GetMemoryMap(size_bytes, map, key, descriptor_bytes, version);
}

static EFI_STATUS EFIAPI exit_boot_services(EFI_HANDLE image, UINTN key)
{
    if (stale_key_count < faults.stale_keys) {
        stale_key_count++;
        say("\r\nfaulty: a key goes stale\r\n");
        split_map();
    }
    return real->ExitBootServices(image, key);
}

static EFI_STATUS EFIAPI create_event(UINT32 type, EFI_TPL level, EFI_EVENT_NOTIFY notify,
                                      void *context, EFI_EVENT *event)
{
    const EFI_STATUS status = real->CreateEvent(type, level, notify, context, event);

    held.event_count += status == EFI_SUCCESS;
    return status;
}

static EFI_STATUS EFIAPI close_event(EFI_EVENT event)
{
    const EFI_STATUS status = real->CloseEvent(event);

    held.event_count -= status == EFI_SUCCESS;
    return status;
}

void memory_wrap(EFI_BOOT_SERVICES *table)
{
    allocation_count = 0;
    stale_key_count = 0;
    place_count = 0;
    map_count = 0;
    table->AllocatePages = allocate_pages;
    table->FreePages = free_pages;
    table->GetMemoryMap = get_memory_map;
    table->ExitBootServices = exit_boot_services;
    table->CreateEvent = create_event;
    table->CloseEvent = close_event;
}
