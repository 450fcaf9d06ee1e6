/* SPDX-License-Identifier: BSD-2-Clause */
/* Another access for a range: the frames, A and D stay, and only the two edges are split. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA   hoist_kernel_data()
#define RODATA hoist_kernel_rodata()
#define TEXT   hoist_kernel_text()

/* One leaf of each size and their neighbours, all data: 4K at 0, 2M at 2M, 1G at 1G. */
static void map_one_of_each(struct fixture *f)
{
    assert_int_equal(map_bytes(f, 0, 0, 2 * GIB, DATA, HOIST_LEAF_1G), HOIST_OK);
    assert_int_equal(split_bytes(f, 0, 2 * MIB, HOIST_LEAF_4K), HOIST_OK);
    assert_leaves(f, 512, 511, 1);
    remember(f);
}

static void a_leaf_of_each_size_keeps_its_frame_and_its_state(void **state)
{
    struct fixture *f = *state;

    map_one_of_each(f);
    *entry_at(f, 0x1000, 1) |= A;
    *entry_at(f, 2 * MIB, 2) |= D | A;
    *entry_at(f, GIB, 3) |= A;
    assert_int_equal(protect_bytes(f, 0, 2 * GIB, RODATA), HOIST_OK);
    assert_int_equal(*entry_at(f, 0x1000, 1), 0x1000 | P | NX | A);
    assert_int_equal(*entry_at(f, 0x2000, 1), 0x2000 | P | NX);
    assert_int_equal(*entry_at(f, 2 * MIB, 2), 2 * MIB | P | PS | NX | A | D);
    assert_int_equal(*entry_at(f, GIB, 3), GIB | P | PS | NX | A);
    assert_leaves(f, 512, 511, 1);
    assert_mapped(f, 0, 0, 2 * GIB);
}

static void all_of_the_access_is_replaced(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access old = {HOIST_READ | HOIST_GLOBAL, HOIST_WRITE_COMBINING, 5, 0x3ff};
    const struct hoist_access new = {HOIST_READ | HOIST_EXECUTE, HOIST_WRITE_PROTECTED, 10, 0x155};

    for (unsigned level = 1; level <= 3; level++) {
        struct raw_leaf leaf;

        fixture_restart(f, fixture_cpu(4));
        assert_int_equal(map_bytes(f, GIB, 3 * GIB, GIB, old, (enum hoist_leaf_size)level),
                         HOIST_OK);
        assert_int_equal(protect_bytes(f, GIB, GIB, new), HOIST_OK);
        leaf = leaf_at(f, GIB);
        assert_int_equal(leaf.level, level);
        assert_int_equal(leaf.pa, 3 * GIB);
        assert_int_equal(leaf.pat_index, HOIST_WRITE_PROTECTED);
        assert_int_equal(leaf.protection_key, 10);
        assert_int_equal(leaf.software, 0x155);
        assert_true(leaf.executable && !leaf.writable && !leaf.global && !leaf.user);
    }
}

static void each_run_of_leaves_of_one_size_is_flushed_at_its_own_size(void **state)
{
    struct fixture *f = *state;

    map_one_of_each(f);
    assert_int_equal(protect_bytes(f, 0x3000, 2 * GIB - 0x3000, RODATA), HOIST_OK);
    assert_int_equal(f->arena.flush_count, 1);
    assert_int_equal(f->arena.flush[0].range_count, 3);
    assert_range(&f->arena.flush[0], 0, 0x3000, 509, 4 * KIB);
    assert_range(&f->arena.flush[0], 1, 2 * MIB, 511, 2 * MIB);
    assert_range(&f->arena.flush[0], 2, GIB, 1, GIB);
    assert_false(f->arena.flush[0].has_global);
}

static void what_has_the_access_already_is_neither_written_nor_flushed(void **state)
{
    struct fixture *f = *state;

    map_one_of_each(f);
    assert_refused(f, protect_bytes(f, 0, 2 * GIB, DATA), HOIST_OK);
    assert_refused(f, protect_bytes(f, GIB + 0x5000, 0x1000, DATA), HOIST_OK);
    assert_int_equal(protect_bytes(f, 0x2000, 0x2000, RODATA), HOIST_OK);
    remember(f);
    assert_int_equal(protect_bytes(f, 0, 0x8000, RODATA), HOIST_OK);
    assert_int_equal(f->arena.flush_count, 1);
    assert_int_equal(f->arena.flush[0].range_count, 2);
    assert_range(&f->arena.flush[0], 0, 0, 2, 4 * KIB);
    assert_range(&f->arena.flush[0], 1, 0x4000, 4, 4 * KIB);
}

static void a_hole_anywhere_is_not_mapped_and_nothing_changes(void **state)
{
    static const uint64_t holes[] = {0, 0x7000, 2 * MIB - 4 * KIB, 4 * MIB, GIB - 4 * KIB};
    struct fixture *f = *state;
    uint64_t frame_count = 5;
    const struct hoist_range all = range_of(0, GIB);

    for (unsigned i = 0; i < 5; i++) {
        fixture_restart(f, fixture_cpu(4));
        assert_int_equal(map_bytes(f, 0, 0, GIB, DATA, HOIST_LEAF_2M), HOIST_OK);
        assert_int_equal(unmap_bytes(f, holes[i], 4 * KIB, HOIST_DROP_TABLES), HOIST_OK);
        assert_refused(f, protect_bytes(f, 0, GIB, RODATA), HOIST_NOT_MAPPED);
        assert_int_equal(hoist_count_protect(&f->space, &all, RODATA, &frame_count),
                         HOIST_NOT_MAPPED);
        assert_int_equal(frame_count, 5);
    }
    assert_refused(f, protect_bytes(f, 0, 2 * GIB, RODATA), HOIST_NOT_MAPPED);
    assert_refused(f, protect_bytes(f, HALF, 4 * KIB, RODATA), HOIST_NOT_MAPPED);
    fixture_restart(f, fixture_cpu(4));
    assert_refused(f, protect_bytes(f, 0, 4 * KIB, RODATA), HOIST_NOT_MAPPED);
}

static void only_the_two_edges_are_split(void **state)
{
    struct fixture *f = *state;
    const uint64_t first = 3 * MIB;
    const uint64_t size = 2 * GIB - 2 * MIB - 0x3000;

    assert_int_equal(map_bytes(f, 0, 0, 4 * GIB, DATA, HOIST_LEAF_1G), HOIST_OK);
    assert_all_or_nothing(f, 4, protect_bytes(f, first, size, RODATA));
    assert_int_equal(protect_bytes(f, first, size, RODATA), HOIST_OK);
    assert_leaves(f, 1024, 1022, 2);
    assert_mapped(f, 0, 0, 4 * GIB);
    assert_true(leaf_at(f, first - 1).writable);
    assert_false(leaf_at(f, first).writable);
    assert_false(leaf_at(f, first + size - 1).writable);
    assert_true(leaf_at(f, first + size).writable);
    assert_int_equal(leaf_at(f, first - 1).size_bytes, 4 * KIB);
    assert_int_equal(leaf_at(f, 4 * MIB).size_bytes, 2 * MIB);
}

static void a_range_in_one_large_leaf_splits_it_at_both_ends(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_1g(f, GIB, 5 * GIB, DATA), HOIST_OK);
    assert_all_or_nothing(f, 3, protect_bytes(f, GIB + 0x1000, GIB - 0x2000, TEXT));
    assert_int_equal(protect_bytes(f, GIB + 0x1000, GIB - 0x2000, TEXT), HOIST_OK);
    assert_leaves(f, 1024, 510, 0);
    assert_mapped(f, GIB, 5 * GIB, GIB);
    assert_true(leaf_at(f, GIB).writable);
    assert_true(leaf_at(f, 2 * GIB - 1).writable);
    for (uint64_t va = GIB + 0x1000; va < 2 * GIB - 0x1000; va += leaf_at(f, va).size_bytes) {
        assert_true(leaf_at(f, va).executable);
        assert_false(leaf_at(f, va).writable);
    }
}

static void an_aligned_part_of_a_large_leaf_takes_no_smaller_leaves_than_it_must(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_1g(f, GIB, 5 * GIB, DATA), HOIST_OK);
    assert_all_or_nothing(f, 1, protect_bytes(f, GIB + 4 * MIB, 8 * MIB, TEXT));
    assert_int_equal(protect_bytes(f, GIB + 4 * MIB, 8 * MIB, TEXT), HOIST_OK);
    assert_leaves(f, 0, 512, 0);
    assert_mapped(f, GIB, 5 * GIB, GIB);
}

static void the_pieces_beside_the_range_keep_everything(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access rich = {HOIST_READ | HOIST_WRITE | HOIST_GLOBAL,
                                      HOIST_WRITE_COMBINING, 9, 0x2aa};
    struct raw_leaf before;
    struct raw_leaf after;

    assert_int_equal(put_2m(f, 0, 8 * MIB, rich), HOIST_OK);
    *entry_at(f, 0, 2) |= A | D;
    before = leaf_at(f, 0);
    remember(f);
    assert_int_equal(protect_bytes(f, 0x5000, 0x1000, RODATA), HOIST_OK);
    for (uint64_t va = 0; va < 2 * MIB; va += 4 * KIB) {
        after = leaf_at(f, va);
        assert_int_equal(after.pa, 8 * MIB + va);
        assert_int_equal(after.entry & (A | D), A | D);
        if (va != 0x5000) {
            assert_int_equal(after.pat_index, before.pat_index);
            assert_int_equal(after.protection_key, before.protection_key);
            assert_int_equal(after.software, before.software);
            assert_true(after.writable && after.global && !after.executable);
        }
    }
    assert_int_equal(f->arena.flush_count, 2);
    assert_lists(&f->arena.flush[0], 0, 512, 4 * KIB);
    assert_true(f->arena.flush[0].has_global);
    assert_lists(&f->arena.flush[1], 0x5000, 1, 4 * KIB);
}

/* What the tables hold when the first flush comes: the pieces, but nothing new yet. */
static void look_at_the_pieces(void *context, const struct hoist_flush *what)
{
    struct fixture *f = context;

    (void)what;
    if (f->arena.flush_count == 1) {
        for (uint64_t va = GIB; va < GIB + 4 * MIB; va += 4 * KIB) {
            assert_true(leaf_at(f, va).writable);
            assert_int_equal(leaf_at(f, va).pa + va % leaf_at(f, va).size_bytes,
                             5 * GIB + va - GIB);
        }
        assert_int_equal(leaf_at(f, GIB + 0x3000).size_bytes % GIB != 0, 1);
        f->leaf_count[0] = 1;
    }
}

static void between_the_split_and_the_new_access_there_is_a_flush(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_1g(f, GIB, 5 * GIB, DATA), HOIST_OK);
    remember(f);
    f->leaf_count[0] = 0;
    f->arena.on_flush = look_at_the_pieces;
    f->arena.on_flush_context = f;
    assert_int_equal(protect_bytes(f, GIB + 0x3000, 0x1000, TEXT), HOIST_OK);
    f->arena.on_flush = NULL;
    assert_int_equal(f->leaf_count[0], 1);
    assert_true(f->arena.flush_count >= 2);
    assert_true(flush_reaches(&f->arena.flush[0], GIB, GIB));
}

static void a_global_leaf_is_reported_as_one_and_others_are_not(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, 0, 0, rights_of(HOIST_READ | HOIST_GLOBAL)), HOIST_OK);
    assert_int_equal(put_4k(f, 0x1000, 0, rights_of(HOIST_READ)), HOIST_OK);
    remember(f);
    assert_int_equal(protect_bytes(f, 0x1000, 0x1000, rights_of(HOIST_READ | HOIST_GLOBAL)),
                     HOIST_OK);
    assert_false(f->arena.flush[0].has_global);
    assert_int_equal(protect_bytes(f, 0, 0x1000, rights_of(HOIST_READ)), HOIST_OK);
    assert_true(f->arena.flush[1].has_global);
}

static void links_are_widened_for_wider_rights_and_left_for_narrower_ones(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, 0x4000, 0x4000, DATA), HOIST_OK);
    assert_int_equal(protect_bytes(f, 0x4000, 0x1000, rights_of(HOIST_READ | HOIST_USER)),
                     HOIST_OK);
    assert_true(leaf_at(f, 0x4000).may_be_used_by_user);
    remember(f);
    assert_int_equal(protect_bytes(f, 0x4000, 0x1000, RODATA), HOIST_OK);
    assert_flushed_once(f, 0x4000, 1, 4 * KIB);
    assert_int_equal(*entry_at(f, 0x4000, 2) & U, U);
}

static void a_user_part_of_a_kernel_leaf_is_usable(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access user = rights_of(HOIST_READ | HOIST_WRITE | HOIST_USER);

    assert_int_equal(put_1g(f, 0, 0, DATA), HOIST_OK);
    assert_int_equal(protect_bytes(f, 0x3000, 0x1000, user), HOIST_OK);
    assert_true(leaf_at(f, 0x3000).may_be_used_by_user);
    assert_false(leaf_at(f, 0x2000).may_be_used_by_user);
    assert_false(leaf_at(f, 2 * MIB).may_be_used_by_user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(a_leaf_of_each_size_keeps_its_frame_and_its_state),
        test_of(all_of_the_access_is_replaced),
        test_of(each_run_of_leaves_of_one_size_is_flushed_at_its_own_size),
        test_of(what_has_the_access_already_is_neither_written_nor_flushed),
        test_of(a_hole_anywhere_is_not_mapped_and_nothing_changes),
        test_of(only_the_two_edges_are_split),
        test_of(a_range_in_one_large_leaf_splits_it_at_both_ends),
        test_of(an_aligned_part_of_a_large_leaf_takes_no_smaller_leaves_than_it_must),
        test_of(the_pieces_beside_the_range_keep_everything),
        test_of(between_the_split_and_the_new_access_there_is_a_flush),
        test_of(a_global_leaf_is_reported_as_one_and_others_are_not),
        test_of(links_are_widened_for_wider_rights_and_left_for_narrower_ones),
        test_of(a_user_part_of_a_kernel_leaf_is_usable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
