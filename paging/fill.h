/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Straight runs of entries, eight at a time. Internal to the library.
 *
 * A plain loop spends as many instructions on counting as on storing, and without vector registers
 * no compiler mends that. Every store is a single 64-bit one, so the tables may be live.
 */
#ifndef HOIST_PAGING_FILL_H
#define HOIST_PAGING_FILL_H

#include "entry.h"

#define HOIST_BLOCK 8u

/* Writes `count` leaves, the first as given, each mapping `span` bytes more than the one before. */
HOIST_INLINE void hoist_fill_leaves(uint64_t *entries, uint64_t count, uint64_t leaf, uint64_t span)
{
    volatile uint64_t *entry = entries;

    for (; count >= HOIST_BLOCK; count -= HOIST_BLOCK, entry += HOIST_BLOCK) {
        entry[0] = leaf;
        entry[1] = leaf += span;
        entry[2] = leaf += span;
        entry[3] = leaf += span;
        entry[4] = leaf += span;
        entry[5] = leaf += span;
        entry[6] = leaf += span;
        entry[7] = leaf += span;
        leaf += span;
    }
    for (; count != 0; count--, entry++, leaf += span) {
        *entry = leaf;
    }
}

HOIST_INLINE void hoist_clear_entries(uint64_t *entries, uint64_t count)
{
    hoist_fill_leaves(entries, count, 0, 0);
}

/* How many entries, of the first `count`, come before the first that is present. */
HOIST_INLINE uint64_t hoist_count_absent(const uint64_t *entries, uint64_t count)
{
    const volatile uint64_t *entry = entries;
    uint64_t done = 0;

    for (; count - done >= HOIST_BLOCK; done += HOIST_BLOCK, entry += HOIST_BLOCK) {
        if (hoist_entry_is_present(entry[0] | entry[1] | entry[2] | entry[3] | entry[4] | entry[5] |
                                   entry[6] | entry[7])) {
            break;
        }
    }
    for (; done < count && !hoist_entry_is_present(*entry); entry++) {
        done++;
    }
    return done;
}

#endif
