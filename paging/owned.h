/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages that belong to somebody: a page is given to a space and taken back from it, and is nobody's
 * in between only while a CPU may still use the old translation.
 *
 * A given page is marked by one of its software bits (HOIST_SOFTWARE_OWNED), so hoist_clear knows
 * what to free. Pages mapped otherwise, a device's for instance, are never freed and cannot be
 * taken.
 *
 * hoist_unmap and hoist_remap take a given page away without handing it back: take it first. A
 * change of access (hoist_protect and its like, hoist_edit, hoist_entry_set) writes the software
 * bits too: set HOIST_SOFTWARE_OWNED in it, or the page is no longer the space's.
 */
#ifndef HOIST_PAGING_OWNED_H
#define HOIST_PAGING_OWNED_H

#include "range.h"

/* A page of memory that the holder of this struct owns, while is_held is true. */
struct hoist_owned {
    struct hoist_pa pa;
    enum hoist_leaf_size size;
    bool is_held;
};

/* A page that was taken from a space and may not be reused before the flush. */
struct hoist_stale {
    struct hoist_owned page;
    uint64_t flush_number; /* of the space, when it was taken */
};

/*
 * Maps the page at va and takes it over: page->is_held is false afterwards. On an error it stays
 * the caller's, untouched. Errors of hoist_map; NOT_OWNED: is_held is false; BAD_ACCESS: also where
 * the access has the software bit set already; TABLE_IN_THE_WAY_OF_2M, _1G.
 */
HOIST_MUST_CHECK enum hoist_result hoist_give(struct hoist_space *space, struct hoist_va va,
                                              struct hoist_owned *page, struct hoist_access access);

/*
 * Unmaps the leaf at va and hands its page out, not usable yet. NOT_MAPPED; NOT_OWNED: it was not
 * given by hoist_give; UNALIGNED_PAGE: va is not where the leaf begins; NOT_CANONICAL; SHARED_HALF.
 */
HOIST_MUST_CHECK enum hoist_result hoist_take(struct hoist_space *space, struct hoist_va va,
                                              struct hoist_stale *stale);

/*
 * The page, once its translation is flushed: at once where the space does not collect, else after
 * hoist_flush_now or hoist_flush_done. NOT_FLUSHED: too early; nothing is written. NOT_OWNED: the
 * token was used already.
 */
HOIST_MUST_CHECK enum hoist_result hoist_stale_release(const struct hoist_space *space,
                                                       struct hoist_stale *stale,
                                                       struct hoist_owned *page);

#endif
