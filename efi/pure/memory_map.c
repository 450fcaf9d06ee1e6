/* SPDX-License-Identifier: BSD-2-Clause */
/* Making the firmware's memory map orderly, and picking places in it. */
#include "memory_map.h"

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

/*
 * Cuts a descriptor to whole pages below `limit`; an empty range says that nothing is left. Firmware
 * has to align it to pages; where it does not, RAM loses the pages that it has only a part of, and
 * what is not RAM takes them. *beyond_pages is what the limit has cost.
 */
static struct memory_range range_of(const struct memory_descriptor *descriptor, uint64_t limit,
                                    uint64_t *beyond_pages)
{
    const enum memory_kind kind = memory_kind_of(descriptor->type);
    const uint64_t offset = descriptor->physical_start & (MEMORY_PAGE_BYTES - 1);
    uint64_t base = descriptor->physical_start - offset;
    uint64_t page_count = descriptor->page_count;
    uint64_t page_limit;

    *beyond_pages = 0;
    if (base >= limit || page_count == 0) {
        *beyond_pages = page_count;
        return (struct memory_range){base, 0, kind};
    }
    if (offset != 0 && memory_kind_is_ram(kind)) {
        base += MEMORY_PAGE_BYTES;
        page_count--;
    } else if (offset != 0 && page_count != UINT64_MAX) {
        page_count++;
    }
    page_limit = (limit - base) / MEMORY_PAGE_BYTES;
    if (page_count > page_limit) {
        *beyond_pages = page_count - page_limit;
        page_count = page_limit;
    }
    return (struct memory_range){base, page_count * MEMORY_PAGE_BYTES, kind};
}

/* The size of so many pages, as far as it can be added to `sum`. */
static uint64_t saturated_bytes(uint64_t page_count, uint64_t sum)
{
    const uint64_t limit = (UINT64_MAX - sum) / MEMORY_PAGE_BYTES;

    return (page_count < limit ? page_count : limit) * MEMORY_PAGE_BYTES;
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
 * Sweeps over sorted, perhaps overlapping ranges. Between two neighbouring boundaries the same
 * ranges are active, and the one of highest precedence says what the memory is.
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

/* The inverse of memory_map_capacity(). */
static uint64_t descriptor_limit(const struct memory_map *map, const struct memory_map *scratch,
                                 size_t claim_count)
{
    const size_t capacity = map->capacity < scratch->capacity ? map->capacity : scratch->capacity;
    const size_t least = memory_map_capacity(claim_count);

    return capacity < least ? 0 : (capacity - least) / 2;
}

bool memory_map_read(struct memory_map *map, struct memory_map *scratch,
                     const struct memory_source *source, struct problem *problem)
{
    const struct text none = {NULL, 0};
    const uint64_t stride = source->descriptor_size_bytes;
    uint64_t descriptor_count;
    uint64_t list_capacity;
    size_t cursor = 0;
    struct memory_range ram;

    if (stride < MEMORY_DESCRIPTOR_BYTES) {
        return problem_set(problem, PROBLEM_MEMORY_MAP_DESCRIPTOR, none, stride,
                           MEMORY_DESCRIPTOR_BYTES);
    }
    descriptor_count = source->size_bytes / stride;
    list_capacity = memory_map_capacity(descriptor_count + source->claim_count);
    if (list_capacity > map->capacity || list_capacity > scratch->capacity) {
        return problem_set(problem, PROBLEM_MEMORY_MAP_TOO_LONG, none, descriptor_count,
                           descriptor_limit(map, scratch, source->claim_count));
    }
    scratch->count = 0;
    map->beyond_bytes = 0;
    insert_sorted(scratch, (struct memory_range){0, MEMORY_PAGE_BYTES, MEMORY_RESERVED});
    for (uint64_t i = 0; i < descriptor_count; i++) {
        const struct memory_descriptor descriptor = memory_source_at(source, i);
        struct memory_range range;
        uint64_t beyond_pages;

        range = range_of(&descriptor, UINT64_C(1) << source->physical_bits, &beyond_pages);
        if (memory_kind_is_ram(range.kind)) {
            map->beyond_bytes += saturated_bytes(beyond_pages, map->beyond_bytes);
        }
        if (range.size_bytes != 0) {
            insert_sorted(scratch, range);
        }
    }
    for (size_t i = 0; i < source->claim_count; i++) {
        insert_sorted(scratch, source->claims[i]);
    }
    resolve_overlaps(scratch, map);
    if (!memory_map_next_ram(map, &cursor, &ram)) {
        return problem_set(problem, PROBLEM_MEMORY_MAP_NO_RAM, none, descriptor_count, 0);
    }
    return true;
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

const char *memory_map_name_at(const struct memory_map *map, uint64_t address)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_range *range = &map->ranges[i];

        if (address >= range->base && address - range->base < range->size_bytes) {
            return memory_kind_name(range->kind);
        }
    }
    return "not listed";
}

void memory_map_free_bytes(const struct memory_map *map, uint64_t *total_bytes,
                           uint64_t *largest_bytes)
{
    *total_bytes = 0;
    *largest_bytes = 0;
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_range *range = &map->ranges[i];
        uint64_t size_bytes = range->size_bytes;

        if (range->kind != MEMORY_FREE || range_end(range) <= MEMORY_LOWEST_BYTES) {
            continue;
        }
        if (range->base < MEMORY_LOWEST_BYTES) {
            size_bytes -= MEMORY_LOWEST_BYTES - range->base;
        }
        *total_bytes += size_bytes;
        *largest_bytes = size_bytes > *largest_bytes ? size_bytes : *largest_bytes;
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

/* Takes the range out of the list and puts what is not empty of the pieces in its place. */
static void replace(struct memory_map *map, size_t index, const struct memory_range pieces[3])
{
    for (size_t i = index + 1; i < map->count; i++) {
        map->ranges[i - 1] = map->ranges[i];
    }
    map->count--;
    for (size_t i = 0; i < 3; i++) {
        if (pieces[i].size_bytes != 0) {
            insert_sorted(map, pieces[i]);
        }
    }
}

void memory_map_take(struct memory_map *map, uint64_t base, uint64_t size_bytes)
{
    const uint64_t end = base + size_bytes;

    for (size_t i = 0; i < map->count; i++) {
        struct memory_range *whole = &map->ranges[i];

        if (whole->kind != MEMORY_FREE || base < whole->base || end > range_end(whole)) {
            continue;
        }
        if (map->count + 2 > map->capacity) {
            whole->kind = MEMORY_LOADER;
        } else {
            const struct memory_range pieces[3] = {
                {whole->base, base - whole->base, MEMORY_FREE},
                {base, size_bytes, MEMORY_LOADER},
                {end, range_end(whole) - end, MEMORY_FREE},
            };

            replace(map, i, pieces);
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
