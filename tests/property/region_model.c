/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random operations on random address spaces, each held against a flat model (space_model.h) before
 * and after, by a judge that shares no code with the library (space_judge.h).
 *
 * Environment: HOIST_SEED (any number), HOIST_OPERATIONS (how many, 100000).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "property.h"
#include "space_chain.h"
#include "space_judge.h"
#include "space_model.h"
#include "space_request.h"

#define SPACE_FRAMES 50u /* a space that grew larger than this is given up for a new one */
#define LEAF_BUDGET  2000u

static struct arena arena;
static struct arena_snapshot before;
static struct hoist_space space;

static struct {
    uint64_t maps, refusals, conflicts, out_of_memory, chains, splits, leaves, plans;
    uint64_t narrowings, spaces, frames;
} done;

static void remember(void)
{
    arena_snapshot_take(&before, &arena, &space);
}

static void check_unchanged(void)
{
    CHECK(arena_is_unchanged(&before, &arena, &space));
}

static enum hoist_result map_now(const struct request *request)
{
    return hoist_map(&space, &request->extent, request->access,
                     (enum hoist_leaf_size)request->largest);
}

/* The forecast's result with and without frames; leaves the model as the space is. */
static void map_as_forecast(const struct request *request)
{
    const uint64_t held = arena_held(&arena);

    if (forecast.new_count != 0 && forecast.result == HOIST_OK && one_in(4)) {
        const uint64_t n = 1 + random_below(forecast.new_count);

        remember();
        arena.fail_in = n;
        CHECK(map_now(request) == model_lacking(n));
        arena.fail_in = 0;
        check_unchanged();
        done.out_of_memory++;
    }
    if (forecast.result != HOIST_OK) {
        remember();
        CHECK(map_now(request) == forecast.result);
        check_unchanged();
        done.conflicts++;
        return;
    }
    CHECK(map_now(request) == HOIST_OK);
    CHECK(arena_held(&arena) - held == forecast.new_count);
    done.frames += forecast.new_count;
    model_apply_map(request->access);
    done.maps++;
}

static void forecast_request(const struct request *request)
{
    model_forecast_begin();
    model_forecast_map(request->extent.va.value, request->extent.pa.value,
                       request->extent.size_bytes, request->access, request->largest);
}

static void do_map(void)
{
    const struct request request = request_make();
    struct hoist_count count = {0};

    property.step = "map";
    forecast_request(&request);
    if (forecast.is_too_large) {
        return;
    }
    CHECK(hoist_count_map(&space, &count, &request.extent, request.access,
                          (enum hoist_leaf_size)request.largest) == forecast.result);
    CHECK(forecast.result != HOIST_OK || count.frame_count == forecast.new_count);
    CHECK(forecast.result != HOIST_OK ||
          memcmp(count.of_level, forecast.of_level, sizeof forecast.of_level) == 0);
    map_as_forecast(&request);
}

/* Several ranges, counted together in ascending order, then mapped. */
static void do_plan(void)
{
    struct request plan[4];
    unsigned part_count = 0;
    struct hoist_count count = {0};
    const uint64_t held = arena_held(&arena);
    uint64_t va = request_va();

    property.step = "plan";
    while (part_count < 4) {
        struct request request = request_make();
        uint64_t size = request.extent.size_bytes;

        if (request_room_above(va) <= KIB4) {
            break;
        }
        if (size > request_room_above(va)) {
            size = request_room_above(va);
        }
        request.extent = hoist_extent_of(hoist_va_of(va), hoist_pa_of(request_pa(va, size)), size);
        forecast_request(&request);
        if (forecast.is_too_large || forecast.result != HOIST_OK) {
            break;
        }
        CHECK(hoist_count_map(&space, &count, &request.extent, request.access,
                              (enum hoist_leaf_size)request.largest) == HOIST_OK);
        CHECK(hoist_count_map(&space, &count, &request.extent, request.access,
                              (enum hoist_leaf_size)request.largest) == HOIST_OUT_OF_ORDER);
        plan[part_count++] = request;
        va += size;
        if (va == 0 || va == model_lower_end()) {
            break;
        }
        if (one_in(2) && request_room_above(va) > 2 * MIB2) {
            va += (1 + random_below(600)) * KIB4;
        }
    }
    for (unsigned i = part_count; i-- > 0;) {
        /* What a later part made may be in this part's way, as tables; both ways of leaves are
         * right. */
        forecast_request(&plan[i]);
        if (forecast.is_too_large) {
            return;
        }
        CHECK(forecast.result == HOIST_OK);
        CHECK(map_now(&plan[i]) == HOIST_OK);
        model_apply_map(plan[i].access);
    }
    CHECK(arena_held(&arena) - held == count.frame_count);
    done.frames += count.frame_count;
    done.plans++;
}

/* One argument is wrong in one way. */
static void do_refusal(void)
{
    struct request request = request_make();
    const enum hoist_result expected = request_spoil(&request);
    struct hoist_count count = {0};

    property.step = "refusal";
    if (expected == HOIST_OK) {
        return;
    }
    remember();
    CHECK(map_now(&request) == expected);
    CHECK(hoist_count_map(&space, &count, &request.extent, request.access,
                          (enum hoist_leaf_size)request.largest) == expected);
    CHECK(count.frame_count == 0 && count.last_va == 0);
    check_unchanged();
    done.refusals++;
}

static void do_chain(void)
{
    const unsigned target = 1 + (unsigned)random_below(model.cpu.has_1g_pages ? 3 : 2);
    const uint64_t mask = ~(model_bytes_of(target) - 1);
    const uint64_t va = request_va() & mask;
    const uint64_t pa = request_pa(va, model_bytes_of(target)) & mask;
    const struct hoist_access access = request_access(va);
    const struct chain_leaf leaf = {va, pa, target, access};
    union chain_handle handle = {0};
    enum hoist_result expected;

    property.step = "chain";
    model_forecast_chain(va, target, access);
    if (forecast.new_count != 0 && one_in(4)) {
        const uint64_t n = 1 + random_below(forecast.new_count);

        remember();
        arena.fail_in = n;
        CHECK(chain_ensure(&space, &leaf, &handle) == model_lacking(n));
        arena.fail_in = 0;
        check_unchanged();
        done.out_of_memory++;
    }
    CHECK(chain_ensure(&space, &leaf, &handle) == HOIST_OK);
    done.frames += forecast.new_count;
    done.splits += model_apply_chain(va, target, access);
    done.chains++;
    if (one_in(5)) {
        return;
    }
    property.step = "leaf";
    expected = model_forecast_leaf(va, pa, target, access);
    if (expected != HOIST_OK || model_stretch_at(va) != NULL) {
        remember();
        CHECK(chain_set_leaf(&space, &leaf, &handle) == expected);
        check_unchanged();
        return;
    }
    CHECK(chain_set_leaf(&space, &leaf, &handle) == HOIST_OK);
    model_add_leaf(va, pa, target, access);
    done.leaves++;
}

/* What other software and the CPU do to tables: take rights from a link, set A and D. */
static void do_narrow(void)
{
    const struct stretch *stretch;
    uint64_t va;
    uint64_t *entries;
    unsigned level;
    unsigned link;

    property.step = "narrow";
    if (model.stretch_count == 0) {
        return;
    }
    stretch = &model.stretches[random_below(model.stretch_count)];
    va = stretch->first;
    link = stretch->level + 1 + (unsigned)random_below(model.cpu.levels - stretch->level);
    entries = arena_at(&arena, space.root & UINT64_C(0x000ffffffffff000));
    for (level = model.cpu.levels;; level--) {
        uint64_t *entry = &entries[va / model_bytes_of(level) % 512];

        *entry |= 0x20;
        if (level == link) {
            struct table *table = model_table(va, level - 1);

            *entry &= ~(UINT64_C(2) | (one_in(2) ? UINT64_C(4) : 0));
            if (model.cpu.has_nx && one_in(2)) {
                *entry |= UINT64_C(1) << 63;
            }
            table->rights = ((*entry & 2) != 0 ? LINK_WRITE : 0u) |
                            ((*entry & 4) != 0 ? LINK_USER : 0u) |
                            (*entry >> 63 == 0 ? LINK_EXECUTE : 0u);
        }
        if (level == stretch->level) {
            *entry |= 0x40;
            break;
        }
        entries = arena_at(&arena, *entry & UINT64_C(0x000ffffffffff000));
    }
    done.narrowings++;
}

static void begin_space(void)
{
    static const uint8_t widths[] = {36, 40, 46, 52};

    model.cpu.levels = one_in(2) ? 4 : 5;
    model.cpu.physical_bits = widths[random_below(4)];
    model.cpu.has_1g_pages = !one_in(3);
    model.cpu.has_nx = !one_in(4);
    model.cpu.accept_missing_nx = one_in(2);
    model.stretch_count = 0;
    model.table_count = 0;
    arena_reset(&arena);
    CHECK(hoist_space_init(&space, &model.cpu, &arena_hooks, &arena) == HOIST_OK);
    done.spaces++;
}

static void do_operation(void)
{
    const uint64_t choice = random_below(20);

    if (choice < 10) {
        do_map();
    } else if (choice < 15) {
        do_chain();
    } else if (choice < 17) {
        do_refusal();
    } else if (choice < 19) {
        do_plan();
    } else {
        do_narrow();
    }
    property.step = "check";
    judge_everything(&arena, &space, 0);
    if (one_in(3)) {
        judge_visit(&space);
    }
    for (unsigned i = 0; i < 3; i++) {
        judge_query(&arena, &space, request_va() + random_below(KIB4));
    }
    judge_query(&arena, &space, random_number());
    if (one_in(8)) {
        const uint64_t a = request_va();
        const uint64_t b = request_va() + random_below(KIB4);

        judge_partial_visit(&space, a < b ? a : b, a < b ? b : a);
    }
}

static void print_done(void)
{
    printf("# %" PRIu64 " operations on %" PRIu64 " spaces, %" PRIu64 " frames taken\n",
           property.operation_count, done.spaces, done.frames);
    printf("# %" PRIu64 " maps, %" PRIu64 " conflicts, %" PRIu64 " refusals, %" PRIu64 " plans\n",
           done.maps, done.conflicts, done.refusals, done.plans);
    printf("# %" PRIu64 " chains, %" PRIu64 " splits, %" PRIu64 " leaves, %" PRIu64
           " out of memory, %" PRIu64 " links narrowed\n",
           done.chains, done.splits, done.leaves, done.out_of_memory, done.narrowings);
}

int main(void)
{
    uint64_t left_in_space = 0;

    property_begin("region mapping agrees with a flat model", 100000);
    arena_open(&arena);
    arena_snapshot_open(&before);
    for (; property.operation < property.operation_count; property.operation++) {
        if (left_in_space-- == 0 || model.table_count > SPACE_FRAMES ||
            judge_leaf_count() > LEAF_BUDGET) {
            begin_space();
            left_in_space = 5 + random_below(60);
        }
        do_operation();
    }
    print_done();
    printf("ok 1 - %s\n", property.name);
    arena_snapshot_close(&before);
    arena_close(&arena);
    return 0;
}
