/* SPDX-License-Identifier: BSD-2-Clause */
/* The read-only visit. It goes down by recursion, never deeper than there are levels. */
#include "visit.h"

#include "walk.h"

struct visit {
    const struct hoist_space *space;
    const struct hoist_visitor *visitor;
    uint64_t first; /* without the bits above the translated ones, and so is `last` */
    uint64_t last;
    uint64_t entries_left;
};

/* A table on the way down. */
struct place {
    uint64_t pa;
    uint64_t base; /* first address that it covers */
    uint64_t grants;
    unsigned level;
};

/* The bits above the translated ones repeat the highest of those. */
static uint64_t make_canonical(const struct hoist_space *space, uint64_t va)
{
    const unsigned unused_bits = 64 - hoist_level_shift(space->cpu.levels + 1u);

    return (uint64_t)((int64_t)(va << unused_bits) >> unused_bits);
}

static enum hoist_result visit_leaf(const struct visit *visit, const struct place *table,
                                    uint64_t entry, uint64_t va)
{
    struct hoist_leaf leaf;

    if (visit->visitor->leaf == NULL) {
        return HOIST_OK;
    }
    leaf.va = hoist_va_of(make_canonical(visit->space, va));
    leaf.pa = hoist_pa_of(hoist_leaf_pa(entry, table->level));
    leaf.size = (enum hoist_leaf_size)table->level;
    leaf.leaf = hoist_decode_leaf(entry, table->level);
    leaf.effective = hoist_effective_access(entry, table->level, table->grants);
    leaf.entry = entry;
    return visit->visitor->leaf(visit->visitor->context, &leaf);
}

static enum hoist_result visit_table(struct visit *visit, const struct place *table)
{
    const uint64_t span = hoist_entry_span(table->level);
    const struct hoist_frame_4k frame = {table->pa};
    const uint64_t *entries = hoist_reach(visit->space, table->pa);
    const uint64_t last_of_table = table->base + (span * HOIST_TABLE_ENTRIES - 1);
    const uint64_t from = visit->first > table->base ? visit->first : table->base;
    const uint64_t to = visit->last < last_of_table ? visit->last : last_of_table;
    const unsigned last = hoist_index(to, table->level);
    enum hoist_result result = HOIST_OK;

    if (visit->visitor->table != NULL) {
        result = visit->visitor->table(visit->visitor->context, frame, table->level);
    }
    for (unsigned i = hoist_index(from, table->level); i <= last && result == HOIST_OK; i++) {
        const uint64_t va = table->base + i * span;
        uint64_t entry;

        if (visit->entries_left-- == 0) {
            return HOIST_TOO_MUCH;
        }
        entry = hoist_load(&entries[i]);
        if (!hoist_entry_is_present(entry)) {
            continue;
        }
        if (hoist_entry_is_leaf(entry, table->level)) {
            result = visit_leaf(visit, table, entry, va);
        } else {
            const struct place below = {hoist_table_pa(entry), va,
                                        table->grants & (entry ^ HOIST_ENTRY_NX), table->level - 1};

            result = visit_table(visit, &below);
        }
    }
    return result;
}

enum hoist_result hoist_visit(const struct hoist_space *space, struct hoist_va first,
                              struct hoist_va last, const struct hoist_visitor *visitor)
{
    const unsigned levels = space->cpu.levels;
    const uint64_t translated = hoist_entry_span(levels + 1) - 1;
    const struct place root = {hoist_table_pa(space->root), 0, space->root ^ HOIST_ENTRY_NX,
                               levels};
    struct visit visit = {space, visitor, first.value & translated, last.value & translated, 0};

    visit.entries_left = visitor->budget_entries != 0 ? visitor->budget_entries : ~UINT64_C(0);
    if (!hoist_is_canonical(space, first.value) || !hoist_is_canonical(space, last.value)) {
        return HOIST_NOT_CANONICAL;
    }
    if (!hoist_entry_is_present(space->root) || first.value > last.value) {
        return HOIST_OK;
    }
    return visit_table(&visit, &root);
}
