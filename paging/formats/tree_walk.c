/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks, look-ups and single entries. */
#include "tree_walk.h"

#include "tree_traverse.h"

/* An entry for callbacks. */
static struct hoist_tree_entry entry_of(const struct hoist_tree *tree,
                                        const struct hoist_tree_spot *spot,
                                        enum hoist_entry_kind kind)
{
    const struct hoist_table_format *format = hoist_format_of(tree);
    struct hoist_tree_entry entry = {hoist_va_of(hoist_format_va(format, spot->first)),
                                     hoist_va_of(hoist_format_va(format, spot->last)),
                                     hoist_pa_of(spot->at),
                                     spot->value,
                                     spot->level,
                                     {0},
                                     0,
                                     0};

    if (kind == HOIST_ENTRY_IS_LINK) {
        entry.target.value = hoist_table_of(format, spot->value, spot->level);
    } else if (kind == HOIST_ENTRY_IS_LEAF) {
        entry.target.value = hoist_frame_of(format, spot->value, spot->level, spot->first) +
                             (spot->first & (hoist_format_span(format, spot->level) - 1));
        entry.leaf_rights = hoist_meaning_of(format, spot->value, spot->level);
        entry.rights =
            hoist_allowed(format, hoist_rights_in(format, spot->value, spot->level), spot->left);
    }
    return entry;
}

/* The functions of a visitor or editor are taken by an entry's kind, in this order. */
_Static_assert(HOIST_ENTRY_IS_ABSENT == 0 && HOIST_ENTRY_IS_LINK == 1 && HOIST_ENTRY_IS_LEAF == 2 &&
                   HOIST_ENTRY_IS_RESERVED == 3,
               "hole, link, leaf, reserved");

/*
 * The linear addresses of a range that a CPU translates. False: there is none.
 */
static bool clip(const struct hoist_table_format *format, uint64_t first, uint64_t last,
                 struct hoist_tree_tour *tour)
{
    const uint64_t end = hoist_format_last_linear(format);
    const bool is_signed = format->extension == HOIST_EXTEND_SIGN;

    if (first > last) {
        return false;
    }
    tour->first = hoist_format_linear(format, first);
    if (!hoist_format_has(format, first)) {
        if (format->extension == HOIST_EXTEND_ZERO) {
            return false;
        }
        tour->first = is_signed ? (end >> 1) + 1 : 0;
    }
    tour->last = hoist_format_linear(format, last);
    if (!hoist_format_has(format, last)) {
        if (format->extension == HOIST_EXTEND_ONES) {
            return false;
        }
        tour->last = is_signed ? end >> 1 : end;
    }
    return tour->first <= tour->last;
}

/* ---- reading ---- */

struct reading {
    const struct hoist_tree *tree;
    const struct hoist_tree_visitor *visitor;
};

static enum hoist_result read_step(void *context, struct hoist_tree_spot *spot)
{
    const struct reading *reading = context;
    const struct hoist_tree_visitor *visitor = reading->visitor;
    const enum hoist_entry_kind kind = hoist_kind_at(reading->tree, spot);
    /* cppcheck-suppress uninitvar ; it does not see the array's initialiser */
    enum hoist_result (*const calls[])(void *, const struct hoist_tree_entry *) = {
        visitor->hole, visitor->link, visitor->leaf, visitor->reserved};
    struct hoist_tree_entry entry;

    if (calls[kind] == NULL) {
        return kind == HOIST_ENTRY_IS_RESERVED ? HOIST_BAD_ENTRY : HOIST_OK;
    }
    entry = entry_of(reading->tree, spot, kind);
    return calls[kind](visitor->context, &entry);
}

static enum hoist_result read_after(void *context, struct hoist_tree_spot *spot)
{
    const struct reading *reading = context;
    const struct hoist_tree_entry entry = entry_of(reading->tree, spot, HOIST_ENTRY_IS_LINK);

    return reading->visitor->after(reading->visitor->context, &entry);
}

enum hoist_result hoist_tree_walk(const struct hoist_tree *tree, struct hoist_va first,
                                  struct hoist_va last, const struct hoist_tree_visitor *visitor)
{
    struct reading reading = {tree, visitor};
    struct hoist_tree_tour tour = {
        tree, 0, 0, &reading, visitor->budget_entries != 0 ? visitor->budget_entries : UINT64_MAX};

    if (!tree->has_root || !clip(hoist_format_of(tree), first.value, last.value, &tour)) {
        return HOIST_OK;
    }
    return visitor->after != NULL ? hoist_tree_traverse(&tour, read_step, read_after)
                                  : hoist_tree_traverse(&tour, read_step, NULL);
}

/* ---- editing ---- */

struct editing {
    struct hoist_tree *tree;
    const struct hoist_tree_editor *editor;
};

/* Calls an editor's function, and writes back what it changed. */
static enum hoist_result
edit_one(const struct editing *editing, struct hoist_tree_spot *spot, enum hoist_entry_kind kind,
         enum hoist_result (*call)(void *, const struct hoist_tree_entry *, uint64_t *))
{
    const struct hoist_tree_entry entry = entry_of(editing->tree, spot, kind);
    uint64_t value = spot->value;
    const enum hoist_result result = call(editing->editor->context, &entry, &value);

    if (result != HOIST_OK || value == spot->value) {
        return result;
    }
    spot->value = value;
    return hoist_tree_store(editing->tree, spot->at, value);
}

static enum hoist_result edit_step(void *context, struct hoist_tree_spot *spot)
{
    const struct editing *editing = context;
    const struct hoist_tree_editor *editor = editing->editor;
    const enum hoist_entry_kind kind = hoist_kind_at(editing->tree, spot);
    /* cppcheck-suppress uninitvar ; it does not see the array's initialiser */
    enum hoist_result (*const calls[])(void *, const struct hoist_tree_entry *, uint64_t *) = {
        editor->hole, editor->link, editor->leaf, editor->reserved};

    if (calls[kind] == NULL) {
        return kind == HOIST_ENTRY_IS_RESERVED ? HOIST_BAD_ENTRY : HOIST_OK;
    }
    return edit_one(editing, spot, kind, calls[kind]);
}

static enum hoist_result edit_after(void *context, struct hoist_tree_spot *spot)
{
    const struct editing *editing = context;

    return edit_one(editing, spot, HOIST_ENTRY_IS_LINK, editing->editor->after);
}

enum hoist_result hoist_tree_edit(struct hoist_tree *tree, struct hoist_va first,
                                  struct hoist_va last, const struct hoist_tree_editor *editor)
{
    struct editing editing = {tree, editor};
    struct hoist_tree_tour tour = {
        tree, 0, 0, &editing, editor->budget_entries != 0 ? editor->budget_entries : UINT64_MAX};

    if (!tree->has_root || !clip(hoist_format_of(tree), first.value, last.value, &tour)) {
        return HOIST_OK;
    }
    return editor->after != NULL ? hoist_tree_traverse(&tour, edit_step, edit_after)
                                 : hoist_tree_traverse(&tour, edit_step, NULL);
}

/* ---- one entry ---- */

/* The entry of a level on the way to an address. */
static enum hoist_result find(const struct hoist_tree *tree, struct hoist_va va, unsigned level,
                              struct hoist_tree_spot *spot)
{
    const struct hoist_table_format *format = hoist_format_of(tree);
    enum hoist_result result;

    if (level == 0 || level > format->levels) {
        return HOIST_BAD_LEAF_SIZE;
    }
    if (!hoist_format_has(format, va.value)) {
        return HOIST_NOT_CANONICAL;
    }
    if (!tree->has_root) {
        return HOIST_NOT_MAPPED;
    }
    result = hoist_tree_descend(tree, hoist_format_linear(format, va.value), level, spot);
    return result == HOIST_OK && spot->level != level ? HOIST_NOT_MAPPED : result;
}

enum hoist_result hoist_tree_look_up(const struct hoist_tree *tree, struct hoist_va va,
                                     struct hoist_tree_entry *entry)
{
    const struct hoist_table_format *format = hoist_format_of(tree);
    struct hoist_tree_spot spot;
    enum hoist_entry_kind kind;
    enum hoist_result result;

    if (!hoist_format_has(format, va.value)) {
        return HOIST_NOT_CANONICAL;
    }
    if (!tree->has_root) {
        return HOIST_NOT_MAPPED;
    }
    result = hoist_tree_descend(tree, hoist_format_linear(format, va.value), 1, &spot);
    if (result != HOIST_OK) {
        return result;
    }
    kind = hoist_kind_at(tree, &spot);
    if (kind != HOIST_ENTRY_IS_LEAF) {
        return kind == HOIST_ENTRY_IS_RESERVED ? HOIST_BAD_ENTRY : HOIST_NOT_MAPPED;
    }
    *entry = entry_of(tree, &spot, kind);
    return HOIST_OK;
}

enum hoist_result hoist_tree_get_entry(const struct hoist_tree *tree, struct hoist_va va,
                                       unsigned level, uint64_t *value)
{
    struct hoist_tree_spot spot;
    const enum hoist_result result = find(tree, va, level, &spot);

    if (result == HOIST_OK) {
        *value = spot.value;
    }
    return result;
}

enum hoist_result hoist_tree_set_entry(struct hoist_tree *tree, struct hoist_va va, unsigned level,
                                       uint64_t value)
{
    struct hoist_tree_spot spot;
    const enum hoist_result result = find(tree, va, level, &spot);

    return result == HOIST_OK ? hoist_tree_store(tree, spot.at, value) : result;
}
