/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing the list of what must be flushed. Internal to the library. */
#ifndef HOIST_PAGING_LISTING_H
#define HOIST_PAGING_LISTING_H

#include "flush.h"
#include "walk.h"

/* All that the entry around a linear address covers; it may be known by 4 KiB pages. */
HOIST_INLINE struct hoist_flush_range hoist_pages_of_entry(uint64_t linear, unsigned level)
{
    const uint64_t span = hoist_entry_span(level);
    const struct hoist_flush_range pages = {linear & ~(span - 1), span / HOIST_SIZE_4K,
                                            HOIST_SIZE_4K};

    return pages;
}

/*
 * Adds pages from a linear address on; `entry` is a leaf that mapped one of them, or 0. What goes
 * on from the last range is added to it; what no longer fits makes it everything.
 */
void hoist_list_pages(const struct hoist_space *space, struct hoist_flush *flush,
                      const struct hoist_flush_range *pages, uint64_t entry);

/* The list that a change writes to: the space's, or an empty one of its own. */
struct hoist_flush *hoist_list_begin(struct hoist_space *space, struct hoist_flush *own);

/* The end of a change: unless the space collects, has the list carried out and tables freed. */
void hoist_list_end(struct hoist_space *space, struct hoist_flush *flush);

/* Makes a list empty; what its ranges hold does not matter then. */
static inline void hoist_list_clear(struct hoist_flush *flush)
{
    flush->range_count = 0;
    flush->is_everything = false;
    flush->has_global = false;
    flush->freed.first_pa = 0;
    flush->freed.frame_count = 0;
}

/* One page of one leaf that changed, from beginning to end of a change. */
void hoist_list_page(struct hoist_space *space, uint64_t va, uint64_t entry, unsigned level);

/*
 * In the middle of a change: has the pages flushed now, so that what they meant is not known
 * together with what follows. Where no CPU uses the tables they are only listed.
 */
void hoist_flush_between(struct hoist_space *space, struct hoist_flush *flush,
                         const struct hoist_flush_range *pages, uint64_t entry);

/* Whether neither the space nor a CPU wants to know. */
HOIST_INLINE bool hoist_list_is_for_nobody(const struct hoist_space *space)
{
    return space->flush == NULL && space->hooks->flush == NULL;
}

/* hoist_list_page, for next to nothing where that is so. */
HOIST_INLINE void hoist_list_one(struct hoist_space *space, uint64_t va, uint64_t entry,
                                 unsigned level)
{
    if (hoist_list_is_for_nobody(space)) {
        space->flush_number++;
    } else {
        hoist_list_page(space, va, entry, level);
    }
}

#endif
