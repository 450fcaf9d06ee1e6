/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of pages, and what the tables say of them. */
#include "formats_model.h"

#include <string.h>

#include "formats_memory.h"
#include "formats_tree.h"
#include "property.h"
#include "table_entry.h"
#include "tree_walk.h"

struct formats_model tree_model;

/* ---- shapes ---- */

void model_begin(const struct hoist_table_format *format)
{
    struct hoist_table_format *small = &tree_model.format;

    formats_make_small(small, format);
    tree_model.shape.family = reader_family_of(format->name);
    tree_model.shape.levels = small->levels;
    tree_model.shape.page_shift = small->page_shift;
    tree_model.shape.index_bits = small->index_bits;
    tree_model.shape.root_index_bits = small->root_index_bits;
    tree_model.page_count = 1u << (hoist_format_address_bits(small) - small->page_shift);
    memset(tree_model.pages, 0, sizeof(tree_model.pages));
}

uint64_t model_page_bytes(void)
{
    return UINT64_C(1) << tree_model.format.page_shift;
}

uint64_t model_va(uint64_t page)
{
    return hoist_format_va(&tree_model.format, page << tree_model.format.page_shift);
}

/* ---- what is mapped ---- */

static unsigned of_rights(unsigned meaning)
{
    return meaning & 7;
}

static void check_page(unsigned number)
{
    const struct page *page = &tree_model.pages[number];
    const uint64_t linear = (uint64_t)number << tree_model.format.page_shift;
    struct hoist_tree_entry entry;
    struct reader_page seen = {0};
    const enum hoist_result result =
        hoist_tree_look_up(&tree_model.tree, hoist_va_of(model_va(number) + 8), &entry);

    CHECK(result == (page->is_mapped ? HOIST_OK : HOIST_NOT_MAPPED));
    if (!tree_model.tree.has_root) {
        return;
    }
    CHECK(reader_look_up(&tree_model.shape, tree_model.tree.root.value, linear + 8, &seen));
    CHECK(seen.is_mapped == page->is_mapped);
    if (page->is_mapped) {
        CHECK(seen.pa == page->pa + 8 && entry.target.value == seen.pa);
        CHECK(of_rights(entry.rights) == seen.kernel && entry.rights >> 3 == seen.user);
        CHECK(entry.leaf_rights == entry.rights && entry.level == seen.level);
        CHECK(seen.cache == page->access.cache);
        CHECK(seen.is_global == ((page->access.rights & HOIST_GLOBAL) != 0));
        CHECK(((page->access.rights & HOIST_USER) != 0) == (seen.user != 0));
    }
}

/* The rights that were asked for are those of whom they were asked for, to the letter. */
void model_check_rights(const struct page *page, unsigned number)
{
    const unsigned rights = page->access.rights;
    const unsigned wanted = (rights & 3) | (rights & HOIST_EXECUTE) >> 1;
    struct hoist_tree_entry entry;

    CHECK(hoist_tree_look_up(&tree_model.tree, hoist_va_of(model_va(number)), &entry) == HOIST_OK);
    CHECK((rights & HOIST_USER) != 0 ? entry.rights >> 3 == wanted : entry.rights == wanted);
}

/* A walk: entries follow one another without a gap, and hold what the pages do. */
struct tiling {
    uint64_t next; /* linear */
    uint64_t last;
    uint64_t tables;
};

static enum hoist_result tile(void *context, const struct hoist_tree_entry *entry)
{
    struct tiling *tiling = context;

    CHECK(hoist_format_linear(&tree_model.format, entry->first.value) == tiling->next);
    tiling->next = hoist_format_linear(&tree_model.format, entry->last.value) + 1;
    CHECK(tiling->next - 1 <= tiling->last);
    return HOIST_OK;
}

static enum hoist_result tile_leaf(void *context, const struct hoist_tree_entry *leaf)
{
    const uint64_t first = hoist_format_linear(&tree_model.format, leaf->first.value);
    const struct page *page = &tree_model.pages[first >> tree_model.format.page_shift];

    CHECK(page->is_mapped && leaf->target.value == page->pa + (first & (model_page_bytes() - 1)));
    tree_model.leaves++;
    return tile(context, leaf);
}

static enum hoist_result tile_hole(void *context, const struct hoist_tree_entry *hole)
{
    const uint64_t first = hoist_format_linear(&tree_model.format, hole->first.value);

    CHECK(!tree_model.pages[first >> tree_model.format.page_shift].is_mapped &&
          hole->target.value == 0);
    return tile(context, hole);
}

static enum hoist_result count_table(void *context, const struct hoist_tree_entry *link)
{
    struct tiling *tiling = context;

    (void)link;
    tiling->tables++;
    return HOIST_OK;
}

static void check_walk(void)
{
    const uint64_t end = (uint64_t)tree_model.page_count << tree_model.format.page_shift;
    struct tiling tiling = {0, end - 1, 0};
    const struct hoist_tree_visitor visitor = {
        .context = &tiling, .leaf = tile_leaf, .hole = tile_hole, .link = count_table};
    const struct hoist_tree_visitor after = {.context = &tiling, .after = count_table};
    uint64_t tables;

    if (!tree_model.tree.has_root) {
        CHECK(memory.table_count == 0);
        return;
    }
    CHECK(hoist_tree_walk(&tree_model.tree, hoist_va_of(0), hoist_va_of(UINT64_MAX), &visitor) ==
          HOIST_OK);
    CHECK(tiling.next == end);
    CHECK(memory.table_count == tiling.tables + 1);
    tables = tiling.tables;
    tiling.tables = 0;
    CHECK(hoist_tree_walk(&tree_model.tree, hoist_va_of(0), hoist_va_of(UINT64_MAX), &after) ==
          HOIST_OK);
    CHECK(tiling.tables == tables);
    /* A part of it, from anywhere to anywhere. */
    tiling.next = random_below(end);
    tiling.last = tiling.next + random_below(end - tiling.next);
    CHECK(hoist_tree_walk(
              &tree_model.tree, hoist_va_of(hoist_format_va(&tree_model.format, tiling.next)),
              hoist_va_of(hoist_format_va(&tree_model.format, tiling.last)), &visitor) == HOIST_OK);
    CHECK(tiling.next == tiling.last + 1);
}

void model_check(void)
{
    for (unsigned i = 0; i < tree_model.page_count; i++) {
        check_page(i);
    }
    check_walk();
    CHECK(!memory.gave_wrongly);
}
