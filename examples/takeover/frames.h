/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own frame allocator: a list of free frames, each of which holds the next one's address. */
#ifndef FRAMES_H
#define FRAMES_H

#include <stdbool.h>
#include <stdint.h>

/* Physical memory is at this plus its address. Before all else. */
void frames_start(uint64_t direct_map_offset);

/* Puts all frames of a range into the list. */
void frames_add(uint64_t pa, uint64_t size_bytes);

/* Takes one out; its content does not matter. False: there is none. */
bool frames_allocate(uint64_t *pa);

void frames_free(uint64_t pa);

uint64_t frames_count(void);

/* Where a physical address can be read and written. */
void *frames_at(uint64_t pa);

#endif
