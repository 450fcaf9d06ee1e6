/* SPDX-License-Identifier: BSD-2-Clause */
/* Spaces that have one upper half between them. */
#include "build.h"
#include "fill.h"

enum hoist_result hoist_space_init_sharing(struct hoist_space *space, struct hoist_space *owner)
{
    const unsigned half = hoist_table_entries() / 2;
    struct hoist_count count = {0};
    struct hoist_space borrower = *owner;
    struct hoist_supply supply;
    enum hoist_result result;
    const uint64_t *old;
    uint64_t *root;
    uint64_t pa;

    if (!hoist_entry_is_present(owner->root)) {
        return HOIST_NOT_MAPPED;
    }
    count.of_level[owner->cpu.levels] = 1;
    count.frame_count = 1;
    result = hoist_supply_get(owner, &count, &supply);
    if (result != HOIST_OK) {
        return result;
    }
    root = hoist_supply_take(owner, supply.reserve, &pa);
    old = hoist_reach(owner, hoist_table_pa(owner->root));
    hoist_clear_entries(root, half);
    for (unsigned i = half; i < 2 * half; i++) {
        root[i] = hoist_load(&old[i]);
    }
    borrower.root = pa | owner->root_flags;
    borrower.upper_half = HOIST_UPPER_BORROWED;
    borrower.flush = NULL;
    borrower.frames = NULL;
    *space = borrower;
    if (owner->upper_half == HOIST_UPPER_OWN) {
        owner->upper_half = HOIST_UPPER_LENT;
    }
    return HOIST_OK;
}

/* The root table, or NULL. */
static uint64_t *root_table(const struct hoist_space *space)
{
    return hoist_entry_is_present(space->root) ? hoist_reach(space, hoist_table_pa(space->root))
                                               : NULL;
}

enum hoist_result hoist_fill_upper_root(struct hoist_space *space)
{
    const unsigned level = space->cpu.levels;
    const unsigned half = hoist_table_entries() / 2;
    struct hoist_count count = {0};
    uint64_t *root = root_table(space);
    struct hoist_supply supply;
    enum hoist_result result;
    uint64_t pa;

    if (space->upper_half != HOIST_UPPER_OWN) {
        return HOIST_SHARED_HALF;
    }
    count.of_level[level] = root == NULL ? 1 : 0;
    for (unsigned i = half; i < 2 * half; i++) {
        count.of_level[level - 1] +=
            root == NULL || !hoist_entry_is_present(hoist_load(&root[i])) ? 1 : 0;
    }
    count.frame_count = count.of_level[level] + count.of_level[level - 1];
    result = hoist_supply_get(space, &count, &supply);
    if (result != HOIST_OK) {
        return result;
    }
    if (root == NULL) {
        root = hoist_supply_take(space, supply.reserve, &pa);
        hoist_clear_entries(root, 2 * half);
        hoist_store(&space->root, pa | space->root_flags);
    }
    for (unsigned i = half; i < 2 * half; i++) {
        if (!hoist_entry_is_present(hoist_load(&root[i]))) {
            hoist_clear_entries(hoist_supply_take(space, supply.reserve, &pa), 2 * half);
            hoist_store(&root[i], pa | HOIST_ENTRY_PRESENT | HOIST_ENTRY_WRITABLE);
        }
    }
    return HOIST_OK;
}
