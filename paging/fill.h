/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Straight runs of entries, many at a time. Internal to the library.
 *
 * A plain loop spends as many instructions on counting as on storing, and without vector registers
 * no compiler mends that. Every store is a single 64-bit one, so the tables may be live. Loads are
 * plain ones, so that they cost no instruction of their own: a CPU changes A and D alone behind our
 * back, and those are masked.
 */
#ifndef HOIST_PAGING_FILL_H
#define HOIST_PAGING_FILL_H

#include "entry.h"

/* Writes `count` leaves, the first as given, each mapping `span` bytes more than the one before. */
void hoist_fill_leaves(uint64_t *entries, uint64_t count, uint64_t leaf, uint64_t span);

/* Makes `count` entries absent. */
void hoist_clear_entries(uint64_t *entries, uint64_t count);

/* How many entries, of the first `count`, come before the first that is present. */
uint64_t hoist_count_absent(const uint64_t *entries, uint64_t count);

/*
 * How many entries, of the first `count`, hold `leaf`, leaf + span, leaf + 2 * span and so on,
 * whatever their A and D bits.
 */
uint64_t hoist_count_equal(const uint64_t *entries, uint64_t count, uint64_t leaf, uint64_t span);

#endif
