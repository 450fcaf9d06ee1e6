/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One page at a time: ensure_chain makes the tables above a page, set_leaf writes the entry.
 *
 *     struct hoist_pd pd;
 *
 *     result = hoist_ensure_chain_2m(&space, page, access, &pd);
 *     if (result == HOIST_OK)
 *         result = hoist_set_leaf_2m(&space, pd, page, frame, access);
 *
 * There is one pair for each page size, and nothing in a pair looks at a size when it runs. A
 * handle of one table type or a page of one size does not fit where another is wanted: the compiler
 * refuses it.
 */
#ifndef HOIST_PAGING_CHAIN_H
#define HOIST_PAGING_CHAIN_H

#include "space.h"

/* Tables, as ensure_chain finds them: valid until a table of the space is freed. */
struct hoist_pt { /* page table: 4 KiB leaves, covers 2 MiB */
    uint64_t *entries;
    uint64_t first_va;
    uint64_t grants; /* of the links above it, when it was found */
};

struct hoist_pd { /* page directory: 2 MiB leaves, covers 1 GiB */
    uint64_t *entries;
    uint64_t first_va;
    uint64_t grants; /* of the links above it, when it was found */
};

struct hoist_pdpt { /* page-directory-pointer table: 1 GiB leaves, covers 512 GiB */
    uint64_t *entries;
    uint64_t first_va;
    uint64_t grants; /* of the links above it, when it was found */
};

/*
 * Makes sure that every table above the page exists and that the links to it grant what `access`
 * needs, and hands out the last one. Missing tables are allocated; each is complete before the one
 * store that links it.
 *
 * A large leaf in the way is split: what it mapped stays mapped, with the same rights, cache type,
 * protection key, software bits and A and D state (hooks->flush is called for its range). What a
 * later set_leaf or another ensure_chain then finds are the pieces.
 *
 * NO_READ, BAD_ACCESS, NO_NX: the access cannot be expressed. NO_FRAME_FOR_...: the allocator had
 * no frame for that table; everything is as before, and frames that it did hand out went back.
 */
HOIST_MUST_CHECK enum hoist_result hoist_ensure_chain_4k(struct hoist_space *space,
                                                         struct hoist_page_4k page,
                                                         struct hoist_access access,
                                                         struct hoist_pt *pt);
HOIST_MUST_CHECK enum hoist_result hoist_ensure_chain_2m(struct hoist_space *space,
                                                         struct hoist_page_2m page,
                                                         struct hoist_access access,
                                                         struct hoist_pd *pd);
HOIST_MUST_CHECK enum hoist_result hoist_ensure_chain_1g(struct hoist_space *space,
                                                         struct hoist_page_1g page,
                                                         struct hoist_access access,
                                                         struct hoist_pdpt *pdpt);

/* How many frames ensure_chain would allocate for the page: 0 to 5. Changes nothing. */
uint64_t hoist_count_chain_4k(const struct hoist_space *space, struct hoist_page_4k page);
uint64_t hoist_count_chain_2m(const struct hoist_space *space, struct hoist_page_2m page);
uint64_t hoist_count_chain_1g(const struct hoist_space *space, struct hoist_page_1g page);

/*
 * Maps the page to the frame: one 64-bit store into the table, from not present to present, so
 * nothing has to be flushed. The same mapping there already (A and D do not count): HOIST_OK,
 * nothing is written.
 *
 * ALREADY_MAPPED: a different mapping is there. TABLE_IN_THE_WAY_OF_2M or _1G: smaller pages are,
 * or were, mapped there. TABLE_OF_OTHER_PAGE: the handle was made for a page elsewhere.
 * NARROW_LINK: the access is wider than what the links above granted when ensure_chain made the
 * handle. NO_READ, BAD_ACCESS, NO_NX, NO_1G_PAGES. Nothing is written then.
 */
HOIST_MUST_CHECK enum hoist_result hoist_set_leaf_4k(struct hoist_space *space, struct hoist_pt pt,
                                                     struct hoist_page_4k page,
                                                     struct hoist_frame_4k frame,
                                                     struct hoist_access access);
HOIST_MUST_CHECK enum hoist_result hoist_set_leaf_2m(struct hoist_space *space, struct hoist_pd pd,
                                                     struct hoist_page_2m page,
                                                     struct hoist_frame_2m frame,
                                                     struct hoist_access access);
HOIST_MUST_CHECK enum hoist_result
hoist_set_leaf_1g(struct hoist_space *space, struct hoist_pdpt pdpt, struct hoist_page_1g page,
                  struct hoist_frame_1g frame, struct hoist_access access);

#endif
