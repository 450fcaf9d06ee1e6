/* SPDX-License-Identifier: BSD-2-Clause */
/* The inner loops. Blocks of 32, then what is left by halves: 16, 8, 4, 2, 1. */
#include "fill.h"

#define BLOCK 32u

/* Eight stores; `leaf` goes on by eight spans. */
HOIST_INLINE void fill_eight(volatile uint64_t *entry, uint64_t *leaf, uint64_t span)
{
    uint64_t next = *leaf;

    entry[0] = next;
    entry[1] = next += span;
    entry[2] = next += span;
    entry[3] = next += span;
    entry[4] = next += span;
    entry[5] = next += span;
    entry[6] = next += span;
    entry[7] = next += span;
    *leaf = next + span;
}

void hoist_fill_leaves(uint64_t *entries, uint64_t count, uint64_t leaf, uint64_t span)
{
    volatile uint64_t *entry = entries;

    for (; count >= BLOCK; count -= BLOCK, entry += BLOCK) {
        fill_eight(entry, &leaf, span);
        fill_eight(entry + 8, &leaf, span);
        fill_eight(entry + 16, &leaf, span);
        fill_eight(entry + 24, &leaf, span);
    }
    if ((count & 16) != 0) {
        fill_eight(entry, &leaf, span);
        fill_eight(entry + 8, &leaf, span);
        entry += 16;
    }
    if ((count & 8) != 0) {
        fill_eight(entry, &leaf, span);
        entry += 8;
    }
    if ((count & 4) != 0) {
        entry[0] = leaf;
        entry[1] = leaf += span;
        entry[2] = leaf += span;
        entry[3] = leaf += span;
        leaf += span;
        entry += 4;
    }
    if ((count & 2) != 0) {
        entry[0] = leaf;
        entry[1] = leaf += span;
        leaf += span;
        entry += 2;
    }
    if ((count & 1) != 0) {
        *entry = leaf;
    }
}

HOIST_INLINE void clear_eight(volatile uint64_t *entry)
{
    entry[0] = 0;
    entry[1] = 0;
    entry[2] = 0;
    entry[3] = 0;
    entry[4] = 0;
    entry[5] = 0;
    entry[6] = 0;
    entry[7] = 0;
}

void hoist_clear_entries(uint64_t *entries, uint64_t count)
{
    volatile uint64_t *entry = entries;

    for (; count >= BLOCK; count -= BLOCK, entry += BLOCK) {
        clear_eight(entry);
        clear_eight(entry + 8);
        clear_eight(entry + 16);
        clear_eight(entry + 24);
    }
    if ((count & 16) != 0) {
        clear_eight(entry);
        clear_eight(entry + 8);
        entry += 16;
    }
    if ((count & 8) != 0) {
        clear_eight(entry);
        entry += 8;
    }
    if ((count & 4) != 0) {
        entry[0] = 0;
        entry[1] = 0;
        entry[2] = 0;
        entry[3] = 0;
        entry += 4;
    }
    if ((count & 2) != 0) {
        entry[0] = 0;
        entry[1] = 0;
        entry += 2;
    }
    if ((count & 1) != 0) {
        *entry = 0;
    }
}

HOIST_INLINE uint64_t or_eight(const uint64_t *entry)
{
    return entry[0] | entry[1] | entry[2] | entry[3] | entry[4] | entry[5] | entry[6] | entry[7];
}

HOIST_INLINE uint64_t or_sixteen(const uint64_t *entry)
{
    return or_eight(entry) | or_eight(entry + 8);
}

uint64_t hoist_count_absent(const uint64_t *entries, uint64_t count)
{
    const uint64_t *entry = entries;
    const uint64_t *const end = entries + count;

    while (end - entry >= (ptrdiff_t)BLOCK &&
           !hoist_entry_is_present(or_sixteen(entry) | or_sixteen(entry + 16))) {
        entry += BLOCK;
    }
    if (end - entry >= 16 && !hoist_entry_is_present(or_sixteen(entry))) {
        entry += 16;
    }
    if (end - entry >= 8 && !hoist_entry_is_present(or_eight(entry))) {
        entry += 8;
    }
    while (entry != end && !hoist_entry_is_present(*entry)) {
        entry++;
    }
    return (uint64_t)(entry - entries);
}

/* Whether eight entries hold `leaf` and what goes on from it. */
HOIST_INLINE bool are_eight_equal(const uint64_t *entry, uint64_t leaf, uint64_t span)
{
    uint64_t difference = entry[0] ^ leaf;

    difference |= entry[1] ^ (leaf += span);
    difference |= entry[2] ^ (leaf += span);
    difference |= entry[3] ^ (leaf += span);
    difference |= entry[4] ^ (leaf += span);
    difference |= entry[5] ^ (leaf += span);
    difference |= entry[6] ^ (leaf += span);
    difference |= entry[7] ^ (leaf + span);
    return (difference & ~HOIST_ENTRY_STATE) == 0;
}

/* Among the rest of a walk its loop would lack registers. */
__attribute__((noinline)) uint64_t hoist_count_equal(const uint64_t *entries, uint64_t count,
                                                     uint64_t leaf, uint64_t span)
{
    uint64_t done = 0;

    while (count - done >= 8 && are_eight_equal(&entries[done], leaf, span)) {
        done += 8;
        leaf += 8 * span;
    }
    while (done < count && ((entries[done] ^ leaf) & ~HOIST_ENTRY_STATE) == 0) {
        done++;
        leaf += span;
    }
    return done;
}
