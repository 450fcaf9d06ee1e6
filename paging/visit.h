/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Seeing all that is mapped in a part of the address space, in ascending order, without changing
 * anything.
 */
#ifndef HOIST_PAGING_VISIT_H
#define HOIST_PAGING_VISIT_H

#include "range.h"
#include "space.h"

/* A leaf, as a visitor sees it. It may begin before and end after the part that is visited. */
struct hoist_leaf {
    struct hoist_va va;
    struct hoist_pa pa;
    enum hoist_leaf_size size;
    struct hoist_access leaf;      /* what the leaf says by itself */
    struct hoist_access effective; /* what is left of its rights after the links above it */
    uint64_t entry;                /* as it stands in the table */
};

/*
 * Leaves, of any size, that go on from one another in the address space and in memory with the same
 * access, leaf and effective. The first may begin before, the last end after, what is visited.
 */
struct hoist_run {
    struct hoist_va va;
    struct hoist_pa pa;
    uint64_t size_bytes; /* 0 where it is all of 2^64 */
    struct hoist_access leaf;
    struct hoist_access effective;
    uint64_t leaf_count[HOIST_LEAF_1G + 1]; /* by enum hoist_leaf_size; [0] is unused */
};

/* Anything but HOIST_OK from a callback ends the visit and is its result. Each may be NULL. */
struct hoist_visitor {
    /* Called for each leaf. */
    enum hoist_result (*leaf)(void *context, const struct hoist_leaf *leaf);

    /* Called for each table before what is in it, with its level (1 = PT ... 5 = PML5). */
    enum hoist_result (*table)(void *context, struct hoist_frame_4k frame, unsigned level);

    void *context;
    uint64_t budget_entries; /* of tables, present or not, that the visit may read; 0: no limit */

    /* Called for each run, as long as it can be: the cheapest way to see what is mapped. */
    enum hoist_result (*run)(void *context, const struct hoist_run *run);
};

/*
 * Visits all that is mapped between two addresses, both inclusive, so that the top of the address
 * space needs no special case. The canonical hole is stepped over. Tables must not change
 * meanwhile.
 *
 * HOIST_TOO_MUCH: the budget is used up; what was seen until then was right, the run that was open
 * is not shown. NOT_CANONICAL. Else what a callback or hooks->read_entry answered.
 */
HOIST_MUST_CHECK enum hoist_result hoist_visit(const struct hoist_space *space,
                                               struct hoist_va first, struct hoist_va last,
                                               const struct hoist_visitor *visitor);

#endif
