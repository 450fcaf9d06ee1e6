/* SPDX-License-Identifier: BSD-2-Clause */
/* What a cursor is for: neighbours without a walk. And that it forgets in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "range_calls.h"

static unsigned reach_count;

static void *counted_table_at(void *context, struct hoist_frame_4k frame)
{
    reach_count++;
    return arena_hooks.table_at(context, frame);
}

/* The arena's, but that each way to a table is counted. */
static struct hoist_hooks counting_hooks(bool has_flush)
{
    struct hoist_hooks hooks = arena_hooks;

    hooks.table_at = counted_table_at;
    hooks.flush = has_flush ? arena_hooks.flush : NULL;
    return hooks;
}

static enum hoist_result map_at(struct hoist_cursor *cursor, struct fixture *f, uint64_t va,
                                uint64_t pa, struct hoist_access access)
{
    return hoist_cursor_map(cursor, page_4k(f, va), frame_4k(f, pa), access);
}

static enum hoist_result protect_at(struct hoist_cursor *cursor, struct fixture *f, uint64_t va,
                                    struct hoist_access access)
{
    return hoist_cursor_protect(cursor, page_4k(f, va), access);
}

static uint64_t unmap_at(struct hoist_cursor *cursor, struct fixture *f, uint64_t va)
{
    struct hoist_frame_4k frame = {1};

    assert_int_equal(hoist_cursor_unmap(cursor, page_4k(f, va), &frame), HOIST_OK);
    return frame.pa;
}

static void the_first_page_of_a_table_costs_a_walk_and_its_neighbours_none(void **state)
{
    struct fixture *f = *state;
    const struct hoist_hooks hooks = counting_hooks(false);
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);

    /* A space that has freed a table already is none the worse for it. */
    assert_int_equal(put_4k(f, 0, 0, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(unmap_bytes(f, 0, GIB, HOIST_DROP_TABLES), HOIST_OK);
    f->space.hooks = &hooks;
    for (unsigned table = 0; table < 2; table++) {
        for (unsigned i = 0; i < 512; i++) {
            const uint64_t offset = (table * 512 + i) * 4 * KIB;

            reach_count = 0;
            assert_int_equal(map_at(&cursor, f, HALF + offset, GIB + offset, hoist_kernel_data()),
                             HOIST_OK);
            assert_true(i == 0 ? reach_count != 0 : reach_count == 0);
        }
    }
    assert_mapped(f, HALF, GIB, 4 * MIB);
}

static void a_cursor_that_only_protects_or_only_unmaps_walks_once_a_table(void **state)
{
    struct fixture *f = *state;
    const struct hoist_hooks hooks = counting_hooks(false);
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);

    assert_int_equal(map_bytes(f, 0, GIB, 4 * MIB, hoist_kernel_data(), HOIST_LEAF_4K), HOIST_OK);
    f->space.hooks = &hooks;
    for (uint64_t va = 0; va < 4 * MIB; va += 4 * KIB) {
        reach_count = 0;
        assert_int_equal(protect_at(&cursor, f, va, hoist_kernel_rodata()), HOIST_OK);
        assert_true(va % (2 * MIB) == 0 ? reach_count != 0 : reach_count == 0);
        assert_int_equal(*entry_at(f, va, 1), (GIB + va) | P | NX);
    }
    cursor = hoist_cursor_of(&f->space);
    for (uint64_t va = 0; va < 4 * MIB; va += 4 * KIB) {
        reach_count = 0;
        assert_int_equal(unmap_at(&cursor, f, va), GIB + va);
        assert_true(va % (2 * MIB) == 0 ? reach_count != 0 : reach_count == 0);
    }
    assert_leaves(f, 0, 0, 0);
}

static void where_nobody_listens_protecting_is_as_exact(void **state)
{
    struct fixture *f = *state;
    const struct hoist_hooks hooks = counting_hooks(false);
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);

    f->space.hooks = &hooks;
    assert_int_equal(map_at(&cursor, f, 0, 0x7000, hoist_kernel_rodata()), HOIST_OK);
    assert_int_equal(map_at(&cursor, f, 0x1000, 0x9000, hoist_kernel_data()), HOIST_OK);
    *entry_at(f, 0, 1) |= A | D;
    assert_int_equal(protect_at(&cursor, f, 0, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(*entry_at(f, 0, 1), 0x7000 | P | W | A | D | NX);
    assert_refused(f, protect_at(&cursor, f, 0x2000, hoist_kernel_data()), HOIST_NOT_MAPPED);
    assert_int_equal(unmap_at(&cursor, f, 0), 0x7000);
    assert_refused(f, protect_at(&cursor, f, 0, hoist_kernel_data()), HOIST_NOT_MAPPED);
}

static void what_is_listened_for_is_flushed_for_neighbours_too(void **state)
{
    struct fixture *f = *state;
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);

    for (uint64_t va = 0; va < 0x4000; va += 0x1000) {
        assert_int_equal(map_at(&cursor, f, va, va, hoist_kernel_data()), HOIST_OK);
    }
    for (uint64_t va = 0; va < 0x4000; va += 0x1000) {
        remember(f);
        assert_int_equal(protect_at(&cursor, f, va, hoist_kernel_rodata()), HOIST_OK);
        assert_flushed_once(f, va, 1, 4 * KIB);
        remember(f);
        assert_int_equal(unmap_at(&cursor, f, va), va);
        assert_flushed_once(f, va, 1, 4 * KIB);
    }
}

/* Nothing may be granted in one table because it was in another. */
static void the_links_of_each_table_are_looked_at(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access user = rights_of(HOIST_READ | HOIST_WRITE | HOIST_USER);
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);

    assert_int_equal(map_bytes(f, 2 * MIB, 0, 8 * KIB, hoist_kernel_data(), HOIST_LEAF_4K),
                     HOIST_OK);
    assert_int_equal(map_at(&cursor, f, 0, 0, user), HOIST_OK);
    assert_int_equal(unmap_at(&cursor, f, 2 * MIB), 0);
    assert_int_equal(map_at(&cursor, f, 2 * MIB, 0x5000, user), HOIST_OK);
    assert_true(leaf_at(f, 2 * MIB).may_be_used_by_user);
    assert_int_equal(unmap_at(&cursor, f, 0), 0);
    *entry_at(f, 2 * MIB, 2) &= ~U;
    cursor = hoist_cursor_of(&f->space);
    assert_int_equal(map_at(&cursor, f, 0, 0, user), HOIST_OK);
    assert_int_equal(unmap_at(&cursor, f, 2 * MIB + 0x1000), 0x1000);
    assert_int_equal(protect_at(&cursor, f, 2 * MIB, user), HOIST_OK);
    assert_true(leaf_at(f, 2 * MIB).may_be_used_by_user);
}

static void an_access_that_cannot_be_is_refused_in_a_remembered_table_too(void **state)
{
    struct fixture *f = *state;
    struct hoist_access bad = hoist_kernel_data();
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);

    bad.cache = HOIST_CACHE_LIMIT;
    assert_int_equal(map_at(&cursor, f, 0, 0, hoist_kernel_data()), HOIST_OK);
    for (unsigned i = 0; i < 2; i++) {
        assert_refused(f, map_at(&cursor, f, 0x1000, 0, bad), HOIST_BAD_ACCESS);
        assert_refused(f, protect_at(&cursor, f, 0, bad), HOIST_BAD_ACCESS);
    }
}

/* Frames that are free now look like tables with nothing in them. */
static void make_freed_frames_tempting(struct fixture *f)
{
    for (unsigned i = 0; i < ARENA_FRAME_COUNT; i++) {
        if (f->arena.state[i] == ARENA_FREE) {
            memset(f->arena.memory + (size_t)i * 4096, 0, 4096);
        }
    }
}

static enum hoist_result take_the_table_away(struct fixture *f, unsigned way)
{
    const struct hoist_range range = range_of(0, 2 * MIB);

    switch (way) {
    case 0: return unmap_bytes(f, 0, 2 * MIB, HOIST_DROP_TABLES);
    case 1:
        return unmap_bytes(f, 0, 2 * MIB, HOIST_KEEP_TABLES) == HOIST_OK
                   ? hoist_collapse(&f->space, &range)
                   : HOIST_STOPPED;
    case 2:
        return remap_bytes(f, extent_of(0, 0, 2 * MIB), hoist_kernel_data(), HOIST_LEAF_2M,
                           HOIST_RANGE_IDLE) == HOIST_OK
                   ? unmap_bytes(f, 0, 2 * MIB, HOIST_DROP_TABLES)
                   : HOIST_STOPPED;
    case 3:
        return hoist_merge(&f->space, &range) == HOIST_OK
                   ? unmap_bytes(f, 0, 2 * MIB, HOIST_DROP_TABLES)
                   : HOIST_STOPPED;
    case 4: return hoist_clear(&f->space, NULL);
    default: return hoist_destroy(&f->space, NULL);
    }
}

static void a_table_that_was_freed_is_not_written_to(void **state)
{
    struct fixture *f = *state;

    for (unsigned way = 0; way < 6; way++) {
        struct hoist_cursor cursor;

        fixture_restart(f, fixture_cpu(4));
        cursor = hoist_cursor_of(&f->space);
        assert_int_equal(map_bytes(f, 0x1000, 2 * MIB + 0x1000, 2 * MIB - 0x1000,
                                   hoist_kernel_data(), HOIST_LEAF_4K),
                         HOIST_OK);
        assert_int_equal(map_at(&cursor, f, 0, 2 * MIB, hoist_kernel_data()), HOIST_OK);
        assert_int_equal(take_the_table_away(f, way), HOIST_OK);
        make_freed_frames_tempting(f);
        assert_int_equal(map_at(&cursor, f, 0x5000, 0x7000, hoist_kernel_data()), HOIST_OK);
        assert_leaves(f, 1, 0, 0);
        assert_mapped(f, 0x5000, 0x7000, 0x1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(the_first_page_of_a_table_costs_a_walk_and_its_neighbours_none),
        test_of(a_cursor_that_only_protects_or_only_unmaps_walks_once_a_table),
        test_of(where_nobody_listens_protecting_is_as_exact),
        test_of(what_is_listened_for_is_flushed_for_neighbours_too),
        test_of(the_links_of_each_table_are_looked_at),
        test_of(an_access_that_cannot_be_is_refused_in_a_remembered_table_too),
        test_of(a_table_that_was_freed_is_not_written_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
