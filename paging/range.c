/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mapping ranges. One traversal serves every pass; the pass is a constant in it, and for the pass that
 * fills empty places the leaf size too, so each is compiled into a function of its own.
 */
#include "range.h"

#include "build.h"
#include "fill.h"

#define RUNS_MAX 5u

/* A part of the extent that one leaf size fills. */
struct run {
    uint64_t va;
    uint64_t pa;
    uint64_t leaf_count;
    unsigned level;
};

/* What a traversal does. The space is written by the last two alone. */
enum pass {
    PASS_COUNT, /* counts missing tables, looks for conflicts */
    PASS_FILL,  /* writes leaves, where counting has found nothing to be there */
    PASS_MERGE  /* writes leaves around those that are there already */
};

/* One call of hoist_map or hoist_count_map. */
struct job {
    struct hoist_space *space;
    struct hoist_access access;
    struct hoist_count *count; /* while counting */
    bool found_something;      /* while counting: part of the range has a leaf or a lower table */
    struct hoist_reserve *reserve; /* while writing */
};

static bool is_one_canonical_half(const struct hoist_space *space, uint64_t first, uint64_t last)
{
    return hoist_is_canonical(space, first) && hoist_is_canonical(space, last) &&
           (first >> 63) == (last >> 63);
}

static enum hoist_result check_arguments(const struct hoist_space *space,
                                         const struct hoist_extent *extent,
                                         struct hoist_access access, enum hoist_leaf_size largest)
{
    const uint64_t last_offset = extent->size_bytes - 1;
    const uint64_t last_va = extent->va.value + last_offset;
    const uint64_t last_pa = extent->pa.value + last_offset;

    if (largest < HOIST_LEAF_4K || largest > HOIST_LEAF_1G) {
        return HOIST_BAD_LEAF_SIZE;
    }
    if (extent->size_bytes == 0 || extent->size_bytes % HOIST_SIZE_4K != 0) {
        return HOIST_UNALIGNED_SIZE;
    }
    if (extent->va.value % HOIST_SIZE_4K != 0) {
        return HOIST_UNALIGNED_PAGE;
    }
    if (extent->pa.value % HOIST_SIZE_4K != 0) {
        return HOIST_UNALIGNED_FRAME;
    }
    if (last_va < extent->va.value || !is_one_canonical_half(space, extent->va.value, last_va)) {
        return HOIST_NOT_CANONICAL;
    }
    if (last_pa < extent->pa.value || (last_pa >> space->cpu.physical_bits) != 0) {
        return HOIST_PA_TOO_WIDE;
    }
    return hoist_check_access(space, access);
}

/* The largest level whose leaves fit somewhere into the extent. */
static unsigned largest_level(const struct hoist_space *space, const struct hoist_extent *extent,
                              enum hoist_leaf_size largest)
{
    unsigned level = (unsigned)largest;

    if (level == HOIST_LEVEL_PDPT && !space->cpu.has_1g_pages) {
        level--;
    }
    for (; level > HOIST_LEVEL_PT; level--) {
        const uint64_t mask = hoist_entry_span(level) - 1;
        const uint64_t head_bytes = -extent->va.value & mask;

        if (((extent->va.value ^ extent->pa.value) & mask) == 0 &&
            extent->size_bytes >= head_bytes && extent->size_bytes - head_bytes > mask) {
            break;
        }
    }
    return level;
}

/* Cuts the extent into runs of rising, then falling leaf size. Returns their number. */
static unsigned cut(const struct hoist_extent *extent, unsigned top, struct run runs[RUNS_MAX])
{
    struct run next = {extent->va.value, extent->pa.value, 0, HOIST_LEVEL_PT};
    uint64_t left_bytes = extent->size_bytes;
    bool rising = top > HOIST_LEVEL_PT;
    unsigned run_count = 0;

    next.level = rising ? HOIST_LEVEL_PT : top;
    while (left_bytes != 0) {
        const uint64_t span = hoist_entry_span(next.level);
        const uint64_t bytes =
            rising ? -next.va & (hoist_entry_span(next.level + 1) - 1) : left_bytes & ~(span - 1);

        next.leaf_count = bytes / span;
        if (bytes != 0) {
            runs[run_count++] = next;
        }
        next.va += bytes;
        next.pa += bytes;
        left_bytes -= bytes;
        next.level = rising ? next.level + 1 : next.level - 1;
        rising = rising && next.level < top;
    }
    return run_count;
}

/* Counts the tables from the level below the step down to `target` that were not counted before. */
HOIST_INLINE void count_missing(struct job *job, const struct hoist_step *step, uint64_t va,
                                const unsigned target)
{
    const unsigned levels = job->space->cpu.levels;
    const uint64_t translated = va & (hoist_entry_span(levels + 1) - 1);

    for (unsigned level = target; level < step->level; level++) {
        const uint64_t table = (translated >> hoist_level_shift(level + 1)) + 1;

        if (job->count->last_table[level] == table) {
            continue;
        }
        job->count->last_table[level] = table;
        job->count->of_level[level]++;
        job->count->frame_count++;
    }
}

/* Done once for each new table: a copy of it in every pass would gain nothing. */
static __attribute__((noinline)) void link_new_table(const struct job *job,
                                                     struct hoist_branch *branch, unsigned level)
{
    hoist_link_branch(job->space, job->reserve, branch, level);
}

/* Makes the missing table that holds this part of a run, fills it, and links it. */
HOIST_INLINE void fill_new_table(struct job *job, const struct hoist_step *step,
                                 const struct run *part, const unsigned level)
{
    const uint64_t span = hoist_entry_span(level);
    const unsigned first = hoist_index(part->va, level);
    const unsigned end = first + (unsigned)part->leaf_count;
    struct hoist_branch branch = {*step, part->va, hoist_link_grants(job->access), 0};
    uint64_t *table = hoist_reserve_take(job->space, job->reserve, &branch.child_pa);
    uint64_t leaf = part->pa | hoist_encode_leaf(job->access, level, job->space->cpu.has_nx);

    hoist_clear_entries(table, first);
    hoist_fill_leaves(&table[first], part->leaf_count, leaf, span);
    hoist_clear_entries(&table[end], HOIST_TABLE_ENTRIES - end);
    link_new_table(job, &branch, level);
}

/* Whether a leaf of level `found_level` maps va to pa with the wanted access. */
HOIST_INLINE bool is_same_mapping(struct job *job, uint64_t found, unsigned found_level,
                                  uint64_t va, uint64_t pa)
{
    const uint64_t offset_mask = hoist_entry_span(found_level) - 1;
    const uint64_t wanted =
        (pa & ~offset_mask) | hoist_encode_leaf(job->access, found_level, job->space->cpu.has_nx);

    /*
     * Offsets are compared by themselves: in a large leaf, address bit 12 would pass for the PAT
     * bit.
     */
    return ((va ^ pa) & offset_mask) == 0 && ((found ^ wanted) & ~HOIST_ENTRY_STATE) == 0;
}

static enum hoist_result count_run(struct job *job, struct run run);
static enum hoist_result merge_run(struct job *job, struct run run);

/* An entry that is present where a leaf of the run should go. */
HOIST_INLINE enum hoist_result meet_entry(struct job *job, uint64_t found, const struct run *leaf,
                                          const enum pass pass)
{
    job->found_something = true;
    if (!hoist_entry_is_leaf(found, leaf->level)) {
        /* A table stands in the place of a large leaf: its entries are used. */
        const struct run below = {leaf->va, leaf->pa, HOIST_TABLE_ENTRIES, leaf->level - 1};

        return pass == PASS_MERGE ? merge_run(job, below) : count_run(job, below);
    }
    return is_same_mapping(job, found, leaf->level, leaf->va, leaf->pa) ? HOIST_OK
                                                                        : HOIST_ALREADY_MAPPED;
}

/* The part of a run that lies in a table which is there already. */
HOIST_INLINE enum hoist_result fill_old_table(struct job *job, uint64_t *entries,
                                              const struct run *part, const unsigned level,
                                              const enum pass pass)
{
    const uint64_t flags = hoist_encode_leaf(job->access, level, job->space->cpu.has_nx);
    const uint64_t span = hoist_entry_span(level);
    enum hoist_result result = HOIST_OK;

    if (pass == PASS_FILL) {
        hoist_fill_leaves(entries, part->leaf_count, part->pa | flags, span);
        return HOIST_OK;
    }
    for (uint64_t i = 0; i < part->leaf_count && result == HOIST_OK;) {
        const uint64_t va = part->va + i * span;
        const uint64_t pa = part->pa + i * span;
        const uint64_t absent = hoist_count_absent(&entries[i], part->leaf_count - i);

        if (absent != 0) {
            if (pass == PASS_MERGE) {
                hoist_fill_leaves(&entries[i], absent, pa | flags, span);
            }
            i += absent;
        } else {
            result =
                meet_entry(job, hoist_load(&entries[i]), &(struct run){va, pa, 1, level}, pass);
            i++;
        }
    }
    return result;
}

/* One run: table by table. */
HOIST_INLINE enum hoist_result do_run(struct job *job, struct run run, const unsigned level,
                                      const enum pass pass)
{
    const uint64_t needed = hoist_needed_grants(job->access);
    enum hoist_result result = HOIST_OK;

    while (run.leaf_count != 0 && result == HOIST_OK) {
        const uint64_t room = HOIST_TABLE_ENTRIES - hoist_index(run.va, level);
        const struct run part = {run.va, run.pa, run.leaf_count < room ? run.leaf_count : room,
                                 level};
        const struct hoist_step step = hoist_walk(job->space, run.va, level);

        if (step.level == level) {
            result = fill_old_table(job, step.entry, &part, level, pass);
        } else if (step.value != 0) {
            job->found_something = true;
            result = is_same_mapping(job, step.value, step.level, run.va, run.pa)
                         ? HOIST_OK
                         : HOIST_ALREADY_MAPPED;
        } else if (pass == PASS_COUNT) {
            count_missing(job, &step, run.va, level);
        } else {
            fill_new_table(job, &step, &part, level);
        }
        if (pass != PASS_COUNT && (step.grants & needed) != needed) {
            hoist_widen_links(job->space, run.va, step.level, job->access);
        }
        run.va += part.leaf_count * hoist_entry_span(level);
        run.pa += part.leaf_count * hoist_entry_span(level);
        run.leaf_count -= part.leaf_count;
    }
    return result;
}

static enum hoist_result count_run(struct job *job, struct run run)
{
    return do_run(job, run, run.level, PASS_COUNT);
}

static enum hoist_result merge_run(struct job *job, struct run run)
{
    return do_run(job, run, run.level, PASS_MERGE);
}

/* The pass that most of the work is in has a copy for each leaf size. */
static enum hoist_result fill_run(struct job *job, struct run run)
{
    switch (run.level) {
    case HOIST_LEVEL_PT: return do_run(job, run, HOIST_LEVEL_PT, PASS_FILL);
    case HOIST_LEVEL_PD: return do_run(job, run, HOIST_LEVEL_PD, PASS_FILL);
    default: return do_run(job, run, HOIST_LEVEL_PDPT, PASS_FILL);
    }
}

/* hoist_count_map, which also says whether anything is in the range already. */
static enum hoist_result count_extent(struct job *job, const struct hoist_extent *extent,
                                      enum hoist_leaf_size largest)
{
    enum hoist_result result = check_arguments(job->space, extent, job->access, largest);
    struct run runs[RUNS_MAX];
    unsigned run_count;

    if (result != HOIST_OK) {
        return result;
    }
    if (job->count->last_va != 0 && extent->va.value <= job->count->last_va) {
        return HOIST_OUT_OF_ORDER;
    }
    run_count = cut(extent, largest_level(job->space, extent, largest), runs);
    for (unsigned i = 0; i < run_count && result == HOIST_OK; i++) {
        result = count_run(job, runs[i]);
    }
    job->count->last_va = extent->va.value + (extent->size_bytes - 1);
    return result;
}

enum hoist_result hoist_count_map(const struct hoist_space *space, struct hoist_count *count,
                                  const struct hoist_extent *extent, struct hoist_access access,
                                  enum hoist_leaf_size largest)
{
    struct hoist_count sum = *count;
    /* Counting reads the space alone. */
    struct job job = {(struct hoist_space *)(uintptr_t)space, access, &sum, false, NULL};
    const enum hoist_result result = count_extent(&job, extent, largest);

    if (result == HOIST_OK) {
        *count = sum;
    }
    return result;
}

enum hoist_result hoist_map(struct hoist_space *space, const struct hoist_extent *extent,
                            struct hoist_access access, enum hoist_leaf_size largest)
{
    struct hoist_count count = {0};
    struct hoist_reserve reserve;
    struct job job = {space, access, &count, false, &reserve};
    struct run runs[RUNS_MAX];
    unsigned run_count;
    enum hoist_result result = count_extent(&job, extent, largest);

    if (result == HOIST_OK) {
        result = hoist_reserve_fill(space, count.of_level, &reserve);
    }
    if (result != HOIST_OK) {
        return result;
    }
    run_count = cut(extent, largest_level(space, extent, largest), runs);
    for (unsigned i = 0; i < run_count && result == HOIST_OK; i++) {
        result = job.found_something ? merge_run(&job, runs[i]) : fill_run(&job, runs[i]);
    }
    return result;
}
