/* SPDX-License-Identifier: BSD-2-Clause */
/* Fewer tables of the model for the same mappings. */
#include "space_steps.h"

/* Whether all that a table covers is leaves of its own level that go on from one another. */
static bool is_uniform(uint64_t first, uint64_t last, unsigned level)
{
    unsigned i = model_stretch_from(first);
    const struct stretch *begin = &model.stretches[i];
    uint64_t next = first;

    if (i == model.stretch_count || begin->first > first) {
        return false;
    }
    for (; next - 1 != last; i++) {
        const struct stretch *at = &model.stretches[i];

        if (i == model.stretch_count || (next != first && at->first != next) ||
            at->level != level || !model_is_same_access(at->access, begin->access) ||
            at->pa - at->first != begin->pa - begin->first) {
            return false;
        }
        next = at->last < last ? at->last + 1 : last + 1;
    }
    return (begin->pa + (first - begin->first)) % model_bytes_of(level + 1) == 0;
}

static void merge_table(unsigned number)
{
    const struct table table = model.tables[number];
    const uint64_t first = model_table_first(&table);
    const uint64_t last = last_of_leaf(first, table.level + 1);
    struct stretch leaf;

    if (first < now->va || last > last_of_range() || !is_uniform(first, last, table.level)) {
        return;
    }
    leaf = *model_stretch_at(first);
    if ((model_needed_rights(leaf.access) & ~table.rights) != 0) {
        return;
    }
    leaf.pa += first - leaf.first;
    model_remove(first, last);
    model_add_leaf(first, leaf.pa, table.level + 1, leaf.access);
    model.tables[number] = model.tables[--model.table_count];
}

static void collapse_table(unsigned number)
{
    const struct table table = model.tables[number];
    const uint64_t first = model_table_first(&table);
    const uint64_t last = last_of_leaf(first, table.level + 1);
    const unsigned near = model_stretch_from(first);

    if (first > last_of_range() || last < now->va ||
        (near < model.stretch_count && model.stretches[near].first <= last)) {
        return;
    }
    for (unsigned i = 0; i < model.table_count; i++) {
        const uint64_t below = model_table_first(&model.tables[i]);

        if (model.tables[i].level < table.level && below >= first && below <= last) {
            return;
        }
    }
    model.tables[number] = model.tables[--model.table_count];
}

/* From the lowest tables up; those that were there before alone. */
static void tidy(void (*table)(unsigned number), unsigned levels)
{
    for (unsigned level = 1; level < levels; level++) {
        for (unsigned i = model.table_count; i-- > 0;) {
            if (model.tables[i].level == level) {
                table(i);
            }
        }
    }
}

void merge(void)
{
    tidy(merge_table, model.cpu.has_1g_pages ? 3 : 2);
}

void collapse(void)
{
    tidy(collapse_table, model.cpu.levels);
}
