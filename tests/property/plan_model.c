/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random machines: the plan holds what was promised and nothing else, so do the tables built from it, as an
 * independent reader finds them, and verify_space() passes them and no others.
 *
 * Environment: HOIST_SEED (any number), HOIST_OPERATIONS (how many machines).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "plan_damage.h"
#include "plan_extents.h"
#include "plan_tables.h"
#include "property.h"

static struct extent extents[EXTENT_LIMIT];

static struct {
    uint64_t plans, no_place, overlaps, beyond, uncountable, tables, leaves;
    uint64_t of_damage[DAMAGE_KINDS];
} done;

/* Why there is no plan. */
static void check_refusal(int reason)
{
    switch (reason) {
    case EXTENT_BEYOND:
        CHECK(built.problem.kind == PROBLEM_PLAN_BEYOND);
        done.beyond++;
        break;
    case EXTENT_NO_PLACE:
        CHECK(built.problem.kind == PROBLEM_PLAN_TAKEN ||
              built.problem.kind == PROBLEM_PLAN_TOO_LARGE);
        done.no_place++;
        break;
    default:
        CHECK(reason == EXTENT_OVERLAP && built.problem.kind == PROBLEM_PLAN_OVERLAP);
        done.overlaps++;
    }
}

static bool is_direct_map(const struct plan_range *range)
{
    return strcmp(range->name, "direct map") == 0;
}

static void check_plan(void)
{
    uint64_t ram_end = 0;

    for (size_t i = 0; i < built.plan.count; i++) {
        const struct plan_range *range = &built.plan.ranges[i];

        CHECK(memchr(range->name, '\0', sizeof range->name) != NULL && range->name[0] != '\0');
        CHECK(i == 0 ||
              built.plan.ranges[i - 1].va + built.plan.ranges[i - 1].size_bytes - 1 < range->va);
        if (!is_direct_map(range)) {
            continue;
        }
        CHECK(range->pa != 0 && range->va - range->pa == DIRECT);
        CHECK(range->access.rights == (HOIST_READ | HOIST_WRITE));
        for (unsigned k = 0; k < 20; k++) {
            CHECK(machine_maps_page(range->pa + random_below(range->size_bytes)));
        }
        ram_end = range->pa + range->size_bytes;
    }
    CHECK(plan_direct_map_size(&built.plan) == ram_end);
}

static void check_leaf(const struct raw_leaf *leaf, const struct extent *extent)
{
    const bool executable = extent->executable || !machine.cpu.has_nx;

    CHECK(leaf->pa == extent->pa + (leaf->va - extent->first));
    CHECK(leaf->va + (leaf->size_bytes - 1) <= extent->last);
    CHECK(leaf->writable == extent->writable && leaf->may_be_written == extent->writable);
    CHECK(leaf->executable == executable && leaf->may_be_executed == executable);
    CHECK(!leaf->user && !leaf->may_be_used_by_user && !leaf->global);
    CHECK(leaf->pat_index == extent->cache);
    CHECK(leaf->protection_key == 0 && leaf->software == 0);
    CHECK(leaf->level < 3 || machine.cpu.has_1g_pages);
    if (leaf->va - DIRECT < 2 * MIB && leaf->pa == leaf->va - DIRECT) {
        CHECK(leaf->level == 1);
    }
}

/* Every byte of every extent by one leaf, in ascending order, and no leaf besides. */
static void check_tables(int extent_count)
{
    uint64_t next = extents[0].first;
    int at = 0;

    for (size_t i = 0; i < built.leaf_count; i++) {
        const struct raw_leaf *leaf = &built.leaves[i];

        CHECK(at < extent_count && leaf->va == next);
        check_leaf(leaf, &extents[at]);
        next = leaf->va + leaf->size_bytes;
        if (next - 1 == extents[at].last) {
            at++;
            next = at < extent_count ? extents[at].first : 0;
        }
    }
    CHECK(at == extent_count);
    CHECK(built.table_count == built.tables.frame_count);
}

/* What verifying has counted is what the reader sees. */
static void check_leaf_counts(void)
{
    uint64_t of_level[4] = {0};

    for (size_t i = 0; i < built.leaf_count; i++) {
        of_level[built.leaves[i].level]++;
    }
    for (size_t i = 0; i < built.plan.count; i++) {
        const uint64_t *count = built.plan.ranges[i].leaf_count;

        CHECK(count[0] == 0);
        CHECK(count[1] * PAGE + count[2] * 2 * MIB + count[3] * GIB ==
              built.plan.ranges[i].size_bytes);
        for (unsigned level = 1; level < 4; level++) {
            of_level[level] -= count[level];
        }
    }
    CHECK(of_level[1] == 0 && of_level[2] == 0 && of_level[3] == 0);
}

static void do_machine(void)
{
    int extent_count;

    property.step = "plan";
    machine_begin();
    extent_count = machine_extents(extents);
    if (!built_make()) {
        check_refusal(extent_count);
        return;
    }
    CHECK(extent_count > 0);
    check_plan();
    done.plans++;
    property.step = "build";
    if (!built_map()) {
        CHECK(!machine_can_map(extents, extent_count));
        CHECK(built.problem.kind == PROBLEM_TABLES_COUNT);
        done.uncountable++;
        return;
    }
    CHECK(machine_can_map(extents, extent_count));
    built_read();
    check_tables(extent_count);
    done.tables += built.table_count;
    done.leaves += built.leaf_count;
    property.step = "verify";
    CHECK(built_verify());
    check_leaf_counts();
    for (unsigned i = 0; i < 12; i++) {
        done.of_damage[damage_once()]++;
        property.step = "verify again";
        CHECK(i % 4 != 0 || built_verify());
    }
}

int main(void)
{
    property_begin("plan and tables of random machines are as promised", 1500);
    for (; property.operation < property.operation_count; property.operation++) {
        do_machine();
        built_end();
    }
    printf("# %" PRIu64 " plans, refused: %" PRIu64 " overlaps, %" PRIu64
           " without a place, %" PRIu64 " beyond, %" PRIu64 " not to be mapped\n",
           done.plans, done.overlaps, done.no_place, done.beyond, done.uncountable);
    printf("# %" PRIu64 " tables, %" PRIu64 " leaves; damage:", done.tables, done.leaves);
    for (unsigned i = 0; i < DAMAGE_KINDS; i++) {
        printf(" %s %" PRIu64 "%s", damage_names[i], done.of_damage[i],
               i + 1 < DAMAGE_KINDS ? "," : "\n");
    }
    printf("ok 1 - %s\n", property.name);
    return 0;
}
