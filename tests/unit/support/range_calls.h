/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls on ranges with plain numbers, for the cmocka programs about paging/. Each holds the
 * count of frames against what the call then takes. Include cmocka.h first.
 */
#ifndef TEST_RANGE_CALLS_H
#define TEST_RANGE_CALLS_H

#include "flush_list.h"
#include "paging_fixture.h"

static inline struct hoist_range range_of(uint64_t va, uint64_t size)
{
    return hoist_range_of(hoist_va_of(va), size);
}

static inline struct hoist_extent extent_of(uint64_t va, uint64_t pa, uint64_t size)
{
    return hoist_extent_of(hoist_va_of(va), hoist_pa_of(pa), size);
}

/* What was counted has been taken, if the call succeeded; the count's answer is the call's. */
static inline enum hoist_result check_count(struct fixture *f, uint64_t taken_before,
                                            enum hoist_result counted, uint64_t frame_count,
                                            enum hoist_result result)
{
    if (result == HOIST_OK) {
        assert_int_equal(counted, HOIST_OK);
        assert_int_equal(f->arena.allocated_count - taken_before,
                         f->space.frames == NULL ? frame_count : 0);
    } else if (counted != HOIST_OK) {
        assert_int_equal(result, counted);
        assert_int_equal(frame_count, 77);
    }
    return result;
}

static inline enum hoist_result remap_bytes(struct fixture *f, struct hoist_extent extent,
                                            struct hoist_access access,
                                            enum hoist_leaf_size largest, enum hoist_use use)
{
    const uint64_t taken = f->arena.allocated_count;
    uint64_t frame_count = 77;
    const enum hoist_result counted =
        hoist_count_remap(&f->space, &extent, access, largest, &frame_count);
    const enum hoist_result result = hoist_remap(&f->space, &extent, access, largest, use);

    /* Counting does not know whether the range is in use. */
    return result == HOIST_RANGE_IN_USE ? result
                                        : check_count(f, taken, counted, frame_count, result);
}

static inline enum hoist_result protect_bytes(struct fixture *f, uint64_t va, uint64_t size,
                                              struct hoist_access access)
{
    const struct hoist_range range = range_of(va, size);
    const uint64_t taken = f->arena.allocated_count;
    uint64_t frame_count = 77;
    const enum hoist_result counted = hoist_count_protect(&f->space, &range, access, &frame_count);

    return check_count(f, taken, counted, frame_count, hoist_protect(&f->space, &range, access));
}

static inline enum hoist_result unmap_bytes(struct fixture *f, uint64_t va, uint64_t size,
                                            enum hoist_tables tables)
{
    const struct hoist_range range = range_of(va, size);
    const uint64_t taken = f->arena.allocated_count;
    uint64_t frame_count = 77;
    const enum hoist_result counted = hoist_count_unmap(&f->space, &range, &frame_count);

    return check_count(f, taken, counted, frame_count, hoist_unmap(&f->space, &range, tables));
}

static inline enum hoist_result split_bytes(struct fixture *f, uint64_t va, uint64_t size,
                                            enum hoist_leaf_size largest)
{
    const struct hoist_range range = range_of(va, size);
    const uint64_t taken = f->arena.allocated_count;
    uint64_t frame_count = 77;
    const enum hoist_result counted = hoist_count_split(&f->space, &range, largest, &frame_count);

    return check_count(f, taken, counted, frame_count, hoist_split(&f->space, &range, largest));
}

static inline enum hoist_result merge_bytes(struct fixture *f, uint64_t va, uint64_t size)
{
    const struct hoist_range range = range_of(va, size);
    const uint64_t taken = f->arena.allocated_count;
    const enum hoist_result result = hoist_merge(&f->space, &range);

    assert_int_equal(f->arena.allocated_count, taken);
    return result;
}

static inline enum hoist_result collapse_bytes(struct fixture *f, uint64_t va, uint64_t size)
{
    const struct hoist_range range = range_of(va, size);
    const uint64_t taken = f->arena.allocated_count;
    const enum hoist_result result = hoist_collapse(&f->space, &range);

    assert_int_equal(f->arena.allocated_count, taken);
    return result;
}

/*
 * The call is refused with each of the frames lacking that it would take: the n-th names a table,
 * and nothing changes. `call` is then still to be done.
 */
#define assert_all_or_nothing(f, frame_count, call)                                   \
    do {                                                                              \
        for (uint64_t n_ = 1; n_ <= (frame_count); n_++) {                            \
            enum hoist_result answer_;                                                \
                                                                                      \
            remember(f);                                                              \
            (f)->arena.fail_in = n_;                                                  \
            answer_ = (call);                                                         \
            (f)->arena.fail_in = 0;                                                   \
            assert_in_range(answer_, HOIST_NO_FRAME_FOR_PT, HOIST_NO_FRAME_FOR_PML5); \
            assert_unchanged(f);                                                      \
            assert_flushed_nothing(f);                                                \
        }                                                                             \
    } while (0)

/* The space collects in *list until assert_collected or a flush. */
static inline void collect(struct fixture *f, struct hoist_flush *list)
{
    *list = (struct hoist_flush){0};
    f->space.flush = list;
}

#endif
