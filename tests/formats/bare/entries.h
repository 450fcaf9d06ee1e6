/* SPDX-License-Identifier: BSD-2-Clause */
/* One entry with all that its bits can be: what the library reads is what the CPU does. */
#ifndef BARE_ENTRIES_H
#define BARE_ENTRIES_H

#include "machine.h"

struct entries {
    struct hoist_tree *tree; /* in use */
    uint64_t va;             /* mapped, at least as far as the entry's table */
    unsigned level;          /* of the entry */
    uint64_t value;          /* the bits that stay; it has the address */
    const uint8_t *bits;     /* the others: each is tried both ways, with all the rest */
    unsigned bit_count;
};

/*
 * Sets each entry, and lets kernel and user read, write and execute. Where the library says that
 * the entry maps memory, there the CPU reads; what the library says is no entry faults. The code of
 * agree_page stands where it leads. Afterwards the entry is 0.
 * Returns how many of them mapped something.
 */
uint64_t check_entries(const char *what, const struct entries *entries);

#endif
