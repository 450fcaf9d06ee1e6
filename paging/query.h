/* SPDX-License-Identifier: BSD-2-Clause */
/* What one virtual address means. */
#ifndef HOIST_PAGING_QUERY_H
#define HOIST_PAGING_QUERY_H

#include "range.h"
#include "space.h"

struct hoist_translation {
    struct hoist_pa pa;            /* with the offset into the page */
    enum hoist_leaf_size size;     /* of the leaf that maps it */
    struct hoist_access leaf;      /* what the leaf says by itself */
    struct hoist_access effective; /* what is left of its rights after the links above it */
    uint64_t entry;                /* the leaf as it stands in the table */
};

/*
 * Looks one address up, as the CPU would, without changing anything. NOT_CANONICAL; NOT_MAPPED: an
 * entry on the way is not present. On an error the translation is not written.
 */
HOIST_MUST_CHECK enum hoist_result hoist_query(const struct hoist_space *space, struct hoist_va va,
                                               struct hoist_translation *translation);

#endif
