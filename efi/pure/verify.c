/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan against the tables. */
#include "verify.h"

/* How far the visit has come. Leaves arrive in ascending order, and so do the plan's ranges. */
struct progress {
    const struct hoist_space *space;
    struct plan *plan;
    const struct verify_tables *tables;
    struct problem *problem;
    size_t range;          /* the one that is to be mapped next */
    uint64_t offset_bytes; /* how much of it was seen */
    uint64_t table_count;
};

static enum hoist_result stop(struct progress *progress, const struct problem *problem)
{
    problem_set_all(progress->problem, problem);
    return HOIST_STOPPED;
}

/* On a CPU without NX everything is executable, and the plan cannot ask for less. */
static struct hoist_access possible_access(const struct hoist_space *space,
                                           struct hoist_access access)
{
    if (!space->cpu.has_nx) {
        access.rights |= HOIST_EXECUTE;
    }
    return access;
}

/*
 * Bits that the plan cannot ask for: a protection key, software bits, and the bits that are
 * reserved in a large leaf, below its address but for the PAT bit (SDM volume 3, tables 4-16 and
 * 4-18).
 */
static bool has_stray_bits(const struct hoist_leaf *leaf)
{
    const uint64_t reserved = leaf->size == HOIST_LEAF_4K
                                  ? 0
                                  : (hoist_leaf_bytes(leaf->size) - 1) & ~(2 * HOIST_SIZE_4K - 1);

    return leaf->leaf.protection_key != 0 || leaf->leaf.software != 0 ||
           (leaf->entry & reserved) != 0;
}

static enum hoist_result check_leaf(struct progress *progress, const struct plan_range *range,
                                    const struct hoist_leaf *leaf)
{
    const struct hoist_access wanted = possible_access(progress->space, range->access);
    const uint64_t pa = range->pa + progress->offset_bytes;
    const uint64_t va = range->va + progress->offset_bytes;
    struct problem problem = {.name = text_of(range->name), .numbers = {va}};

    if (leaf->pa.value != pa) {
        problem.kind = PROBLEM_VERIFY_FRAME;
        problem.numbers[1] = pa;
        problem.numbers[2] = leaf->pa.value;
    } else if ((leaf->leaf.rights & HOIST_GLOBAL) != 0) {
        problem.kind = PROBLEM_VERIFY_GLOBAL;
        problem.numbers[1] = leaf->entry;
    } else if (leaf->effective.rights != wanted.rights || leaf->leaf.rights != wanted.rights) {
        problem.kind = PROBLEM_VERIFY_RIGHTS;
        problem.numbers[1] = wanted.rights;
        problem.numbers[2] =
            leaf->effective.rights != wanted.rights ? leaf->effective.rights : leaf->leaf.rights;
    } else if (leaf->leaf.cache != wanted.cache) {
        problem.kind = PROBLEM_VERIFY_CACHE;
        problem.numbers[1] = wanted.cache;
        problem.numbers[2] = leaf->leaf.cache;
    } else if (has_stray_bits(leaf)) {
        problem.kind = PROBLEM_VERIFY_BITS;
        problem.numbers[1] = leaf->entry;
    } else if (leaf->size > range->largest) {
        problem.kind = PROBLEM_VERIFY_LEAF_SIZE;
        problem.numbers[1] = hoist_leaf_bytes(leaf->size);
        problem.numbers[2] = hoist_leaf_bytes(range->largest);
    } else {
        return HOIST_OK;
    }
    return stop(progress, &problem);
}

static enum hoist_result missing(struct progress *progress)
{
    const struct plan_range *range = &progress->plan->ranges[progress->range];

    return stop(progress, &(struct problem){.kind = PROBLEM_VERIFY_MISSING,
                                            .name = text_of(range->name),
                                            .numbers = {range->va + progress->offset_bytes,
                                                        range->pa + progress->offset_bytes}});
}

static enum hoist_result see_leaf(void *context, const struct hoist_leaf *leaf)
{
    struct progress *progress = context;
    const uint64_t leaf_bytes = hoist_leaf_bytes(leaf->size);
    struct plan_range *range;
    enum hoist_result result;

    if (progress->range == progress->plan->count ||
        leaf->va.value < progress->plan->ranges[progress->range].va + progress->offset_bytes) {
        return stop(progress, &(struct problem){.kind = PROBLEM_VERIFY_EXTRA,
                                                .numbers = {leaf->va.value, leaf->pa.value}});
    }
    range = &progress->plan->ranges[progress->range];
    if (leaf->va.value != range->va + progress->offset_bytes) {
        return missing(progress);
    }
    result = check_leaf(progress, range, leaf);
    if (result != HOIST_OK) {
        return result;
    }
    if (leaf_bytes > range->size_bytes - progress->offset_bytes) {
        const uint64_t left_bytes = range->size_bytes - progress->offset_bytes;

        return stop(progress, &(struct problem){.kind = PROBLEM_VERIFY_EXTRA,
                                                .numbers = {leaf->va.value + left_bytes,
                                                            leaf->pa.value + left_bytes}});
    }
    range->leaf_count[leaf->size]++;
    progress->offset_bytes += leaf_bytes;
    if (progress->offset_bytes == range->size_bytes) {
        progress->range++;
        progress->offset_bytes = 0;
    }
    return HOIST_OK;
}

static enum hoist_result see_table(void *context, struct hoist_frame_4k frame, unsigned level)
{
    struct progress *progress = context;
    const struct verify_tables *tables = progress->tables;

    (void)level;
    progress->table_count++;
    if (frame.pa < tables->pa || frame.pa - tables->pa >= tables->frame_count * MEMORY_PAGE_BYTES) {
        return stop(progress,
                    &(struct problem){.kind = PROBLEM_VERIFY_TABLE_OUTSIDE,
                                      .numbers = {frame.pa, tables->pa,
                                                  tables->frame_count * MEMORY_PAGE_BYTES}});
    }
    /* At once, for tables that point at each other would keep the visit busy for years. */
    if (progress->table_count > tables->frame_count) {
        return stop(progress,
                    &(struct problem){.kind = PROBLEM_VERIFY_FRAMES_MORE,
                                      .numbers = {progress->table_count, tables->frame_count}});
    }
    return HOIST_OK;
}

bool verify_space(const struct hoist_space *space, struct plan *plan,
                  const struct verify_tables *tables, struct problem *problem)
{
    struct progress progress = {space, plan, tables, problem, 0, 0, 0};
    const struct hoist_visitor visitor = {
        .leaf = see_leaf, .table = see_table, .context = &progress};

    for (size_t i = 0; i < plan->count; i++) {
        for (unsigned size = 0; size <= HOIST_LEAF_1G; size++) {
            plan->ranges[i].leaf_count[size] = 0;
        }
    }
    if (hoist_visit(space, hoist_va_of(0), hoist_va_of(UINT64_MAX), &visitor) != HOIST_OK) {
        return false;
    }
    if (progress.range != plan->count) {
        missing(&progress);
        return false;
    }
    if (progress.table_count < tables->frame_count) {
        return problem_set(problem, PROBLEM_VERIFY_FRAMES_LESS, (struct text){NULL, 0},
                           progress.table_count, tables->frame_count);
    }
    return true;
}
