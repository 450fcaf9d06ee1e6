/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames filled from the input of a fuzzer: tables that point at themselves, at each other and at nothing. */
#ifndef FUZZ_HOSTILE_FRAMES_H
#define FUZZ_HOSTILE_FRAMES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "require.h"

#define FRAMES      8u
#define FRAME_BYTES ((size_t)4096)
#define FIRST_PA    UINT64_C(0x40003000)

/* Each frame between two pages that cannot be touched; the last is absent. */
static uint8_t *memory;

static inline uint8_t *frame(unsigned number)
{
    return memory + (2 * number + 1) * FRAME_BYTES;
}

static inline void open_frames(void)
{
    if (memory == NULL) {
        memory = mmap(NULL, (2 * FRAMES + 3) * FRAME_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
                      -1, 0);
        REQUIRE(memory != MAP_FAILED);
    }
}

static inline void protect_frames(int rights)
{
    for (unsigned i = 0; i <= FRAMES; i++) {
        REQUIRE(mprotect(frame(i), FRAME_BYTES, rights) == 0);
    }
}

/*
 * Eight bytes each: kind and frame; index; how many; target frame; flags. A run of the same entry,
 * of entries that go on, of raw numbers, or one entry. What is absent is zero, or links to itself.
 */
static inline void fill_frames(const uint8_t *data, size_t size, bool is_outside_zero)
{
    for (unsigned i = 0; i <= FRAMES; i++) {
        memset(frame(i), 0, FRAME_BYTES);
    }
    for (; size >= 8; data += 8, size -= 8) {
        uint64_t *entries = (uint64_t *)(void *)frame(data[0] % FRAMES);
        const unsigned index = (data[1] | data[2] << 8) % 512;
        const unsigned count = 1 + (data[0] >> 5) % 4 * data[3];
        uint64_t value = FIRST_PA + (data[4] % (FRAMES + 1)) * FRAME_BYTES;

        value |= data[5] | (data[6] & 0x1fu) << 8 | (uint64_t)(data[6] >> 5) << 61 |
                 (uint64_t)(data[4] >> 4) << 30;
        if ((data[0] & 0x10) != 0) {
            memcpy(&value, data, sizeof value);
        }
        for (unsigned i = 0; i < count && index + i < 512; i++) {
            entries[index + i] = value + ((data[0] & 8) != 0 ? i * (uint64_t)data[7] << 12 : 0);
        }
    }
    if (!is_outside_zero) {
        for (unsigned i = 0; i < 512; i++) {
            ((uint64_t *)(void *)frame(FRAMES))[i] = 7;
        }
    }
}

#endif
