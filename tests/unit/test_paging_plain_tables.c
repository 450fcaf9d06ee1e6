/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables at their own physical addresses, as in a loader or a kernel: no hook reaches them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "paging_fixture.h"

#define POOL_TABLES 32u

static uint64_t pool[POOL_TABLES][512] __attribute__((aligned(4096)));
static unsigned pool_used;

static bool allocate_plain(void *context, struct hoist_frame_4k *frame)
{
    (void)context;
    assert_true(pool_used < POOL_TABLES);
    memset(pool[pool_used], 0x55, sizeof pool[0]);
    frame->pa = (uintptr_t)pool[pool_used++];
    return true;
}

static void free_plain(void *context, struct hoist_frame_4k frame)
{
    (void)context;
    (void)frame;
}

static const struct hoist_hooks plain_hooks = {.allocate_table = allocate_plain,
                                               .free_table = free_plain};

/* Where the first page of each size is mapped to, in each half. */
static const struct place {
    uint64_t va, pa, size;
} places[] = {
    {0x7000, UINT64_C(0xffffffffff000), 4 * KIB},
    {3 * GIB + 6 * MIB, 10 * MIB, 2 * MIB},
    {513 * GIB, 7 * GIB, GIB},
    {HALF, 0x3000, 4 * KIB},
    {HALF + 511 * GIB, 8 * MIB, 2 * MIB},
    {HALF + 512 * GIB, 5 * GIB, GIB},
    {UINT64_C(0x00007ffffffff000), 0x9000, 4 * KIB},
    {UINT64_C(0xffffffffc0000000), 6 * GIB, GIB},
};

#define PLACE_COUNT (sizeof places / sizeof places[0])

static struct hoist_space begin_plain(uint8_t levels)
{
    const struct hoist_cpu cpu = fixture_cpu(levels);
    struct hoist_space space;

    pool_used = 0;
    assert_int_equal(hoist_space_init(&space, &cpu, &plain_hooks, NULL), HOIST_OK);
    return space;
}

static void map_place(struct hoist_space *space, const struct place *place)
{
    const struct hoist_extent extent =
        hoist_extent_of(hoist_va_of(place->va), hoist_pa_of(place->pa), place->size);

    /* The PAT bit of a large leaf must not pass for a bit of its address. */
    assert_int_equal(hoist_map(space, &extent, hoist_kernel_write_combining(), HOIST_LEAF_1G),
                     HOIST_OK);
}

static struct hoist_space begin_with_places(uint8_t levels)
{
    struct hoist_space space = begin_plain(levels);

    for (unsigned i = 0; i < PLACE_COUNT; i++) {
        map_place(&space, &places[i]);
    }
    return space;
}

static uint64_t *plain_entry(const struct hoist_space *space, uint64_t va, unsigned level)
{
    const uint64_t address = UINT64_C(0x000ffffffffff000);
    uint64_t *table = (uint64_t *)(uintptr_t)(space->root & address);

    for (unsigned above = space->cpu.levels; above > level; above--) {
        table = (uint64_t *)(uintptr_t)(table[va >> (12 + 9 * (above - 1)) & 511] & address);
    }
    return &table[va >> (12 + 9 * (level - 1)) & 511];
}

static void assert_at(const struct hoist_space *space, uint64_t va, uint64_t pa, uint64_t size)
{
    struct hoist_translation found;
    struct hoist_pa other = {1};
    struct hoist_pa short_way = {1};

    assert_int_equal(hoist_query(space, hoist_va_of(va), &found), HOIST_OK);
    assert_int_equal(found.pa.value, pa);
    assert_int_equal(hoist_leaf_bytes(found.size), size);
    assert_int_equal(hoist_translate_any(space, hoist_va_of(va), &other), HOIST_OK);
    assert_int_equal(other.value, pa);
    assert_int_equal(hoist_translate(space, hoist_va_of(va), &short_way), HOIST_OK);
    assert_int_equal(short_way.value, pa);
}

static void assert_nothing_at(const struct hoist_space *space, uint64_t va,
                              enum hoist_result expected)
{
    struct hoist_translation found;
    struct hoist_pa pa;

    assert_int_equal(hoist_query(space, hoist_va_of(va), &found), expected);
    assert_int_equal(hoist_translate_any(space, hoist_va_of(va), &pa), expected);
    assert_int_equal(hoist_translate(space, hoist_va_of(va), &pa), expected);
}

static void addresses_in_leaves_of_every_size_are_found_with_their_offset(void **state)
{
    (void)state;
    for (uint8_t levels = 4; levels <= 5; levels++) {
        const struct hoist_space space = begin_with_places(levels);

        for (unsigned i = 0; i < PLACE_COUNT; i++) {
            const uint64_t last = places[i].size - 1;

            assert_at(&space, places[i].va, places[i].pa, places[i].size);
            assert_at(&space, places[i].va + last, places[i].pa + last, places[i].size);
        }
    }
}

static void what_is_not_present_ends_the_look_up_at_every_level(void **state)
{
    (void)state;
    for (uint8_t levels = 4; levels <= 5; levels++) {
        for (unsigned level = 1; level <= levels; level++) {
            const struct hoist_space space = begin_with_places(levels);
            uint64_t *entry = plain_entry(&space, HALF, level);

            *entry &= ~P;
            assert_nothing_at(&space, HALF, HOIST_NOT_MAPPED);
            *entry = ~P;
            assert_nothing_at(&space, HALF, HOIST_NOT_MAPPED);
            *entry = 0;
            assert_nothing_at(&space, HALF, HOIST_NOT_MAPPED);
        }
    }
}

static void an_empty_space_maps_nothing(void **state)
{
    (void)state;
    for (uint8_t levels = 4; levels <= 5; levels++) {
        const struct hoist_space space = begin_plain(levels);

        assert_nothing_at(&space, 0, HOIST_NOT_MAPPED);
        assert_nothing_at(&space, HALF, HOIST_NOT_MAPPED);
        assert_nothing_at(&space, HALF - 1, levels == 4 ? HOIST_NOT_CANONICAL : HOIST_NOT_MAPPED);
    }
}

static void the_hole_begins_and_ends_where_the_levels_say(void **state)
{
    struct hoist_space space = begin_with_places(4);

    (void)state;
    assert_nothing_at(&space, UINT64_C(0x0000800000000000), HOIST_NOT_CANONICAL);
    assert_nothing_at(&space, HALF - 1, HOIST_NOT_CANONICAL);
    assert_nothing_at(&space, UINT64_C(0x0001000000000000), HOIST_NOT_CANONICAL);
    assert_nothing_at(&space, UINT64_C(0x8000000000000000), HOIST_NOT_CANONICAL);
    space = begin_with_places(5);
    assert_nothing_at(&space, UINT64_C(0x0000800000000000), HOIST_NOT_MAPPED);
    assert_nothing_at(&space, HALF - 1, HOIST_NOT_MAPPED);
    assert_nothing_at(&space, UINT64_C(0x0100000000000000), HOIST_NOT_CANONICAL);
    assert_nothing_at(&space, UINT64_C(0xfeffffffffffffff), HOIST_NOT_CANONICAL);
}

static void bit_7_makes_a_leaf_of_no_entry_above_the_pdpt(void **state)
{
    (void)state;
    for (uint8_t levels = 4; levels <= 5; levels++) {
        const struct hoist_space space = begin_with_places(levels);

        for (unsigned level = 4; level <= levels; level++) {
            *plain_entry(&space, HALF, level) |= PS;
            assert_at(&space, HALF, 0x3000, 4 * KIB);
        }
    }
}

static void every_link_takes_its_part_of_the_rights(void **state)
{
    (void)state;
    for (uint8_t levels = 4; levels <= 5; levels++) {
        for (unsigned level = 2; level <= levels; level++) {
            const struct hoist_extent extent =
                hoist_extent_of(hoist_va_of(0), hoist_pa_of(0), 4 * KIB);
            struct hoist_space space = begin_plain(levels);
            struct hoist_translation found;

            assert_int_equal(
                hoist_map(&space, &extent,
                          rights_of(HOIST_READ | HOIST_WRITE | HOIST_USER | HOIST_EXECUTE),
                          HOIST_LEAF_4K),
                HOIST_OK);
            assert_int_equal(hoist_query(&space, extent.va, &found), HOIST_OK);
            assert_int_equal(found.effective.rights,
                             HOIST_READ | HOIST_WRITE | HOIST_USER | HOIST_EXECUTE);
            *plain_entry(&space, 0, level) |= NX;
            assert_int_equal(hoist_query(&space, extent.va, &found), HOIST_OK);
            assert_int_equal(found.effective.rights, HOIST_READ | HOIST_WRITE | HOIST_USER);
            *plain_entry(&space, 0, level) &= ~W;
            assert_int_equal(hoist_query(&space, extent.va, &found), HOIST_OK);
            assert_int_equal(found.effective.rights, HOIST_READ | HOIST_USER);
            *plain_entry(&space, 0, level) &= ~U;
            assert_int_equal(hoist_query(&space, extent.va, &found), HOIST_OK);
            assert_int_equal(found.effective.rights, HOIST_READ);
        }
    }
}

static uint8_t reads[POOL_TABLES][512];

static enum hoist_result read_and_count(void *context, struct hoist_pa pa, uint64_t *entry)
{
    const uint64_t *place = (const uint64_t *)(uintptr_t)pa.value;

    (void)context;
    reads[(place - &pool[0][0]) / 512][(place - &pool[0][0]) % 512]++;
    *entry = *place;
    return HOIST_OK;
}

static enum hoist_result note_level(void *context, struct hoist_frame_4k frame, unsigned level)
{
    ((unsigned *)context)[((const uint64_t *)(uintptr_t)frame.pa - &pool[0][0]) / 512] = level;
    return HOIST_OK;
}

/* Each read may be a message to another machine. What is read ahead are leaves alone. */
static void a_visit_by_the_read_hook_reads_entries_above_page_tables_once(void **state)
{
    static const struct hoist_hooks reading = {.read_entry = read_and_count};

    (void)state;
    for (uint8_t levels = 4; levels <= 5; levels++) {
        struct hoist_space space = begin_with_places(levels);
        unsigned level_of[POOL_TABLES] = {0};
        const struct hoist_visitor visitor = {.table = note_level, .context = level_of};

        space.hooks = &reading;
        memset(reads, 0, sizeof reads);
        assert_int_equal(hoist_visit(&space, hoist_va_of(0), hoist_va_of(UINT64_MAX), &visitor),
                         HOIST_OK);
        for (unsigned i = 0; i < pool_used * 512; i++) {
            assert_in_range(reads[i / 512][i % 512], 1, level_of[i / 512] == 1 ? 255 : 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_in_leaves_of_every_size_are_found_with_their_offset),
        cmocka_unit_test(what_is_not_present_ends_the_look_up_at_every_level),
        cmocka_unit_test(an_empty_space_maps_nothing),
        cmocka_unit_test(the_hole_begins_and_ends_where_the_levels_say),
        cmocka_unit_test(bit_7_makes_a_leaf_of_no_entry_above_the_pdpt),
        cmocka_unit_test(every_link_takes_its_part_of_the_rights),
        cmocka_unit_test(a_visit_by_the_read_hook_reads_entries_above_page_tables_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
