/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A change of a range, as it goes through the tables twice: counting, then writing. Internal to the
 * library.
 */
#ifndef HOIST_PAGING_CHANGE_H
#define HOIST_PAGING_CHANGE_H

#include "flush.h"
#include "range.h"
#include "sharing.h"
#include "walk.h"

enum hoist_change_kind {
    HOIST_CHANGE_MAP,
    HOIST_CHANGE_REMAP,
    HOIST_CHANGE_PROTECT,
    HOIST_CHANGE_UNMAP,
    HOIST_CHANGE_SPLIT
};

struct hoist_change {
    struct hoist_space *space;
    struct hoist_access access;
    enum hoist_change_kind kind;
    /* The kind's; by address, so that a program holds only those that it calls for. */
    enum hoist_result (*traverse)(struct hoist_change *change);
    enum hoist_tables tables;
    enum hoist_use use;
    uint64_t first; /* linear, as `last` is */
    uint64_t last;
    uint64_t pa_offset;                   /* physical minus linear address */
    uint64_t flags[HOIST_LEVEL_PDPT + 1]; /* of a leaf, by level */
    uint64_t needed; /* what links must grant, in the form of hoist_step.grants */
    unsigned top;    /* no leaf of a higher level is made */

    bool is_empty;   /* nothing stands in the places of leaves: they need not be looked at */
    bool has_met;    /* something does, the first time has found */
    bool is_writing; /* the second time through */
    struct hoist_count count;      /* the first time */
    struct hoist_reserve *reserve; /* the second time */
    struct hoist_flush *flush;     /* what was made invalid */
    struct hoist_trail trail;      /* to where the range forks; found the first time */
};

/* UNALIGNED_SIZE, UNALIGNED_PAGE, NOT_CANONICAL, SHARED_HALF. */
HOIST_MUST_CHECK enum hoist_result hoist_check_range(const struct hoist_space *space,
                                                     const struct hoist_range *range);

/* Sets the access and what follows from it; `space` is set. */
void hoist_change_set_access(struct hoist_change *change, struct hoist_access access);

/* The first time through: conflicts, and exact numbers of frames added to change->count. */
HOIST_MUST_CHECK enum hoist_result hoist_change_count(struct hoist_change *change);

/* Takes the frames that were counted, then goes through the second time. NO_FRAME_FOR_... alone. */
HOIST_MUST_CHECK enum hoist_result hoist_change_write(struct hoist_change *change);

#endif
