/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one way down the tables. Internal to the library.
 *
 * A walk goes from the root pointer towards a wanted level and stops there, or earlier at an entry
 * that is absent or a large leaf. The root pointer counts as an entry one level above the root
 * table, so that an empty space needs no special case.
 */
#ifndef HOIST_PAGING_WALK_H
#define HOIST_PAGING_WALK_H

#include "space.h"

/* Where a walk stopped. */
struct hoist_step {
    uint64_t value;  /* what the entry holds; 0 where it is absent */
    uint64_t *entry; /* NULL: the space's root pointer */
    uint64_t grants; /* of all links above; bit 63 turned round, so that 1 means executable */
    unsigned level;  /* of the table that the entry lies in; levels + 1 for the root pointer */
};

HOIST_INLINE uint64_t *hoist_reach(const struct hoist_space *space, uint64_t pa)
{
    const struct hoist_frame_4k frame = {pa};

    if (space->hooks->table_at == NULL) {
        return (uint64_t *)(uintptr_t)pa;
    }
    return space->hooks->table_at(space->context, frame);
}

/*
 * One 64-bit store that the compiler neither splits nor moves before what it has written earlier.
 */
HOIST_INLINE void hoist_store(uint64_t *entry, uint64_t value)
{
    __asm__ volatile("" ::: "memory");
    *(volatile uint64_t *)entry = value;
}

HOIST_INLINE uint64_t hoist_load(const uint64_t *entry)
{
    return *(const volatile uint64_t *)entry;
}

HOIST_INLINE struct hoist_step hoist_walk(const struct hoist_space *space, uint64_t va,
                                          const unsigned target)
{
    struct hoist_step step = {space->root, NULL, ~UINT64_C(0), space->cpu.levels + 1u};

    while (step.level != target) {
        uint64_t *table;

        if (!hoist_entry_is_present(step.value) || hoist_entry_is_leaf(step.value, step.level)) {
            break;
        }
        step.grants &= step.value ^ HOIST_ENTRY_NX;
        table = hoist_reach(space, hoist_table_pa(step.value));
        step.level--;
        step.entry = &table[hoist_index(va, step.level)];
        step.value = hoist_load(step.entry);
    }
    if (!hoist_entry_is_present(step.value)) {
        step.value = 0;
    }
    return step;
}

/* Where the entry can be stored to. */
HOIST_INLINE uint64_t *hoist_step_slot(struct hoist_space *space, const struct hoist_step *step)
{
    return step->entry == NULL ? &space->root : step->entry;
}

/* The table that the entry lies in; only for a step below the root pointer. */
HOIST_INLINE uint64_t *hoist_step_table(const struct hoist_step *step, uint64_t va)
{
    return step->entry - hoist_index(va, step->level);
}

#endif
