/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Raw tables written entry by entry, and what mapping_read() makes of them. Include cmocka.h first.
 */
#ifndef TEST_MAPPING_FIXTURE_H
#define TEST_MAPPING_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "entry_bits.h"
#include "mapping.h"

#define PAGE  UINT64_C(0x1000)
#define MIB   UINT64_C(0x100000)
#define GIB   UINT64_C(0x40000000)
#define UPPER UINT64_C(0xffff000000000000) /* sign of an address of 4 levels */

#define TABLES_PA  UINT64_C(0x7f003000)
#define FRAMES     16u
#define ENTRIES    512u
#define LIST_ROOM  64u
#define UNREADABLE UINT64_C(0x7e000000)

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct fixture {
    uint64_t frames[FRAMES][ENTRIES];
    unsigned calls; /* how often a table was asked for */
    unsigned calls_most;
    unsigned growths;
    struct mapping mapping;
    struct mapping_memory memory;
    struct mtrr mtrr;
    struct memory_range pieces[8];
    struct memory_map map;
};

static inline const uint64_t *table_of(void *context, uint64_t pa, unsigned level)
{
    struct fixture *f = context;
    const uint64_t index = (pa - TABLES_PA) / PAGE;

    assert_true(level >= 1 && level <= f->mapping.facts.levels);
    assert_int_equal(pa % PAGE, 0);
    assert_true(++f->calls <= f->calls_most);
    return index < FRAMES ? f->frames[index] : NULL;
}

/* Lists of exactly so much room: the sanitizer sees a write behind it. */
static inline void give_room(struct fixture *f, size_t ranges, size_t tables)
{
    struct mapping *mapping = &f->mapping;

    free(mapping->ranges);
    free(mapping->tables);
    mapping->ranges = malloc(ranges * sizeof *mapping->ranges + (ranges == 0));
    mapping->tables = malloc(tables * sizeof *mapping->tables + (tables == 0));
    assert_true(mapping->ranges != NULL && mapping->tables != NULL);
    mapping->range_capacity = ranges;
    mapping->table_capacity = tables;
}

/* Frame 0 is the root of four levels; nothing is present, nothing but the CPU is known. */
static inline int mapping_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    memset(&f->mapping, 0xa5, sizeof f->mapping);
    f->mapping.ranges = NULL;
    f->mapping.tables = NULL;
    f->mapping.facts = (struct mapping_facts){.levels = 4,
                                              .physical_bits = 40,
                                              .has_1g_pages = true,
                                              .has_nx = true,
                                              .cr3 = TABLES_PA,
                                              .pat = MAPPING_PAT_AFTER_RESET};
    f->memory = (struct mapping_memory){.table = table_of, .context = f};
    f->calls_most = FRAMES;
    give_room(f, LIST_ROOM, LIST_ROOM);
    *state = f;
    return 0;
}

static inline int mapping_teardown(void **state)
{
    struct fixture *f = *state;

    free(f->mapping.ranges);
    free(f->mapping.tables);
    free(f);
    return 0;
}

#define test_of(name) cmocka_unit_test_setup_teardown(name, mapping_setup, mapping_teardown)

static inline uint64_t frame_pa(unsigned number)
{
    return TABLES_PA + number * PAGE;
}

/* Entry `index` of a frame points to another, with these bits beside. */
static inline void set_link(struct fixture *f, unsigned from, unsigned index, unsigned to,
                            uint64_t bits)
{
    f->frames[from][index] = frame_pa(to) | bits;
}

/* The root and frames 1 to 3 make a way to address 0, with all rights. */
static inline void set_way(struct fixture *f)
{
    set_link(f, 0, 0, 1, LINK);
    set_link(f, 1, 0, 2, LINK);
    set_link(f, 2, 0, 3, LINK);
}

static inline void read_back(struct fixture *f)
{
    f->calls = 0;
    mapping_read(&f->mapping, &f->memory);
}

static inline const struct mapping_range *range_of(struct fixture *f, size_t index)
{
    assert_true(index < f->mapping.range_count);
    return &f->mapping.ranges[index];
}

static inline void assert_range(struct fixture *f, size_t index, uint64_t va, uint64_t pa,
                                uint64_t size_bytes)
{
    const struct mapping_range *range = range_of(f, index);

    assert_int_equal(range->va, va);
    assert_int_equal(range->pa, pa);
    assert_int_equal(range->size_bytes, size_bytes);
}

/* The only range there is, and its marks. */
static inline void assert_marks(struct fixture *f, uint8_t marks, uint64_t reserved)
{
    read_back(f);
    assert_int_equal(f->mapping.range_count, 1);
    assert_int_equal(range_of(f, 0)->marks, marks);
    assert_int_equal(f->mapping.reserved.count, reserved);
}

#endif
