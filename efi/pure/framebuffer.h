/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether what the firmware says of its framebuffer can be believed, before anything is mapped. */
#ifndef FRAMEBUFFER_H
#define FRAMEBUFFER_H

#include "hoist.h"
#include "memory_map.h"
#include "problem.h"

#include <stdbool.h>

/* 16384 x 16384 pixels of four bytes, four times. */
#define FRAMEBUFFER_LIMIT_BYTES (UINT64_C(1) << 32)

/*
 * Finds pitch_bytes and size_bytes from the other members, and from what the firmware says of a
 * line's pixels and of the whole. False: they contradict each other, and *problem says how.
 */
bool framebuffer_measure(struct hoist_framebuffer *framebuffer, uint32_t line_pixels,
                         uint64_t offered_bytes, struct problem *problem);

/*
 * The whole pages of a framebuffer, of kind MEMORY_FRAMEBUFFER. It may lie in free or reserved
 * memory, or outside of all that the map lists, but not in memory of another use. False: it must
 * not be used, and *problem, a PROBLEM_SCREEN_ kind, says why.
 */
bool framebuffer_pages(const struct hoist_framebuffer *framebuffer, const struct memory_map *map,
                       unsigned physical_bits, struct memory_range *pages, struct problem *problem);

#endif
