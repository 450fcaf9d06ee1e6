/* SPDX-License-Identifier: BSD-2-Clause */
/* Spaces that keep their links: what would need a wider one is refused by name, by every call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA hoist_kernel_data()
#define USER rights_of(HOIST_READ | HOIST_WRITE | HOIST_USER)
#define TEXT hoist_kernel_text()

/* Kernel pages of all sizes below kernel links, in a space that keeps them. */
static void begin(struct fixture *f)
{
    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(put_4k(f, 0, 0, DATA), HOIST_OK);
    assert_int_equal(put_2m(f, 2 * MIB, 2 * MIB, DATA), HOIST_OK);
    assert_int_equal(put_1g(f, GIB, GIB, DATA), HOIST_OK);
    f->space.keep_links = true;
}

static void every_call_refuses_to_widen_and_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct hoist_cursor cursor = hoist_cursor_of(&f->space);
    struct hoist_owned page = {{0}, HOIST_LEAF_4K, true};
    struct hoist_pt pt;
    struct hoist_pd pd;
    struct hoist_pdpt pdpt;
#define REFUSED(call) assert_refused(f, call, HOIST_NARROW_LINK)

    begin(f);
    REFUSED(map_bytes(f, 0x1000, 0, 0x1000, USER, 1));
    REFUSED(map_bytes(f, 4 * MIB, 0, 2 * MIB, USER, 2));
    REFUSED(map_bytes(f, 2 * GIB, 0, GIB, USER, 3));
    REFUSED(remap_bytes(f, extent_of(0, 0, 0x1000), USER, 1, 0));
    REFUSED(protect_bytes(f, 0, 0x1000, USER));
    REFUSED(protect_bytes(f, GIB, GIB, USER));
    REFUSED(hoist_ensure_chain_4k(&f->space, page_4k(f, 0x1000), USER, &pt));
    REFUSED(hoist_ensure_chain_2m(&f->space, page_2m(f, 4 * MIB), USER, &pd));
    REFUSED(hoist_ensure_chain_1g(&f->space, page_1g(f, 2 * GIB), USER, &pdpt));
    REFUSED(hoist_map_4k(&f->space, page_4k(f, 0x1000), frame_4k(f, 0), USER));
    REFUSED(hoist_remap_2m(&f->space, page_2m(f, 2 * MIB), frame_2m(f, 0), USER, 0));
    REFUSED(hoist_protect_4k(&f->space, page_4k(f, 0), USER));
    REFUSED(hoist_cursor_map(&cursor, page_4k(f, 0x1000), frame_4k(f, 0), USER));
    REFUSED(hoist_cursor_protect(&cursor, page_4k(f, 0), USER));
    REFUSED(hoist_give(&f->space, hoist_va_of(0x1000), &page, USER));
#undef REFUSED
    assert_true(page.is_held);
}

static void counting_says_so_too(void **state)
{
    struct fixture *f = *state;
    const struct hoist_extent extent = extent_of(0x1000, 0, 0x1000);
    const struct hoist_range range = range_of(0, 0x1000);
    struct hoist_count count = {0};
    uint64_t frame_count = 9;

    begin(f);
    assert_int_equal(hoist_count_map(&f->space, &count, &extent, USER, 1), HOIST_NARROW_LINK);
    assert_int_equal(hoist_count_remap(&f->space, &extent, USER, 1, &frame_count),
                     HOIST_NARROW_LINK);
    assert_int_equal(hoist_count_protect(&f->space, &range, USER, &frame_count), HOIST_NARROW_LINK);
    assert_int_equal(frame_count, 9);
    assert_int_equal(count.last_va, 0);
}

static void what_the_links_grant_is_done(void **state)
{
    struct fixture *f = *state;

    begin(f);
    assert_int_equal(map_bytes(f, 0x1000, 0, 0x1000, TEXT, 1), HOIST_OK);
    assert_int_equal(protect_bytes(f, 0, 0x1000, hoist_kernel_rodata()), HOIST_OK);
    assert_int_equal(remap_bytes(f, extent_of(2 * MIB, 0, 2 * MIB), TEXT, 2, 0), HOIST_OK);
    assert_int_equal(protect_bytes(f, GIB + 0x5000, 0x1000, TEXT), HOIST_OK);
}

static void new_links_are_as_wide_as_they_need_to_be(void **state)
{
    struct fixture *f = *state;

    begin(f);
    assert_int_equal(map_bytes(f, 512 * GIB, 0, 0x1000, USER, 1), HOIST_OK);
    assert_true(leaf_at(f, 512 * GIB).may_be_used_by_user);
    assert_int_equal(map_bytes(f, 1024 * GIB, 0, 2 * MIB, DATA, 2), HOIST_OK);
    *entry_at(f, 1024 * GIB, 4) |= U;
    *entry_at(f, 1024 * GIB, 3) |= U;
    assert_int_equal(protect_bytes(f, 1024 * GIB + 0x5000, 0x1000, USER), HOIST_OK);
    assert_true(leaf_at(f, 1024 * GIB + 0x5000).may_be_used_by_user);
}

static void write_and_execute_are_kept_back_as_user_is(void **state)
{
    struct fixture *f = *state;

    for (unsigned level = 2; level <= 4; level++) {
        begin(f);
        *entry_at(f, 0, level) &= ~W;
        assert_refused(f, map_bytes(f, 0x1000, 0, 0x1000, DATA, 1), HOIST_NARROW_LINK);
        assert_int_equal(map_bytes(f, 0x1000, 0, 0x1000, TEXT, 1), HOIST_OK);
        begin(f);
        *entry_at(f, 0, level) |= NX;
        assert_refused(f, map_bytes(f, 0x1000, 0, 0x1000, TEXT, 1), HOIST_NARROW_LINK);
        assert_int_equal(map_bytes(f, 0x1000, 0, 0x1000, DATA, 1), HOIST_OK);
    }
}

static void a_leaf_wider_than_its_table_was_had_for_is_refused(void **state)
{
    struct fixture *f = *state;
    struct hoist_pt pt;
    struct hoist_pd pd;
    struct hoist_pdpt pdpt;
#define REFUSED(call) assert_refused(f, call, HOIST_NARROW_LINK)

    begin(f);
    f->space.keep_links = false;
    assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, 0x1000), DATA, &pt), HOIST_OK);
    assert_int_equal(hoist_ensure_chain_2m(&f->space, page_2m(f, 4 * MIB), DATA, &pd), HOIST_OK);
    assert_int_equal(hoist_ensure_chain_1g(&f->space, page_1g(f, 2 * GIB), DATA, &pdpt), HOIST_OK);
    REFUSED(hoist_set_leaf_4k(&f->space, pt, page_4k(f, 0x1000), frame_4k(f, 0), USER));
    REFUSED(hoist_set_leaf_2m(&f->space, pd, page_2m(f, 4 * MIB), frame_2m(f, 0), USER));
    REFUSED(hoist_set_leaf_1g(&f->space, pdpt, page_1g(f, 2 * GIB), frame_1g(f, 0), USER));
#undef REFUSED
    assert_int_equal(hoist_set_leaf_4k(&f->space, pt, page_4k(f, 0x1000), frame_4k(f, 0), TEXT),
                     HOIST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(every_call_refuses_to_widen_and_changes_nothing),
        test_of(counting_says_so_too),
        test_of(what_the_links_grant_is_done),
        test_of(new_links_are_as_wide_as_they_need_to_be),
        test_of(write_and_execute_are_kept_back_as_user_is),
        test_of(a_leaf_wider_than_its_table_was_had_for_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
