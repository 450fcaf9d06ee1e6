/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's own book of what is mapped: written by hand, not read from the tables. At a stop,
 * book and tables are held against each other from outside, leaf for leaf.
 */
#ifndef BOOK_H
#define BOOK_H

#include <stdint.h>

#include "paging/range.h"
#include "paging/space.h"

/* Empties the book but for what was in it at the last book_keep. */
void book_begin(void);

/* Keeps for good what is in the book now. */
void book_keep(void);

/*
 * Adds a stretch that is mapped with the largest leaves up to `largest` that its addresses allow.
 * Any order will do.
 */
void book_add(const struct hoist_extent *extent, struct hoist_access access,
              enum hoist_leaf_size largest);

/* Takes out, or replaces, what is in the book for exactly this part of the address space. */
void book_remove(const struct hoist_extent *extent);
void book_change(const struct hoist_extent *extent, struct hoist_access access,
                 enum hoist_leaf_size largest);

/*
 * Tells where the book is, and the list of leaves that hoist_visit finds in the space, which must
 * be the one in CR3, and waits until a byte comes over the serial port.
 */
void book_stop(const char *name, const struct hoist_space *space);

#endif
