/* SPDX-License-Identifier: BSD-2-Clause */
/* Spaces that have one upper half between them, and who may change what of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA hoist_kernel_data()
#define TEXT hoist_kernel_text()
#define USER rights_of(HOIST_READ | HOIST_USER)

static struct hoist_space borrower;

/* A space with something in both halves, and one that borrows its upper half. */
static void share(struct fixture *f, uint8_t levels)
{
    fixture_restart(f, fixture_cpu(levels));
    assert_int_equal(map_bytes(f, 0, 0, 0x3000, DATA, 1), HOIST_OK);
    assert_int_equal(map_bytes(f, HALF, GIB, 6 * MIB + 0x3000, DATA, 3), HOIST_OK);
    assert_int_equal(hoist_space_init_sharing(&borrower, &f->space), HOIST_OK);
}

/* The fixture looks at, and changes, the other space until this is called again. */
static void swap_spaces(struct fixture *f)
{
    const struct hoist_space space = f->space;

    f->space = borrower;
    borrower = space;
}

static void the_upper_half_is_the_same_and_the_lower_one_is_empty(void **state)
{
    struct fixture *f = *state;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        uint64_t held;

        share(f, levels);
        held = arena_held(&f->arena);
        assert_int_equal(borrower.upper_half, HOIST_UPPER_BORROWED);
        assert_int_equal(f->space.upper_half, HOIST_UPPER_LENT);
        swap_spaces(f);
        assert_leaves(f, 3, 3, 0);
        assert_mapped(f, HALF, GIB, 6 * MIB + 0x3000);
        assert_false(is_mapped(f, 0));
        assert_int_equal(map_bytes(f, 0, 5 * GIB, 0x1000, TEXT, 1), HOIST_OK);
        swap_spaces(f);
        assert_mapped(f, 0, 0, 0x3000);
        assert_int_equal(arena_held(&f->arena), held + levels - 1);
    }
}

static void making_it_takes_one_frame_or_nothing_at_all(void **state)
{
    struct fixture *f = *state;
    struct hoist_space third;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        fixture_restart(f, fixture_cpu(levels));
        assert_refused(f, hoist_space_init_sharing(&third, &f->space), HOIST_NOT_MAPPED);
        assert_int_equal(put_4k(f, HALF, 0, DATA), HOIST_OK);
        f->arena.fail_in = 1;
        assert_refused(f, hoist_space_init_sharing(&third, &f->space),
                       levels == 4 ? HOIST_NO_FRAME_FOR_PML4 : HOIST_NO_FRAME_FOR_PML5);
        assert_int_equal(f->space.upper_half, HOIST_UPPER_OWN);
        assert_int_equal(hoist_space_init_sharing(&third, &f->space), HOIST_OK);
        assert_int_equal(arena_held(&f->arena), levels + 1);
        assert_int_equal(hoist_space_init_sharing(&borrower, &third), HOIST_OK);
        assert_int_equal(third.upper_half, HOIST_UPPER_BORROWED);
    }
}

static void the_borrower_cannot_change_the_upper_half_in_any_way(void **state)
{
    struct fixture *f = *state;
    struct hoist_cursor cursor;
    struct hoist_owned page = {{0}, HOIST_LEAF_4K, true};
    struct hoist_entry_mut entry;
    struct hoist_frame_4k frame;
    struct hoist_stale stale;
    struct hoist_pt pt;
    const struct hoist_page_4k there = page_4k(f, HALF + 6 * MIB);
    const struct hoist_editor editor = {0};
#define REFUSED(call) assert_refused(f, call, HOIST_SHARED_HALF)

    share(f, 4);
    swap_spaces(f);
    cursor = hoist_cursor_of(&f->space);
    REFUSED(map_bytes(f, HALF + GIB, 0, 0x1000, DATA, 1));
    REFUSED(map_bytes(f, HALF, GIB, 6 * MIB, DATA, 3));
    REFUSED(remap_bytes(f, extent_of(HALF, 0, 0x1000), DATA, 1, 0));
    REFUSED(protect_bytes(f, HALF, 0x1000, TEXT));
    REFUSED(unmap_bytes(f, HALF, GIB, HOIST_DROP_TABLES));
    REFUSED(unmap_bytes(f, -UINT64_C(0x1000), 0x1000, HOIST_KEEP_TABLES));
    REFUSED(split_bytes(f, HALF, 0x1000, HOIST_LEAF_4K));
    REFUSED(merge_bytes(f, HALF, GIB));
    REFUSED(collapse_bytes(f, HALF, GIB));
    REFUSED(hoist_ensure_chain_4k(&f->space, there, DATA, &pt));
    REFUSED(hoist_map_4k(&f->space, page_4k(f, HALF + GIB), frame_4k(f, 0), DATA));
    REFUSED(hoist_protect_4k(&f->space, there, TEXT));
    REFUSED(hoist_unmap_4k(&f->space, there, &frame));
    REFUSED(hoist_cursor_map(&cursor, page_4k(f, HALF + GIB), frame_4k(f, 0), DATA));
    REFUSED(hoist_cursor_protect(&cursor, there, TEXT));
    REFUSED(hoist_cursor_protect(&cursor, there, TEXT));
    REFUSED(hoist_cursor_unmap(&cursor, there, &frame));
    REFUSED(hoist_cursor_unmap(&cursor, there, &frame));
    REFUSED(hoist_give(&f->space, hoist_va_of(HALF + GIB), &page, DATA));
    REFUSED(hoist_take(&f->space, hoist_va_of(HALF + 6 * MIB), &stale));
    REFUSED(hoist_entry_mut_at(&f->space, hoist_va_of(HALF), 2, &entry));
    REFUSED(hoist_entry_mut_at(&f->space, hoist_va_of(HALF), 4, &entry));
    REFUSED(hoist_edit(&f->space, hoist_va_of(0), hoist_va_of(HALF), &editor));
    REFUSED(hoist_fill_upper_root(&f->space));
#undef REFUSED
    assert_true(page.is_held);
}

static void what_the_owner_does_below_its_root_is_seen_by_the_borrower(void **state)
{
    struct fixture *f = *state;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        share(f, levels);
        assert_int_equal(map_bytes(f, HALF + GIB, 0, 2 * GIB, DATA, 3), HOIST_OK);
        assert_int_equal(unmap_bytes(f, HALF, 2 * MIB, HOIST_DROP_TABLES), HOIST_OK);
        assert_int_equal(protect_bytes(f, HALF + 6 * MIB, 0x1000, TEXT), HOIST_OK);
        assert_int_equal(split_bytes(f, HALF + 2 * MIB, 0x1000, HOIST_LEAF_4K), HOIST_OK);
        swap_spaces(f);
        assert_leaves(f, 512 + 3, 1, 2);
        assert_false(is_mapped(f, HALF));
        assert_true(leaf_at(f, HALF + 6 * MIB).executable);
    }
}

static void the_owners_shared_root_entries_stay_as_they_are(void **state)
{
    struct fixture *f = *state;
    struct hoist_entry_mut entry;
    struct hoist_pt pt;
    uint64_t link;
#define REFUSED(call) assert_refused(f, call, HOIST_SHARED_HALF)

    share(f, 4);
    link = *entry_at(f, HALF, 4);
    REFUSED(map_bytes(f, HALF + 512 * GIB, 0, 0x1000, DATA, 1));
    REFUSED(remap_bytes(f, extent_of(-GIB, 0, GIB), DATA, 3, 0));
    REFUSED(map_bytes(f, HALF + GIB, 0, 0x1000, USER, 1));
    REFUSED(protect_bytes(f, HALF, 0x1000, USER));
    REFUSED(hoist_ensure_chain_4k(&f->space, page_4k(f, HALF + 512 * GIB), DATA, &pt));
    REFUSED(hoist_ensure_chain_4k(&f->space, page_4k(f, HALF), USER, &pt));
    REFUSED(hoist_entry_mut_at(&f->space, hoist_va_of(HALF), 4, &entry));
    REFUSED(hoist_fill_upper_root(&f->space));
#undef REFUSED
    assert_int_equal(hoist_entry_mut_at(&f->space, hoist_va_of(HALF), 3, &entry), HOIST_OK);
    assert_int_equal(hoist_entry_mut_at(&f->space, hoist_va_of(0), 4, &entry), HOIST_OK);
    assert_int_equal(unmap_bytes(f, HALF, BIT(47), HOIST_DROP_TABLES), HOIST_OK);
    assert_int_equal(collapse_bytes(f, HALF, BIT(47)), HOIST_OK);
    assert_int_equal(*entry_at(f, HALF, 4), link);
    assert_int_equal(map_bytes(f, HALF, GIB, 0x1000, DATA, 1), HOIST_OK);
    swap_spaces(f);
    assert_mapped(f, HALF, GIB, 0x1000);
}

static void clearing_and_destroying_the_borrower_leaves_the_upper_half(void **state)
{
    struct fixture *f = *state;
    uint64_t held;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        share(f, levels);
        held = arena_held(&f->arena);
        swap_spaces(f);
        assert_int_equal(map_bytes(f, 0, 0, 5 * MIB, DATA, 1), HOIST_OK);
        assert_int_equal(hoist_clear(&f->space, NULL), HOIST_OK);
        assert_int_equal(arena_held(&f->arena), held);
        assert_mapped(f, HALF, GIB, 6 * MIB + 0x3000);
        assert_int_equal(hoist_destroy(&f->space, NULL), HOIST_OK);
        assert_int_equal(arena_held(&f->arena), held - 1);
        swap_spaces(f);
        assert_leaves(f, 6, 3, 0);
        assert_refused(f, hoist_destroy(&f->space, NULL), HOIST_SHARED_HALF);
        assert_int_equal(hoist_clear(&f->space, NULL), HOIST_OK);
        assert_leaves(f, 3, 3, 0);
    }
}

static void a_filled_upper_root_can_grow_anywhere_afterwards(void **state)
{
    struct fixture *f = *state;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        fixture_restart(f, fixture_cpu(levels));
        assert_int_equal(put_4k(f, HALF, 0, DATA), HOIST_OK);
        remember(f);
        assert_int_equal(hoist_fill_upper_root(&f->space), HOIST_OK);
        assert_int_equal(arena_held(&f->arena), levels + 255);
        assert_flushed_nothing(f);
        assert_leaves(f, 1, 0, 0);
        assert_refused(f, hoist_fill_upper_root(&f->space), HOIST_OK);
        assert_int_equal(hoist_space_init_sharing(&borrower, &f->space), HOIST_OK);
        assert_int_equal(map_bytes(f, -GIB, 0, GIB, DATA, 3), HOIST_OK);
        assert_int_equal(map_bytes(f, HALF + 600 * GIB, 0, 0x1000, DATA, 3), HOIST_OK);
        swap_spaces(f);
        assert_leaves(f, 2, 0, 1);
    }
}

static void filling_an_empty_space_makes_its_root_too_or_nothing(void **state)
{
    struct fixture *f = *state;

    f->arena.fail_in = 1;
    assert_refused(f, hoist_fill_upper_root(&f->space), HOIST_NO_FRAME_FOR_PML4);
    f->arena.fail_in = 2;
    assert_refused(f, hoist_fill_upper_root(&f->space), HOIST_NO_FRAME_FOR_PDPT);
    f->arena.fail_in = 257;
    assert_refused(f, hoist_fill_upper_root(&f->space), HOIST_NO_FRAME_FOR_PDPT);
    assert_int_equal(arena_held(&f->arena), 0);
    assert_int_equal(hoist_fill_upper_root(&f->space), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 257);
    for (unsigned slot = 0; slot < 512; slot++) {
        assert_int_equal((*entry_at(f, (uint64_t)slot << 39, 4) & P) != 0, slot >= 256);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(the_upper_half_is_the_same_and_the_lower_one_is_empty),
        test_of(making_it_takes_one_frame_or_nothing_at_all),
        test_of(the_borrower_cannot_change_the_upper_half_in_any_way),
        test_of(what_the_owner_does_below_its_root_is_seen_by_the_borrower),
        test_of(the_owners_shared_root_entries_stay_as_they_are),
        test_of(clearing_and_destroying_the_borrower_leaves_the_upper_half),
        test_of(a_filled_upper_root_can_grow_anywhere_afterwards),
        test_of(filling_an_empty_space_makes_its_root_too_or_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
