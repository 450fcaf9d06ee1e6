/* SPDX-License-Identifier: BSD-2-Clause */
/* The read-only visit. */
#include "visit.h"

#include "fill.h"
#include "leaf.h"

struct visit {
    const struct hoist_space *space;
    const struct hoist_visitor *visitor;
    uint64_t entries_left;
    struct hoist_run run; /* not shown yet, for it may go on */
    bool has_run;
};

static bool is_same_access(struct hoist_access a, struct hoist_access b)
{
    return a.rights == b.rights && a.cache == b.cache && a.protection_key == b.protection_key &&
           a.software == b.software;
}

/* Shows the run that is open, if there is one. */
static enum hoist_result end_run(struct visit *visit)
{
    if (!visit->has_run) {
        return HOIST_OK;
    }
    visit->has_run = false;
    return visit->visitor->run(visit->visitor->context, &visit->run);
}

/* Leaves that go on from the one given, for the visitor's run. */
static enum hoist_result add_to_run(struct visit *visit, const struct hoist_leaf *leaf,
                                    uint64_t count)
{
    struct hoist_run *run = &visit->run;
    enum hoist_result result = HOIST_OK;

    if (!visit->has_run || run->va.value + run->size_bytes != leaf->va.value ||
        run->pa.value + run->size_bytes != leaf->pa.value ||
        !is_same_access(run->leaf, leaf->leaf) ||
        !is_same_access(run->effective, leaf->effective)) {
        const struct hoist_run begun = {leaf->va, leaf->pa, 0, leaf->leaf, leaf->effective, {0}};

        result = end_run(visit);
        *run = begun;
        visit->has_run = true;
    }
    run->size_bytes += count * hoist_leaf_bytes(leaf->size);
    run->leaf_count[leaf->size] += count;
    return result;
}

/* Leaves at the beginning of the place: one, or as many as go on from one another. */
static enum hoist_result see_leaves(struct visit *visit, const struct hoist_place *place,
                                    uint64_t entry, uint64_t *done)
{
    const struct hoist_visitor *visitor = visit->visitor;
    const struct hoist_leaf leaf = hoist_leaf_of(visit->space, place, entry);
    enum hoist_result result = HOIST_OK;

    *done = 1;
    if (visitor->leaf != NULL) {
        result = visitor->leaf(visitor->context, &leaf);
    } else {
        *done = hoist_count_equal(place->entries, place->entry_count, entry,
                                  hoist_entry_span(place->level));
    }
    if (result == HOIST_OK && visitor->run != NULL) {
        result = add_to_run(visit, &leaf, *done);
    }
    return result;
}

static enum hoist_result visit_step(void *context, struct hoist_place *place, uint64_t *done)
{
    struct visit *visit = context;
    const struct hoist_visitor *visitor = visit->visitor;
    enum hoist_result result = HOIST_OK;
    uint64_t entry;

    if (place->level <= visit->space->cpu.levels) {
        if (visit->entries_left == 0) {
            return HOIST_TOO_MUCH;
        }
        if (place->entry_count > visit->entries_left) {
            place->entry_count = visit->entries_left;
        }
    }
    entry = hoist_load(place->entries);
    if (!hoist_entry_is_present(entry)) {
        *done = hoist_count_absent(place->entries, place->entry_count);
    } else if (hoist_entry_is_leaf(entry, place->level)) {
        result = see_leaves(visit, place, entry, done);
    } else if (visitor->table != NULL) {
        const struct hoist_frame_4k frame = {hoist_table_pa(entry)};

        result = visitor->table(visitor->context, frame, place->level - 1);
    }
    if (place->level <= visit->space->cpu.levels) {
        visit->entries_left -= *done != 0 ? *done : 1;
    }
    return result;
}

enum hoist_result hoist_visit(const struct hoist_space *space, struct hoist_va first,
                              struct hoist_va last, const struct hoist_visitor *visitor)
{
    struct visit visit = {.space = space, .visitor = visitor, .entries_left = UINT64_MAX};
    uint64_t buffer[HOIST_BUFFER_ENTRIES];
    const struct hoist_tour tour = {
        (struct hoist_space *)(uintptr_t)space, hoist_linear(space, first.value),
        hoist_linear(space, last.value), &visit, space->hooks->read_entry != NULL ? buffer : NULL};
    struct hoist_trail trail;
    enum hoist_result result;

    if (!hoist_is_canonical(space, first.value) || !hoist_is_canonical(space, last.value)) {
        return HOIST_NOT_CANONICAL;
    }
    if (first.value > last.value) {
        return HOIST_OK;
    }
    if (visitor->budget_entries != 0) {
        visit.entries_left = visitor->budget_entries;
    }
    hoist_trail_begin(&trail, space);
    result = hoist_traverse(&tour, &trail, visit_step, NULL);
    return result == HOIST_OK ? end_run(&visit) : result;
}
