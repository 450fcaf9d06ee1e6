/* SPDX-License-Identifier: BSD-2-Clause */
/* Map, protect and unmap: each goes through the tables twice, to count and to write. */
#include "tree_change.h"

#include "tree_check.h"
#include "tree_supply.h"
#include "tree_traverse.h"

struct change {
    struct hoist_tree *tree;
    enum hoist_result (*step)(void *context, struct hoist_tree_spot *spot);
    uint64_t first; /* linear, as `last` is */
    uint64_t last;

    uint64_t pa_offset;   /* map: physical minus linear address */
    uint64_t page_flags;  /* map: of a leaf of level 1 */
    uint64_t large_flags; /* map: of a larger one */
    unsigned top;         /* map: no leaf of a higher level is made */
    uint8_t needed;       /* map: what links must grant (HOIST_KERNEL_READ ...) */
    uint8_t clear;        /* protect */
    uint8_t set;          /* protect */

    bool is_writing;            /* the second time through */
    uint64_t table_count;       /* the first time: how many below the root it takes */
    struct hoist_supply tables; /* the second time */
    bool has_changed;           /* entries that were present */
    uint64_t changed_first;     /* the first and the last address of them */
    uint64_t changed_last;
};

static enum hoist_result write_entry(struct change *change, struct hoist_tree_spot *spot,
                                     uint64_t value)
{
    const enum hoist_result result = hoist_tree_store(change->tree, spot->at, value);

    spot->value = value;
    return result;
}

/* Writes over an entry that is present; it is flushed at the end. */
static enum hoist_result change_entry(struct change *change, struct hoist_tree_spot *spot,
                                      uint64_t value)
{
    if (!change->has_changed) {
        change->changed_first = spot->first;
    }
    change->has_changed = true;
    change->changed_last = spot->last;
    return write_entry(change, spot, value);
}

/* ---- splitting ---- */

/* Fills a table with leaves that map together what a large one maps. */
static enum hoist_result fill_with_parts(const struct hoist_tree *tree,
                                         const struct hoist_tree_spot *spot, uint64_t table)
{
    const struct hoist_table_format *format = hoist_format_of(tree);
    const unsigned below = spot->level - 1;
    const uint64_t span = hoist_format_span(format, below);
    uint64_t pa = hoist_frame_of(format, spot->value, spot->level, spot->first);
    enum hoist_result result = HOIST_OK;
    uint64_t flags;

    hoist_flags_below(format, spot->value, spot->level, &flags);
    for (unsigned i = 0; i < hoist_format_entries(format, below) && result == HOIST_OK; i++) {
        uint64_t address;

        hoist_make_frame(format, below, pa, &address);
        result = hoist_tree_store(tree, table + i * format->entry_bytes, flags | address);
        pa += span;
    }
    return result;
}

/*
 * A large leaf that is covered in part becomes a table. In between it is absent, and flushed, for
 * no CPU must know the leaf and its parts at the same time (break-before-make).
 */
static enum hoist_result split(struct change *change, struct hoist_tree_spot *spot)
{
    const struct hoist_table_format *format = hoist_format_of(change->tree);
    const uint64_t span = hoist_format_span(format, spot->level);
    uint64_t flags;
    uint64_t address;
    uint64_t table = 0;
    uint64_t link = 0;
    enum hoist_result result;

    if (hoist_group_bytes(format, spot->value, spot->level) != span) {
        return HOIST_GROUPED_LEAF;
    }
    if (!hoist_flags_below(format, spot->value, spot->level, &flags)) {
        return HOIST_NOT_EXPRESSIBLE;
    }
    /* Where a smaller leaf has less room for an address: 4 KiB pages of x86-32 behind 4 GiB. */
    if (!hoist_make_frame(format, spot->level - 1,
                          hoist_frame_of(format, spot->value, spot->level, spot->first),
                          &address)) {
        return HOIST_PA_TOO_WIDE;
    }
    if (!change->is_writing) {
        change->table_count += hoist_tables_for(change->tree, spot, spot->level - 1);
        return HOIST_OK;
    }
    result = hoist_supply_take_table(change->tree, &change->tables, &table);
    if (result == HOIST_OK) {
        result = fill_with_parts(change->tree, spot, table);
    }
    if (result == HOIST_OK) {
        result = write_entry(change, spot, 0);
    }
    if (result != HOIST_OK) {
        return result;
    }
    hoist_tree_flush(change->tree, spot->first & ~(span - 1), span);
    hoist_make_link(format, spot->level, table, &link);
    return write_entry(change, spot, link);
}

/* ---- map ---- */

/* Whether a leaf maps what it covers just as the change would. */
static bool is_wanted(const struct change *change, const struct hoist_tree_spot *spot)
{
    const struct hoist_table_format *format = hoist_format_of(change->tree);
    const struct hoist_leaf_format *leaf = spot->level == 1 ? &format->page : &format->large;
    const uint64_t mask = hoist_format_span(format, spot->level) - 1;
    const uint64_t mapped =
        hoist_frame_of(format, spot->value, spot->level, spot->first) + (spot->first & mask);
    const uint64_t others = leaf->address.mask | leaf->address.high_mask | format->state |
                            format->group.hint | (spot->level == 1 ? format->group.mask : 0);
    const uint64_t flags = spot->level == 1 ? change->page_flags : change->large_flags;

    return mapped == spot->first + change->pa_offset && ((spot->value ^ flags) & ~others) == 0;
}

static enum hoist_result map_hole(struct change *change, struct hoist_tree_spot *spot)
{
    const struct hoist_table_format *format = hoist_format_of(change->tree);

    if (spot->level <= change->top && hoist_is_whole(change->tree, spot)) {
        uint64_t address;

        if (!hoist_make_frame(format, spot->level, spot->first + change->pa_offset, &address)) {
            return HOIST_PA_TOO_WIDE;
        }
        return !change->is_writing
                   ? HOIST_OK
                   : hoist_tree_store(
                         change->tree, spot->at,
                         address | (spot->level == 1 ? change->page_flags : change->large_flags));
    }
    if (change->is_writing) {
        return hoist_supply_link(change->tree, &change->tables, spot);
    }
    change->table_count += hoist_tables_for(change->tree, spot, change->top);
    return HOIST_OK;
}

static enum hoist_result map_step(void *context, struct hoist_tree_spot *spot)
{
    struct change *change = context;
    const struct hoist_table_format *format = hoist_format_of(change->tree);

    switch (hoist_kind_at(change->tree, spot)) {
    case HOIST_ENTRY_IS_ABSENT: return map_hole(change, spot);
    case HOIST_ENTRY_IS_LINK:
        return (change->needed & ~hoist_left_by_link(format, spot->value, spot->level)) == 0
                   ? HOIST_OK
                   : HOIST_NARROW_LINK;
    case HOIST_ENTRY_IS_LEAF: return is_wanted(change, spot) ? HOIST_OK : HOIST_ALREADY_MAPPED;
    case HOIST_ENTRY_IS_RESERVED: break;
    }
    return HOIST_BAD_ENTRY;
}

/* ---- protect ---- */

/* The leaf as it is to be. */
static enum hoist_result protected_leaf(const struct change *change,
                                        const struct hoist_tree_spot *spot, uint64_t *value)
{
    const struct hoist_table_format *format = hoist_format_of(change->tree);
    const struct hoist_leaf_format *leaf = spot->level == 1 ? &format->page : &format->large;
    struct hoist_access access;
    uint64_t flags;
    enum hoist_result result;

    result = hoist_rights_of_leaf(format, spot->value, spot->level, &access);
    if (result != HOIST_OK) {
        return result;
    }
    access.rights = (uint8_t)((access.rights & ~change->clear) | change->set);
    result = hoist_tree_check_access(change->tree, access);
    if (result == HOIST_OK) {
        result = hoist_make_flags(format, access, spot->level, &flags);
    }
    if (result == HOIST_OK) {
        const uint64_t touched =
            hoist_scatter(&leaf->rights, ~0u) | hoist_scatter(&leaf->global, ~0u);

        *value = (spot->value & ~touched) | (flags & touched);
        if ((hoist_meaning_of(format, *value, spot->level) & ~spot->left) != 0) {
            return HOIST_NARROW_LINK;
        }
    }
    return result;
}

static enum hoist_result protect_step(void *context, struct hoist_tree_spot *spot)
{
    struct change *change = context;
    const struct hoist_table_format *format = hoist_format_of(change->tree);
    const enum hoist_entry_kind kind = hoist_kind_at(change->tree, spot);
    uint64_t value;
    enum hoist_result result;

    if (kind != HOIST_ENTRY_IS_LEAF) {
        return kind == HOIST_ENTRY_IS_LINK     ? HOIST_OK
               : kind == HOIST_ENTRY_IS_ABSENT ? HOIST_NOT_MAPPED
                                               : HOIST_BAD_ENTRY;
    }
    result = protected_leaf(change, spot, &value);
    if (result != HOIST_OK || value == spot->value) {
        return result;
    }
    if (hoist_group_bytes(format, spot->value, spot->level) !=
        hoist_format_span(format, spot->level)) {
        return HOIST_GROUPED_LEAF;
    }
    if (!hoist_is_whole(change->tree, spot)) {
        return split(change, spot);
    }
    return change->is_writing ? change_entry(change, spot, value) : HOIST_OK;
}

/* ---- unmap ---- */

static enum hoist_result unmap_step(void *context, struct hoist_tree_spot *spot)
{
    struct change *change = context;
    const enum hoist_entry_kind kind = hoist_kind_at(change->tree, spot);

    if (kind != HOIST_ENTRY_IS_LEAF) {
        return kind == HOIST_ENTRY_IS_RESERVED ? HOIST_BAD_ENTRY : HOIST_OK;
    }
    if (!hoist_is_whole(change->tree, spot)) {
        return split(change, spot);
    }
    if (!hoist_covers_group(change->tree, spot, change->first, change->last)) {
        return HOIST_GROUPED_LEAF;
    }
    return change->is_writing ? change_entry(change, spot, 0) : HOIST_OK;
}

/* ---- the two times through ---- */

static struct change begin(const struct hoist_tree *tree,
                           enum hoist_result (*step)(void *, struct hoist_tree_spot *),
                           const struct hoist_range *range)
{
    const uint64_t first = hoist_format_linear(hoist_format_of(tree), range->va.value);
    const struct change change = {.tree = (struct hoist_tree *)(uintptr_t)tree,
                                  .step = step,
                                  .first = first,
                                  .last = first + (range->size_bytes - 1)};

    return change;
}

static enum hoist_result go_through(struct change *change)
{
    struct hoist_tree_tour tour = {change->tree, change->first, change->last, change, UINT64_MAX};

    return hoist_tree_traverse(&tour, change->step, NULL);
}

/* The first time; without a root table nothing can be in the way. */
static enum hoist_result count(struct change *change)
{
    if (!change->tree->has_root) {
        change->table_count =
            hoist_tables_of_empty(change->tree, change->first, change->last, change->top);
        return HOIST_OK;
    }
    return go_through(change);
}

static enum hoist_result carry_out(struct change *change)
{
    enum hoist_result result = count(change);
    uint64_t size_bytes;

    if (result == HOIST_OK) {
        result = hoist_supply_tables(change->tree, change->table_count, &change->tables);
    }
    if (result != HOIST_OK) {
        return result;
    }
    change->is_writing = true;
    result = go_through(change);
    hoist_supply_return_tables(change->tree, &change->tables);
    if (change->has_changed) {
        size_bytes = change->changed_last - change->changed_first + 1;
        hoist_tree_flush(change->tree, change->changed_first, size_bytes);
    }
    return result;
}

static enum hoist_result begin_map(struct change *change, const struct hoist_tree *tree,
                                   const struct hoist_extent *extent, struct hoist_access access,
                                   unsigned largest_level)
{
    const struct hoist_table_format *format = hoist_format_of(tree);
    const struct hoist_range range = {extent->va, extent->size_bytes};
    enum hoist_result result = hoist_tree_check_extent(tree, extent);

    if (result == HOIST_OK) {
        result = hoist_tree_check_access(tree, access);
    }
    if (result == HOIST_OK && largest_level > format->levels) {
        result = HOIST_BAD_LEAF_SIZE;
    }
    if (result != HOIST_OK) {
        return result;
    }
    *change = begin(tree, map_step, &range);
    change->pa_offset = extent->pa.value - change->first;
    change->top = hoist_tree_top(tree, change->first ^ extent->pa.value, largest_level);
    change->needed = hoist_needed(format, access);
    result = hoist_make_flags(format, access, 1, &change->page_flags);
    return result == HOIST_OK ? hoist_make_flags(format, access, 2, &change->large_flags) : result;
}

enum hoist_result hoist_tree_map(struct hoist_tree *tree, const struct hoist_extent *extent,
                                 struct hoist_access access, unsigned largest_level)
{
    struct change change;
    const enum hoist_result result = begin_map(&change, tree, extent, access, largest_level);

    return result == HOIST_OK ? carry_out(&change) : result;
}

enum hoist_result hoist_tree_count_map(const struct hoist_tree *tree,
                                       const struct hoist_extent *extent,
                                       struct hoist_access access, unsigned largest_level,
                                       uint64_t *table_count)
{
    struct change change;
    enum hoist_result result = begin_map(&change, tree, extent, access, largest_level);

    if (result == HOIST_OK) {
        result = count(&change);
    }
    if (result == HOIST_OK) {
        *table_count = change.table_count + (tree->has_root ? 0 : 1);
    }
    return result;
}

enum hoist_result hoist_tree_protect(struct hoist_tree *tree, const struct hoist_range *range,
                                     uint8_t clear, uint8_t set)
{
    struct change change;
    enum hoist_result result = hoist_tree_check_range(tree, range);

    if (result == HOIST_OK && ((clear | set) & ~HOIST_ALL_RIGHTS) != 0) {
        result = HOIST_BAD_ACCESS;
    }
    if (result != HOIST_OK) {
        return result;
    }
    if (!tree->has_root) {
        return HOIST_NOT_MAPPED;
    }
    change = begin(tree, protect_step, range);
    change.clear = clear;
    change.set = set;
    return carry_out(&change);
}

enum hoist_result hoist_tree_unmap(struct hoist_tree *tree, const struct hoist_range *range)
{
    struct change change;
    const enum hoist_result result = hoist_tree_check_range(tree, range);

    if (result != HOIST_OK || !tree->has_root) {
        return result;
    }
    change = begin(tree, unmap_step, range);
    return carry_out(&change);
}
