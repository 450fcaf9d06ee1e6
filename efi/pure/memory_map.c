/* SPDX-License-Identifier: BSD-2-Clause */
/* Making the firmware's memory map orderly, and picking places in it. */
#include "memory_map.h"

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

struct firmware_descriptor {
    uint32_t type;
    uint32_t reserved;
    uint64_t physical_start;
    uint64_t virtual_start;
    uint64_t page_count;
    uint64_t attribute;
};

_Static_assert(sizeof(struct firmware_descriptor) == MEMORY_DESCRIPTOR_BYTES, "UEFI 7.2.3");

static enum memory_kind kind_of(uint32_t type)
{
    switch (type) {
    case FIRMWARE_CONVENTIONAL: return MEMORY_FREE;
    case FIRMWARE_BOOT_CODE:
    case FIRMWARE_BOOT_DATA:    return MEMORY_BOOT;
    case FIRMWARE_LOADER_CODE:
    case FIRMWARE_LOADER_DATA:  return MEMORY_LOADER;
    case FIRMWARE_PERSISTENT:   return MEMORY_PERSISTENT;
    case FIRMWARE_ACPI_RECLAIM: return MEMORY_ACPI_TABLES;
    case FIRMWARE_ACPI_NVS:     return MEMORY_ACPI_NVS;
    case FIRMWARE_RUNTIME_DATA: return MEMORY_RUNTIME_DATA;
    case FIRMWARE_RUNTIME_CODE: return MEMORY_RUNTIME_CODE;
    case FIRMWARE_UNUSABLE:     return MEMORY_BAD;
    case FIRMWARE_MMIO:
    case FIRMWARE_MMIO_PORTS:   return MEMORY_DEVICE;
    default:                    return MEMORY_RESERVED;
    }
}

static uint64_t range_end(const struct memory_range *range)
{
    return range->base + range->size_bytes;
}

/* Inserts by base address; firmware maps are nearly sorted, so this moves little. */
static void insert_sorted(struct memory_map *map, struct memory_range range)
{
    size_t place = map->count;

    for (; place > 0 && map->ranges[place - 1].base > range.base; place--) {
        map->ranges[place] = map->ranges[place - 1];
    }
    map->ranges[place] = range;
    map->count++;
}

/* Cuts a descriptor to whole pages below 2^52; an empty range says that nothing is left. */
static struct memory_range range_of(const struct firmware_descriptor *descriptor)
{
    const uint64_t page_mask = MEMORY_PAGE_BYTES - 1;
    const enum memory_kind kind = kind_of(descriptor->type);
    const uint64_t base = descriptor->physical_start & ~page_mask;
    const uint64_t page_limit = base < MEMORY_END_BYTES ? (MEMORY_END_BYTES - base) / MEMORY_PAGE_BYTES
                                                        : 0;
    const uint64_t page_count = descriptor->page_count < page_limit ? descriptor->page_count
                                                                    : page_limit;

    return (struct memory_range){base, page_count * MEMORY_PAGE_BYTES, kind};
}

static void append_merged(struct memory_map *map, struct memory_range range)
{
    struct memory_range *last = map->count == 0 ? NULL : &map->ranges[map->count - 1];

    if (last != NULL && last->kind == range.kind && range_end(last) == range.base) {
        last->size_bytes += range.size_bytes;
    } else {
        map->ranges[map->count++] = range;
    }
}

/*
 * Sweeps over sorted, perhaps overlapping ranges. Between two neighbouring boundaries the same ranges are
 * active, and the one of highest precedence says what the memory is.
 */
static void resolve_overlaps(const struct memory_map *sorted, struct memory_map *map)
{
    uint64_t position = 0;
    size_t first = 0;

    map->count = 0;
    while (first < sorted->count) {
        uint64_t next = UINT64_MAX;
        enum memory_kind kind = MEMORY_FREE;
        bool active = false;

        for (size_t i = first; i < sorted->count; i++) {
            const struct memory_range *range = &sorted->ranges[i];

            if (range->base > position) {
                next = range->base < next ? range->base : next;
                break;
            }
            if (range_end(range) > position) {
                kind = !active || range->kind > kind ? range->kind : kind;
                next = range_end(range) < next ? range_end(range) : next;
                active = true;
            }
        }
        if (active) {
            append_merged(map, (struct memory_range){position, next - position, kind});
        }
        position = next;
        while (first < sorted->count && range_end(&sorted->ranges[first]) <= position) {
            first++;
        }
    }
}

bool memory_map_read(struct memory_map *map, struct memory_map *scratch,
                     const struct memory_source *source, const struct memory_range *kernel,
                     struct problem *problem)
{
    const struct text none = {NULL, 0};
    const uint64_t stride = source->descriptor_size_bytes;
    const unsigned char *bytes = source->descriptors;
    uint64_t descriptor_count;
    size_t cursor = 0;
    struct memory_range ram;

    if (stride < MEMORY_DESCRIPTOR_BYTES) {
        return problem_set(problem, PROBLEM_MEMORY_MAP_DESCRIPTOR, none, stride,
                           MEMORY_DESCRIPTOR_BYTES);
    }
    descriptor_count = source->size_bytes / stride;
    if (memory_map_capacity(descriptor_count) > map->capacity ||
        memory_map_capacity(descriptor_count) > scratch->capacity) {
        return problem_set(problem, PROBLEM_MEMORY_MAP_TOO_LONG, none, descriptor_count,
                           (map->capacity - 16) / 2 - 2);
    }
    scratch->count = 0;
    insert_sorted(scratch, (struct memory_range){0, MEMORY_PAGE_BYTES, MEMORY_RESERVED});
    for (uint64_t i = 0; i < descriptor_count; i++) {
        struct firmware_descriptor descriptor;
        struct memory_range range;

        __builtin_memcpy(&descriptor, bytes + i * stride, sizeof(descriptor));
        range = range_of(&descriptor);
        if (range.size_bytes != 0) {
            insert_sorted(scratch, range);
        }
    }
    if (kernel != NULL) {
        insert_sorted(scratch, *kernel);
    }
    resolve_overlaps(scratch, map);
    if (!memory_map_next_ram(map, &cursor, &ram)) {
        return problem_set(problem, PROBLEM_MEMORY_MAP_NO_RAM, none, descriptor_count, 0);
    }
    return true;
}

bool memory_kind_is_ram(enum memory_kind kind)
{
    return kind <= MEMORY_ACPI_NVS;
}

enum hoist_memory_type memory_kind_type(enum memory_kind kind)
{
    switch (kind) {
    case MEMORY_FREE:
    case MEMORY_BOOT:         return HOIST_MEMORY_USABLE;
    case MEMORY_LOADER:       return HOIST_MEMORY_LOADER;
    case MEMORY_KERNEL:       return HOIST_MEMORY_KERNEL;
    case MEMORY_PERSISTENT:   return HOIST_MEMORY_PERSISTENT;
    case MEMORY_ACPI_TABLES:  return HOIST_MEMORY_ACPI_TABLES;
    case MEMORY_ACPI_NVS:     return HOIST_MEMORY_ACPI_NVS;
    case MEMORY_RUNTIME_DATA: return HOIST_MEMORY_RUNTIME_DATA;
    case MEMORY_RUNTIME_CODE: return HOIST_MEMORY_RUNTIME_CODE;
    case MEMORY_BAD:          return HOIST_MEMORY_BAD;
    case MEMORY_DEVICE:       return HOIST_MEMORY_DEVICE;
    case MEMORY_RESERVED:     break;
    }
    return HOIST_MEMORY_RESERVED;
}

bool memory_map_next_ram(const struct memory_map *map, size_t *cursor, struct memory_range *ram)
{
    size_t i = *cursor;

    while (i < map->count && !memory_kind_is_ram(map->ranges[i].kind)) {
        i++;
    }
    if (i == map->count) {
        *cursor = i;
        return false;
    }
    *ram = map->ranges[i++];
    while (i < map->count && memory_kind_is_ram(map->ranges[i].kind) &&
           map->ranges[i].base == range_end(ram)) {
        ram->size_bytes += map->ranges[i++].size_bytes;
    }
    *cursor = i;
    return true;
}

bool memory_map_same_ram(const struct memory_map *planned, const struct memory_map *now,
                         uint64_t *difference)
{
    size_t planned_cursor = 0;
    size_t now_cursor = 0;

    for (;;) {
        struct memory_range before;
        struct memory_range after;
        const bool was = memory_map_next_ram(planned, &planned_cursor, &before);
        const bool is = memory_map_next_ram(now, &now_cursor, &after);

        if (!was && !is) {
            return true;
        }
        if (was != is) {
            *difference = was ? before.base : after.base;
            return false;
        }
        if (before.base != after.base) {
            *difference = before.base < after.base ? before.base : after.base;
            return false;
        }
        if (before.size_bytes != after.size_bytes) {
            *difference = range_end(before.size_bytes < after.size_bytes ? &before : &after);
            return false;
        }
    }
}

void memory_map_free_bytes(const struct memory_map *map, uint64_t *total_bytes,
                           uint64_t *largest_bytes)
{
    *total_bytes = 0;
    *largest_bytes = 0;
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_range *range = &map->ranges[i];

        if (range->kind != MEMORY_FREE || range->base < MEMORY_LOWEST_BYTES) {
            continue;
        }
        *total_bytes += range->size_bytes;
        *largest_bytes = range->size_bytes > *largest_bytes ? range->size_bytes : *largest_bytes;
    }
}

/* The lowest or highest place in [from, to); UINT64_MAX: it does not fit. */
static uint64_t place_in(uint64_t from, uint64_t to, const struct memory_request *request)
{
    const uint64_t mask = request->alignment_bytes - 1;
    uint64_t place;

    if (to <= from || to - from < request->size_bytes) {
        return UINT64_MAX;
    }
    if (request->from_top) {
        const uint64_t highest = to - request->size_bytes;
        const uint64_t down = (highest - request->remainder_bytes) & mask;

        place = highest - down;
        return down <= highest && place >= from ? place : UINT64_MAX;
    }
    place = from + ((request->remainder_bytes - from) & mask);
    return place <= to - request->size_bytes ? place : UINT64_MAX;
}

bool memory_map_pick(const struct memory_map *map, const struct memory_request *request,
                     uint64_t *base)
{
    bool found = false;

    for (size_t i = 0; i < map->count; i++) {
        const struct memory_range *range = &map->ranges[i];
        const uint64_t from = range->base > request->lowest ? range->base : request->lowest;
        const uint64_t to = range_end(range) < request->end ? range_end(range) : request->end;
        uint64_t place;

        if (range->kind != MEMORY_FREE) {
            continue;
        }
        place = place_in(from, to, request);
        if (place == UINT64_MAX) {
            continue;
        }
        *base = place;
        found = true;
        if (!request->from_top) {
            break;
        }
    }
    return found;
}

void memory_map_take(struct memory_map *map, uint64_t base, uint64_t size_bytes)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_range whole = map->ranges[i];
        const uint64_t end = base + size_bytes;
        const struct memory_range pieces[3] = {
            {whole.base, base - whole.base, MEMORY_FREE},
            {base, size_bytes, MEMORY_LOADER},
            {end, range_end(&whole) - end, MEMORY_FREE},
        };

        if (whole.kind != MEMORY_FREE || base < whole.base || end > range_end(&whole) ||
            map->count + 2 > map->capacity) {
            continue;
        }
        for (size_t k = i + 1; k < map->count; k++) {
            map->ranges[k - 1] = map->ranges[k];
        }
        map->count--;
        for (size_t k = 0; k < 3; k++) {
            if (pieces[k].size_bytes != 0) {
                insert_sorted(map, pieces[k]);
            }
        }
        return;
    }
}

size_t memory_map_hand_over(const struct memory_map *map, struct hoist_memory_range *ranges)
{
    size_t count = 0;

    for (size_t i = 0; i < map->count; i++) {
        const struct memory_range *range = &map->ranges[i];
        const uint32_t type = (uint32_t)memory_kind_type(range->kind);
        struct hoist_memory_range *last = count == 0 ? NULL : &ranges[count - 1];

        if (last != NULL && last->type == type &&
            last->physical_base + last->size_bytes == range->base) {
            last->size_bytes += range->size_bytes;
            continue;
        }
        ranges[count++] = (struct hoist_memory_range){range->base, range->size_bytes, type, 0};
    }
    return count;
}
