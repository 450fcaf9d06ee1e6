/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory in advance. */
#include "tree_supply.h"

typedef bool allocate_hook(void *context, uint64_t size_bytes, struct hoist_pa *pa);
typedef void free_hook(void *context, uint64_t size_bytes, struct hoist_pa pa);

/* What a chain is made of. */
struct pieces {
    uint64_t size_bytes;
    allocate_hook *allocate;
    free_hook *give_back; /* may be NULL */
    bool are_tables;
};

static struct pieces tables_of(const struct hoist_tree *tree)
{
    const struct pieces pieces = {hoist_format_table_bytes(hoist_format_of(tree), 1),
                                  tree->hooks->allocate_table, tree->hooks->free_table, true};

    return pieces;
}

static struct pieces pages_of(const struct hoist_tree *tree)
{
    const struct pieces pieces = {hoist_format_span(hoist_format_of(tree), 1),
                                  tree->hooks->allocate_page, tree->hooks->free_page, false};

    return pieces;
}

/* Bytes at a physical address that is no entry: a chain is always written as eight of them. */
static enum hoist_result put(const struct hoist_tree *tree, uint64_t pa, uint64_t next)
{
    if (tree->hooks->write != NULL) {
        return tree->hooks->write(tree->context, hoist_pa_of(pa), &next, sizeof(next));
    }
    *(uint64_t *)hoist_tree_at(tree, pa) = next;
    return HOIST_OK;
}

static enum hoist_result get(const struct hoist_tree *tree, uint64_t pa, uint64_t *next)
{
    if (tree->hooks->read != NULL) {
        return tree->hooks->read(tree->context, hoist_pa_of(pa), next, sizeof(*next));
    }
    *next = *(const uint64_t *)hoist_tree_at(tree, pa);
    return HOIST_OK;
}

/* Takes the first piece out of the chain; where that cannot be read, it stays there. */
static enum hoist_result take(const struct hoist_tree *tree, struct hoist_supply *supply,
                              uint64_t *piece)
{
    uint64_t next = 0;
    const enum hoist_result result = get(tree, supply->first, &next);

    if (result == HOIST_OK) {
        *piece = supply->first;
        supply->first = next;
        supply->count--;
    }
    return result;
}

/* Where the chain cannot be read, what it holds is lost to the allocator. */
static void return_pieces(const struct hoist_tree *tree, const struct pieces *pieces,
                          struct hoist_supply *supply)
{
    uint64_t piece;

    while (supply->count != 0 && take(tree, supply, &piece) == HOIST_OK) {
        if (pieces->give_back != NULL) {
            pieces->give_back(tree->context, pieces->size_bytes, hoist_pa_of(piece));
        }
    }
}

/* Whether an entry can hold the piece's address. */
static bool fits(const struct hoist_tree *tree, const struct pieces *pieces, uint64_t pa)
{
    const struct hoist_table_format *format = hoist_format_of(tree);
    const unsigned levels = format->levels;
    uint64_t bits;

    if ((pa + (pieces->size_bytes - 1)) >> tree->cpu.physical_bits != 0) {
        return false;
    }
    if (!pieces->are_tables) {
        return hoist_make_frame(format, 1, pa, &bits);
    }
    return hoist_make_link(format, levels, pa, &bits) &&
           (levels == 2 || hoist_make_link(format, levels - 1, pa, &bits));
}

/* One more piece in front of the chain. */
static enum hoist_result add_piece(const struct hoist_tree *tree, const struct pieces *pieces,
                                   struct hoist_supply *supply)
{
    struct hoist_pa pa = {0};
    enum hoist_result result;

    if (pieces->allocate == NULL || !pieces->allocate(tree->context, pieces->size_bytes, &pa)) {
        return pieces->are_tables ? HOIST_NO_FRAME_FOR_TABLE : HOIST_NO_PAGE;
    }
    result = fits(tree, pieces, pa.value) ? put(tree, pa.value, supply->first) : HOIST_PA_TOO_WIDE;
    if (result == HOIST_OK) {
        supply->first = pa.value;
        supply->count++;
    } else if (pieces->give_back != NULL) {
        pieces->give_back(tree->context, pieces->size_bytes, pa);
    }
    return result;
}

static enum hoist_result fill(const struct hoist_tree *tree, const struct pieces *pieces,
                              uint64_t count, struct hoist_supply *supply)
{
    enum hoist_result result = HOIST_OK;

    supply->first = 0;
    supply->count = 0;
    while (result == HOIST_OK && supply->count < count) {
        result = add_piece(tree, pieces, supply);
    }
    if (result != HOIST_OK) {
        return_pieces(tree, pieces, supply);
    }
    return result;
}

static enum hoist_result clear_table(const struct hoist_tree *tree, unsigned level, uint64_t table)
{
    const struct hoist_table_format *format = hoist_format_of(tree);
    enum hoist_result result = HOIST_OK;

    for (unsigned i = 0; i < hoist_format_entries(format, level) && result == HOIST_OK; i++) {
        result = hoist_tree_store(tree, table + i * format->entry_bytes, 0);
    }
    return result;
}

/* The root table of a tree that has none. */
static enum hoist_result make_root(struct hoist_tree *tree)
{
    const struct hoist_table_format *format = hoist_format_of(tree);
    const uint64_t size_bytes = hoist_format_table_bytes(format, format->levels);
    struct hoist_pa root = {0};
    enum hoist_result result;

    if (tree->hooks->allocate_table == NULL ||
        !tree->hooks->allocate_table(tree->context, size_bytes, &root)) {
        return HOIST_NO_FRAME_FOR_TABLE;
    }
    result = hoist_tree_open(tree, root);
    if (result == HOIST_OK) {
        result = clear_table(tree, format->levels, root.value);
    }
    tree->has_root = result == HOIST_OK;
    if (result != HOIST_OK && tree->hooks->free_table != NULL) {
        tree->hooks->free_table(tree->context, size_bytes, root);
    }
    return result;
}

enum hoist_result hoist_supply_tables(struct hoist_tree *tree, uint64_t count,
                                      struct hoist_supply *supply)
{
    const struct pieces pieces = tables_of(tree);
    enum hoist_result result = fill(tree, &pieces, count, supply);

    if (result == HOIST_OK && !tree->has_root) {
        result = make_root(tree);
        if (result != HOIST_OK) {
            return_pieces(tree, &pieces, supply);
        }
    }
    return result;
}

enum hoist_result hoist_supply_pages(const struct hoist_tree *tree, uint64_t count,
                                     struct hoist_supply *supply)
{
    const struct pieces pieces = pages_of(tree);

    return fill(tree, &pieces, count, supply);
}

void hoist_supply_return_tables(const struct hoist_tree *tree, struct hoist_supply *supply)
{
    const struct pieces pieces = tables_of(tree);

    return_pieces(tree, &pieces, supply);
}

void hoist_supply_return_pages(const struct hoist_tree *tree, struct hoist_supply *supply)
{
    const struct pieces pieces = pages_of(tree);

    return_pieces(tree, &pieces, supply);
}

enum hoist_result hoist_supply_take_table(const struct hoist_tree *tree,
                                          struct hoist_supply *supply, uint64_t *table)
{
    return take(tree, supply, table);
}

enum hoist_result hoist_supply_link(const struct hoist_tree *tree, struct hoist_supply *supply,
                                    struct hoist_tree_spot *spot)
{
    uint64_t table = 0;
    enum hoist_result result = take(tree, supply, &table);

    if (result == HOIST_OK) {
        result = clear_table(tree, 1, table);
    }
    if (result == HOIST_OK) {
        hoist_make_link(hoist_format_of(tree), spot->level, table, &spot->value);
        result = hoist_tree_store(tree, spot->at, spot->value);
    }
    return result;
}

enum hoist_result hoist_supply_take_page(const struct hoist_tree *tree, struct hoist_supply *supply,
                                         uint64_t *page)
{
    const enum hoist_result result = take(tree, supply, page);

    return result == HOIST_OK ? put(tree, *page, 0) : result;
}
