/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries one at a time, and all leaves of a range with the right to change them. */
#include "edit.h"

#include "build.h"
#include "leaf.h"
#include "listing.h"

static enum hoist_result find(const struct hoist_space *space, struct hoist_va va, unsigned level,
                              struct hoist_step *step)
{
    if (!hoist_is_canonical(space, va.value)) {
        return HOIST_NOT_CANONICAL;
    }
    if (level < HOIST_LEVEL_PT || level > space->cpu.levels) {
        return HOIST_BAD_LEAF_SIZE;
    }
    *step = hoist_walk(space, va.value, level);
    return step->level == level ? HOIST_OK : HOIST_NOT_MAPPED;
}

static struct hoist_entry entry_of(const struct hoist_step *step, struct hoist_va va)
{
    const uint64_t value = hoist_load(step->entry);
    const struct hoist_entry entry = {value,
                                      {va.value & ~(hoist_entry_span(step->level) - 1)},
                                      step->level,
                                      hoist_entry_is_present(value),
                                      hoist_entry_is_present(value) &&
                                          hoist_entry_is_leaf(value, step->level)};

    return entry;
}

enum hoist_result hoist_entry_at(const struct hoist_space *space, struct hoist_va va,
                                 unsigned level, struct hoist_entry *entry)
{
    struct hoist_step step;
    const enum hoist_result result = find(space, va, level, &step);

    if (result == HOIST_OK) {
        *entry = entry_of(&step, va);
    }
    return result;
}

enum hoist_result hoist_entry_mut_at(struct hoist_space *space, struct hoist_va va, unsigned level,
                                     struct hoist_entry_mut *entry)
{
    struct hoist_step step;
    enum hoist_result result = find(space, va, level, &step);

    if (result == HOIST_OK &&
        (hoist_is_borrowed(space, va.value) || hoist_is_lent(space, level, va.value))) {
        result = HOIST_SHARED_HALF;
    }
    if (result == HOIST_OK) {
        entry->entry = entry_of(&step, va);
        entry->slot = step.entry;
        entry->grants = step.grants;
    }
    return result;
}

/* A leaf that may be written at this level. */
static enum hoist_result check_leaf(const struct hoist_space *space, unsigned level, uint64_t pa,
                                    struct hoist_access access)
{
    if (level > HOIST_LEVEL_PDPT) {
        return HOIST_BAD_LEAF_SIZE;
    }
    if (level == HOIST_LEVEL_PDPT && !space->cpu.has_1g_pages) {
        return HOIST_NO_1G_PAGES;
    }
    if ((pa & (hoist_entry_span(level) - 1)) != 0) {
        return HOIST_UNALIGNED_FRAME;
    }
    if (pa >> space->cpu.physical_bits != 0) {
        return HOIST_PA_TOO_WIDE;
    }
    return hoist_check_access(space, access);
}

enum hoist_result hoist_entry_set(struct hoist_space *space, struct hoist_entry_mut *entry,
                                  struct hoist_pa pa, struct hoist_access access)
{
    const unsigned level = entry->entry.level;
    const uint64_t needed = hoist_needed_grants(access);
    const uint64_t found = hoist_load(entry->slot);
    const enum hoist_result result = check_leaf(space, level, pa.value, access);

    if (result != HOIST_OK) {
        return result;
    }
    if (hoist_entry_is_link(found, level)) {
        return hoist_table_in_the_way(level);
    }
    if ((entry->grants & needed) != needed) {
        return HOIST_NARROW_LINK;
    }
    hoist_store(entry->slot, pa.value | hoist_encode_leaf(access, level, space->cpu.has_nx));
    entry->entry.value = hoist_load(entry->slot);
    entry->entry.is_present = true;
    entry->entry.is_leaf = true;
    if (hoist_entry_is_present(found)) {
        hoist_list_one(space, entry->entry.va.value, found, level);
    }
    return HOIST_OK;
}

enum hoist_result hoist_entry_clear(struct hoist_space *space, struct hoist_entry_mut *entry)
{
    const unsigned level = entry->entry.level;
    const uint64_t found = hoist_load(entry->slot);

    if (!hoist_entry_is_present(found)) {
        return HOIST_NOT_MAPPED;
    }
    if (hoist_entry_is_link(found, level)) {
        return hoist_table_in_the_way(level);
    }
    hoist_store(entry->slot, 0);
    entry->entry.value = 0;
    entry->entry.is_present = false;
    entry->entry.is_leaf = false;
    hoist_list_one(space, entry->entry.va.value, found, level);
    return HOIST_OK;
}

/* ---- all leaves of a range ---- */

struct editing {
    struct hoist_space *space;
    const struct hoist_editor *editor;
    struct hoist_flush *flush;
    uint64_t entries_left;
};

/* Writes what the editor wants in the place of a leaf. */
static enum hoist_result apply(struct editing *editing, const struct hoist_place *place,
                               enum hoist_edit edit, struct hoist_access access)
{
    const uint64_t span = hoist_entry_span(place->level);
    const struct hoist_flush_range page = {place->first & ~(span - 1), 1, span};
    const uint64_t found = hoist_load(place->entries);
    const uint64_t needed = hoist_needed_grants(access);
    uint64_t wanted = 0;

    if (edit == HOIST_EDIT_SET) {
        const enum hoist_result result = hoist_check_access(editing->space, access);

        if (result != HOIST_OK) {
            return result;
        }
        if ((place->grants & needed) != needed) {
            return HOIST_NARROW_LINK;
        }
        wanted = hoist_leaf_pa(found, place->level) | (found & HOIST_ENTRY_STATE) |
                 hoist_encode_leaf(access, place->level, editing->space->cpu.has_nx);
    }
    if (edit != HOIST_EDIT_KEEP && wanted != found) {
        hoist_store(place->entries, wanted);
        hoist_list_pages(editing->space, editing->flush, &page, found);
    }
    return HOIST_OK;
}

static enum hoist_result edit_leaf(struct editing *editing, const struct hoist_place *place,
                                   uint64_t entry)
{
    const struct hoist_leaf leaf = hoist_leaf_of(editing->space, place, entry);
    struct hoist_access access = leaf.leaf;
    enum hoist_edit edit = HOIST_EDIT_KEEP;
    enum hoist_result result =
        editing->editor->leaf(editing->editor->context, &leaf, &edit, &access);

    if (result == HOIST_OK) {
        result = apply(editing, place, edit, access);
    }
    return result;
}

static enum hoist_result edit_step(void *context, struct hoist_place *place, uint64_t *done)
{
    struct editing *editing = context;
    const uint64_t entry = hoist_load(place->entries);

    if (place->level <= editing->space->cpu.levels && editing->entries_left-- == 0) {
        return HOIST_TOO_MUCH;
    }
    if (!hoist_entry_is_present(entry)) {
        *done = 1;
        return HOIST_OK;
    }
    if (hoist_entry_is_leaf(entry, place->level)) {
        *done = 1;
        return edit_leaf(editing, place, entry);
    }
    return HOIST_OK;
}

enum hoist_result hoist_edit(struct hoist_space *space, struct hoist_va first, struct hoist_va last,
                             const struct hoist_editor *editor)
{
    struct hoist_flush own;
    struct editing editing = {space, editor, NULL, UINT64_MAX};
    const struct hoist_tour tour = {space, hoist_linear(space, first.value),
                                    hoist_linear(space, last.value), &editing, NULL};
    struct hoist_trail trail;
    enum hoist_result result;

    if (!hoist_is_canonical(space, first.value) || !hoist_is_canonical(space, last.value)) {
        return HOIST_NOT_CANONICAL;
    }
    if (hoist_is_borrowed(space, last.value)) {
        return HOIST_SHARED_HALF;
    }
    if (first.value > last.value) {
        return HOIST_OK;
    }
    if (editor->budget_entries != 0) {
        editing.entries_left = editor->budget_entries;
    }
    editing.flush = hoist_list_begin(space, &own);
    hoist_trail_begin(&trail, space);
    result = hoist_traverse(&tour, &trail, edit_step, NULL);
    hoist_list_end(space, editing.flush);
    return result;
}
