/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two files about leaf sizes share: sizes.c for 2 MiB, gigabyte.c for 1 GiB. */
#ifndef SIZES_H
#define SIZES_H

#include <stdint.h>

#include "live.h"

#define SIZES_VA    (LIVE_SIZES_VA + UINT64_C(0x600000))
#define SIZES_PAGES UINT64_C(512)
#define SIZES_BLOCK 4u /* and the next two */

/*
 * One check: every page of the stretch goes where it should by a leaf of this size, can be read and
 * written, is write-combining, and has A and D set.
 */
void sizes_expect(uint64_t va, uint64_t pa, uint64_t size_bytes, enum hoist_leaf_size size);

void gigabyte_run(void);

#endif
