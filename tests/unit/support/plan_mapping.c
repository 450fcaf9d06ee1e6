/* SPDX-License-Identifier: BSD-2-Clause */
/* Holds the loader's own reader against the independent one: every leaf in exactly one range. */
#include "plan_judge.h"
#include "plan_mtrr.h"
#include "plan_tables.h"
#include "property.h"

#define RULE(rule) (UINT32_C(1) << RULE_##rule)
#define KIND(kind) (UINT32_C(1) << MEMORY_##kind)

/* The kinds of memory behind a leaf, as bits. */
static uint32_t memory_behind(const struct raw_leaf *leaf)
{
    const uint64_t end = leaf->pa + leaf->size_bytes;
    uint64_t listed_bytes = 0;
    uint32_t memory = 0;

    for (size_t i = 0; i < machine.memory.count; i++) {
        const struct memory_range *range = &machine.ranges[i];
        const uint64_t first = range->base > leaf->pa ? range->base : leaf->pa;
        const uint64_t last = range->base + range->size_bytes;

        if (first < end && last > leaf->pa) {
            memory |= UINT32_C(1) << range->kind;
            listed_bytes += (last < end ? last : end) - first;
        }
    }
    return listed_bytes == leaf->size_bytes ? memory : memory | MAPPING_MEMORY_UNLISTED;
}

/* Whether it is memory of more than one class: RAM, the runtime services', and everything else. */
static bool is_of_several_classes(uint32_t memory)
{
    const uint32_t ram = KIND(RUNTIME_DATA) - 1; /* all kinds before it */
    const uint32_t runtime = KIND(RUNTIME_DATA) | KIND(RUNTIME_CODE);
    const bool is_ram = (memory & ram) != 0;
    const bool is_runtime = (memory & runtime) != 0;

    return is_ram + is_runtime + ((memory & ~(ram | runtime)) != 0) > 1;
}

/* In an orderly machine none but the framebuffer can: the map may have something else there. */
static void judge_leaf_across(const struct mapping_range *range)
{
    CHECK(!machine.is_orderly || (!machine.is_screen_listed &&
                                  built.plan.ranges[range->plan].part == PLAN_PART_FRAMEBUFFER));
}

static void judge_range_of(const struct raw_leaf *leaf, const struct mapping_range *range)
{
    const struct plan_range *plan = &built.plan.ranges[range->plan];
    const uint8_t rights = (uint8_t)(HOIST_READ | (leaf->may_be_written ? HOIST_WRITE : 0) |
                                     (leaf->may_be_executed ? HOIST_EXECUTE : 0));

    CHECK(range->kind == MAPPING_LEAVES);
    CHECK(leaf->va - range->va + leaf->size_bytes <= range->size_bytes);
    CHECK(leaf->pa == range->pa + (leaf->va - range->va));
    CHECK(range->rights == rights && range->leaf_rights == rights);
    CHECK(range->pat_index == leaf->pat_index);
    CHECK((range->marks & ~(MAPPING_MARK_CLASSES | MAPPING_MARK_TYPES)) == 0);
    CHECK(range->mtrr_type == machine_type_at(leaf->pa));
    CHECK(range->cache == mapping_cache_of(range->pat_type, range->mtrr_type));
    CHECK(range->plan < built.plan.count && leaf->va - plan->va < plan->size_bytes);
}

/* Leaves and ranges are both in ascending order. */
static void judge_ranges(void)
{
    const struct mapping *mapping = &built.mapping;
    uint64_t of_level[4] = {0};
    uint64_t across_count = 0;
    uint32_t memory = 0;
    size_t at = 0;

    for (size_t i = 0; i < built.leaf_count; i++) {
        const struct raw_leaf *leaf = &built.leaves[i];
        const struct mapping_range *range = &mapping->ranges[at];
        const uint32_t behind = memory_behind(leaf);

        CHECK(at < mapping->range_count);
        judge_range_of(leaf, range);
        if (is_of_several_classes(behind)) {
            judge_leaf_across(range);
            across_count++;
        }
        memory |= behind;
        of_level[leaf->level]++;
        if (leaf->va + leaf->size_bytes == range->va + range->size_bytes) {
            CHECK(range->memory == memory);
            for (unsigned level = 1; level < 4; level++) {
                CHECK(range->leaf_count[level] == of_level[level]);
                of_level[level] = 0;
            }
            memory = 0;
            at++;
        }
    }
    CHECK(at == mapping->range_count);
    CHECK(mapping->across.count == across_count); /* types never change within a planned leaf */
}

static void judge_table_list(void)
{
    CHECK(built.mapping.table_count == built.table_count);
    CHECK(built.mapping.table_frames == built.table_count);
    for (size_t i = 0; i < built.table_count; i++) {
        const struct mapping_table *own = &built.mapping.tables[i];

        CHECK(own->pa == built.list[i].pa && own->level == built.list[i].level);
        CHECK(own->va == built.list[i].va);
    }
}

void judge_mapping(void)
{
    /*
     * Where frames were planned that are no RAM, what is planned beside the plan's rules shows. So
     * it does where the memory map has something else in the framebuffer's place, which the loader
     * lets no plan come to (framebuffer.c).
     */
    const uint32_t disorder = (machine.is_orderly ? 0 : RULE(DEVICE) | RULE(ACROSS)) |
                              (machine.is_screen_listed ? 0 : RULE(ACROSS));

    built.faults = built_judge();
    CHECK((built.faults & ~disorder) == 0);
    judge_ranges();
    judge_table_list();
}
