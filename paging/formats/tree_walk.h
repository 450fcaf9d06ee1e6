/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Going through a tree: every entry, every hole, and out of every table.
 *
 * From `first` to `last`, both inside, so that the top of the address space is nothing special. The
 * two may lie anywhere: addresses that no CPU translates, such as those of the canonical hole, are
 * left out.
 */
#ifndef HOIST_TREE_WALK_H
#define HOIST_TREE_WALK_H

#include "tree.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An entry, as callbacks see it. */
struct hoist_tree_entry {
    struct hoist_va first; /* what it covers of the range that was asked for */
    struct hoist_va last;
    struct hoist_pa at; /* where the entry lies */
    uint64_t value;     /* what it holds */
    unsigned level;
    /*
     * A leaf: the physical address that `first` is mapped to. A link: of the table below. Else 0.
     */
    struct hoist_pa target;
    /* A leaf: what it allows by itself, and what the links above leave of it (HOIST_KERNEL_...). */
    uint8_t leaf_rights;
    uint8_t rights;
};

/*
 * What reading looks for; any function may be NULL. What one answers but HOIST_OK ends the walk and
 * is its result.
 */
struct hoist_tree_visitor {
    void *context;
    /* A leaf, or a link before the table below it is gone through. */
    enum hoist_result (*leaf)(void *context, const struct hoist_tree_entry *leaf);
    enum hoist_result (*link)(void *context, const struct hoist_tree_entry *link);
    /* An absent entry, of any level. */
    enum hoist_result (*hole)(void *context, const struct hoist_tree_entry *hole);
    /* A link after the table below it was gone through. */
    enum hoist_result (*after)(void *context, const struct hoist_tree_entry *link);
    /* An entry that the format reserves. NULL: it ends the walk with HOIST_BAD_ENTRY. */
    enum hoist_result (*reserved)(void *context, const struct hoist_tree_entry *entry);
    /* How many entries are looked at before the walk ends with HOIST_TOO_MUCH. 0: any number. */
    uint64_t budget_entries;
};

/*
 * The same where entries may be changed: through `value`, which is what the entry holds. What is
 * changed is written back, in one store, when the function returns HOIST_OK, and the walk goes on
 * from what it is now: down a link that was put into a hole, not down one that was cleared. What is
 * not changed is not written. Flushing is the caller's.
 */
struct hoist_tree_editor {
    void *context;
    enum hoist_result (*leaf)(void *context, const struct hoist_tree_entry *leaf, uint64_t *value);
    enum hoist_result (*link)(void *context, const struct hoist_tree_entry *link, uint64_t *value);
    enum hoist_result (*hole)(void *context, const struct hoist_tree_entry *hole, uint64_t *value);
    enum hoist_result (*after)(void *context, const struct hoist_tree_entry *link, uint64_t *value);
    enum hoist_result (*reserved)(void *context, const struct hoist_tree_entry *entry,
                                  uint64_t *value);
    uint64_t budget_entries;
};

/*
 * HOIST_BAD_ENTRY, HOIST_TOO_MUCH, and what the hooks and the visitor answer. A tree without a root
 * table is one hole that no entry stands for: nothing is called.
 */
HOIST_MUST_CHECK enum hoist_result hoist_tree_walk(const struct hoist_tree *tree,
                                                   struct hoist_va first, struct hoist_va last,
                                                   const struct hoist_tree_visitor *visitor);
HOIST_MUST_CHECK enum hoist_result hoist_tree_edit(struct hoist_tree *tree, struct hoist_va first,
                                                   struct hoist_va last,
                                                   const struct hoist_tree_editor *editor);

/*
 * The leaf that maps an address. HOIST_NOT_MAPPED; HOIST_NOT_CANONICAL: no CPU translates it;
 * HOIST_BAD_ENTRY. `entry->first` is the address, `entry->target` what it is mapped to.
 */
HOIST_MUST_CHECK enum hoist_result hoist_tree_look_up(const struct hoist_tree *tree,
                                                      struct hoist_va va,
                                                      struct hoist_tree_entry *entry);

/*
 * One entry: that of the given level on the way to an address, read or written as it is. A value
 * is written without a look at what it means; flushing is the caller's. HOIST_NOT_MAPPED: the way
 * ends above that level; HOIST_BAD_LEAF_SIZE: no such level; HOIST_NOT_CANONICAL.
 */
HOIST_MUST_CHECK enum hoist_result hoist_tree_get_entry(const struct hoist_tree *tree,
                                                        struct hoist_va va, unsigned level,
                                                        uint64_t *value);
HOIST_MUST_CHECK enum hoist_result hoist_tree_set_entry(struct hoist_tree *tree, struct hoist_va va,
                                                        unsigned level, uint64_t value);

#ifdef __cplusplus
}
#endif

#endif
