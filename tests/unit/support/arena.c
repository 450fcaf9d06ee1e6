/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames for page tables, for tests. */
#define _GNU_SOURCE
#include "arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FRAME_BYTES 4096u
#define ARENA_BYTES ((size_t)ARENA_FRAME_COUNT * FRAME_BYTES)

static void give_up(const char *what, uint64_t pa)
{
    fprintf(stderr, "arena: %s (physical address %llx)\n", what, (unsigned long long)pa);
    abort();
}

static unsigned index_of(uint64_t pa)
{
    const uint64_t offset = pa - ARENA_FIRST_PA;

    if (pa < ARENA_FIRST_PA || offset % ARENA_STRIDE != 0 ||
        offset / ARENA_STRIDE >= ARENA_FRAME_COUNT) {
        give_up("this is no frame of the arena", pa);
    }
    return (unsigned)(offset / ARENA_STRIDE);
}

static uint64_t pa_of(unsigned index)
{
    return ARENA_FIRST_PA + index * ARENA_STRIDE;
}

/* Rubbish that would be taken for present entries. */
static void spoil(struct arena *arena, unsigned index)
{
    memset(arena->memory + (size_t)index * FRAME_BYTES, 0xa7, FRAME_BYTES);
}

static bool allocate_table(void *context, struct hoist_frame_4k *frame)
{
    struct arena *arena = context;
    unsigned index;

    if (arena->fail_in != 0 && --arena->fail_in == 0) {
        return false;
    }
    if (arena->free_count == 0) {
        return false;
    }
    index = arena->free_list[--arena->free_count];
    arena->state[index] = ARENA_HANDED_OUT;
    arena->allocated_count++;
    spoil(arena, index);
    frame->pa = pa_of(index);
    return true;
}

static void free_table(void *context, struct hoist_frame_4k frame)
{
    struct arena *arena = context;
    const unsigned index = index_of(frame.pa);

    if (arena->state[index] != ARENA_HANDED_OUT) {
        give_up("freed, but not handed out", frame.pa);
    }
    arena->state[index] = ARENA_FREE;
    arena->free_list[arena->free_count++] = (uint16_t)index;
    arena->freed_count++;
    arena->freed_unflushed += arena->flush_count == 0;
    spoil(arena, index);
}

static void *table_at(void *context, struct hoist_frame_4k frame)
{
    return arena_at(context, frame.pa);
}

static void flush(void *context, const struct hoist_flush *what)
{
    struct arena *arena = context;

    if (arena->flush_count < ARENA_FLUSH_LIMIT) {
        arena->flush[arena->flush_count] = *what;
    }
    arena->flush_count++;
    if (arena->on_flush != NULL) {
        arena->on_flush(arena->on_flush_context, what);
    }
}

static bool is_root_in_use(void *context, struct hoist_frame_4k root)
{
    return ((struct arena *)context)->root_in_use == root.pa;
}

const struct hoist_hooks arena_hooks = {
    .allocate_table = allocate_table,
    .free_table = free_table,
    .table_at = table_at,
    .flush = flush,
    .is_root_in_use = is_root_in_use,
};

void arena_open(struct arena *arena)
{
    arena->memory =
        mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (arena->memory == MAP_FAILED) {
        give_up("no memory for the arena", 0);
    }
    arena_reset(arena);
}

void arena_close(struct arena *arena)
{
    munmap(arena->memory, ARENA_BYTES);
}

void arena_reset(struct arena *arena)
{
    memset(arena->state, ARENA_FREE, sizeof arena->state);
    for (unsigned i = 0; i < ARENA_FRAME_COUNT; i++) {
        arena->free_list[i] = (uint16_t)(ARENA_FRAME_COUNT - 1 - i);
    }
    arena->free_count = ARENA_FRAME_COUNT;
    arena->allocated_count = 0;
    arena->freed_count = 0;
    arena->fail_in = 0;
    arena->flush_count = 0;
    arena->freed_unflushed = 0;
    arena->on_flush = NULL;
    arena->root_in_use = 0;
}

uint64_t arena_held(const struct arena *arena)
{
    return arena->allocated_count - arena->freed_count;
}

uint64_t *arena_foreign(struct arena *arena, uint64_t *pa)
{
    unsigned index;

    if (arena->free_count == 0) {
        give_up("no frame left for a foreign table", 0);
    }
    index = arena->free_list[--arena->free_count];
    arena->state[index] = ARENA_FOREIGN;
    *pa = pa_of(index);
    return memset(arena_at(arena, *pa), 0, FRAME_BYTES);
}

uint64_t *arena_at(const struct arena *arena, uint64_t pa)
{
    const unsigned index = index_of(pa);

    if (arena->state[index] == ARENA_FREE) {
        give_up("reached, but not handed out", pa);
    }
    return (uint64_t *)(void *)(arena->memory + (size_t)index * FRAME_BYTES);
}

void arena_snapshot_open(struct arena_snapshot *snapshot)
{
    snapshot->memory = malloc(ARENA_BYTES);
    if (snapshot->memory == NULL) {
        give_up("no memory for a snapshot", 0);
    }
}

void arena_snapshot_close(struct arena_snapshot *snapshot)
{
    free(snapshot->memory);
}

void arena_snapshot_take(struct arena_snapshot *snapshot, const struct arena *arena,
                         const struct hoist_space *space)
{
    snapshot->root = space->root;
    memcpy(snapshot->state, arena->state, sizeof snapshot->state);
    for (size_t i = 0; i < ARENA_FRAME_COUNT; i++) {
        if (arena->state[i] != ARENA_FREE) {
            memcpy(snapshot->memory + i * FRAME_BYTES, arena->memory + i * FRAME_BYTES,
                   FRAME_BYTES);
        }
    }
}

bool arena_is_unchanged(const struct arena_snapshot *snapshot, const struct arena *arena,
                        const struct hoist_space *space)
{
    if (snapshot->root != space->root ||
        memcmp(snapshot->state, arena->state, sizeof snapshot->state) != 0) {
        return false;
    }
    for (size_t i = 0; i < ARENA_FRAME_COUNT; i++) {
        if (arena->state[i] != ARENA_FREE &&
            memcmp(snapshot->memory + i * FRAME_BYTES, arena->memory + i * FRAME_BYTES,
                   FRAME_BYTES) != 0) {
            return false;
        }
    }
    return true;
}
