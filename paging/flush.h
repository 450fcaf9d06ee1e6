/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What CPUs may still know of translations that were changed, and the tables that wait for them to
 * forget.
 *
 * A change lists here what it made invalid. From not present to present nothing is listed: the CPU
 * does not keep what is not present (SDM volume 3, section 4.10.2.3). A table that was taken out of
 * use is held back until a flush, for the CPU may still walk it (section 4.10.3).
 */
#ifndef HOIST_PAGING_FLUSH_H
#define HOIST_PAGING_FLUSH_H

#include "reserve.h"
#include "space.h"

/* How many stretches a list has room for; one more, and it is everything. */
#define HOIST_FLUSH_RANGES 6u

/* One stretch to be flushed. */
struct hoist_flush_range {
    uint64_t va;
    uint64_t page_count;
    uint64_t page_bytes; /* from one page to the next: an invlpg at each is enough */
};

/* Start from {0}. Nothing is to be done where range_count is 0 and is_everything false. */
struct hoist_flush {
    struct hoist_flush_range ranges[HOIST_FLUSH_RANGES];
    unsigned range_count;
    bool is_everything;         /* more than the list holds: all of the space */
    bool has_global;            /* a global leaf may be among them: reloading CR3 would not do */
    struct hoist_reserve freed; /* frames of tables out of use, not given back yet */
};

/* How many pages are listed; UINT64_MAX where it is everything. */
uint64_t hoist_flush_page_count(const struct hoist_flush *flush);

/* Whether there is anything to flush. */
static inline bool hoist_flush_is_needed(const struct hoist_flush *flush)
{
    return flush->range_count != 0 || flush->is_everything;
}

/*
 * For a space that collects: has hooks->flush carry out what space->flush lists, gives the tables
 * back that waited for it, and empties the list.
 */
void hoist_flush_now(struct hoist_space *space);

/* The same where the caller has carried it out. */
void hoist_flush_done(struct hoist_space *space);

#endif
