/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making new tables, splitting leaves, taking tables out of use. Internal to the library.
 *
 * What the CPU can reach never points to a table that is not complete: a table is filled before the
 * one store that links it.
 */
#ifndef HOIST_PAGING_BUILD_H
#define HOIST_PAGING_BUILD_H

#include "change.h"
#include "reserve.h"

/* Frames for the tables that were counted. */
struct hoist_supply {
    struct hoist_reserve own;
    struct hoist_reserve *reserve; /* where to take them from: own, or the caller's */
};

/*
 * Takes them from the allocator, or makes sure that space->frames has them. Else everything goes
 * back, and the error names the level of the first table that would have gone without, from the
 * root down.
 */
HOIST_MUST_CHECK enum hoist_result hoist_supply_get(struct hoist_space *space,
                                                    const struct hoist_count *count,
                                                    struct hoist_supply *supply);

/* A frame that is known to be there, and where it can be written. */
uint64_t *hoist_supply_take(const struct hoist_space *space, struct hoist_reserve *reserve,
                            uint64_t *pa);

/* What the links above a leaf must grant, in the form of hoist_step.grants. */
HOIST_INLINE uint64_t hoist_needed_grants(struct hoist_access access)
{
    return HOIST_ENTRY_PRESENT | (access.rights & (HOIST_WRITE | HOIST_USER)) |
           ((access.rights & HOIST_EXECUTE) != 0 ? HOIST_ENTRY_NX : 0);
}

/* What stands where a leaf of this level should go is a table. */
HOIST_INLINE enum hoist_result hoist_table_in_the_way(unsigned level)
{
    return level == HOIST_LEVEL_PD ? HOIST_TABLE_IN_THE_WAY_OF_2M : HOIST_TABLE_IN_THE_WAY_OF_1G;
}

/* The flags of a link in this place. */
HOIST_INLINE uint64_t hoist_link_flags(const struct hoist_space *space, unsigned level,
                                       struct hoist_access access)
{
    return level > space->cpu.levels ? space->root_flags : hoist_link_grants(access);
}

/*
 * Counts the tables of `level` and below that `first` to `last` takes where it has none yet, but
 * for those counted before.
 */
void hoist_count_tables(struct hoist_change *change, unsigned level, uint64_t first, uint64_t last);

/* Makes a table and those below it, with the change's leaves from `first` to `last`. Returns its
 * address. */
uint64_t hoist_build_table(const struct hoist_change *change, unsigned level, uint64_t first,
                           uint64_t last);

/*
 * Replaces the leaf of a step by a table of its pieces: the same frames, flags, A and D, key and
 * cache type. One store, and a change of size alone. The link grants what the leaf did, and what is
 * needed besides.
 */
void hoist_split_entry(const struct hoist_space *space, struct hoist_reserve *reserve,
                       const struct hoist_step *step, uint64_t needed);

/* Puts a table that nothing points to any more on the list of those that wait, with all below it.
 */
void hoist_drop_tables(struct hoist_space *space, struct hoist_flush *flush, uint64_t link,
                       unsigned level);

#endif
