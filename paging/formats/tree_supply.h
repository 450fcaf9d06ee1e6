/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that a change gets before it writes anything. Internal to the library.
 *
 * What is got is kept in a chain: the first bytes of each piece say where the next one is.
 */
#ifndef HOIST_TREE_SUPPLY_H
#define HOIST_TREE_SUPPLY_H

#include "tree_traverse.h"

/* Pieces of one kind. */
struct hoist_supply {
    uint64_t first; /* the piece to be taken next */
    uint64_t count; /* how many there are */
};

/*
 * Gets `count` tables of the levels below the root; a root table, too, where the tree has none yet:
 * it is empty then, and the tree has it. NO_FRAME_FOR_TABLE, PA_TOO_WIDE (no link can hold the
 * address), or a write hook's answer: all that was got is given back.
 */
HOIST_MUST_CHECK enum hoist_result hoist_supply_tables(struct hoist_tree *tree, uint64_t count,
                                                       struct hoist_supply *supply);

/* The same for pages, of the smallest size. NO_PAGE, PA_TOO_WIDE. */
HOIST_MUST_CHECK enum hoist_result hoist_supply_pages(const struct hoist_tree *tree, uint64_t count,
                                                      struct hoist_supply *supply);

/* Give back what is left. */
void hoist_supply_return_tables(const struct hoist_tree *tree, struct hoist_supply *supply);
void hoist_supply_return_pages(const struct hoist_tree *tree, struct hoist_supply *supply);

/*
 * Takes a table, whatever it holds. There is one: they were counted.
 */
HOIST_MUST_CHECK enum hoist_result hoist_supply_take_table(const struct hoist_tree *tree,
                                                           struct hoist_supply *supply,
                                                           uint64_t *table);

/* Puts a table with absent entries below an entry that is absent. */
HOIST_MUST_CHECK enum hoist_result hoist_supply_link(const struct hoist_tree *tree,
                                                     struct hoist_supply *supply,
                                                     struct hoist_tree_spot *spot);

/* Takes a page; the bytes of the chain in it are 0 again. */
HOIST_MUST_CHECK enum hoist_result
hoist_supply_take_page(const struct hoist_tree *tree, struct hoist_supply *supply, uint64_t *page);

#endif
