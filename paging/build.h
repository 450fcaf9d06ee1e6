/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making new tables below an entry and linking them with one store. Internal to the library.
 *
 * What the CPU can reach never points to a table that is not complete: the lowest table is filled
 * first, the tables above it after, and the store into the live entry comes last.
 */
#ifndef HOIST_PAGING_BUILD_H
#define HOIST_PAGING_BUILD_H

#include "reserve.h"
#include "walk.h"

/* New tables on the way to one address, not linked yet. */
struct hoist_branch {
    struct hoist_step old; /* where the walk stopped: nothing, or a large leaf to be split */
    uint64_t va;
    uint64_t grants;   /* flags of the links */
    uint64_t child_pa; /* the complete table that is to be linked next */
};

/*
 * Fills a table with nothing, or with the pieces of the large leaf that stands where it will be
 * linked.
 */
HOIST_INLINE void hoist_fill_from_old(uint64_t *table, const struct hoist_branch *branch,
                                      const unsigned level)
{
    uint64_t leaf = branch->old.value;

    for (unsigned above = branch->old.level; leaf != 0 && above > level + 1; above--) {
        leaf = hoist_split_leaf(leaf, above, hoist_index(branch->va, above - 1));
    }
    for (unsigned i = 0; i < HOIST_TABLE_ENTRIES; i++) {
        table[i] = leaf == 0 ? 0 : hoist_split_leaf(leaf, level + 1, i);
    }
}

/* Makes the tables above the one of level `target`, which is child_pa, and links all of them. */
HOIST_INLINE void hoist_link_branch(struct hoist_space *space, struct hoist_reserve *reserve,
                                    struct hoist_branch *branch, const unsigned target)
{
    for (unsigned level = target + 1; level < branch->old.level; level++) {
        uint64_t pa;
        uint64_t *table = hoist_reserve_take(space, reserve, &pa);

        hoist_fill_from_old(table, branch, level);
        table[hoist_index(branch->va, level)] = branch->child_pa | branch->grants;
        branch->child_pa = pa;
    }
    hoist_store(hoist_step_slot(space, &branch->old),
                branch->child_pa |
                    (branch->old.entry == NULL ? HOIST_ROOT_GRANTS : branch->grants));
}

/* What the links above a leaf must grant, in the form of hoist_step.grants. */
HOIST_INLINE uint64_t hoist_needed_grants(struct hoist_access access)
{
    return hoist_link_grants(access) | ((access.rights & HOIST_EXECUTE) != 0 ? HOIST_ENTRY_NX : 0);
}

/*
 * Makes every link on the way to a table of level `target` grant what a mapping below it needs;
 * links are permissive, leaves restrict. All links exist, and at least one is too narrow. Has
 * everything flushed that the highest changed link covers, for the rights of all of it may have
 * been kept.
 */
void hoist_widen_links(struct hoist_space *space, uint64_t va, unsigned target,
                       struct hoist_access access);

#endif
