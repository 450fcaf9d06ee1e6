/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mapping ranges. One traversal serves counting and committing; `commit` is a constant in each, so
 * each is compiled into a function of its own, and so is each leaf size.
 */
#include "range.h"

#include "build.h"

#define RUNS_MAX 5u

/* A part of the extent that one leaf size fills. */
struct run {
    uint64_t va;
    uint64_t pa;
    uint64_t leaf_count;
    unsigned level;
};

/* One call of hoist_map or hoist_count_map. */
struct job {
    struct hoist_space *space; /* written only where the traversal commits */
    struct hoist_access access;
    struct hoist_count *count;     /* while counting */
    struct hoist_reserve *reserve; /* while committing */
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
HOIST_INLINE void count_missing(const struct job *job, const struct hoist_step *step, uint64_t va,
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

/* Makes the missing table that holds this part of a run, fills it, and links it. */
HOIST_INLINE void fill_new_table(const struct job *job, const struct hoist_step *step,
                                 const struct run *part, const unsigned level)
{
    const uint64_t span = hoist_entry_span(level);
    const unsigned first = hoist_index(part->va, level);
    const unsigned end = first + (unsigned)part->leaf_count;
    struct hoist_branch branch = {*step, part->va, hoist_link_grants(job->access), 0};
    uint64_t *table = hoist_reserve_take(job->space, job->reserve, &branch.child_pa);
    uint64_t leaf = part->pa | hoist_encode_leaf(job->access, level, job->space->cpu.has_nx);

    for (unsigned i = 0; i < first; i++) {
        table[i] = 0;
    }
    for (unsigned i = first; i < end; i++, leaf += span) {
        table[i] = leaf;
    }
    for (unsigned i = end; i < HOIST_TABLE_ENTRIES; i++) {
        table[i] = 0;
    }
    hoist_link_branch(job->space, job->reserve, &branch, level);
}

/* Whether a leaf of level `found_level` maps va to pa with the wanted access. */
HOIST_INLINE bool is_same_mapping(const struct job *job, uint64_t found, unsigned found_level,
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

static enum hoist_result count_run_4k(const struct job *job, struct run run);
static enum hoist_result count_run_2m(const struct job *job, struct run run);
static enum hoist_result commit_run_4k(const struct job *job, struct run run);
static enum hoist_result commit_run_2m(const struct job *job, struct run run);

/* One large leaf's worth of a run, by the next smaller leaves: a table stands in its place. */
HOIST_INLINE enum hoist_result run_below(const struct job *job, uint64_t va, uint64_t pa,
                                         const unsigned level, const bool commit)
{
    const struct run below = {va, pa, HOIST_TABLE_ENTRIES, level - 1};

    if (level == HOIST_LEVEL_PDPT) {
        return commit ? commit_run_2m(job, below) : count_run_2m(job, below);
    }
    return commit ? commit_run_4k(job, below) : count_run_4k(job, below);
}

/* The part of a run that lies in a table which is there already. */
HOIST_INLINE enum hoist_result fill_old_table(const struct job *job, uint64_t *entries,
                                              const struct run *part, const unsigned level,
                                              const bool commit)
{
    const uint64_t flags = hoist_encode_leaf(job->access, level, job->space->cpu.has_nx);
    const uint64_t span = hoist_entry_span(level);
    enum hoist_result result = HOIST_OK;

    for (uint64_t i = 0; i < part->leaf_count && result == HOIST_OK; i++) {
        const uint64_t va = part->va + i * span;
        const uint64_t pa = part->pa + i * span;
        const uint64_t found = hoist_load(&entries[i]);

        if (!hoist_entry_is_present(found)) {
            if (commit) {
                hoist_store(&entries[i], pa | flags);
            }
        } else if (!hoist_entry_is_leaf(found, level)) {
            result = run_below(job, va, pa, level, commit);
        } else if (!is_same_mapping(job, found, level, va, pa)) {
            result = HOIST_ALREADY_MAPPED;
        }
    }
    return result;
}

/* One run: table by table. */
HOIST_INLINE enum hoist_result do_run(const struct job *job, struct run run, const unsigned level,
                                      const bool commit)
{
    enum hoist_result result = HOIST_OK;

    while (run.leaf_count != 0 && result == HOIST_OK) {
        const uint64_t room = HOIST_TABLE_ENTRIES - hoist_index(run.va, level);
        const struct run part = {run.va, run.pa, run.leaf_count < room ? run.leaf_count : room,
                                 level};
        const struct hoist_step step = hoist_walk(job->space, run.va, level);

        if (step.level == level) {
            result = fill_old_table(job, step.entry, &part, level, commit);
        } else if (step.value != 0) {
            result = is_same_mapping(job, step.value, step.level, run.va, run.pa)
                         ? HOIST_OK
                         : HOIST_ALREADY_MAPPED;
        } else if (commit) {
            fill_new_table(job, &step, &part, level);
        } else {
            count_missing(job, &step, run.va, level);
        }
        if (commit &&
            (step.grants & hoist_needed_grants(job->access)) != hoist_needed_grants(job->access)) {
            hoist_widen_links(job->space, run.va, step.level, job->access);
        }
        run.va += part.leaf_count * hoist_entry_span(level);
        run.pa += part.leaf_count * hoist_entry_span(level);
        run.leaf_count -= part.leaf_count;
    }
    return result;
}

static enum hoist_result count_run_4k(const struct job *job, struct run run)
{
    return do_run(job, run, HOIST_LEVEL_PT, false);
}

static enum hoist_result count_run_2m(const struct job *job, struct run run)
{
    return do_run(job, run, HOIST_LEVEL_PD, false);
}

static enum hoist_result count_run_1g(const struct job *job, struct run run)
{
    return do_run(job, run, HOIST_LEVEL_PDPT, false);
}

static enum hoist_result commit_run_4k(const struct job *job, struct run run)
{
    return do_run(job, run, HOIST_LEVEL_PT, true);
}

static enum hoist_result commit_run_2m(const struct job *job, struct run run)
{
    return do_run(job, run, HOIST_LEVEL_PD, true);
}

static enum hoist_result commit_run_1g(const struct job *job, struct run run)
{
    return do_run(job, run, HOIST_LEVEL_PDPT, true);
}

static enum hoist_result count_run(const struct job *job, const struct run *run)
{
    switch (run->level) {
    case HOIST_LEVEL_PT: return count_run_4k(job, *run);
    case HOIST_LEVEL_PD: return count_run_2m(job, *run);
    default: return count_run_1g(job, *run);
    }
}

static enum hoist_result commit_run(const struct job *job, const struct run *run)
{
    switch (run->level) {
    case HOIST_LEVEL_PT: return commit_run_4k(job, *run);
    case HOIST_LEVEL_PD: return commit_run_2m(job, *run);
    default: return commit_run_1g(job, *run);
    }
}

enum hoist_result hoist_count_map(const struct hoist_space *space, struct hoist_count *count,
                                  const struct hoist_extent *extent, struct hoist_access access,
                                  enum hoist_leaf_size largest)
{
    enum hoist_result result = check_arguments(space, extent, access, largest);
    struct hoist_count sum = *count;
    /* Counting reads the space alone; do_run writes to it only with `commit`. */
    const struct job job = {(struct hoist_space *)(uintptr_t)space, access, &sum, NULL};
    struct run runs[RUNS_MAX];
    unsigned run_count;

    if (result != HOIST_OK) {
        return result;
    }
    if (count->last_va != 0 && extent->va.value <= count->last_va) {
        return HOIST_OUT_OF_ORDER;
    }
    run_count = cut(extent, largest_level(space, extent, largest), runs);
    for (unsigned i = 0; i < run_count && result == HOIST_OK; i++) {
        result = count_run(&job, &runs[i]);
    }
    if (result != HOIST_OK) {
        return result;
    }
    sum.last_va = extent->va.value + (extent->size_bytes - 1);
    *count = sum;
    return HOIST_OK;
}

enum hoist_result hoist_map(struct hoist_space *space, const struct hoist_extent *extent,
                            struct hoist_access access, enum hoist_leaf_size largest)
{
    struct hoist_count count = {0};
    struct hoist_reserve reserve;
    const struct job job = {space, access, NULL, &reserve};
    struct run runs[RUNS_MAX];
    unsigned run_count;
    enum hoist_result result = hoist_count_map(space, &count, extent, access, largest);

    if (result == HOIST_OK) {
        result = hoist_reserve_fill(space, count.of_level, &reserve);
    }
    if (result != HOIST_OK) {
        return result;
    }
    run_count = cut(extent, largest_level(space, extent, largest), runs);
    for (unsigned i = 0; i < run_count && result == HOIST_OK; i++) {
        result = commit_run(&job, &runs[i]);
    }
    return result;
}
