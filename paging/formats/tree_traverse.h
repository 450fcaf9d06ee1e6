/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one way through a tree, entry by entry, which all of tree_*.c is made of. Internal to the
 * library.
 *
 * Addresses are linear ones (table_entry.h): without the bits that are not translated, so that the
 * canonical hole takes no space.
 */
#ifndef HOIST_TREE_TRAVERSE_H
#define HOIST_TREE_TRAVERSE_H

#include "tree_memory.h"

/* What is gone through. */
struct hoist_tree_tour {
    const struct hoist_tree *tree;
    uint64_t first;
    uint64_t last; /* inside */
    void *context; /* for the steps */
    uint64_t entries_left;
};

/* An entry that the traversal stands at. */
struct hoist_tree_spot {
    uint64_t value; /* a step that changes the entry changes this, too */
    uint64_t at;    /* the entry's physical address */
    uint64_t first; /* what it covers of the tour */
    uint64_t last;
    unsigned level;
    uint8_t left; /* what the links above leave of rights */
};

HOIST_FOLDED enum hoist_entry_kind hoist_kind_at(const struct hoist_tree *tree,
                                                 const struct hoist_tree_spot *spot)
{
    return hoist_kind_of(hoist_format_of(tree), spot->value, spot->level);
}

/* Whether the tour covers all that the entry covers. */
HOIST_FOLDED bool hoist_is_whole(const struct hoist_tree *tree, const struct hoist_tree_spot *spot)
{
    const uint64_t mask = hoist_format_span(hoist_format_of(tree), spot->level) - 1;

    return (spot->first & mask) == 0 && (spot->last & mask) == mask;
}

/* The tables that the traversal is in, by level. */
struct hoist_tree_trail {
    uint64_t tables[HOIST_TREE_LEVELS_MAX + 1];
    uint8_t left[HOIST_TREE_LEVELS_MAX + 1];
};

HOIST_FOLDED void hoist_trail_start(struct hoist_tree_trail *trail, const struct hoist_tree *tree)
{
    trail->tables[hoist_format_of(tree)->levels] = tree->root.value;
    trail->left[hoist_format_of(tree)->levels] = HOIST_ALL_MEANINGS;
}

/* Goes to the entry of this level that covers a linear address, and reads it. */
HOIST_FOLDED enum hoist_result hoist_spot_at(const struct hoist_tree_tour *tour,
                                             const struct hoist_tree_trail *trail, uint64_t linear,
                                             unsigned level, struct hoist_tree_spot *spot)
{
    const struct hoist_table_format *format = hoist_format_of(tour->tree);
    const uint64_t mask = hoist_format_span(format, level) - 1;
    const uint64_t first = linear & ~mask;
    const uint64_t last = linear | mask;

    spot->at =
        trail->tables[level] + hoist_format_index(format, linear, level) * format->entry_bytes;
    spot->first = first > tour->first ? first : tour->first;
    spot->last = last < tour->last ? last : tour->last;
    spot->level = level;
    spot->left = trail->left[level];
    return hoist_tree_load(tour->tree, spot->at, &spot->value);
}

/* The spot is a link: the table below it is where the trail goes on. */
HOIST_FOLDED void hoist_trail_down(struct hoist_tree_trail *trail, const struct hoist_tree *tree,
                                   const struct hoist_tree_spot *spot)
{
    const struct hoist_table_format *format = hoist_format_of(tree);

    trail->tables[spot->level - 1] = hoist_table_of(format, spot->value, spot->level);
    trail->left[spot->level - 1] =
        spot->left & hoist_left_by_link(format, spot->value, spot->level);
}

/*
 * Calls `step` at each entry from tour->first to tour->last, and goes down where it is a link
 * when the step is done; `after`, where it is not NULL, is called for the link when all below it
 * is done. An answer but HOIST_OK ends the traversal. The tree has a root table.
 */
HOIST_FOLDED enum hoist_result
hoist_tree_traverse(struct hoist_tree_tour *tour,
                    enum hoist_result (*const step)(void *context, struct hoist_tree_spot *spot),
                    enum hoist_result (*const after)(void *context, struct hoist_tree_spot *spot))
{
    const struct hoist_table_format *format = hoist_format_of(tour->tree);
    struct hoist_tree_trail trail;
    struct hoist_tree_spot spot;
    uint64_t linear = tour->first;
    unsigned level = format->levels;
    enum hoist_result result;

    hoist_trail_start(&trail, tour->tree);
    for (;;) {
        if (tour->entries_left-- == 0) {
            return HOIST_TOO_MUCH;
        }
        result = hoist_spot_at(tour, &trail, linear, level, &spot);
        if (result == HOIST_OK) {
            result = step(tour->context, &spot);
        }
        if (result != HOIST_OK) {
            return result;
        }
        if (hoist_kind_at(tour->tree, &spot) == HOIST_ENTRY_IS_LINK) {
            hoist_trail_down(&trail, tour->tree, &spot);
            level--;
            continue;
        }
        linear = spot.last;
        while (level < format->levels &&
               (linear == tour->last ||
                ((linear + 1) & (hoist_format_span(format, level + 1) - 1)) == 0)) {
            level++;
            if (after != NULL) {
                result = hoist_spot_at(tour, &trail, linear, level, &spot);
                if (result == HOIST_OK) {
                    result = after(tour->context, &spot);
                }
                if (result != HOIST_OK) {
                    return result;
                }
            }
        }
        if (linear == tour->last) {
            return HOIST_OK;
        }
        linear++;
    }
}

/* Goes down to an address: to the entry of `level`, or to what is no link above it. */
static inline enum hoist_result hoist_tree_descend(const struct hoist_tree *tree, uint64_t linear,
                                                   unsigned level, struct hoist_tree_spot *spot)
{
    const struct hoist_tree_tour tour = {tree, linear, linear, NULL, 0};
    struct hoist_tree_trail trail;
    enum hoist_result result;

    hoist_trail_start(&trail, tree);
    result = hoist_spot_at(&tour, &trail, linear, hoist_format_of(tree)->levels, spot);
    while (result == HOIST_OK && spot->level > level &&
           hoist_kind_at(tree, spot) == HOIST_ENTRY_IS_LINK) {
        hoist_trail_down(&trail, tree, spot);
        result = hoist_spot_at(&tour, &trail, linear, spot->level - 1, spot);
    }
    return result;
}

#endif
