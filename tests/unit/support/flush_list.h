/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Assertions on what a change has listed to be flushed. Include cmocka.h first.
 */
#ifndef TEST_FLUSH_LIST_H
#define TEST_FLUSH_LIST_H

#include "paging_fixture.h"

static inline void assert_range(const struct hoist_flush *flush, unsigned index, uint64_t va,
                                uint64_t page_count, uint64_t page_bytes)
{
    assert_true(index < flush->range_count);
    assert_int_equal(flush->ranges[index].va, va);
    assert_int_equal(flush->ranges[index].page_count, page_count);
    assert_int_equal(flush->ranges[index].page_bytes, page_bytes);
}

/* The list is this one range, and no more. */
static inline void assert_lists(const struct hoist_flush *flush, uint64_t va, uint64_t page_count,
                                uint64_t page_bytes)
{
    assert_int_equal(flush->range_count, 1);
    assert_false(flush->is_everything);
    assert_range(flush, 0, va, page_count, page_bytes);
}

static inline void assert_lists_nothing(const struct hoist_flush *flush)
{
    assert_int_equal(flush->range_count, 0);
    assert_false(hoist_flush_is_needed(flush));
    assert_false(flush->has_global);
    assert_int_equal(flush->freed.frame_count, 0);
}

/* One call of hooks->flush since remember(), with this one range. */
static inline void assert_flushed_once(struct fixture *f, uint64_t va, uint64_t page_count,
                                       uint64_t page_bytes)
{
    assert_int_equal(f->arena.flush_count, 1);
    assert_lists(&f->arena.flush[0], va, page_count, page_bytes);
}

static inline void assert_flushed_nothing(struct fixture *f)
{
    assert_int_equal(f->arena.flush_count, 0);
}

/* Whether an invlpg of what is listed falls into the page. */
static inline bool flush_reaches(const struct hoist_flush *flush, uint64_t va, uint64_t page_bytes)
{
    for (unsigned i = 0; i < flush->range_count; i++) {
        const struct hoist_flush_range *range = &flush->ranges[i];

        for (uint64_t n = 0; n < range->page_count; n++) {
            if (range->va + n * range->page_bytes - va < page_bytes) {
                return true;
            }
        }
    }
    return flush->is_everything;
}

#endif
