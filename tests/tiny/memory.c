/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames, and the hooks that hand them out. */
#include "memory.h"

#include <string.h>

#include "cpu_model.h"
#include "reader.h"
#include "report.h"

unsigned tiny_frame_number(uint64_t pa)
{
    const uint64_t number = (pa - TINY_TABLES_PA) / TINY_PAGE_BYTES;

    return pa % TINY_PAGE_BYTES != 0 || number >= TINY_FRAMES ? TINY_FRAMES : (unsigned)number;
}

static bool allocate(void *context, struct hoist_frame_4k *frame)
{
    struct tiny_bench *bench = context;
    const unsigned number = (unsigned)__builtin_ctzll(~bench->memory.held);

    if (++bench->allocation_count == bench->fail_at) {
        return false;
    }
    CHECK(number < TINY_FRAMES, "more frames are taken than there can be tables");
    for (unsigned i = 0; i < TINY_ENTRIES; i++) {
        bench->memory.words[number][i] = tiny_leaf(tiny_page(1, 0, 0), i);
    }
    bench->memory.held |= UINT64_C(1) << number;
    frame->pa = TINY_TABLES_PA + number * TINY_PAGE_BYTES;
    return true;
}

static void give_back(void *context, struct hoist_frame_4k frame)
{
    struct tiny_bench *bench = context;
    const unsigned number = tiny_frame_number(frame.pa);

    CHECK(number != TINY_FRAMES && (bench->memory.held >> number & 1) != 0,
          "a frame is freed that is not handed out");
    CHECK((bench->held_before >> number & 1) == 0 || bench->flush_count != 0,
          "a table is freed before it is flushed");
    bench->memory.held &= ~(UINT64_C(1) << number);
}

static void *at(void *context, struct hoist_frame_4k frame)
{
    struct tiny_bench *bench = context;
    const unsigned number = tiny_frame_number(frame.pa);

    CHECK(number != TINY_FRAMES && (bench->memory.held >> number & 1) != 0,
          "a frame is reached that is not handed out");
    return bench->memory.words[number];
}

static void flush(void *context, const struct hoist_flush *what)
{
    struct tiny_bench *bench = context;

    bench->flush_count++;
    if (bench->cpu != NULL) {
        tiny_cpu_flush(bench, what);
    }
}

static const struct hoist_hooks hooks = {
    .allocate_table = allocate, .free_table = give_back, .table_at = at, .flush = flush};

void tiny_bench_init(struct tiny_bench *bench)
{
    const struct hoist_cpu cpu = {TINY_LEVELS, 52, true, true, false};

    memset(bench, 0, sizeof *bench);
    CHECK(hoist_space_init(&bench->space, &cpu, &hooks, bench) == HOIST_OK,
          "a space of three levels is refused");
}

void tiny_render(struct tiny_memory *memory, const struct tiny_state *state)
{
    memset(memory, 0, sizeof *memory);
    for (unsigned table = 0; table < TINY_FRAMES; table++) {
        memory->words[table][TINY_ENTRIES] = TINY_GUARD;
    }
    for (unsigned page = 0; page < TINY_PAGES; page++) {
        const uint8_t mapped = state->page[page];
        const unsigned level = tiny_level_of(mapped);

        if (mapped != 0) {
            memory->words[tiny_table(page, level)][tiny_index(page, level)] =
                tiny_leaf(mapped, page);
        }
        for (unsigned below = 2; below >= 1; below--) {
            const unsigned table = tiny_table(page, below);

            if (state->table[table] != 0) {
                memory->words[tiny_table(page, below + 1)][tiny_index(page, below + 1)] =
                    tiny_link(table, state->table[table]);
            }
        }
    }
    for (unsigned table = 0; table < TINY_TABLES; table++) {
        memory->held |= (uint64_t)(state->table[table] != 0) << table;
    }
    memory->root = state->table[0] != 0 ? tiny_link(0, TINY_TABLE_USER) : 0;
}

void tiny_load(struct tiny_bench *bench, const struct tiny_memory *memory)
{
    bench->memory = *memory;
    bench->space.root = memory->root;
    bench->held_before = memory->held;
    bench->allocation_count = 0;
    bench->flush_count = 0;
}

bool tiny_is_unchanged(const struct tiny_bench *bench, const struct tiny_memory *memory)
{
    if (bench->space.root != memory->root || bench->memory.held != memory->held) {
        return false;
    }
    for (uint64_t left = memory->held; left != 0; left &= left - 1) {
        const unsigned frame = (unsigned)__builtin_ctzll(left);

        if (memcmp(bench->memory.words[frame], memory->words[frame], sizeof memory->words[frame]) !=
            0) {
            return false;
        }
    }
    return true;
}

bool tiny_is_untouched(const struct tiny_bench *bench, const struct tiny_memory *memory)
{
    return bench->space.root == memory->root && bench->memory.held == memory->held &&
           memcmp(bench->memory.words, memory->words, sizeof memory->words) == 0;
}

bool tiny_guards_are_whole(const struct tiny_memory *memory)
{
    bool is_whole = true;

    for (unsigned frame = 0; frame < TINY_FRAMES; frame++) {
        is_whole &= memory->words[frame][TINY_ENTRIES] == TINY_GUARD;
    }
    return is_whole;
}
