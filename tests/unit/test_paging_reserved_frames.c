/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames that the caller had beforehand, so that no change calls the allocator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA hoist_kernel_data()

static bool allocate_nothing(void *context, struct hoist_frame_4k *frame)
{
    (void)context;
    (void)frame;
    fail_msg("the allocator was called");
    return false;
}

static struct hoist_hooks hooks;

/* The space takes `count` frames from the reserve from now on, and none from the allocator. */
static void reserve_frames(struct fixture *f, struct hoist_reserve *reserve, unsigned count)
{
    *reserve = (struct hoist_reserve){0};
    for (unsigned i = 0; i < count; i++) {
        struct hoist_frame_4k frame;

        assert_true(arena_hooks.allocate_table(&f->arena, &frame));
        hoist_reserve_add(&f->space, reserve, frame);
    }
    hooks = arena_hooks;
    hooks.allocate_table = allocate_nothing;
    f->space.hooks = &hooks;
    f->space.frames = reserve;
}

static void what_is_put_in_comes_out_once_each(void **state)
{
    struct fixture *f = *state;
    struct hoist_reserve reserve;
    struct hoist_frame_4k frame = {77};
    uint64_t sum = 0;

    reserve_frames(f, &reserve, 5);
    assert_int_equal(reserve.frame_count, 5);
    for (unsigned i = 0; i < 5; i++) {
        assert_true(hoist_reserve_take(&f->space, &reserve, &frame));
        sum += (frame.pa - ARENA_FIRST_PA) / ARENA_STRIDE;
        arena_hooks.free_table(&f->arena, frame);
    }
    assert_int_equal(sum, 0 + 1 + 2 + 3 + 4);
    frame.pa = 77;
    assert_false(hoist_reserve_take(&f->space, &reserve, &frame));
    assert_int_equal(frame.pa, 77);
    assert_int_equal(reserve.frame_count, 0);
    assert_int_equal(arena_held(&f->arena), 0);
}

static void a_mapping_takes_what_was_counted_and_leaves_the_rest(void **state)
{
    struct fixture *f = *state;
    struct hoist_reserve reserve;

    reserve_frames(f, &reserve, 7);
    assert_int_equal(map_bytes(f, HALF, 0, 3 * MIB, DATA, HOIST_LEAF_1G), HOIST_OK);
    assert_int_equal(reserve.frame_count, 3);
    assert_leaves(f, 256, 1, 0);
    assert_int_equal(map_bytes(f, HALF + 3 * MIB, GIB, MIB, DATA, HOIST_LEAF_1G), HOIST_OK);
    assert_int_equal(reserve.frame_count, 3);
}

static void one_frame_too_few_changes_neither_tables_nor_reserve(void **state)
{
    static const enum hoist_result lacking[] = {HOIST_NO_FRAME_FOR_PML4, HOIST_NO_FRAME_FOR_PDPT,
                                                HOIST_NO_FRAME_FOR_PD, HOIST_NO_FRAME_FOR_PT};
    struct fixture *f = *state;
    struct hoist_reserve reserve;

    for (unsigned count = 0; count < 4; count++) {
        fixture_restart(f, fixture_cpu(4));
        reserve_frames(f, &reserve, count);
        assert_refused(f, map_bytes(f, HALF, 0, 0x1000, DATA, 1), lacking[count]);
        assert_int_equal(reserve.frame_count, count);
    }
}

/* `call` needs `count` frames: it is refused with one less, and done with as many. */
#define assert_takes(f, count, call)                                              \
    do {                                                                          \
        const struct hoist_hooks *hooks_ = (f)->space.hooks;                      \
        struct hoist_reserve reserve_;                                            \
        enum hoist_result answer_;                                                \
                                                                                  \
        reserve_frames(f, &reserve_, (count)-1);                                  \
        remember(f);                                                              \
        answer_ = (call);                                                         \
        assert_in_range(answer_, HOIST_NO_FRAME_FOR_PT, HOIST_NO_FRAME_FOR_PML5); \
        assert_unchanged(f);                                                      \
        assert_int_equal(reserve_.frame_count, (count)-1);                        \
        reserve_frames(f, &reserve_, count);                                      \
        assert_int_equal(call, HOIST_OK);                                         \
        assert_int_equal(reserve_.frame_count, 0);                                \
        (f)->space.hooks = hooks_;                                                \
        (f)->space.frames = NULL;                                                 \
    } while (0)

static void every_change_takes_from_the_reserve(void **state)
{
    struct fixture *f = *state;
    const struct hoist_range part = range_of(HALF + 0x1000, 0x1000);
    const struct hoist_extent other = extent_of(HALF + 4 * MIB + 0x1000, 0, 0x1000);
    const struct hoist_page_4k page = page_4k(f, HALF + GIB + 0x5000);
    struct hoist_frame_4k frame;
    struct hoist_pt pt;

    assert_int_equal(map_bytes(f, HALF, 0, 16 * MIB, DATA, HOIST_LEAF_2M), HOIST_OK);
    assert_int_equal(map_bytes(f, HALF + GIB, 0, 3 * GIB, DATA, HOIST_LEAF_1G), HOIST_OK);
    assert_takes(f, 1, hoist_protect(&f->space, &part, hoist_kernel_text()));
    assert_takes(f, 1, hoist_remap(&f->space, &other, DATA, HOIST_LEAF_4K, HOIST_RANGE_LIVE));
    assert_takes(f, 1, unmap_bytes(f, HALF + 8 * MIB, 0x1000, HOIST_DROP_TABLES));
    assert_takes(f, 1, split_bytes(f, HALF + 12 * MIB, 0x1000, HOIST_LEAF_4K));
    assert_takes(f, 2, hoist_unmap_4k(&f->space, page, &frame));
    assert_takes(f, 2,
                 hoist_protect_4k(&f->space, page_4k(f, HALF + 2 * GIB), hoist_kernel_text()));
    assert_takes(f, 2, hoist_ensure_chain_4k(&f->space, page_4k(f, HALF + 3 * GIB), DATA, &pt));
    assert_takes(f, 2, hoist_map_4k(&f->space, page_4k(f, HALF + 5 * GIB), frame_4k(f, 0), DATA));
}

static void a_space_that_shares_and_a_filled_root_take_from_it_too(void **state)
{
    struct fixture *f = *state;
    struct hoist_reserve reserve;
    struct hoist_space sharing;

    reserve_frames(f, &reserve, 258);
    assert_int_equal(hoist_fill_upper_root(&f->space), HOIST_OK);
    assert_int_equal(reserve.frame_count, 1);
    assert_int_equal(hoist_space_init_sharing(&sharing, &f->space), HOIST_OK);
    assert_int_equal(reserve.frame_count, 0);
    assert_refused(f, hoist_space_init_sharing(&sharing, &f->space), HOIST_NO_FRAME_FOR_PML4);
}

static void tables_out_of_use_go_back_to_the_allocator_and_not_into_the_reserve(void **state)
{
    struct fixture *f = *state;
    struct hoist_reserve reserve;

    reserve_frames(f, &reserve, 6);
    assert_int_equal(map_bytes(f, HALF, 0, 0x1000, DATA, 1), HOIST_OK);
    assert_int_equal(unmap_bytes(f, HALF, GIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_int_equal(reserve.frame_count, 2);
    assert_int_equal(arena_held(&f->arena), 2 + 2);
}

/* An allocator that itself maps memory in the space, as one may that has a reserve for it. */
static struct {
    struct fixture *f;
    struct hoist_reserve reserve;
    uint64_t next_va;
} mapping;

static bool allocate_and_map(void *context, struct hoist_frame_4k *frame)
{
    struct hoist_space *space = &mapping.f->space;
    struct hoist_reserve *before = space->frames;
    struct hoist_extent extent = extent_of(mapping.next_va, 0, 0x1000);
    enum hoist_result result;

    space->frames = &mapping.reserve;
    result = hoist_map(space, &extent, DATA, HOIST_LEAF_4K);
    space->frames = before;
    mapping.next_va += 0x1000;
    return result == HOIST_OK && arena_hooks.allocate_table(context, frame);
}

static void an_allocator_may_map_memory_before_a_change_by_the_reserve(void **state)
{
    struct fixture *f = *state;
    struct hoist_frame_4k frame;

    mapping.f = f;
    mapping.next_va = HALF;
    reserve_frames(f, &mapping.reserve, 4);
    for (unsigned i = 0; i < 3; i++) {
        assert_true(allocate_and_map(&f->arena, &frame));
        hoist_reserve_add(&f->space, &mapping.reserve, frame);
    }
    assert_int_equal(map_bytes(f, GIB, 0, 0x1000, DATA, 1), HOIST_OK);
    assert_leaves(f, 4, 0, 0);
    assert_int_equal(mapping.reserve.frame_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(what_is_put_in_comes_out_once_each),
        test_of(a_mapping_takes_what_was_counted_and_leaves_the_rest),
        test_of(one_frame_too_few_changes_neither_tables_nor_reserve),
        test_of(every_change_takes_from_the_reserve),
        test_of(a_space_that_shares_and_a_filled_root_take_from_it_too),
        test_of(tables_out_of_use_go_back_to_the_allocator_and_not_into_the_reserve),
        test_of(an_allocator_may_map_memory_before_a_change_by_the_reserve),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
