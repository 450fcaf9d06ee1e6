/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One page of a chosen size, in one call each: page and frame must be of the same size, or it does
 * not compile.
 *
 * What the range of that name does (range.h) with a range of one page and no smaller leaves:
 * answers, flushes and orders of stores are the same.
 */
#ifndef HOIST_PAGING_PAGE_H
#define HOIST_PAGING_PAGE_H

#include "range.h"

/*
 * Maps one page. TABLE_IN_THE_WAY_OF_2M, _1G: smaller pages are, or were, mapped there.
 */
HOIST_MUST_CHECK enum hoist_result hoist_map_4k(struct hoist_space *space,
                                                struct hoist_page_4k page,
                                                struct hoist_frame_4k frame,
                                                struct hoist_access access);
HOIST_MUST_CHECK enum hoist_result hoist_map_2m(struct hoist_space *space,
                                                struct hoist_page_2m page,
                                                struct hoist_frame_2m frame,
                                                struct hoist_access access);
HOIST_MUST_CHECK enum hoist_result hoist_map_1g(struct hoist_space *space,
                                                struct hoist_page_1g page,
                                                struct hoist_frame_1g frame,
                                                struct hoist_access access);

/* Maps one page whatever was there; tables in its place are freed. RANGE_IN_USE: see hoist_remap.
 */
HOIST_MUST_CHECK enum hoist_result hoist_remap_4k(struct hoist_space *space,
                                                  struct hoist_page_4k page,
                                                  struct hoist_frame_4k frame,
                                                  struct hoist_access access, enum hoist_use use);
HOIST_MUST_CHECK enum hoist_result hoist_remap_2m(struct hoist_space *space,
                                                  struct hoist_page_2m page,
                                                  struct hoist_frame_2m frame,
                                                  struct hoist_access access, enum hoist_use use);
HOIST_MUST_CHECK enum hoist_result hoist_remap_1g(struct hoist_space *space,
                                                  struct hoist_page_1g page,
                                                  struct hoist_frame_1g frame,
                                                  struct hoist_access access, enum hoist_use use);

/*
 * Gives one page another access; a larger leaf around it is split first, and where smaller pages
 * are in its place all of them get it. NOT_MAPPED: it is not, or not all of it. A 4 KiB page whose
 * links grant enough costs one walk and one store.
 */
HOIST_MUST_CHECK enum hoist_result
hoist_protect_4k(struct hoist_space *space, struct hoist_page_4k page, struct hoist_access access);
HOIST_MUST_CHECK enum hoist_result
hoist_protect_2m(struct hoist_space *space, struct hoist_page_2m page, struct hoist_access access);
HOIST_MUST_CHECK enum hoist_result
hoist_protect_1g(struct hoist_space *space, struct hoist_page_1g page, struct hoist_access access);

/*
 * Takes one page away and tells its frame; a larger leaf around it is split first. NOT_MAPPED;
 * TABLE_IN_THE_WAY_OF_2M, _1G: smaller pages are, or were, mapped there.
 */
HOIST_MUST_CHECK enum hoist_result
hoist_unmap_4k(struct hoist_space *space, struct hoist_page_4k page, struct hoist_frame_4k *frame);
HOIST_MUST_CHECK enum hoist_result
hoist_unmap_2m(struct hoist_space *space, struct hoist_page_2m page, struct hoist_frame_2m *frame);
HOIST_MUST_CHECK enum hoist_result
hoist_unmap_1g(struct hoist_space *space, struct hoist_page_1g page, struct hoist_frame_1g *frame);

#endif
