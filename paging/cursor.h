/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For callers who go page by page: a cursor remembers the page table of the last page, so that its
 * neighbours need no walk.
 *
 * Only 4 KiB pages. A page beyond the remembered table, or a space whose tables were freed or split
 * meanwhile, costs a walk and no more. Changes of links by anybody but this library are not
 * noticed.
 */
#ifndef HOIST_PAGING_CURSOR_H
#define HOIST_PAGING_CURSOR_H

#include "page.h"

/* Made by hoist_cursor_of; as good as the space, whose one-call-at-a-time rule it shares. */
struct hoist_cursor {
    struct hoist_space *space;
    uint64_t *entries;      /* of the remembered table */
    uint64_t first_va;      /* of what it covers; HOIST_NOWHERE: none is remembered */
    uint64_t grants;        /* of the links above it */
    uint64_t change_number; /* of the space, when it was reached */
    uint64_t access;        /* that was granted last, as one number; HOIST_NO_ACCESS: none was */
    uint64_t flags;         /* the same in a 4 KiB leaf */
};

#define HOIST_NOWHERE   (UINT64_C(1) << 63) /* in the canonical hole: no page is near */
#define HOIST_NO_ACCESS UINT64_MAX          /* what no access is as a number */

/* A cursor that has not been anywhere yet. */
static inline struct hoist_cursor hoist_cursor_of(struct hoist_space *space)
{
    struct hoist_cursor cursor = {space, 0, HOIST_NOWHERE, 0, 0, HOIST_NO_ACCESS, 0};

    return cursor;
}

/* hoist_map_4k, hoist_protect_4k and hoist_unmap_4k, with their answers. */
HOIST_MUST_CHECK enum hoist_result hoist_cursor_map(struct hoist_cursor *cursor,
                                                    struct hoist_page_4k page,
                                                    struct hoist_frame_4k frame,
                                                    struct hoist_access access);
HOIST_MUST_CHECK enum hoist_result hoist_cursor_protect(struct hoist_cursor *cursor,
                                                        struct hoist_page_4k page,
                                                        struct hoist_access access);
HOIST_MUST_CHECK enum hoist_result hoist_cursor_unmap(struct hoist_cursor *cursor,
                                                      struct hoist_page_4k page,
                                                      struct hoist_frame_4k *frame);

#endif
