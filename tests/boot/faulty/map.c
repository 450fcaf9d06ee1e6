/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory maps that are worse than the firmware's own. */
#include "faulty.h"

#define MAP_PAGES     32u
#define ENTRIES_LIMIT 1200u
#define FILLER        0xa5
#define UNKNOWN_TYPE  UINT32_C(0x90001234)
#define UNACCEPTED    15u
#define NOWHERE       (UINT64_C(1) << 45)
#define WAY_ABOVE     (UINT64_C(1) << 39)

uint64_t window_start;
uint64_t window_end;

static uint8_t *raw;                   /* as the firmware gives it */
static EFI_MEMORY_DESCRIPTOR *entries; /* the same without its stride, doctored */

static uint64_t end_of(const EFI_MEMORY_DESCRIPTOR *entry)
{
    return entry->PhysicalStart + entry->NumberOfPages * PAGE_BYTES;
}

bool map_prepare(void)
{
    EFI_PHYSICAL_ADDRESS memory = 0;

    if (real->AllocatePages(AllocateAnyPages, EfiBootServicesData, 2 * MAP_PAGES, &memory) !=
        EFI_SUCCESS) {
        return false;
    }
    raw = (uint8_t *)(uintptr_t)memory;
    entries = (EFI_MEMORY_DESCRIPTOR *)(uintptr_t)(memory + MAP_PAGES * PAGE_BYTES);
    return true;
}

EFI_STATUS map_read(struct map *map)
{
    UINTN size_bytes = MAP_PAGES * PAGE_BYTES;
    const EFI_STATUS status = real->GetMemoryMap(&size_bytes, (EFI_MEMORY_DESCRIPTOR *)(void *)raw,
                                                 &map->key, &map->stride_bytes, &map->version);

    if (status != EFI_SUCCESS) {
        return status;
    }
    map->entries = entries;
    map->count = size_bytes / map->stride_bytes;
    for (UINTN i = 0; i < map->count; i++) {
        entries[i] = *(EFI_MEMORY_DESCRIPTOR *)(void *)(raw + i * map->stride_bytes);
    }
    return EFI_SUCCESS;
}

/* The largest free descriptor. */
static EFI_MEMORY_DESCRIPTOR *largest(const struct map *map)
{
    EFI_MEMORY_DESCRIPTOR *found = &map->entries[0];

    for (UINTN i = 0; i < map->count; i++) {
        EFI_MEMORY_DESCRIPTOR *entry = &map->entries[i];

        if (entry->Type == EfiConventionalMemory &&
            (found->Type != EfiConventionalMemory || entry->NumberOfPages > found->NumberOfPages)) {
            found = entry;
        }
    }
    return found;
}

void map_find_window(void)
{
    struct map map;

    if (map_read(&map) == EFI_SUCCESS) {
        window_end = end_of(largest(&map));
        window_start = window_end - faults.free_pages * PAGE_BYTES;
    }
}

static void append(struct map *map, UINT32 type, uint64_t start, uint64_t page_count)
{
    if (map->count < ENTRIES_LIMIT) {
        map->entries[map->count++] = (EFI_MEMORY_DESCRIPTOR){
            .Type = type, .PhysicalStart = start, .NumberOfPages = page_count};
    }
}

/* What is free outside [from, to) is told to be in use. */
static void hide_free(struct map *map, uint64_t from, uint64_t to)
{
    const UINTN count = map->count;

    for (UINTN i = 0; i < count; i++) {
        EFI_MEMORY_DESCRIPTOR *entry = &map->entries[i];
        const uint64_t start = entry->PhysicalStart;
        const uint64_t end = end_of(entry);

        if (entry->Type != EfiConventionalMemory) {
            continue;
        }
        entry->Type = EfiBootServicesData;
        if (start < to && from < end) {
            const uint64_t first = start > from ? start : from;
            const uint64_t last = end < to ? end : to;

            entry->NumberOfPages = (first - start) / PAGE_BYTES;
            append(map, EfiConventionalMemory, first, (last - first) / PAGE_BYTES);
            append(map, EfiBootServicesData, last, (end - last) / PAGE_BYTES);
        }
    }
}

static void cut_in_pieces(struct map *map, UINTN piece_count)
{
    EFI_MEMORY_DESCRIPTOR *entry = largest(map);

    for (UINTN i = 1; i < piece_count && entry->NumberOfPages > 1; i++) {
        append(map, i % 2 == 0 ? EfiConventionalMemory : EfiBootServicesCode, entry->PhysicalStart,
               1);
        entry->PhysicalStart += PAGE_BYTES;
        entry->NumberOfPages--;
    }
}

/* What wins is what allows less: so nothing of this takes away RAM, or adds any. */
static void make_odd(struct map *map)
{
    const UINTN count = map->count;

    for (UINTN i = 0; i < count; i++) {
        const EFI_MEMORY_DESCRIPTOR entry = map->entries[i];

        if (i % 3 == 0 && faults.odd_map > 1) { /* all of it is told to be free as well */
            append(map,
                   entry.Type == EfiReservedMemoryType ? EfiReservedMemoryType
                                                       : EfiConventionalMemory,
                   entry.PhysicalStart, entry.NumberOfPages);
        } else if (i % 3 == 1) { /* half of it is told twice */
            append(map, entry.Type, entry.PhysicalStart, entry.NumberOfPages / 2);
        }
    }
    append(map, EfiConventionalMemory, LOWEST_BYTES + PAGE_BYTES, 0);
    append(map, EfiReservedMemoryType, LOWEST_BYTES, 0);
    append(map, UNACCEPTED, WAY_ABOVE, 16);
    append(map, UNKNOWN_TYPE, WAY_ABOVE + FOUR_GIB, 16);
    append(map, EfiReservedMemoryType, NOWHERE, UINT64_MAX);
    for (UINTN i = 0; i < map->count / 2; i++) {
        const EFI_MEMORY_DESCRIPTOR entry = map->entries[i];

        map->entries[i] = map->entries[map->count - 1 - i];
        map->entries[map->count - 1 - i] = entry;
    }
}

void map_doctor(struct map *map)
{
    if (faults.high_memory != 0) {
        hide_free(map, FOUR_GIB, UINT64_MAX);
    }
    if (faults.free_pages != 0) {
        hide_free(map, window_start, window_end);
    }
    if (faults.many_pieces != 0) {
        cut_in_pieces(map, faults.many_pieces);
    }
    if (faults.far_ram != 0) {
        append(map, EfiConventionalMemory, NOWHERE, faults.far_ram);
    }
    if (faults.odd_map != 0) {
        make_odd(map);
    }
}

EFI_STATUS map_give(const struct map *map, UINTN *size_bytes, void *buffer)
{
    const UINTN stride = map->stride_bytes + faults.more_stride;
    const UINTN needed = map->count * stride;
    const bool fits = buffer != NULL && *size_bytes >= needed;
    uint8_t *target = buffer;

    *size_bytes = needed;
    for (UINTN i = 0; fits && i < map->count; i++) {
        for (UINTN j = 0; j < stride; j++) {
            target[i * stride + j] = FILLER;
        }
        *(EFI_MEMORY_DESCRIPTOR *)(void *)(target + i * stride) = map->entries[i];
    }
    return fits ? EFI_SUCCESS : EFI_BUFFER_TOO_SMALL;
}
