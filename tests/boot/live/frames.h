/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory: frames for tables, each accounted for, and frames to map. All of it lies below 4 GiB and
 * is reached through the loader's direct map.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include <stdint.h>

#include "paging/space.h"
#include "protocol/hoist.h"

#define FRAMES_BLOCKS 8u /* blocks of 2 MiB to map */

/* Takes the largest free range of the memory map. False: there is none large enough. */
bool frames_init(const struct hoist_handoff *handoff);

/*
 * The hooks of every space here: flush and is_root_in_use are the library's own for one CPU. A
 * table frame is handed out full of ones and filled with them again when it comes back, so whatever
 * still walks it faults; one that comes back twice, or never was handed out, is a failed check.
 */
extern const struct hoist_hooks frames_hooks;

/* How many table frames are handed out. */
uint64_t frames_out(void);

/* Of all words in the frames that are handed out, A and D bits left out. */
uint64_t frames_checksum(void);

/* The physical address of a block of 2 MiB, aligned to its size. */
uint64_t frames_block(unsigned number);

/* Where physical memory can be read and written. */
void *frames_at(uint64_t pa);

/* The word at a physical address. */
static inline volatile uint64_t *frames_word(uint64_t pa)
{
    return frames_at(pa);
}

#endif
