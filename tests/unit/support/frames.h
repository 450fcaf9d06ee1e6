/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One run of frames for page tables, as the loader takes it: exactly counted, contiguous, and full of rubbish. Behind
 * the run lie a few spare frames, for tests that let tables stray out of it.
 */
#ifndef TEST_FRAMES_H
#define TEST_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "hoist_paging.h"

#define FRAMES_PA    UINT64_C(0x7f003000)
#define FRAMES_SPARE 4u

struct frames {
    unsigned char *memory;
    uint64_t count; /* spare ones left out */
    uint64_t taken;
};

extern const struct hoist_hooks frames_hooks;

/* The context of the hooks are the frames. */
void frames_open(struct frames *frames, uint64_t count);
void frames_close(struct frames *frames);

/* The host's view of a frame; one that is not there ends the program. */
uint64_t *frames_at(const struct frames *frames, uint64_t pa);

/* The entry of this level on the way to an address. */
uint64_t *frames_entry(const struct frames *frames, uint64_t root_pa, uint64_t va, unsigned levels,
                       unsigned level);

#endif
