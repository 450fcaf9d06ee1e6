/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Seeing every leaf of a part of the address space, in ascending order, without changing anything.
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

struct hoist_visitor {
    /* Called for each leaf; anything but HOIST_OK ends the visit and is its result. May be NULL. */
    enum hoist_result (*leaf)(void *context, const struct hoist_leaf *leaf);

    /*
     * Called for each table before what is in it, with its level (1 = PT ... 5 = PML5). May be
     * NULL.
     */
    enum hoist_result (*table)(void *context, struct hoist_frame_4k frame, unsigned level);

    void *context;
    uint64_t budget_entries; /* of tables, present or not, that the visit may read; 0: no limit */
};

/*
 * Visits all that is mapped between two addresses, both inclusive, so that the top of the address
 * space needs no special case. The canonical hole is stepped over. Tables must not change
 * meanwhile.
 *
 * HOIST_TOO_MUCH: the budget is used up; what was seen until then was right. Else what a callback
 * answered.
 */
HOIST_MUST_CHECK enum hoist_result hoist_visit(const struct hoist_space *space,
                                               struct hoist_va first, struct hoist_va last,
                                               const struct hoist_visitor *visitor);

#endif
