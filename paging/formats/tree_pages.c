/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of the caller's that is got and mapped, unmapped and given back. */
#include "tree_change.h"

#include "tree_check.h"
#include "tree_supply.h"

/* ---- allocate ---- */

struct filling {
    struct hoist_tree *tree;
    uint64_t flags; /* of a page, without its address */
    uint8_t needed; /* what links must grant */
    bool is_writing;
    uint64_t table_count;
    struct hoist_supply tables;
    struct hoist_supply pages;
};

static enum hoist_result fill_hole(struct filling *filling, struct hoist_tree_spot *spot)
{
    uint64_t page;
    uint64_t address;
    enum hoist_result result;

    if (!filling->is_writing) {
        filling->table_count += spot->level == 1 ? 0 : hoist_tables_for(filling->tree, spot, 1);
        return HOIST_OK;
    }
    if (spot->level != 1) {
        return hoist_supply_link(filling->tree, &filling->tables, spot);
    }
    result = hoist_supply_take_page(filling->tree, &filling->pages, &page);
    if (result != HOIST_OK) {
        return result;
    }
    hoist_make_frame(hoist_format_of(filling->tree), 1, page, &address);
    return hoist_tree_store(filling->tree, spot->at, filling->flags | address);
}

static enum hoist_result fill_step(void *context, struct hoist_tree_spot *spot)
{
    struct filling *filling = context;
    const struct hoist_table_format *format = hoist_format_of(filling->tree);

    switch (hoist_kind_at(filling->tree, spot)) {
    case HOIST_ENTRY_IS_ABSENT: return fill_hole(filling, spot);
    case HOIST_ENTRY_IS_LINK:
        return (filling->needed & ~hoist_left_by_link(format, spot->value, spot->level)) == 0
                   ? HOIST_OK
                   : HOIST_NARROW_LINK;
    case HOIST_ENTRY_IS_LEAF: return HOIST_ALREADY_MAPPED;
    case HOIST_ENTRY_IS_RESERVED: break;
    }
    return HOIST_BAD_ENTRY;
}

/* Tables and pages, all of them or none. */
static enum hoist_result get_memory(struct filling *filling, uint64_t page_count)
{
    enum hoist_result result = hoist_supply_pages(filling->tree, page_count, &filling->pages);

    if (result == HOIST_OK) {
        result = hoist_supply_tables(filling->tree, filling->table_count, &filling->tables);
        if (result != HOIST_OK) {
            hoist_supply_return_pages(filling->tree, &filling->pages);
        }
    }
    return result;
}

enum hoist_result hoist_tree_allocate(struct hoist_tree *tree, const struct hoist_range *range,
                                      struct hoist_access access)
{
    const struct hoist_table_format *format = hoist_format_of(tree);
    const uint64_t first = hoist_format_linear(format, range->va.value);
    const uint64_t last = first + (range->size_bytes - 1);
    struct filling filling = {.tree = tree};
    struct hoist_tree_tour tour = {tree, first, last, &filling, UINT64_MAX};
    enum hoist_result result = hoist_tree_check_range(tree, range);

    if (result == HOIST_OK) {
        result = hoist_tree_check_access(tree, access);
    }
    if (result == HOIST_OK) {
        result = hoist_make_flags(format, access, 1, &filling.flags);
    }
    if (result != HOIST_OK) {
        return result;
    }
    filling.needed = hoist_needed(format, access);
    if (tree->has_root) {
        result = hoist_tree_traverse(&tour, fill_step, NULL);
    } else {
        filling.table_count = hoist_tables_of_empty(tree, first, last, 1);
    }
    if (result == HOIST_OK) {
        result = get_memory(&filling, range->size_bytes >> format->page_shift);
    }
    if (result == HOIST_OK) {
        filling.is_writing = true;
        tour.entries_left = UINT64_MAX;
        result = hoist_tree_traverse(&tour, fill_step, NULL);
        hoist_supply_return_tables(tree, &filling.tables);
        hoist_supply_return_pages(tree, &filling.pages);
    }
    return result;
}

/* ---- free ---- */

struct freeing {
    struct hoist_tree *tree;
    uint64_t first;
    uint64_t last;
};

static enum hoist_result look_before_free(void *context, struct hoist_tree_spot *spot)
{
    const struct freeing *freeing = context;
    const enum hoist_entry_kind kind = hoist_kind_at(freeing->tree, spot);

    if (kind == HOIST_ENTRY_IS_RESERVED) {
        return HOIST_BAD_ENTRY;
    }
    if (kind == HOIST_ENTRY_IS_LEAF && !hoist_is_whole(freeing->tree, spot)) {
        return HOIST_BAD_LEAF_SIZE;
    }
    return kind != HOIST_ENTRY_IS_LEAF ||
                   hoist_covers_group(freeing->tree, spot, freeing->first, freeing->last)
               ? HOIST_OK
               : HOIST_GROUPED_LEAF;
}

/* A page is given back when no CPU can reach it any more. */
static enum hoist_result free_step(void *context, struct hoist_tree_spot *spot)
{
    const struct freeing *freeing = context;
    const struct hoist_tree *tree = freeing->tree;
    const struct hoist_table_format *format = hoist_format_of(tree);
    const uint64_t span = hoist_format_span(format, spot->level);
    uint64_t page;
    enum hoist_result result;

    if (hoist_kind_at(tree, spot) != HOIST_ENTRY_IS_LEAF) {
        return HOIST_OK;
    }
    page = hoist_frame_of(format, spot->value, spot->level, spot->first);
    result = hoist_tree_store(tree, spot->at, 0);
    if (result != HOIST_OK) {
        return result;
    }
    spot->value = 0;
    hoist_tree_flush(tree, spot->first, span);
    if (tree->hooks->free_page != NULL) {
        tree->hooks->free_page(tree->context, span, hoist_pa_of(page));
    }
    return HOIST_OK;
}

/* Whether a table below the root has no entry that is present. */
static enum hoist_result is_empty(const struct hoist_tree *tree, uint64_t table, bool *answer)
{
    const struct hoist_table_format *format = hoist_format_of(tree);
    enum hoist_result result = HOIST_OK;

    *answer = true;
    for (unsigned i = 0; i < hoist_format_entries(format, 1) && *answer; i++) {
        uint64_t value;

        result = hoist_tree_load(tree, table + i * format->entry_bytes, &value);
        if (result != HOIST_OK) {
            return result;
        }
        *answer = (value & format->present) == 0;
    }
    return result;
}

static enum hoist_result free_empty_table(void *context, struct hoist_tree_spot *spot)
{
    const struct freeing *freeing = context;
    const struct hoist_tree *tree = freeing->tree;
    const struct hoist_table_format *format = hoist_format_of(tree);
    const uint64_t table = hoist_table_of(format, spot->value, spot->level);
    const uint64_t span = hoist_format_span(format, spot->level);
    bool is_unused = false;
    enum hoist_result result = is_empty(tree, table, &is_unused);

    if (result != HOIST_OK || !is_unused || tree->hooks->free_table == NULL) {
        return result;
    }
    result = hoist_tree_store(tree, spot->at, 0);
    if (result != HOIST_OK) {
        return result;
    }
    hoist_tree_flush(tree, spot->first & ~(span - 1), span);
    tree->hooks->free_table(tree->context, hoist_format_table_bytes(format, 1), hoist_pa_of(table));
    return HOIST_OK;
}

enum hoist_result hoist_tree_free(struct hoist_tree *tree, const struct hoist_range *range)
{
    const struct hoist_table_format *format = hoist_format_of(tree);
    const uint64_t first = hoist_format_linear(format, range->va.value);
    struct freeing freeing = {tree, first, first + (range->size_bytes - 1)};
    struct hoist_tree_tour tour = {tree, first, freeing.last, &freeing, UINT64_MAX};
    enum hoist_result result = hoist_tree_check_range(tree, range);

    if (result != HOIST_OK || !tree->has_root) {
        return result;
    }
    result = hoist_tree_traverse(&tour, look_before_free, NULL);
    if (result == HOIST_OK) {
        tour.entries_left = UINT64_MAX;
        result = hoist_tree_traverse(&tour, free_step, free_empty_table);
    }
    return result;
}
