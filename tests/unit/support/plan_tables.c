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

bool built_verify(void)
{
    built.problem.kind = PROBLEM_NONE;
    return verify_space(&built.space, &built.plan, &built.tables, &built.problem);
}

void built_end(void)
{
    free(built.plan.ranges);
    built.plan.ranges = NULL;
    frames_close(&built.frames);
}
