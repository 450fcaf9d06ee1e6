/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages that are given to a space and taken back: whose they are at every moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA hoist_kernel_data()

static struct hoist_owned page_of(uint64_t pa, enum hoist_leaf_size size)
{
    const struct hoist_owned page = {{pa}, size, true};

    return page;
}

static enum hoist_result give(struct fixture *f, uint64_t va, struct hoist_owned *page)
{
    return hoist_give(&f->space, hoist_va_of(va), page, DATA);
}

static enum hoist_result take(struct fixture *f, uint64_t va, struct hoist_stale *stale)
{
    return hoist_take(&f->space, hoist_va_of(va), stale);
}

static void a_page_of_each_size_is_the_spaces_and_then_the_callers_again(void **state)
{
    struct fixture *f = *state;

    for (unsigned level = 1; level <= 3; level++) {
        const uint64_t bytes = hoist_leaf_bytes((enum hoist_leaf_size)level);
        struct hoist_owned page = page_of(4 * GIB, (enum hoist_leaf_size)level);
        struct hoist_stale stale;

        fixture_restart(f, fixture_cpu(4));
        assert_int_equal(give(f, HALF, &page), HOIST_OK);
        assert_false(page.is_held);
        assert_int_equal(leaf_at(f, HALF).level, level);
        assert_int_equal(leaf_at(f, HALF).software, 0x200);
        assert_mapped(f, HALF, 4 * GIB, bytes);
        remember(f);
        assert_int_equal(take(f, HALF, &stale), HOIST_OK);
        assert_false(is_mapped(f, HALF));
        assert_flushed_once(f, HALF, 1, bytes);
        assert_int_equal(hoist_stale_release(&f->space, &stale, &page), HOIST_OK);
        assert_true(page.is_held);
        assert_int_equal(page.pa.value, 4 * GIB);
        assert_int_equal(page.size, level);
    }
}

static void on_an_error_the_page_stays_the_callers(void **state)
{
    struct fixture *f = *state;
    struct hoist_owned page = page_of(0x7000, HOIST_LEAF_4K);
    struct hoist_owned before = page;

    assert_int_equal(put_4k(f, HALF, 0x8000, DATA), HOIST_OK);
    assert_refused(f, give(f, HALF, &page), HOIST_ALREADY_MAPPED);
    assert_refused(f, give(f, HALF + 1, &page), HOIST_UNALIGNED_PAGE);
    assert_refused(f, give(f, BIT(47), &page), HOIST_NOT_CANONICAL);
    f->arena.fail_in = 1;
    assert_refused(f, give(f, 0, &page), HOIST_NO_FRAME_FOR_PDPT);
    assert_memory_equal(&page, &before, sizeof page);
    page.pa.value = 0x7001;
    assert_refused(f, give(f, HALF + 0x1000, &page), HOIST_UNALIGNED_FRAME);
    page.pa.value = BIT(52);
    assert_refused(f, give(f, HALF + 0x1000, &page), HOIST_PA_TOO_WIDE);
    page.pa.value = 0x7000;
    page.size = 0;
    assert_refused(f, give(f, HALF + 0x1000, &page), HOIST_BAD_LEAF_SIZE);
    assert_true(page.is_held);
}

static void an_access_that_cannot_be_is_refused(void **state)
{
    struct fixture *f = *state;
    struct hoist_owned page = page_of(0x7000, HOIST_LEAF_4K);
    struct hoist_access access = DATA;

    access.software = HOIST_SOFTWARE_OWNED;
    assert_refused(f, hoist_give(&f->space, hoist_va_of(0), &page, access), HOIST_BAD_ACCESS);
    access.software = 0x1ff;
    access.rights = HOIST_WRITE;
    assert_refused(f, hoist_give(&f->space, hoist_va_of(0), &page, access), HOIST_NO_READ);
    access.rights = HOIST_READ;
    assert_int_equal(hoist_give(&f->space, hoist_va_of(0), &page, access), HOIST_OK);
    assert_int_equal(leaf_at(f, 0).software, 0x3ff);
}

static void a_page_that_is_not_held_cannot_be_given(void **state)
{
    struct fixture *f = *state;
    struct hoist_owned page = page_of(0x7000, HOIST_LEAF_4K);

    assert_int_equal(give(f, HALF, &page), HOIST_OK);
    assert_refused(f, give(f, HALF + 0x1000, &page), HOIST_NOT_OWNED);
}

static void the_same_page_at_the_same_place_is_not_taken_over_twice(void **state)
{
    struct fixture *f = *state;
    struct hoist_owned page = page_of(0x7000, HOIST_LEAF_4K);
    struct hoist_owned again = page;

    assert_int_equal(give(f, HALF, &page), HOIST_OK);
    assert_refused(f, give(f, HALF, &again), HOIST_ALREADY_MAPPED);
    assert_true(again.is_held);
}

static void tables_and_larger_leaves_are_in_the_way(void **state)
{
    struct fixture *f = *state;
    struct hoist_owned middle = page_of(4 * MIB, HOIST_LEAF_2M);
    struct hoist_owned large = page_of(4 * GIB, HOIST_LEAF_1G);
    struct hoist_owned small = page_of(0x3000, HOIST_LEAF_4K);

    assert_int_equal(put_4k(f, HALF, 0x8000, DATA), HOIST_OK);
    assert_refused(f, give(f, HALF, &middle), HOIST_TABLE_IN_THE_WAY_OF_2M);
    assert_refused(f, give(f, HALF, &large), HOIST_TABLE_IN_THE_WAY_OF_1G);
    assert_int_equal(put_1g(f, HALF + GIB, 4 * GIB, DATA), HOIST_OK);
    assert_refused(f, give(f, HALF + GIB + 4 * MIB, &middle), HOIST_ALREADY_MAPPED);
    assert_refused(f, give(f, HALF + GIB + 0x3000, &small), HOIST_ALREADY_MAPPED);
    f->space.cpu.has_1g_pages = false;
    assert_refused(f, give(f, HALF + 2 * GIB, &large), HOIST_NO_1G_PAGES);
    assert_true(small.is_held && middle.is_held && large.is_held);
}

static void only_what_was_given_can_be_taken(void **state)
{
    struct fixture *f = *state;
    struct hoist_owned page = page_of(4 * MIB, HOIST_LEAF_2M);
    struct hoist_stale stale;

    assert_refused(f, take(f, HALF, &stale), HOIST_NOT_MAPPED);
    assert_int_equal(put_4k(f, HALF, 0x8000, DATA), HOIST_OK);
    assert_refused(f, take(f, HALF, &stale), HOIST_NOT_OWNED);
    assert_refused(f, take(f, HALF + 0x1000, &stale), HOIST_NOT_MAPPED);
    assert_int_equal(give(f, HALF + 4 * MIB, &page), HOIST_OK);
    assert_refused(f, take(f, HALF + 4 * MIB + 0x1000, &stale), HOIST_UNALIGNED_PAGE);
    assert_refused(f, take(f, HALF + 4 * MIB + 1, &stale), HOIST_UNALIGNED_PAGE);
    assert_refused(f, take(f, BIT(47), &stale), HOIST_NOT_CANONICAL);
    assert_int_equal(take(f, HALF + 4 * MIB, &stale), HOIST_OK);
    assert_refused(f, take(f, HALF + 4 * MIB, &stale), HOIST_NOT_MAPPED);
}

static void a_token_refuses_before_the_flush_and_releases_after_it(void **state)
{
    struct fixture *f = *state;
    struct hoist_owned page = page_of(0x7000, HOIST_LEAF_4K);
    struct hoist_owned back = {{0x1234}, HOIST_LEAF_2M, false};
    const struct hoist_owned untouched = back;
    struct hoist_stale stale;
    struct hoist_flush list;

    for (unsigned way = 0; way < 2; way++) {
        collect(f, &list);
        assert_int_equal(give(f, HALF, &page), HOIST_OK);
        assert_int_equal(take(f, HALF, &stale), HOIST_OK);
        assert_lists(&list, HALF, 1, 4 * KIB);
        assert_refused(f, hoist_stale_release(&f->space, &stale, &back), HOIST_NOT_FLUSHED);
        assert_memory_equal(&back, &untouched, sizeof back);
        if (way == 0) {
            hoist_flush_now(&f->space);
        } else {
            hoist_flush_done(&f->space);
        }
        assert_int_equal(hoist_stale_release(&f->space, &stale, &page), HOIST_OK);
        assert_true(page.is_held);
    }
}

static void changes_of_other_pages_do_not_release_a_token(void **state)
{
    struct fixture *f = *state;
    struct hoist_owned page = page_of(0x7000, HOIST_LEAF_4K);
    struct hoist_stale stale;
    struct hoist_flush list;

    assert_int_equal(map_bytes(f, 0, 0, 4 * MIB, DATA, HOIST_LEAF_2M), HOIST_OK);
    assert_int_equal(map_bytes(f, GIB, 0, 2 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(give(f, HALF, &page), HOIST_OK);
    collect(f, &list);
    assert_int_equal(take(f, HALF, &stale), HOIST_OK);
    assert_int_equal(protect_bytes(f, 0, 4 * MIB, hoist_kernel_rodata()), HOIST_OK);
    assert_int_equal(protect_bytes(f, 0, 0x1000, DATA), HOIST_OK);
    assert_int_equal(remap_bytes(f, extent_of(GIB, 0, 2 * MIB), DATA, 2, 0), HOIST_OK);
    assert_int_equal(unmap_bytes(f, GIB, 2 * MIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_int_equal(hoist_stale_release(&f->space, &stale, &page), HOIST_NOT_FLUSHED);
    assert_false(page.is_held);
    hoist_flush_now(&f->space);
    assert_int_equal(hoist_stale_release(&f->space, &stale, &page), HOIST_OK);
}

static void a_token_is_used_once(void **state)
{
    struct fixture *f = *state;
    struct hoist_owned page = page_of(0x7000, HOIST_LEAF_4K);
    struct hoist_owned second = {0};
    struct hoist_stale stale;

    assert_int_equal(give(f, HALF, &page), HOIST_OK);
    assert_int_equal(take(f, HALF, &stale), HOIST_OK);
    assert_int_equal(hoist_stale_release(&f->space, &stale, &page), HOIST_OK);
    assert_int_equal(hoist_stale_release(&f->space, &stale, &second), HOIST_NOT_OWNED);
    assert_false(second.is_held);
}

static void without_a_flush_hook_a_page_is_released_at_once(void **state)
{
    struct fixture *f = *state;
    struct hoist_hooks quiet = arena_hooks;
    struct hoist_owned page = page_of(0x7000, HOIST_LEAF_4K);
    struct hoist_stale stale;

    quiet.flush = NULL;
    f->space.hooks = &quiet;
    assert_int_equal(give(f, HALF, &page), HOIST_OK);
    assert_int_equal(take(f, HALF, &stale), HOIST_OK);
    assert_int_equal(hoist_stale_release(&f->space, &stale, &page), HOIST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(a_page_of_each_size_is_the_spaces_and_then_the_callers_again),
        test_of(on_an_error_the_page_stays_the_callers),
        test_of(an_access_that_cannot_be_is_refused),
        test_of(a_page_that_is_not_held_cannot_be_given),
        test_of(the_same_page_at_the_same_place_is_not_taken_over_twice),
        test_of(tables_and_larger_leaves_are_in_the_way),
        test_of(only_what_was_given_can_be_taken),
        test_of(a_token_refuses_before_the_flush_and_releases_after_it),
        test_of(changes_of_other_pages_do_not_release_a_token),
        test_of(a_token_is_used_once),
        test_of(without_a_flush_hook_a_page_is_released_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
