/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan of the machine, its tables, and what the independent reader finds in them. */
#include "plan_tables.h"

#include <stdlib.h>
#include <string.h>

#include "property.h"

struct built built;

static const uint64_t *table_at(void *context, uint64_t pa)
{
    (void)context;
    return frames_at(&built.frames, pa);
}

static void see_leaf(void *context, const struct raw_leaf *leaf)
{
    (void)context;
    CHECK(built.leaf_count < LEAF_LIMIT);
    built.leaves[built.leaf_count++] = *leaf;
}

static void see_table(void *context, const struct raw_table *table)
{
    (void)context;
    CHECK(built.table_count < TABLE_LIMIT);
    built.list[built.table_count++] = *table;
}

bool built_make(void)
{
    const size_t capacity = plan_capacity(&machine.input);

    built.plan = (struct plan){malloc(capacity * sizeof *built.plan.ranges), 0, capacity};
    CHECK(built.plan.ranges != NULL);
    memset(built.plan.ranges, 0xa5, capacity * sizeof *built.plan.ranges);
    built.problem.kind = PROBLEM_NONE;
    return plan_make(&built.plan, &machine.input, &built.places, &built.problem);
}

bool built_map(void)
{
    struct hoist_frame_4k root = {0};

    CHECK(hoist_space_init(&built.space, &machine.cpu, &frames_hooks, &built.frames) == HOIST_OK);
    if (!plan_count(&built.plan, &built.space, &built.tables.frame_count, &built.problem)) {
        return false;
    }
    built.tables.pa = FRAMES_PA;
    frames_open(&built.frames, built.tables.frame_count);
    CHECK(plan_build(&built.plan, &built.space, &built.problem));
    CHECK(built.frames.taken == built.tables.frame_count);
    CHECK(hoist_space_root(&built.space, &root) == HOIST_OK);
    built.root_pa = root.pa;
    return true;
}

void built_read(void)
{
    struct raw_reader reader = {.at = table_at,
                                .leaf = see_leaf,
                                .table = see_table,
                                .levels = machine.cpu.levels,
                                .physical_bits = machine.cpu.physical_bits,
                                .has_nx = machine.cpu.has_nx,
                                .has_1g_pages = machine.cpu.has_1g_pages};

    built.leaf_count = 0;
    built.table_count = 0;
    raw_read_all(&reader, built.root_pa);
    CHECK(reader.reserved_count == 0);
}

static const uint64_t *readable_at(void *context, uint64_t pa, unsigned level)
{
    (void)context;
    CHECK(level >= 1 && level <= machine.cpu.levels);
    return pa >= FRAMES_PA && (pa - FRAMES_PA) / PAGE < built.frames.count + FRAMES_SPARE
               ? frames_at(&built.frames, pa)
               : NULL;
}

uint32_t built_judge(void)
{
    static struct mapping_range ranges[RANGE_LIMIT];
    static struct mapping_table tables[TABLE_LIMIT];
    static uint32_t order[RANGE_LIMIT];
    const struct mapping_memory memory = {.table = readable_at};
    uint32_t failed = 0;

    built.mapping.facts = (struct mapping_facts){.levels = machine.cpu.levels,
                                                 .physical_bits = machine.cpu.physical_bits,
                                                 .has_1g_pages = machine.cpu.has_1g_pages,
                                                 .has_nx = machine.cpu.has_nx,
                                                 .wx_strict = machine.input.wx_strict,
                                                 .cr3 = built.root_pa,
                                                 .pat = UINT64_C(0x0007010500070406),
                                                 .mtrr = &machine.mtrr,
                                                 .memory = &machine.memory,
                                                 .plan = built.plan.ranges,
                                                 .plan_count = built.plan.count,
                                                 .tables_pa = built.tables.pa,
                                                 .table_frame_count = built.tables.frame_count};
    built.mapping.ranges = ranges;
    built.mapping.range_capacity = RANGE_LIMIT;
    built.mapping.tables = tables;
    built.mapping.table_capacity = TABLE_LIMIT;
    mapping_read(&built.mapping, &memory);
    CHECK(built.mapping.ranges_left_out == 0 && !built.mapping.tables_left_out);
    rules_judge(&built.mapping, order, built.findings);
    for (unsigned rule = 0; rule < RULE_COUNT; rule++) {
        failed |= (uint32_t)(built.findings[rule].verdict == VERDICT_FAIL) << rule;
    }
    return failed;
}

void built_end(void)
{
    free(built.plan.ranges);
    built.plan.ranges = NULL;
    frames_close(&built.frames);
}
