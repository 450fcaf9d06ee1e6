/* SPDX-License-Identifier: BSD-2-Clause */
/* Judges the machine's plan and its tables. */
#include "plan_judge.h"

#include <stdlib.h>
#include <string.h>

#include "plan_mtrr.h"
#include "plan_runtime.h"
#include "plan_tables.h"
#include "property.h"

void judge_refusal(const struct promise *promise)
{
    bool is_promised = false;

    for (unsigned i = 0; i < promise->refusal_count; i++) {
        is_promised |= built.problem.kind == promise->refusals[i];
    }
    CHECK(is_promised);
}

void judge_plan(const struct promise *promise)
{
    const struct plan *plan = &built.plan;

    CHECK(promise->refusal_count == 0);
    CHECK(built.places.direct_map_va == promise->direct_map_va);
    CHECK(plan_direct_map_size(plan) == machine_ram_end());
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_range *range = &plan->ranges[i];

        CHECK(memchr(range->name, '\0', sizeof range->name) != NULL && range->name[0] != '\0');
        CHECK(range->size_bytes != 0 && range->size_bytes % PAGE == 0);
        CHECK(i == 0 || range[-1].va + range[-1].size_bytes - 1 < range->va);
        if (range->part == PLAN_PART_DIRECT_MAP) {
            CHECK(strcmp(range->name, "direct map") == 0);
            CHECK(range->pa != 0 && range->va - range->pa == promise->direct_map_va);
            CHECK(machine_is_ram(range->pa, range->size_bytes));
        }
    }
}

/* The largest leaf has to be used, unless a rule forbids it. */
static void judge_leaf_size(const struct raw_leaf *leaf, const struct extent *extent)
{
    const uint64_t next = leaf->size_bytes * 512;
    const bool is_low_ram = leaf->va - built.places.direct_map_va < 2 * MIB;

    CHECK(leaf->size_bytes <= extent->largest_bytes);
    CHECK(!is_low_ram || leaf->level == 1);
    CHECK(leaf->level == 1 || machine_has_one_type(leaf->pa, leaf->size_bytes));
    if (next > extent->largest_bytes || leaf->va % next != 0 || leaf->pa % next != 0 ||
        extent->last - leaf->va < next - 1 || is_low_ram) {
        return;
    }
    if (machine_has_a_gap()) { /* such types are many: gigabytes are given up, and small ones altogether */
        CHECK(next != 2 * MIB || machine_has_small_gaps() || machine_has_an_edge(leaf->pa, next));
    } else {
        CHECK(!machine_has_one_type(leaf->pa, next));
    }
}

static void judge_leaf(const struct raw_leaf *leaf, const struct extent *extent)
{
    const bool executable = extent->executable || !machine.cpu.has_nx;
    struct runtime_page page;

    CHECK(leaf->pa == extent->pa + (leaf->va - extent->first));
    CHECK(leaf->va + (leaf->size_bytes - 1) <= extent->last);
    CHECK(leaf->writable == extent->writable && leaf->may_be_written == extent->writable);
    CHECK(leaf->executable == executable && leaf->may_be_executed == executable);
    CHECK(!leaf->user && !leaf->may_be_used_by_user && !leaf->global);
    CHECK(leaf->pat_index == extent->cache);
    CHECK(leaf->protection_key == 0 && leaf->software == 0);
    CHECK(leaf->level < 3 || machine.cpu.has_1g_pages);
    if (leaf->pat_index == HOIST_WRITE_BACK && machine.is_orderly) {
        CHECK(machine_is_ram(leaf->pa, leaf->size_bytes) || machine_is_runtime(leaf->pa, &page));
    }
    judge_leaf_size(leaf, extent);
}

static int by_frame(const void *left, const void *right)
{
    const struct raw_leaf *one = *(const struct raw_leaf *const *)left;
    const struct raw_leaf *other = *(const struct raw_leaf *const *)right;

    return (one->pa > other->pa) - (one->pa < other->pa);
}

/*
 * All leaves by their frames: no frame has two cache types, and none can be written through one leaf and executed
 * through another. What reaches furthest of each sort tells whether the next leaf meets one of that sort.
 */
static void judge_aliases(void)
{
    static const struct raw_leaf *leaves[LEAF_LIMIT];
    uint64_t end_of_cache[8] = {0};
    uint64_t end_of_writable = 0;
    uint64_t end_of_executable = 0;

    for (size_t i = 0; i < built.leaf_count; i++) {
        leaves[i] = &built.leaves[i];
    }
    qsort(leaves, built.leaf_count, sizeof leaves[0], by_frame);
    for (size_t i = 0; i < built.leaf_count; i++) {
        const struct raw_leaf *leaf = leaves[i];
        const uint64_t end = leaf->pa + leaf->size_bytes;

        for (unsigned cache = 0; cache < 8; cache++) {
            CHECK(cache == leaf->pat_index || end_of_cache[cache] <= leaf->pa);
        }
        if (end > end_of_cache[leaf->pat_index]) {
            end_of_cache[leaf->pat_index] = end;
        }
        if (!machine.input.wx_strict || !machine.cpu.has_nx) {
            continue;
        }
        CHECK(!(leaf->may_be_written && leaf->may_be_executed));
        CHECK(!leaf->may_be_executed || end_of_writable <= leaf->pa);
        CHECK(!leaf->may_be_written || end_of_executable <= leaf->pa);
        end_of_writable = leaf->may_be_written && end > end_of_writable ? end : end_of_writable;
        end_of_executable =
            leaf->may_be_executed && end > end_of_executable ? end : end_of_executable;
    }
}

/* Every byte of every extent by one leaf, in ascending order, and no leaf besides. */
void judge_tables(const struct promise *promise)
{
    uint64_t next = promise->extents[0].first;
    size_t at = 0;

    for (size_t i = 0; i < built.leaf_count; i++) {
        const struct raw_leaf *leaf = &built.leaves[i];

        CHECK(at < promise->count && leaf->va == next);
        judge_leaf(leaf, &promise->extents[at]);
        next = leaf->va + leaf->size_bytes;
        if (next - 1 == promise->extents[at].last) {
            at++;
            next = at < promise->count ? promise->extents[at].first : 0;
        }
    }
    CHECK(at == promise->count);
    CHECK(built.table_count == built.tables.frame_count);
    judge_aliases();
}
