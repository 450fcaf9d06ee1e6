/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hostile firmware maps against a flat model (memory_window.h): unsorted, overlapping, empty, unaligned and endless
 * descriptors of any stride.
 *
 * Environment: HOIST_SEED (any number), HOIST_OPERATIONS (how many maps).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware_map.h"
#include "memory_window.h"
#include "property.h"

static struct memory_window before;
static struct firmware_map firmware;
static struct read_map lists;
static struct problem problem;

static struct {
    uint64_t descriptors, ranges, places, places_none, takes, takes_full, differences, no_ram;
} done;

static uint32_t random_type(void)
{
    static const uint32_t rare[] = {16, 0x6fffffff, 0x70000000, 0x80000000, UINT32_MAX};

    if (one_in(3)) {
        return TYPE_CONVENTIONAL;
    }
    return one_in(10) ? rare[random_below(5)] : (uint32_t)random_below(16);
}

static void add_random_descriptor(void)
{
    const uint32_t type = random_type();
    uint64_t first = random_below(WINDOW_PAGES);
    uint64_t page_count = one_in(8) ? random_below(WINDOW_PAGES) : random_below(12);
    uint64_t base;

    if (page_count > WINDOW_PAGES - first) {
        page_count = WINDOW_PAGES - first;
    }
    base = cell_base((unsigned)first);
    if (one_in(40)) {
        page_count = one_in(2) ? ENDLESS : END / PAGE;
    } else if (one_in(12) && first + page_count < WINDOW_PAGES) {
        base += 1 + random_below(PAGE - 1);
    } else if (one_in(30)) {
        base = END + random_below(UINT64_MAX - END);
        page_count = one_in(2) ? random_number() : random_below(5);
    }
    firmware_map_add(&firmware, type, base, page_count);
    window_add(memory_kind_of(type), base, page_count);
}

/* What the map says of a cell; every part of it has to say the same. */
static int kind_in_map(const struct memory_map *map, unsigned cell)
{
    const uint64_t first = cell_base(cell);
    const uint64_t end = cell == WINDOW_PAGES ? END : first + PAGE;

    for (size_t i = 0; i < map->count; i++) {
        const struct memory_range *range = &map->ranges[i];

        if (range->base < end && range->base + range->size_bytes > first) {
            CHECK(range->base <= first && range->base + range->size_bytes >= end);
            return (int)range->kind;
        }
    }
    return NOTHING;
}

static void check_cells(const struct memory_map *map)
{
    for (unsigned cell = 0; cell < CELLS; cell++) {
        if (cell_exists(cell)) {
            CHECK(kind_in_map(map, cell) == window.kind[cell]);
        }
    }
}

/* Sorted, whole pages, without overlaps, nothing outside the window but page 0 and the last cell. */
static void check_order(const struct memory_map *map, bool merged)
{
    uint64_t end = 0;

    for (size_t i = 0; i < map->count; i++) {
        const struct memory_range *range = &map->ranges[i];

        CHECK(range->size_bytes != 0);
        CHECK(range->base % PAGE == 0 && range->size_bytes % PAGE == 0);
        CHECK(range->base >= end);
        end = range->base + range->size_bytes;
        CHECK(end > range->base && end <= END);
        CHECK((range->base == 0 && end == PAGE) || range->base >= window.origin);
        if (merged && i > 0) {
            CHECK(map->ranges[i - 1].kind != range->kind ||
                  map->ranges[i - 1].base + map->ranges[i - 1].size_bytes != range->base);
        }
    }
    CHECK(map->count > 0 && map->ranges[0].base == 0 && map->ranges[0].kind == MEMORY_RESERVED);
}

static void check_ram_runs(const struct memory_map *map)
{
    struct memory_range ram;
    size_t cursor = 0;
    unsigned cell = 0;
    uint64_t last_end = 0;

    while (memory_map_next_ram(map, &cursor, &ram)) {
        const uint64_t end = ram.base + ram.size_bytes;

        CHECK(ram.base > last_end); /* else the two were one */
        last_end = end;
        for (; cell < CELLS && cell_exists(cell) && cell_base(cell) < ram.base; cell++) {
            CHECK(!cell_is_ram(window.kind[cell]));
        }
        for (; cell < CELLS && cell_exists(cell) && cell_base(cell) < end; cell++) {
            CHECK(cell_is_ram(window.kind[cell]));
        }
    }
    for (; cell < CELLS && cell_exists(cell); cell++) {
        CHECK(!cell_is_ram(window.kind[cell]));
    }
}

static struct memory_request random_request(void)
{
    const uint64_t window_end = cell_base(WINDOW_PAGES);
    struct memory_request request = {
        .size_bytes = (1 + random_below(one_in(4) ? 64 : 8)) * PAGE,
        .alignment_bytes = PAGE << random_below(6),
        .lowest = one_in(2) ? 0 : cell_base((unsigned)random_below(WINDOW_PAGES)),
        .end = window_end,
        .from_top = one_in(2),
    };

    request.remainder_bytes = random_below(request.alignment_bytes / PAGE) * PAGE;
    if (one_in(2)) {
        request.end = cell_base((unsigned)random_below(WINDOW_PAGES));
    }
    return request;
}

/* Picks a place, compares it, and takes it; a list that is full gives the whole run away. */
static void pick_and_take(struct memory_map *map)
{
    const struct memory_request request = random_request();
    uint64_t expected = 1;
    uint64_t found = 1;
    const bool fits = window_find_place(&request, &expected);

    CHECK(memory_map_pick(map, &request, &found) == fits);
    CHECK(found == expected);
    if (!fits) {
        done.places_none++;
        return;
    }
    done.places++;
    if (map->count + 2 > map->capacity) {
        window_take_run(found);
        done.takes_full++;
    } else {
        window_take(found, request.size_bytes);
        done.takes++;
    }
    memory_map_take(map, found, request.size_bytes);
    check_order(map, false);
    check_cells(map);
}

/* The list for the kernel, in exactly the room that is asked for. */
static void check_hand_over(const struct memory_map *map)
{
    struct hoist_memory_range *ranges = malloc(map->count * sizeof *ranges);
    size_t count;
    uint64_t end = 0;

    CHECK(ranges != NULL);
    memset(ranges, 0xe5, map->count * sizeof *ranges);
    count = memory_map_hand_over(map, ranges);
    CHECK(count <= map->count && count > 0);
    for (size_t i = 0; i < count; i++) {
        CHECK(ranges[i].size_bytes != 0 && ranges[i].reserved == 0);
        CHECK(ranges[i].physical_base >= end);
        if (i > 0 && ranges[i].physical_base == end) {
            CHECK(ranges[i].type != ranges[i - 1].type);
        }
        CHECK(ranges[i].type != HOIST_MEMORY_USABLE || ranges[i].physical_base >= PAGE);
        end = ranges[i].physical_base + ranges[i].size_bytes;
    }
    for (unsigned cell = 0; cell < CELLS && cell_exists(cell); cell++) {
        const uint64_t first = cell_base(cell);
        int type = NOTHING;

        for (size_t i = 0; i < count && type == NOTHING; i++) {
            if (first >= ranges[i].physical_base &&
                first - ranges[i].physical_base < ranges[i].size_bytes) {
                type = (int)ranges[i].type;
            }
        }
        CHECK(type == (window.kind[cell] == NOTHING
                           ? NOTHING
                           : (int)memory_kind_type((enum memory_kind)window.kind[cell])));
    }
    free(ranges);
}

static bool read_lists(struct read_map *target, const struct memory_range *kernel)
{
    struct memory_source source = firmware_map_source(&firmware);

    source.physical_bits = window.physical_bits;
    source.claims = kernel;
    source.claim_count = kernel == NULL ? 0 : 1;
    read_map_open(target, memory_map_capacity(firmware.count + source.claim_count));
    return memory_map_read(&target->map, &target->scratch, &source, &problem);
}

/* A few descriptors more, as if the firmware had gone on; the first page whose being RAM changed. */
static void check_difference(void)
{
    struct read_map later;
    uint64_t expected = 0;
    uint64_t found = 1;
    bool same = true;

    before = window;
    for (uint64_t i = random_below(3); i > 0; i--) {
        add_random_descriptor();
    }
    if (read_lists(&later, NULL)) {
        for (unsigned cell = 0; cell < CELLS && cell_exists(cell) && same; cell++) {
            same = cell_is_ram(window.kind[cell]) == cell_is_ram(before.kind[cell]);
            expected = cell_base(cell);
        }
        CHECK(memory_map_same_ram(&lists.map, &later.map, &found) == same);
        CHECK(same || found == expected);
        found = 1;
        CHECK(memory_map_same_ram(&later.map, &lists.map, &found) == same);
        CHECK(same || found == expected);
        done.differences += same ? 0 : 1;
    }
    read_map_close(&later);
}

static void do_map(void)
{
    const uint64_t descriptor_count = one_in(20) ? random_below(600) : random_below(40);
    struct memory_range kernel = {0, 0, MEMORY_KERNEL};
    const bool has_kernel = one_in(2);

    window_begin();
    firmware_map_open(&firmware, MEMORY_DESCRIPTOR_BYTES + random_below(40));
    for (uint64_t i = 0; i < descriptor_count; i++) {
        add_random_descriptor();
    }
    if (has_kernel) {
        const unsigned first = (unsigned)random_below(WINDOW_PAGES / 2 - 8);

        kernel.base = cell_base(first);
        kernel.size_bytes = (1 + random_below(8)) * PAGE;
        window_add(MEMORY_KERNEL, kernel.base, kernel.size_bytes / PAGE);
    }
    property.step = "read";
    if (!read_lists(&lists, has_kernel ? &kernel : NULL)) {
        CHECK(problem.kind == PROBLEM_MEMORY_MAP_NO_RAM && !window_has_ram());
        done.no_ram++;
    } else {
        CHECK(window_has_ram());
        check_order(&lists.map, true);
        check_cells(&lists.map);
        check_ram_runs(&lists.map);
        check_hand_over(&lists.map);
        done.descriptors += descriptor_count;
        done.ranges += lists.map.count;
        if (!has_kernel && one_in(3)) {
            property.step = "difference";
            check_difference();
        } else {
            property.step = "pick and take";
            for (unsigned i = 0; i < 30; i++) {
                pick_and_take(&lists.map);
            }
            check_ram_runs(&lists.map);
            check_hand_over(&lists.map);
        }
    }
    read_map_close(&lists);
    firmware_map_close(&firmware);
}

int main(void)
{
    property_begin("hostile memory maps agree with a flat model", 15000);
    for (; property.operation < property.operation_count; property.operation++) {
        do_map();
    }
    printf("# %" PRIu64 " descriptors, %" PRIu64 " ranges, %" PRIu64 " maps without RAM\n",
           done.descriptors, done.ranges, done.no_ram);
    printf("# %" PRIu64 " places, %" PRIu64 " times none, %" PRIu64 " taken, %" PRIu64
           " from a full list, %" PRIu64 " differences\n",
           done.places, done.places_none, done.takes, done.takes_full, done.differences);
    printf("ok 1 - %s\n", property.name);
    return 0;
}
