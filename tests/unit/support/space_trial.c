/* SPDX-License-Identifier: BSD-2-Clause */
/* An operation, carried out and judged. */
#include "space_trial.h"

#include <string.h>

#include "property.h"
#include "space_calls.h"
#include "space_change.h"
#include "space_judge.h"
#include "space_request.h"
#include "stale_cpu.h"

#define SPACE_FRAMES 60u
#define LEAF_BUDGET  2500u

struct trial_tally tally;

static struct arena arena;
static struct arena_snapshot before;
static struct trial_space trial;
static struct hoist_flush list;
static struct hoist_flush list_before;
static struct hoist_reserve reserve;

static void remember(void)
{
    arena_snapshot_take(&before, &arena, &trial.space);
    list_before = list;
    arena.flush_count = 0;
}

static void check_unchanged(void)
{
    CHECK(arena_is_unchanged(&before, &arena, &trial.space));
    CHECK(memcmp(&list, &list_before, sizeof list) == 0);
    CHECK(arena.flush_count == 0);
}

/* So many frames are had beforehand, and the allocator is not to be asked. */
static void fill_reserve(uint64_t count)
{
    CHECK(reserve.frame_count == 0);
    for (uint64_t i = 0; i < count; i++) {
        struct hoist_frame_4k frame;

        CHECK(arena_hooks.allocate_table(&arena, &frame));
        hoist_reserve_add(&trial.space, &reserve, frame);
    }
    trial.space.frames = &reserve;
    arena.fail_in = 1;
}

static void empty_reserve(void)
{
    struct hoist_frame_4k frame;

    while (hoist_reserve_take(&trial.space, &reserve, &frame)) {
        arena_hooks.free_table(&arena, frame);
    }
    trial.space.frames = NULL;
    arena.fail_in = 0;
}

/* With each of the frames lacking that the operation takes. */
static void try_shortages(const struct operation *operation)
{
    for (uint64_t n = 1; n <= change.frame_count; n++) {
        if (operation->reserves) {
            fill_reserve(n - 1);
        } else {
            arena.fail_in = n;
        }
        remember();
        CHECK(calls_carry_out(&trial, operation) == change_lacking(n));
        check_unchanged();
        CHECK(reserve.frame_count == (operation->reserves ? n - 1 : 0));
        empty_reserve();
        tally.shortages++;
    }
}

/* What is counted beforehand; counting does not know whether a range is in use. */
static void check_count(const struct operation *operation)
{
    struct operation idle = *operation;
    uint64_t frame_count = 0;
    enum hoist_result result;

    if (!calls_can_count(operation)) {
        return;
    }
    idle.use = HOIST_RANGE_IDLE;
    change_apply(&idle);
    if (!change.is_too_large) {
        result = calls_count(&trial, operation, &frame_count, change.of_level);
        CHECK(result == change.result);
        CHECK(frame_count == (result == HOIST_OK ? change.frame_count : 0));
        if (change.result == HOIST_OK) {
            change_undo();
        }
    }
}

static void check_refused(const struct operation *operation)
{
    remember();
    CHECK(calls_carry_out(&trial, operation) == change.result);
    check_unchanged();
    tally.refused[operation->kind]++;
}

static void check_done(const struct operation *operation)
{
    const uint64_t allocated = arena.allocated_count;

    if (operation->reserves) {
        fill_reserve(change.frame_count);
    }
    arena.flush_count = 0;
    CHECK(calls_carry_out(&trial, operation) == HOIST_OK);
    if (operation->reserves) {
        CHECK(reserve.frame_count == 0);
        empty_reserve();
    }
    CHECK(arena.allocated_count - allocated == change.frame_count);
    tally.frames += change.frame_count;
    tally.flushes += arena.flush_count;
    tally.done[operation->kind]++;
}

/* The list of a space that collects is carried out: by the library, or by the caller. */
static void flush(bool by_caller)
{
    trial.space.flush = &list;
    if (by_caller) {
        arena_hooks.flush(&arena, &list);
        hoist_flush_done(&trial.space);
    } else {
        hoist_flush_now(&trial.space);
    }
    CHECK(!hoist_flush_is_needed(&list) && list.freed.frame_count == 0 && !list.has_global);
    calls_release(&trial);
}

static bool is_pending(void)
{
    return hoist_flush_is_needed(&list) || list.freed.frame_count != 0;
}

static bool keeps_state(enum operation_kind kind)
{
    return kind != OPERATION_REMAP;
}

static void look_around(void)
{
    for (unsigned i = 0; i < 4; i++) {
        judge_query(&arena, &trial.space, request_va() + random_below(KIB4));
        tally.translations++;
    }
    judge_query(&arena, &trial.space, random_number());
    if (one_in(3)) {
        judge_visit(&trial.space);
        judge_runs(&trial.space);
    }
    if (one_in(8)) {
        const uint64_t a = request_va();
        const uint64_t b = request_va() + random_below(KIB4);

        judge_partial_visit(&trial.space, a < b ? a : b, a < b ? b : a);
    }
}

static void judge(const struct operation *operation)
{
    property.step = "check";
    if (operation->kind == OPERATION_CLEAR || operation->kind == OPERATION_DESTROY ||
        operation->kind == OPERATION_NARROW) {
        stale_cpu_forget();
    }
    judge_everything(&arena, &trial.space, list.freed.frame_count);
    if (change.result == HOIST_OK) {
        stale_cpu_check(!is_pending(), keeps_state(operation->kind));
    }
    look_around();
}

/* What the rest of the operations does: other software, and flushes between changes. */
static void run_others(const struct operation *operation)
{
    if (operation->kind == OPERATION_FLUSH) {
        flush((operation->salt & 1) != 0);
    } else {
        calls_narrow(&trial, operation);
    }
    tally.done[operation->kind]++;
}

static void run(const struct operation *operation)
{
    check_count(operation);
    change_apply(operation);
    if (change.is_too_large) {
        tally.skipped++;
        return;
    }
    stale_cpu_look((operation->salt & 6) != 0 ? operation->salt : 0);
    if (operation->kind == OPERATION_FLUSH || operation->kind == OPERATION_NARROW) {
        run_others(operation);
    } else if (change.result != HOIST_OK) {
        check_refused(operation);
    } else {
        try_shortages(operation);
        check_done(operation);
    }
    judge(operation);
}

void trial_run(const struct operation *operation)
{
    struct operation adapted = *operation;
    const uint64_t state = random_swap(operation->salt);

    property.step = operation_name(operation->kind);
    if (stale_cpu_is_full() ||
        (!operation->collects && operation->kind != OPERATION_FLUSH && is_pending())) {
        flush(false);
    }
    trial.space.flush = operation->collects ? &list : NULL;
    trial.space.keep_links = operation->keeps_links;
    if (adapted.kind == OPERATION_MAP_EMPTY && !change_is_on_empty(&adapted)) {
        adapted.kind = OPERATION_MAP;
    }
    run(&adapted);
    random_swap(state);
}

bool trial_is_large(void)
{
    return model.table_count > SPACE_FRAMES || judge_leaf_count() > LEAF_BUDGET;
}

void trial_begin(const struct hoist_cpu *cpu)
{
    model.cpu = *cpu;
    model.stretch_count = 0;
    model.table_count = 0;
    arena_reset(&arena);
    list = (struct hoist_flush){0};
    reserve = (struct hoist_reserve){0};
    calls_begin(&trial, &arena);
    stale_cpu_begin(&arena, &trial.space);
    judge_everything(&arena, &trial.space, 0);
    tally.spaces++;
}

void trial_open(void)
{
    arena_open(&arena);
    arena_snapshot_open(&before);
}
