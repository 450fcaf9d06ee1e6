/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames for the tables of one tiny space.
 *
 * A frame is as short as a table, with a guard behind it; what it is handed out with looks like
 * leaves. Whoever reaches or frees a frame that is not handed out fails the test.
 */
#ifndef TINY_MEMORY_H
#define TINY_MEMORY_H

#include "hoist_paging.h"
#include "model.h"

#define TINY_FRAMES      (TINY_TABLES + 1u) /* all tables there can be, and one too many */
#define TINY_FRAME_WORDS (TINY_ENTRIES + 1u)
#define TINY_TABLES_PA   UINT64_C(0xa5a5a00000000)
#define TINY_GUARD       UINT64_C(0x6a6a6a6a6a6a6a6a)

struct tiny_memory {
    uint64_t words[TINY_FRAMES][TINY_FRAME_WORDS];
    uint64_t held; /* a bit for each frame that is handed out */
    uint64_t root; /* the space's, while it is not in use */
};

struct tiny_cpu;

/* One operation's dealings with the memory. */
struct tiny_bench {
    struct tiny_memory memory;
    struct hoist_space space;
    uint64_t held_before; /* frames that were handed out before the operation */
    unsigned allocation_count;
    unsigned fail_at; /* this allocation fails; 0: none */
    unsigned flush_count;

    struct tiny_cpu *cpu; /* cpu_model.h; NULL: no CPU looks on */
};

/* An empty memory, and a space with the hooks and a CPU that has all there is. */
void tiny_bench_init(struct tiny_bench *bench);

/* Makes the tables that are in such a state, always in the same places. */
void tiny_render(struct tiny_memory *memory, const struct tiny_state *state);

/* Starts an operation from this memory. */
void tiny_load(struct tiny_bench *bench, const struct tiny_memory *memory);

/* The same frames are handed out, every table is as it was, and so is the root pointer. */
bool tiny_is_unchanged(const struct tiny_bench *bench, const struct tiny_memory *memory);

/* The same for all of the memory, also what is not handed out. */
bool tiny_is_untouched(const struct tiny_bench *bench, const struct tiny_memory *memory);

/* No word behind a table was written. */
bool tiny_guards_are_whole(const struct tiny_memory *memory);

/* The number of the frame at the address; TINY_FRAMES if there is none. */
unsigned tiny_frame_number(uint64_t pa);

#endif
