/* SPDX-License-Identifier: BSD-2-Clause */
/* One operation. */
#include "trial.h"

#include <string.h>

#include "cpu_model.h"
#include "reader.h"
#include "report.h"

#define UNTOUCHED UINT64_C(0x5eed)

struct tiny_tally tiny_tally;

/* The count before the call, and its errors too. */
static void check_count(struct tiny_bench *bench, const struct tiny_operation *operation,
                        const struct tiny_forecast *forecast)
{
    const bool is_map = operation->kind == TINY_MAP;
    struct hoist_count count = {.frame_count = is_map ? 0 : UNTOUCHED};
    const struct hoist_count untouched = count;

    if (operation->kind == TINY_MERGE || operation->kind == TINY_COLLAPSE) {
        return;
    }
    CHECK(tiny_count(&bench->space, operation, &count) == forecast->result,
          "counting has another answer than the model");
    if (forecast->result != HOIST_OK) {
        CHECK(memcmp(&count, &untouched, sizeof count) == 0,
              "a count that was refused was written all the same");
        return;
    }
    CHECK(count.frame_count == forecast->new_tables[0], "the count is not the model's");
    for (unsigned level = 1; level <= TINY_LEVELS && is_map; level++) {
        CHECK(count.of_level[level] == forecast->new_tables[level],
              "the count of a level is not the model's");
    }
}

/* The call with the allocator out of frames after so many. */
static enum hoist_result call_with_allocator(struct tiny_bench *bench,
                                             const struct tiny_operation *operation,
                                             unsigned frame_count)
{
    enum hoist_result result;

    bench->fail_at = frame_count + 1;
    result = tiny_call(&bench->space, operation);
    bench->fail_at = 0;
    return result;
}

/* The call with so many frames in reserve, which gives back what it leaves of them. */
static enum hoist_result call_with_reserve(struct tiny_bench *bench,
                                           const struct tiny_operation *operation,
                                           unsigned frame_count)
{
    const struct hoist_hooks *hooks = bench->space.hooks;
    struct hoist_reserve reserve = {0};
    struct hoist_frame_4k frame;
    enum hoist_result result;
    uint64_t left;

    while (reserve.frame_count < frame_count && hooks->allocate_table(bench, &frame)) {
        hoist_reserve_add(&bench->space, &reserve, frame);
    }
    bench->space.frames = &reserve;
    result = tiny_call(&bench->space, operation);
    bench->space.frames = NULL;
    left = reserve.frame_count;
    while (hoist_reserve_take(&bench->space, &reserve, &frame)) {
        hooks->free_table(bench, frame);
    }
    CHECK(left == (result == HOIST_OK ? 0 : frame_count),
          "a reserve is not used up, or is used by a call that fails");
    CHECK(bench->allocation_count == frame_count, "the allocator is asked beside a reserve");
    return result;
}

/*
 * Each allocation fails once, and each reserve that is too small is tried; every level must be
 * named as often as it needs a frame. A reserve that is just large enough must do.
 */
static void check_failures(struct tiny_bench *bench, const struct tiny_start *start,
                           const struct tiny_operation *operation,
                           const struct tiny_forecast *forecast)
{
    const unsigned needed = forecast->new_tables[0];
    unsigned named[TINY_LEVELS + 1] = {0};
    const char *complaint;

    for (unsigned i = 0; i < 2 * needed; i++) {
        enum hoist_result result;

        tiny_load(bench, &start->memory);
        result = i < needed ? call_with_allocator(bench, operation, i)
                            : call_with_reserve(bench, operation, i - needed);
        CHECK(result >= HOIST_NO_FRAME_FOR_PT && result <= HOIST_NO_FRAME_FOR_PDPT,
              "a lack of frames is not the answer");
        named[result - HOIST_NO_FRAME_FOR_PT + 1] += 1;
        CHECK(tiny_is_unchanged(bench, &start->memory),
              "a lack of frames has changed the tables, or a frame is lost");
        CHECK(bench->flush_count == 0, "something was flushed where nothing was changed");
        tiny_tally.failures++;
    }
    for (unsigned level = 1; level <= TINY_LEVELS; level++) {
        CHECK(named[level] == 2 * forecast->new_tables[level],
              "a lack of frames names another level than the model");
    }
    tiny_load(bench, &start->memory);
    CHECK(call_with_reserve(bench, operation, needed) == forecast->result,
          "a reserve that is just large enough does not do");
    complaint = tiny_compare(&bench->memory, bench->space.root, &forecast->after);
    CHECK(complaint == NULL, complaint);
    tiny_load(bench, &start->memory);
}

/* The call, and all that is true after it. */
static void check_call(struct tiny_bench *bench, const struct tiny_start *start,
                       const struct tiny_operation *operation, const struct tiny_forecast *forecast)
{
    CHECK(tiny_call(&bench->space, operation) == forecast->result, "the answer is not the model's");
    CHECK(bench->allocation_count == forecast->new_tables[0],
          "not as many frames were taken as counted");
    if (memcmp(&start->state, &forecast->after, sizeof start->state) == 0) {
        CHECK(tiny_is_untouched(bench, &start->memory), "tables were changed that should not be");
        CHECK(bench->flush_count == 0, "something was flushed where nothing was changed");
    } else {
        const char *complaint = tiny_compare(&bench->memory, bench->space.root, &forecast->after);

        CHECK(complaint == NULL, complaint);
        CHECK(tiny_guards_are_whole(&bench->memory), "something was written behind a table");
    }
}

/* The same, with a CPU that looks on. */
static void check_watched_call(struct tiny_bench *bench, const struct tiny_start *start,
                               const struct tiny_operation *operation,
                               const struct tiny_forecast *forecast)
{
    struct tiny_cpu cpu = {
        .operation = operation, .before = &start->state, .after = &forecast->after};

    tiny_cpu_watch(bench, &cpu);
    check_call(bench, start, operation, forecast);
    tiny_cpu_end(bench);
}

/*
 * A range in use is mapped again in the same way, but where a table would have to give way to a
 * leaf: the moment between the two would be one without a mapping.
 */
static void check_in_use(struct tiny_bench *bench, const struct tiny_start *start,
                         const struct tiny_operation *operation,
                         const struct tiny_forecast *forecast)
{
    struct tiny_operation in_use = *operation;
    struct tiny_forecast expected = *forecast;

    for (unsigned table = 0; table < TINY_TABLES; table++) {
        if (start->state.table[table] != 0 && forecast->after.table[table] == 0) {
            expected = (struct tiny_forecast){.result = HOIST_RANGE_IN_USE, .after = start->state};
        }
    }
    in_use.use = HOIST_RANGE_LIVE;
    tiny_story.now = &in_use;
    check_watched_call(bench, start, &in_use, &expected);
    tiny_story.now = operation;
    tiny_load(bench, &start->memory);
}

void tiny_try(struct tiny_bench *bench, const struct tiny_start *start,
              const struct tiny_operation *operation, enum tiny_care care,
              struct tiny_forecast *forecast)
{
    tiny_story.now = operation;
    tiny_predict(&start->state, operation, forecast);
    tiny_load(bench, &start->memory);
    check_count(bench, operation, forecast);
    if (care == TINY_THOROUGH) {
        CHECK(tiny_is_untouched(bench, &start->memory), "counting has changed the tables");
        check_failures(bench, start, operation, forecast);
        if (operation->kind == TINY_REMAP) {
            check_in_use(bench, start, operation, forecast);
        }
    }
    if (care == TINY_RESULT_ALONE) {
        check_call(bench, start, operation, forecast);
    } else {
        check_watched_call(bench, start, operation, forecast);
    }
    tiny_tally.operations++;
    tiny_tally.refusals += forecast->result != HOIST_OK;
}
