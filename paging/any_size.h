/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same call for every page size, for code written once for all sizes: the type of the page
 * picks the function when it is compiled. A page with a table or a frame of another size still does
 * not compile.
 *
 * C11 and later, not C++. Nothing inside paging/ includes this file.
 */
#ifndef HOIST_PAGING_ANY_SIZE_H
#define HOIST_PAGING_ANY_SIZE_H

#include "chain.h"

/* hoist_ensure_chain_4k, _2m or _1g. */
#define hoist_ensure_chain(space, page, access, table)     \
    _Generic((page), struct hoist_page_4k                  \
             : hoist_ensure_chain_4k, struct hoist_page_2m \
             : hoist_ensure_chain_2m, struct hoist_page_1g \
             : hoist_ensure_chain_1g)(space, page, access, table)

/* hoist_set_leaf_4k, _2m or _1g. */
#define hoist_set_leaf(space, table, page, frame, access) \
    _Generic((page), struct hoist_page_4k                 \
             : hoist_set_leaf_4k, struct hoist_page_2m    \
             : hoist_set_leaf_2m, struct hoist_page_1g    \
             : hoist_set_leaf_1g)(space, table, page, frame, access)

/* hoist_count_chain_4k, _2m or _1g. */
#define hoist_count_chain(space, page)                    \
    _Generic((page), struct hoist_page_4k                 \
             : hoist_count_chain_4k, struct hoist_page_2m \
             : hoist_count_chain_2m, struct hoist_page_1g \
             : hoist_count_chain_1g)(space, page)

#endif
