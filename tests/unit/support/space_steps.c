/* SPDX-License-Identifier: BSD-2-Clause */
/* Links, tables and split leaves of the model. */
#include "space_steps.h"

const struct operation *now;

void refuse(enum hoist_result result)
{
    if (change.result == HOIST_OK) {
        change.result = result;
    }
}

bool is_over(void)
{
    return change.result != HOIST_OK || change.is_too_large;
}

bool is_room(void)
{
    change.is_too_large = change.is_too_large || model.stretch_count + 4 > STRETCH_LIMIT;
    return !change.is_too_large;
}

uint64_t last_of_leaf(uint64_t va, unsigned level)
{
    return va | (model_bytes_of(level) - 1);
}

uint64_t first_of_leaf(uint64_t va, unsigned level)
{
    return va & ~(model_bytes_of(level) - 1);
}

uint64_t last_of_range(void)
{
    return now->va + (now->size - 1);
}

void add_table(uint64_t va, unsigned level, unsigned rights)
{
    if (!is_room() || change.frame_count == FRAME_BUDGET) {
        change.is_too_large = true;
        return;
    }
    model_add_table(va, level, rights);
    change.frame_count++;
    change.of_level[level]++;
}

void pass_links(uint64_t va, unsigned level)
{
    const unsigned needed = model_needed_rights(now->access);

    for (unsigned i = model.cpu.levels - 1u; i >= level; i--) {
        struct table *table = model_table(va, i);

        if (table == NULL) {
            return;
        }
        if ((needed & ~table->rights) != 0 && now->keeps_links) {
            refuse(HOIST_NARROW_LINK);
            return;
        }
        table->rights |= needed;
    }
}

void drop_tables(uint64_t first, uint64_t last, unsigned below)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < model.table_count; i++) {
        const struct table *table = &model.tables[i];
        const uint64_t table_first = model_table_first(table);
        const uint64_t table_last = table_first + (model_bytes_of(table->level) * 512 - 1);

        if (table->level >= below || table_first < first || table_last > last) {
            model.tables[kept++] = *table;
        }
    }
    model.table_count = kept;
}

void split_leaf(uint64_t va, unsigned needed)
{
    const struct stretch *old = model_stretch_at(va);
    const unsigned level = old->level;
    const uint64_t first = first_of_leaf(va, level);
    const uint64_t last = last_of_leaf(va, level);
    const unsigned user = (old->access.rights & HOIST_USER) != 0 ? LINK_USER : 0;

    add_table(first, level - 1, LINK_WRITE | LINK_EXECUTE | user | (needed & LINK_USER));
    model_cut_before(first);
    if (last + 1 != 0) {
        model_cut_before(last + 1);
    }
    model_stretch_at(first)->level = level - 1;
}

void split_edge(uint64_t va)
{
    const struct stretch *at = model_stretch_at(va);

    while (
        at != NULL && !is_over() &&
        (first_of_leaf(va, at->level) < now->va || last_of_leaf(va, at->level) > last_of_range())) {
        split_leaf(va, 0);
        at = model_stretch_at(va);
    }
}

bool change_is_on_empty(const struct operation *operation)
{
    const uint64_t last = operation->va + (operation->size - 1);
    const unsigned near = model_stretch_from(operation->va);

    if (near < model.stretch_count && model.stretches[near].first <= last) {
        return false;
    }
    for (unsigned i = 0; i < model.table_count; i++) {
        const struct table *table = &model.tables[i];
        const uint64_t first = model_table_first(table);

        if (table->level < 3 && first >= operation->va &&
            last_of_leaf(first, table->level + 1) <= last) {
            return false;
        }
    }
    return true;
}
