/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files about rights share: rights.c for those of leaves, links.c for those of links. */
#ifndef RIGHTS_H
#define RIGHTS_H

#include "live.h"
#include "paging/tidy.h"

/* A combination is a number of three bits; reading is part of each. */
#define RIGHTS_WRITE        1u
#define RIGHTS_EXECUTE      2u
#define RIGHTS_USER         4u
#define RIGHTS_ALL          7u
#define RIGHTS_COMBINATIONS 8u

struct hoist_access rights_of(unsigned combination);

/* Makes a frame fit for rights_count_wrong: there is something to execute in it. */
void rights_fill(uint64_t pa);

/*
 * Makes every kind of access to a page, and tells how many end otherwise than they must where the
 * rights are these.
 */
uint64_t rights_count_wrong(uint64_t va, unsigned combination);

void links_run(void);

#endif
