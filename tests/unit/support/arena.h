/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames for page tables, for tests: what a hostile but correct allocator would do.
 *
 * A frame is full of rubbish when it is handed out, its physical address is no host pointer,
 * neighbours are not contiguous, and the n-th allocation can be made to fail. Whoever frees a frame
 * twice, reaches one that is not handed out, or frees one that the allocator never gave away ends
 * the program with a sentence.
 */
#ifndef TEST_ARENA_H
#define TEST_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hoist_paging.h"

#define ARENA_FRAME_COUNT 1024u
#define ARENA_FIRST_PA    UINT64_C(0x80001000)
#define ARENA_STRIDE      UINT64_C(0x3000)
#define ARENA_FLUSH_LIMIT 64u

enum arena_state {
    ARENA_FREE = 0,
    ARENA_HANDED_OUT,
    ARENA_FOREIGN /* made by a test as somebody else's table: never to be freed by the library */
};

struct arena {
    uint8_t *memory;
    uint8_t state[ARENA_FRAME_COUNT];
    uint16_t free_list[ARENA_FRAME_COUNT];
    unsigned free_count;
    uint64_t allocated_count; /* ever */
    uint64_t freed_count;     /* ever */
    uint64_t fail_in;         /* the how-manieth allocation from now on fails; 0: none */
    struct hoist_flush flush[ARENA_FLUSH_LIMIT];
    unsigned flush_count;
    uint64_t freed_unflushed; /* frames that came back while flush_count was 0 */

    /* Called in each flush, for a look at the tables in the middle of a change; may be NULL. */
    void (*on_flush)(void *context, const struct hoist_flush *what);
    void *on_flush_context;
    uint64_t root_in_use; /* what a CPU would have in its CR3; 0: nothing */
};

/* What all tables held at one time. */
struct arena_snapshot {
    uint8_t *memory;
    uint8_t state[ARENA_FRAME_COUNT];
    uint64_t root;
};

extern const struct hoist_hooks arena_hooks;

/* The context of the hooks is the arena. */
void arena_open(struct arena *arena);
void arena_close(struct arena *arena);

/* Everything free again, counters at zero; cheaper than a new arena. */
void arena_reset(struct arena *arena);

/* Frames that are handed out now. */
uint64_t arena_held(const struct arena *arena);

/* A zeroed table that belongs to somebody else. */
uint64_t *arena_foreign(struct arena *arena, uint64_t *pa);

/* The host's view of a frame that is in use. */
uint64_t *arena_at(const struct arena *arena, uint64_t pa);

void arena_snapshot_open(struct arena_snapshot *snapshot);
void arena_snapshot_close(struct arena_snapshot *snapshot);
void arena_snapshot_take(struct arena_snapshot *snapshot, const struct arena *arena,
                         const struct hoist_space *space);

/* Same frames in use, every one of them bit for bit as it was, and the same root. */
bool arena_is_unchanged(const struct arena_snapshot *snapshot, const struct arena *arena,
                        const struct hoist_space *space);

#endif
