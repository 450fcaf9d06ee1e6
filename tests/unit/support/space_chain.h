/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One page through ensure_chain and set_leaf, for property tests: the three sizes behind one face.
 */
#ifndef TEST_SPACE_CHAIN_H
#define TEST_SPACE_CHAIN_H

#include <stdint.h>

#include "hoist_paging.h"

/* What a page is to become. The addresses are aligned to the size of the page. */
struct chain_leaf {
    uint64_t va;
    uint64_t pa;
    unsigned level; /* of the table it lies in: 1, 2 or 3 */
    struct hoist_access access;
};

union chain_handle {
    struct hoist_pt pt;
    struct hoist_pd pd;
    struct hoist_pdpt pdpt;
};

/* Calls hoist_ensure_chain_*, after holding hoist_count_chain_* against the forecast. */
enum hoist_result chain_ensure(struct hoist_space *space, const struct chain_leaf *leaf,
                               union chain_handle *handle);

/* Calls hoist_set_leaf_* with the handle that chain_ensure gave for this leaf. */
enum hoist_result chain_set_leaf(struct hoist_space *space, const struct chain_leaf *leaf,
                                 const union chain_handle *handle);

#endif
