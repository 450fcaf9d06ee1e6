/* SPDX-License-Identifier: BSD-2-Clause */
/* Small mappings, filled in by hand. */
#include "mapping_sample.h"

#include "mapping_json.h"

#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define KERNEL        UINT64_C(0xffffffff80000000)
#define TABLES        UINT64_C(0x7f000000)
#define MIB           UINT64_C(0x100000)
#define R             HOIST_READ
#define W             HOIST_WRITE
#define X             HOIST_EXECUTE
#define U             HOIST_USER
#define G             HOIST_GLOBAL
#define KIND(name)    (UINT32_C(1) << MEMORY_##name)

/* A line of a table below is a range. */
/* clang-format off */
static const struct memory_range pieces[] = {
    {0x100000, 0x100000, MEMORY_FREE},
    {0x200000, 0x203000, MEMORY_KERNEL},
    {0x403000, 0x7ebfd000, MEMORY_FREE},
    {0x7f000000, 0x4000, MEMORY_LOADER},
    {0xc0000000, 0x400000, MEMORY_FRAMEBUFFER},
};

static const struct plan_range plan[] = {
    {"kernel segment 0", PLAN_PART_KERNEL, KERNEL, 0x200000, 2 * MIB, {R | X, 0, 0, 0}, 2},
    {"kernel segment 1", PLAN_PART_KERNEL, KERNEL + 2 * MIB, 0x400000, 0x3000, {R | W, 0, 0, 0}, 1},
    {"framebuffer", PLAN_PART_FRAMEBUFFER, KERNEL + 32 * MIB, 0xc0000000, 4 * MIB, {R | W, 0, 0, 0}, 2},
};

static const struct plan_range odd_plan[] = {
    {"a \"name\" with \\, \x01\n\x7f", PLAN_PART_DIRECT_MAP, KERNEL, 0x200000, 2 * MIB, {R, 0, 0, 0}, 3},
    {"\xc3\xa9\xff", PLAN_PART_RUNTIME, KERNEL + 2 * MIB, 0x400000, 0x1000, {R | X, 5, 0, 0}, 1},
};

static const struct mapping_range ranges[] = {
    {KERNEL, 0x200000, 2 * MIB, {0, 0, 1, 0}, 0, KIND(KERNEL), 0, MAPPING_LEAVES, R | X, R | X, 0, 6, 6, 6, 0},
    {KERNEL + 2 * MIB, 0x400000, 0x3000, {0, 3, 0, 0}, 0, KIND(KERNEL), 1, MAPPING_LEAVES, R | W | X, R | W,
     0, 6, 6, 6, MAPPING_MARK_RIGHTS},
    {KERNEL + 32 * MIB, 0xc0000000, 4 * MIB, {0, 0, 2, 0}, 0, KIND(FRAMEBUFFER), 2, MAPPING_LEAVES, R | W, R | W,
     0, 6, 6, 6, 0},
};

static const struct mapping_range odd_ranges[] = {
    {0, 0x80000000, 0x40201000, {0, 1, 1, 1}, 0, KIND(FREE) | KIND(RUNTIME_CODE) | MAPPING_MEMORY_UNLISTED,
     MAPPING_NO_PLAN, MAPPING_LEAVES, R | W | X | U | G, R | X | U | G, 7, 7, 1, 1, 0x3f},
    {0x8000000000, TABLES, 0x8000000000, {0}, 0, 0, MAPPING_NO_PLAN, MAPPING_RECURSIVE, R, R, 0, 0, 0, 0, 0},
    {0xffff800000000000, TABLES + 0x1000, 0x8000000000, {0}, KERNEL, 0, MAPPING_NO_PLAN, MAPPING_SHARED, R, R,
     0, 0, 0, 0, 0},
    {0xffff808000000000, 0xfffff000, 0x40000000, {0}, 0, 0, MAPPING_NO_PLAN, MAPPING_UNREADABLE, R, R, 0, 0, 0, 0, 0},
    {KERNEL, 0x200000, 2 * MIB, {0, 0, 1, 0}, 0, KIND(KERNEL), 0, MAPPING_LEAVES, R, R, 5, 1, 0, 0xff, 0},
    {KERNEL + 2 * MIB, 0x400000, 0x1000, {0, 1, 0, 0}, 0, KIND(KERNEL), 1, MAPPING_LEAVES, R | X, R | X,
     4, 5, 4, 5, 0},
    {0xfffffffffffff000, 0x401000, 0x1000, {0, 1, 0, 0}, 0, KIND(KERNEL), MAPPING_NO_PLAN, MAPPING_LEAVES, R, R,
     1, 4, 6, 4, 0},
};
/* clang-format on */

static const struct mapping_table tables[] = {
    {TABLES, 0, 1, 4, R | W | X | U, 0},
    {TABLES + 0x1000, 0xffffff8000000000, 1, 3, R | W | X, 0},
    {TABLES + 0x2000, KERNEL, 4, 2, R | W | X, 0},
    {TABLES + 0x3000, KERNEL + 2 * MIB, 3, 1, R | W, 0},
};

static struct mapping mapping;
static struct finding findings[RULE_COUNT];
static struct mapping_range range_room[LENGTH(odd_ranges)];
static struct mapping_table table_room[LENGTH(tables)];
static struct plan_range plan_room[LENGTH(plan)];
static struct memory_range piece_room[LENGTH(pieces)];
static struct memory_map map = {piece_room, LENGTH(pieces), LENGTH(pieces), 0};
static struct mtrr mtrr;

static void put_ranges(const struct mapping_range *from, size_t count)
{
    memcpy(range_room, from, count * sizeof *from);
    mapping.ranges = range_room;
    mapping.range_count = count;
    mapping.range_capacity = LENGTH(range_room);
    for (size_t i = 0; i < count; i++) {
        for (unsigned size = HOIST_LEAF_4K; size <= HOIST_LEAF_1G; size++) {
            mapping.leaf_count[size] += from[i].leaf_count[size];
        }
    }
}

static void put_plan(const struct plan_range *from, size_t count)
{
    memcpy(plan_room, from, count * sizeof *from);
    mapping.facts.plan = plan_room;
    mapping.facts.plan_count = count;
}

static void make_documented(void)
{
    memcpy(piece_room, pieces, sizeof pieces);
    memcpy(table_room, tables, sizeof tables);
    mtrr = (struct mtrr){.default_type = 0x806, .physical_bits = 40, .count = 1};
    mtrr.registers[0] = (struct mtrr_register){0xe0000000, 0xffe0000800};
    mapping.facts.wx_strict = true;
    mapping.facts.mtrr = &mtrr;
    mapping.facts.memory = &map;
    mapping.facts.tables_pa = TABLES;
    mapping.facts.table_frame_count = LENGTH(tables);
    put_plan(plan, LENGTH(plan));
    put_ranges(ranges, LENGTH(ranges));
    mapping.tables = table_room;
    mapping.table_count = LENGTH(tables);
    mapping.table_capacity = LENGTH(tables);
    mapping.table_frames = LENGTH(tables);
    mapping.entry_count = 9;
}

static void make_all(void)
{
    make_documented();
    memset(mapping.leaf_count, 0, sizeof mapping.leaf_count);
    put_plan(odd_plan, LENGTH(odd_plan));
    put_ranges(odd_ranges, LENGTH(odd_ranges));
    mapping.facts.levels = 5;
    mapping.facts.physical_bits = 52;
    mtrr.has_fixed = true;
    for (unsigned i = 0; i < MTRR_FIXED_COUNT; i++) {
        mtrr.fixed[i] = UINT64_C(0xffffffffffffff00) + i;
    }
    mapping.reserved = (struct mapping_places){1, 0, 0x80000000};
    mapping.across = (struct mapping_places){UINT64_MAX, 0x40000000, 0xc0000000};
    mapping.outside = (struct mapping_places){2, KERNEL, 0x1000};
    mapping.entry_count = UINT64_MAX;
}

static void make_unknown(void)
{
    mapping.facts.has_1g_pages = false;
    mapping.facts.has_nx = false;
    mapping.facts.physical_bits = 36;
    mapping.ranges_left_out = 3;
    mapping.tables_left_out = true;
    mapping.entry_count = 5;
}

struct mapping *mapping_sample(enum mapping_sample sample)
{
    uint32_t order[LENGTH(odd_ranges)];

    memset(&mapping, 0, sizeof mapping);
    mapping.facts = (struct mapping_facts){.levels = 4,
                                           .physical_bits = 40,
                                           .has_1g_pages = true,
                                           .has_nx = true,
                                           .cr3 = TABLES,
                                           .pat = UINT64_C(0x0006010500070406)};
    mapping.ranges = range_room;
    mapping.tables = table_room;
    switch (sample) {
    case SAMPLE_DOCUMENTED: make_documented(); break;
    case SAMPLE_ALL: make_all(); break;
    default: make_unknown(); break;
    }
    rules_judge(&mapping, order, findings);
    return &mapping;
}

const struct finding *mapping_sample_findings(void)
{
    return findings;
}

static void write_to(void *context, const char *text, size_t length)
{
    fwrite(text, 1, length, context);
}

void mapping_sample_print(enum mapping_sample sample, FILE *file)
{
    const struct mapping_document document = {"Hoist 0.1.0", "kernel"};

    mapping_json(mapping_sample(sample), findings, &document, write_to, file);
}
