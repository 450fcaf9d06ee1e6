/* SPDX-License-Identifier: BSD-2-Clause */
/* A leaf as callbacks see it. Internal to the library. */
#ifndef HOIST_PAGING_LEAF_H
#define HOIST_PAGING_LEAF_H

#include "visit.h"
#include "walk.h"

/* The leaf that is the first entry of the place. */
static inline struct hoist_leaf hoist_leaf_of(const struct hoist_space *space,
                                              const struct hoist_place *place, uint64_t entry)
{
    const uint64_t first = place->first & ~(hoist_entry_span(place->level) - 1);
    struct hoist_leaf leaf;

    leaf.va = hoist_va_of(hoist_canonical(space, first));
    leaf.pa = hoist_pa_of(hoist_leaf_pa(entry, place->level));
    leaf.size = (enum hoist_leaf_size)place->level;
    leaf.leaf = hoist_decode_leaf(entry, place->level);
    leaf.effective = hoist_effective_access(leaf.leaf, place->grants);
    leaf.entry = entry;
    return leaf;
}

#endif
