/* SPDX-License-Identifier: BSD-2-Clause */
/* Page by page with the table remembered, whatever others do to the tables meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA   hoist_kernel_data()
#define RODATA hoist_kernel_rodata()

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

/* The frame, or an address that is none. */
static uint64_t unmap_at(struct hoist_cursor *cursor, struct fixture *f, uint64_t va)
{
    struct hoist_frame_4k frame = {1};

    return hoist_cursor_unmap(cursor, page_4k(f, va), &frame) == HOIST_OK ? frame.pa : 1;
}

static void pages_one_after_the_other_across_tables_are_mapped(void **state)
{
    struct fixture *f = *state;
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);

    for (uint64_t offset = 0; offset < 5 * MIB; offset += 4 * KIB) {
        assert_int_equal(map_at(&cursor, f, HALF + MIB + offset, GIB + offset, DATA), HOIST_OK);
    }
    assert_leaves(f, 1280, 0, 0);
    assert_mapped(f, HALF + MIB, GIB, 5 * MIB);
    assert_int_equal(arena_held(&f->arena), 6);
    assert_flushed_nothing(f);
    for (uint64_t offset = 0; offset < 5 * MIB; offset += 4 * KIB) {
        assert_int_equal(protect_at(&cursor, f, HALF + MIB + offset, RODATA), HOIST_OK);
        assert_int_equal(leaf_at(f, HALF + MIB + offset).entry, (GIB + offset) | P | NX);
    }
    for (uint64_t offset = 5 * MIB; offset != 0; offset -= 4 * KIB) {
        assert_int_equal(unmap_at(&cursor, f, HALF + MIB + offset - 4 * KIB),
                         GIB + offset - 4 * KIB);
    }
    assert_leaves(f, 0, 0, 0);
}

static void a_fresh_cursor_knows_no_table_wherever_it_is_used_first(void **state)
{
    static const uint64_t places[] = {0,       0x1000, 2 * MIB - 0x1000,
                                      2 * MIB, HALF,   -UINT64_C(0x1000)};
    struct fixture *f = *state;

    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct hoist_cursor cursor;

        fixture_restart(f, fixture_cpu(4));
        cursor = hoist_cursor_of(&f->space);
        assert_int_equal(unmap_at(&cursor, f, places[i]), 1);
        assert_refused(f, protect_at(&cursor, f, places[i], DATA), HOIST_NOT_MAPPED);
        assert_int_equal(unmap_at(&cursor, f, places[i]), 1);
        assert_int_equal(map_at(&cursor, f, places[i], GIB, DATA), HOIST_OK);
        assert_int_equal(unmap_at(&cursor, f, places[i]), GIB);
    }
}

static void the_same_again_and_what_is_different_are_told_apart(void **state)
{
    struct fixture *f = *state;
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);

    assert_int_equal(map_at(&cursor, f, HALF, GIB, DATA), HOIST_OK);
    *entry_at(f, HALF, 1) |= A | D;
    assert_refused(f, map_at(&cursor, f, HALF, GIB, DATA), HOIST_OK);
    assert_refused(f, map_at(&cursor, f, HALF, GIB, RODATA), HOIST_ALREADY_MAPPED);
    assert_refused(f, map_at(&cursor, f, HALF, 2 * GIB, DATA), HOIST_ALREADY_MAPPED);
    assert_int_equal(map_at(&cursor, f, HALF + 0x1000, GIB, RODATA), HOIST_OK);
    assert_refused(f, protect_at(&cursor, f, HALF + 0x2000, DATA), HOIST_NOT_MAPPED);
    assert_int_equal(unmap_at(&cursor, f, HALF + 0x2000), 1);
    assert_refused(f, map_at(&cursor, f, HALF + 0x2000, 0, rights_of(HOIST_WRITE)), HOIST_NO_READ);
    assert_refused(f, protect_at(&cursor, f, HALF, rights_of(HOIST_WRITE)), HOIST_NO_READ);
}

static void protecting_keeps_frame_and_state_and_flushes_one_page(void **state)
{
    struct fixture *f = *state;
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);

    assert_int_equal(map_at(&cursor, f, HALF, GIB, DATA), HOIST_OK);
    for (unsigned i = 0; i < 4; i++) {
        *entry_at(f, HALF, 1) |= A | D;
        remember(f);
        assert_int_equal(protect_at(&cursor, f, HALF, (i & 1) != 0 ? DATA : RODATA), HOIST_OK);
        assert_int_equal(*entry_at(f, HALF, 1), GIB | P | NX | A | D | ((i & 1) != 0 ? W : 0));
        assert_flushed_once(f, HALF, 1, 4 * KIB);
    }
    assert_int_equal(unmap_at(&cursor, f, HALF), GIB);
    assert_int_equal(f->arena.flush_count, 2);
}

static void links_are_widened_for_every_access_that_needs_it(void **state)
{
    struct fixture *f = *state;
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);
    const struct hoist_access user = rights_of(HOIST_READ | HOIST_USER);

    assert_int_equal(map_at(&cursor, f, HALF, 0, DATA), HOIST_OK);
    assert_int_equal(map_at(&cursor, f, HALF + 0x1000, 0, user), HOIST_OK);
    assert_true(leaf_at(f, HALF + 0x1000).may_be_used_by_user);
    assert_int_equal(map_at(&cursor, f, 0, 0, DATA), HOIST_OK);
    assert_int_equal(map_at(&cursor, f, 0x1000, 0, DATA), HOIST_OK);
    assert_int_equal(protect_at(&cursor, f, 0x1000, user), HOIST_OK);
    assert_true(leaf_at(f, 0x1000).may_be_used_by_user);
    assert_int_equal(map_at(&cursor, f, 4 * MIB, 0, DATA), HOIST_OK);
    f->space.keep_links = true;
    assert_refused(f, map_at(&cursor, f, 4 * MIB + 0x1000, 0, user), HOIST_NARROW_LINK);
    assert_refused(f, protect_at(&cursor, f, 4 * MIB, user), HOIST_NARROW_LINK);
}

static void a_large_leaf_is_split_by_protecting_and_unmapping(void **state)
{
    struct fixture *f = *state;
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);

    assert_int_equal(map_bytes(f, HALF, GIB, GIB, DATA, HOIST_LEAF_1G), HOIST_OK);
    assert_refused(f, map_at(&cursor, f, HALF + 0x3000, GIB + 0x3000, DATA), HOIST_OK);
    assert_all_or_nothing(f, 2, protect_at(&cursor, f, HALF + 0x3000, RODATA));
    assert_int_equal(protect_at(&cursor, f, HALF + 0x3000, RODATA), HOIST_OK);
    assert_int_equal(unmap_at(&cursor, f, HALF + 2 * MIB + 0x5000), GIB + 2 * MIB + 0x5000);
    assert_leaves(f, 1023, 510, 0);
}

static void tables_that_others_freed_are_not_touched(void **state)
{
    struct fixture *f = *state;
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);

    for (unsigned way = 0; way < 4; way++) {
        fixture_restart(f, fixture_cpu(4));
        cursor = hoist_cursor_of(&f->space);
        assert_int_equal(map_at(&cursor, f, HALF, GIB, DATA), HOIST_OK);
        switch (way) {
        case 0: assert_int_equal(unmap_bytes(f, HALF, 2 * MIB, HOIST_DROP_TABLES), HOIST_OK); break;
        case 1:
            assert_int_equal(unmap_at(&cursor, f, HALF), GIB);
            assert_int_equal(collapse_bytes(f, HALF, 2 * MIB), HOIST_OK);
            break;
        case 2:
            assert_int_equal(remap_bytes(f, extent_of(HALF, 0, 2 * MIB), DATA, 2, 0), HOIST_OK);
            assert_refused(f, map_at(&cursor, f, HALF + 0x1000, 0x5000, DATA),
                           HOIST_ALREADY_MAPPED);
            assert_int_equal(unmap_bytes(f, HALF, 2 * MIB, HOIST_DROP_TABLES), HOIST_OK);
            break;
        default: assert_int_equal(hoist_destroy(&f->space, NULL), HOIST_OK); break;
        }
        assert_int_equal(map_at(&cursor, f, HALF + 0x1000, 2 * GIB, DATA), HOIST_OK);
        assert_leaves(f, 1, 0, 0);
        assert_mapped(f, HALF + 0x1000, 2 * GIB, 0x1000);
    }
}

static void a_merged_table_is_not_touched_either(void **state)
{
    struct fixture *f = *state;
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);

    assert_int_equal(map_bytes(f, HALF, 0, 2 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(protect_at(&cursor, f, HALF, DATA), HOIST_OK);
    assert_int_equal(merge_bytes(f, HALF, 2 * MIB), HOIST_OK);
    assert_int_equal(protect_at(&cursor, f, HALF, RODATA), HOIST_OK);
    assert_leaves(f, 512, 0, 0);
    assert_false(leaf_at(f, HALF).writable);
    assert_true(leaf_at(f, HALF + 0x1000).writable);
    assert_int_equal(unmap_at(&cursor, f, HALF + 0x1000), 0x1000);
    assert_leaves(f, 511, 0, 0);
}

static void where_a_leaf_was_there_may_be_a_table_now_and_the_other_way_round(void **state)
{
    struct fixture *f = *state;
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);

    assert_int_equal(put_2m(f, HALF, 0, DATA), HOIST_OK);
    assert_int_equal(map_at(&cursor, f, HALF + 0x1000, 0x1000, DATA), HOIST_OK);
    assert_int_equal(split_bytes(f, HALF, 0x1000, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(unmap_at(&cursor, f, HALF + 0x1000), 0x1000);
    assert_int_equal(map_at(&cursor, f, HALF + 0x1000, 0x7000, RODATA), HOIST_OK);
    assert_leaves(f, 512, 0, 0);
    assert_mapped(f, HALF + 0x1000, 0x7000, 0x1000);
}

static void two_cursors_and_plain_calls_see_what_the_others_did(void **state)
{
    struct fixture *f = *state;
    struct hoist_cursor one = hoist_cursor_of(&f->space);
    struct hoist_cursor two = hoist_cursor_of(&f->space);

    assert_int_equal(map_at(&one, f, HALF, 0x1000, DATA), HOIST_OK);
    assert_int_equal(map_at(&two, f, HALF + 0x1000, 0x2000, DATA), HOIST_OK);
    assert_refused(f, map_at(&one, f, HALF + 0x1000, 0x3000, DATA), HOIST_ALREADY_MAPPED);
    assert_int_equal(unmap_at(&two, f, HALF), 0x1000);
    assert_int_equal(protect_at(&one, f, HALF, DATA), HOIST_NOT_MAPPED);
    assert_int_equal(unmap_bytes(f, HALF, 2 * MIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_int_equal(map_at(&one, f, HALF, 0x1000, DATA), HOIST_OK);
    assert_int_equal(unmap_at(&two, f, HALF), 0x1000);
}

static void a_space_that_collects_lists_each_page(void **state)
{
    struct fixture *f = *state;
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);
    struct hoist_flush list;

    assert_int_equal(map_bytes(f, HALF, 0, 0x8000, rights_of(HOIST_READ | HOIST_GLOBAL), 1),
                     HOIST_OK);
    collect(f, &list);
    remember(f);
    assert_int_equal(protect_at(&cursor, f, HALF + 0x1000, DATA), HOIST_OK);
    assert_int_equal(protect_at(&cursor, f, HALF + 0x2000, DATA), HOIST_OK);
    assert_int_equal(unmap_at(&cursor, f, HALF + 0x3000), 0x3000);
    assert_flushed_nothing(f);
    assert_lists(&list, HALF + 0x1000, 3, 4 * KIB);
    assert_true(list.has_global);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(pages_one_after_the_other_across_tables_are_mapped),
        test_of(a_fresh_cursor_knows_no_table_wherever_it_is_used_first),
        test_of(the_same_again_and_what_is_different_are_told_apart),
        test_of(protecting_keeps_frame_and_state_and_flushes_one_page),
        test_of(links_are_widened_for_every_access_that_needs_it),
        test_of(a_large_leaf_is_split_by_protecting_and_unmapping),
        test_of(tables_that_others_freed_are_not_touched),
        test_of(a_merged_table_is_not_touched_either),
        test_of(where_a_leaf_was_there_may_be_a_table_now_and_the_other_way_round),
        test_of(two_cursors_and_plain_calls_see_what_the_others_did),
        test_of(a_space_that_collects_lists_each_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
