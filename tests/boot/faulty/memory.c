/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults of the memory services; what they give is counted. */
#include "faulty.h"

#define OWN_LIMIT 1100u

#define ENTRY_COUNT   512u
#define ENTRY_PRESENT UINT64_C(1)
#define ENTRY_ADDRESS UINT64_C(0x000ffffffffff000)
#define ENTRY_IGNORED (UINT64_C(1) << 9) /* SDM volume 3, table 4-20: left to software */

static UINTN allocation_count;
static UINTN one_allocation_count;
static UINTN place_count;

/* The place that was taken last. */
static EFI_PHYSICAL_ADDRESS last_place;
static UINTN last_page_count;

/* Pages that the wrapper took for itself in this run. */
static struct {
    EFI_PHYSICAL_ADDRESS memory;
    UINTN page_count;
} own[OWN_LIMIT];
static UINTN own_count;

bool memory_own(EFI_ALLOCATE_TYPE type, EFI_MEMORY_TYPE memory_type, UINTN page_count,
                EFI_PHYSICAL_ADDRESS *memory)
{
    if (own_count == OWN_LIMIT ||
        real->AllocatePages(type, memory_type, page_count, memory) != EFI_SUCCESS) {
        return false;
    }
    own[own_count].memory = *memory;
    own[own_count++].page_count = page_count;
    return true;
}

void memory_release(void)
{
    while (own_count > 0) {
        own_count--;
        real->FreePages(own[own_count].memory, own[own_count].page_count);
    }
}

/* Two pages with another type, the one between them given back: new pieces, the same RAM. */
void memory_split_map(void)
{
    EFI_PHYSICAL_ADDRESS low = 0;
    EFI_PHYSICAL_ADDRESS high = 0;

    if (real->AllocatePages(AllocateAnyPages, EfiLoaderData, 3, &low) == EFI_SUCCESS) {
        real->FreePages(low, 3);
        high = low + 2 * PAGE_BYTES;
        memory_own(AllocateAddress, EfiLoaderData, 1, &low);
        memory_own(AllocateAddress, EfiLoaderData, 1, &high);
    }
}

void memory_lose_ram(void)
{
    EFI_PHYSICAL_ADDRESS memory = 0;

    say("\r\nfaulty: RAM goes bad\r\n");
    memory_own(AllocateAnyPages, EfiUnusableMemory, 1, &memory);
}

uint64_t memory_count_free(void)
{
    struct map map;
    uint64_t page_count = 0;

    if (map_read(&map) == EFI_SUCCESS) {
        for (UINTN i = 0; i < map.count; i++) {
            page_count +=
                map.entries[i].Type == EfiConventionalMemory ? map.entries[i].NumberOfPages : 0;
        }
    }
    return page_count;
}

/* The highest free place from 4 GiB on. */
static bool find_high(UINTN page_count, EFI_PHYSICAL_ADDRESS *memory)
{
    struct map map;

    *memory = 0;
    if (map_read(&map) == EFI_SUCCESS) {
        for (UINTN i = 0; i < map.count; i++) {
            const EFI_MEMORY_DESCRIPTOR *entry = &map.entries[i];

            if (entry->Type == EfiConventionalMemory && entry->PhysicalStart >= FOUR_GIB &&
                entry->NumberOfPages >= page_count && entry->PhysicalStart > *memory) {
                *memory = entry->PhysicalStart + (entry->NumberOfPages - page_count) * PAGE_BYTES;
            }
        }
    }
    return *memory != 0;
}

/* What is asked for anywhere comes from where the loader is told that something is free. */
static EFI_STATUS allocate_anywhere(EFI_MEMORY_TYPE memory_type, UINTN page_count,
                                    EFI_PHYSICAL_ADDRESS *memory)
{
    EFI_STATUS status;

    if (faults.high_memory != 0) {
        return find_high(page_count, memory)
                   ? real->AllocatePages(AllocateAddress, memory_type, page_count, memory)
                   : EFI_OUT_OF_RESOURCES;
    }
    *memory = window_end - 1;
    status = real->AllocatePages(AllocateMaxAddress, memory_type, page_count, memory);
    if (status == EFI_SUCCESS && *memory < window_start) {
        real->FreePages(*memory, page_count);
        status = EFI_OUT_OF_RESOURCES;
    }
    return status;
}

/*
 * The loader asks for memory to read its tables back into just after they are built. They are known
 * by their first frame, whose last entry leads to another of them: a kernel lies at the top.
 */
static void add_stray_bits(void)
{
    uint64_t *entries = (uint64_t *)(uintptr_t)last_place;
    const uint64_t table = last_page_count == 0 ? 0 : entries[ENTRY_COUNT - 1];

    if ((table & ENTRY_PRESENT) == 0 || (table & ENTRY_ADDRESS) <= last_place ||
        (table & ENTRY_ADDRESS) >= last_place + last_page_count * PAGE_BYTES) {
        return;
    }
    say("\r\nfaulty: stray bits in the page tables\r\n");
    for (UINTN i = 0; i < last_page_count * ENTRY_COUNT; i++) {
        entries[i] |= (entries[i] & ENTRY_PRESENT) != 0 ? ENTRY_IGNORED : 0;
    }
    last_page_count = 0;
}

static EFI_STATUS EFIAPI allocate_pages(EFI_ALLOCATE_TYPE type, EFI_MEMORY_TYPE memory_type,
                                        UINTN page_count, EFI_PHYSICAL_ADDRESS *memory)
{
    EFI_STATUS status;

    fault_is_now(&faults.fail_allocation, &allocation_count);
    if ((faults.fail_allocation != 0 && allocation_count >= faults.fail_allocation) ||
        fault_is_now(&faults.fail_one_allocation, &one_allocation_count)) {
        return EFI_OUT_OF_RESOURCES;
    }
    if (type == AllocateAddress && place_count < faults.places_taken) {
        /* Somebody was quicker. */
        place_count++;
        say("\r\nfaulty: a place is taken\r\n");
        memory_own(AllocateAddress, EfiBootServicesData, 1, memory);
    }
    if (type == AllocateAnyPages && faults.stray_bits != 0) {
        add_stray_bits();
    }
    if (type == AllocateAnyPages && (faults.high_memory != 0 || faults.free_pages != 0)) {
        status = allocate_anywhere(memory_type, page_count, memory);
    } else {
        status = real->AllocatePages(type, memory_type, page_count, memory);
    }
    if (status == EFI_SUCCESS) {
        held.page_count += page_count;
        if (type == AllocateAddress) {
            last_place = *memory;
            last_page_count = page_count;
        }
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
    one_allocation_count = 0;
    place_count = 0;
    last_page_count = 0;
    map_find_window();
    table->AllocatePages = allocate_pages;
    table->FreePages = free_pages;
    table->CreateEvent = create_event;
    table->CloseEvent = close_event;
}
