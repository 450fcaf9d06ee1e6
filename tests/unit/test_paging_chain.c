/* SPDX-License-Identifier: BSD-2-Clause */
/* ensure_chain: the way down to a page, how many tables it takes, and what cannot be reached. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "paging_fixture.h"
#include "any_size.h"

static void each_size_gets_its_own_table_and_one_leaf(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, HALF, 0x7000, hoist_kernel_text()), HOIST_OK);
    assert_int_equal(put_2m(f, HALF + GIB, 6 * MIB, hoist_kernel_rodata()), HOIST_OK);
    assert_int_equal(put_1g(f, HALF + 512 * GIB, 5 * GIB, hoist_kernel_data()), HOIST_OK);
    assert_leaves(f, 1, 1, 1);
    assert_int_equal(f->table_count[1], 1);
    assert_int_equal(f->table_count[2], 2);
    assert_int_equal(f->table_count[3], 2);
    assert_int_equal(f->table_count[4], 1);
    assert_int_equal(arena_held(&f->arena), 6);
    assert_int_equal(leaf_at(f, HALF).entry, 0x7000 | P);
    assert_int_equal(leaf_at(f, HALF + GIB).entry, (6 * MIB) | P | PS | NX);
    assert_int_equal(leaf_at(f, HALF + 512 * GIB).entry, (5 * GIB) | P | W | PS | NX);
    assert_int_equal(f->arena.flush_count, 0);
}

static void five_levels_take_one_table_more(void **state)
{
    struct fixture *f = *state;

    fixture_restart(f, fixture_cpu(5));
    assert_int_equal(put_4k(f, UINT64_C(0xff00000000000000), 0x7000, hoist_kernel_text()),
                     HOIST_OK);
    assert_int_equal(put_4k(f, UINT64_C(0x0000800000000000), 0x8000, hoist_kernel_text()),
                     HOIST_OK);
    assert_leaves(f, 2, 0, 0);
    assert_int_equal(f->table_count[5], 1);
    assert_int_equal(f->table_count[4], 2);
    assert_int_equal(arena_held(&f->arena), 9);
    assert_int_equal(leaf_at(f, UINT64_C(0xff00000000000000)).pa, 0x7000);
    assert_int_equal(leaf_at(f, UINT64_C(0x0000800000000000)).pa, 0x8000);
}

static void a_chain_that_is_there_is_found_and_nothing_is_written(void **state)
{
    struct fixture *f = *state;
    struct hoist_pt first;
    struct hoist_pt again;
    struct hoist_pd pd;
    struct hoist_pdpt pdpt;

    assert_int_equal(
        hoist_ensure_chain_4k(&f->space, page_4k(f, HALF + 0x5000), hoist_kernel_data(), &first),
        HOIST_OK);
    remember(f);
    assert_int_equal(
        hoist_ensure_chain_4k(&f->space, page_4k(f, HALF), hoist_kernel_data(), &again), HOIST_OK);
    assert_ptr_equal(first.entries, again.entries);
    assert_ptr_equal(first.entries, entry_at(f, HALF, 1));
    assert_int_equal(first.first_va, HALF);
    assert_int_equal(again.first_va, HALF);
    assert_int_equal(
        hoist_ensure_chain_2m(&f->space, page_2m(f, HALF + 2 * MIB), hoist_kernel_data(), &pd),
        HOIST_OK);
    assert_ptr_equal(pd.entries, entry_at(f, HALF, 2));
    assert_int_equal(
        hoist_ensure_chain_1g(&f->space, page_1g(f, HALF + GIB), hoist_kernel_data(), &pdpt),
        HOIST_OK);
    assert_ptr_equal(pdpt.entries, entry_at(f, HALF, 3));
    assert_unchanged(f);
    assert_int_equal(f->arena.flush_count, 0);
}

static void new_links_grant_all_but_user_and_user_only_when_asked(void **state)
{
    struct fixture *f = *state;
    const uint64_t flags = UINT64_C(0xfff0000000000fff);

    assert_int_equal(put_4k(f, HALF, 0x7000, hoist_kernel_rodata()), HOIST_OK);
    assert_int_equal(put_4k(f, 0, 0x8000, rights_of(HOIST_READ | HOIST_USER)), HOIST_OK);
    for (unsigned level = 2; level <= 4; level++) {
        assert_int_equal(*entry_at(f, HALF, level) & flags, P | W);
        assert_int_equal(*entry_at(f, 0, level) & flags, P | W | U);
    }
}

static void count_chain_says_how_many_frames_ensure_chain_takes(void **state)
{
    struct fixture *f = *state;
    struct hoist_pt pt;
    struct hoist_pd pd;
    struct hoist_pdpt pdpt;

    assert_int_equal(hoist_count_chain_4k(&f->space, page_4k(f, 0)), 4);
    assert_int_equal(hoist_count_chain_2m(&f->space, page_2m(f, 0)), 3);
    assert_int_equal(hoist_count_chain_1g(&f->space, page_1g(f, 0)), 2);
    assert_int_equal(arena_held(&f->arena), 0);
    assert_int_equal(hoist_ensure_chain_1g(&f->space, page_1g(f, 0), hoist_kernel_data(), &pdpt),
                     0);
    assert_int_equal(arena_held(&f->arena), 2);
    assert_int_equal(hoist_count_chain_1g(&f->space, page_1g(f, 0)), 0);
    assert_int_equal(hoist_count_chain_2m(&f->space, page_2m(f, 0)), 1);
    assert_int_equal(hoist_count_chain_4k(&f->space, page_4k(f, 0)), 2);
    assert_int_equal(hoist_ensure_chain_2m(&f->space, page_2m(f, 0), hoist_kernel_data(), &pd), 0);
    assert_int_equal(arena_held(&f->arena), 3);
    assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, 0), hoist_kernel_data(), &pt), 0);
    assert_int_equal(arena_held(&f->arena), 4);
    fixture_restart(f, fixture_cpu(5));
    assert_int_equal(hoist_count_chain_4k(&f->space, page_4k(f, 0)), 5);
}

static void count_chain_counts_the_tables_of_a_split(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_1g(f, 0, 0, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(hoist_count_chain_4k(&f->space, page_4k(f, 0x1000)), 2);
    assert_int_equal(hoist_count_chain_2m(&f->space, page_2m(f, 2 * MIB)), 1);
    assert_int_equal(hoist_count_chain_1g(&f->space, page_1g(f, GIB)), 0);
}

/* The number of levels times the target: each missing table in turn is the one there is no frame
 * for. */
static void out_of_memory_names_the_level_and_changes_nothing(void **state)
{
    static const enum hoist_result name[] = {HOIST_OK,
                                             HOIST_NO_FRAME_FOR_PT,
                                             HOIST_NO_FRAME_FOR_PD,
                                             HOIST_NO_FRAME_FOR_PDPT,
                                             HOIST_NO_FRAME_FOR_PML4,
                                             HOIST_NO_FRAME_FOR_PML5};
    struct fixture *f = *state;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        for (unsigned lacking = levels; lacking >= 1; lacking--) {
            fixture_restart(f, fixture_cpu(levels));
            f->arena.fail_in = levels + 1 - lacking;
            assert_refused(f, put_4k(f, HALF, 0x1000, hoist_kernel_data()), name[lacking]);
            f->arena.fail_in = levels + 1 - lacking;
            if (lacking >= 2) {
                assert_refused(f, put_2m(f, HALF, 0, hoist_kernel_data()), name[lacking]);
            }
            f->arena.fail_in = levels + 1 - lacking;
            if (lacking >= 3) {
                assert_refused(f, put_1g(f, HALF, 0, hoist_kernel_data()), name[lacking]);
            }
            assert_int_equal(arena_held(&f->arena), 0);
        }
    }
}

static void out_of_memory_below_existing_tables_changes_nothing(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, HALF, 0x1000, hoist_kernel_data()), HOIST_OK);
    f->arena.fail_in = 1;
    assert_refused(f, put_4k(f, HALF + 2 * MIB, 0x1000, hoist_kernel_data()),
                   HOIST_NO_FRAME_FOR_PT);
    f->arena.fail_in = 2;
    assert_refused(f, put_4k(f, HALF + GIB, 0x1000, hoist_kernel_data()), HOIST_NO_FRAME_FOR_PT);
    f->arena.fail_in = 1;
    assert_refused(f, put_2m(f, HALF + GIB, 0, hoist_kernel_data()), HOIST_NO_FRAME_FOR_PD);
    f->arena.fail_in = 1;
    assert_refused(f, put_1g(f, 0, 0, hoist_kernel_data()), HOIST_NO_FRAME_FOR_PDPT);
    assert_int_equal(arena_held(&f->arena), 4);
}

/* Each way to say an access wrongly, in each of the six functions. */
static void assert_access_refused(struct fixture *f, struct hoist_access access,
                                  enum hoist_result expected)
{
    const struct hoist_frame_1g large = frame_1g(f, 0);
    struct hoist_pt pt = {0};
    struct hoist_pd pd = {0};
    struct hoist_pdpt pdpt = {0};

    fixture_restart(f, f->space.cpu);
    assert_refused(f, hoist_ensure_chain_4k(&f->space, page_4k(f, 0), access, &pt), expected);
    assert_refused(f, hoist_ensure_chain_2m(&f->space, page_2m(f, 0), access, &pd), expected);
    assert_refused(f, hoist_ensure_chain_1g(&f->space, page_1g(f, 0), access, &pdpt), expected);
    assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, 0), hoist_kernel_text(), &pt), 0);
    assert_int_equal(hoist_ensure_chain_2m(&f->space, page_2m(f, GIB), hoist_kernel_text(), &pd),
                     0);
    assert_int_equal(
        hoist_ensure_chain_1g(&f->space, page_1g(f, 512 * GIB), hoist_kernel_text(), &pdpt), 0);
    assert_refused(f, hoist_set_leaf_4k(&f->space, pt, page_4k(f, 0), frame_4k(f, 0), access),
                   expected);
    assert_refused(f, hoist_set_leaf_2m(&f->space, pd, page_2m(f, GIB), frame_2m(f, 0), access),
                   expected);
    assert_refused(f, hoist_set_leaf_1g(&f->space, pdpt, page_1g(f, 512 * GIB), large, access),
                   expected);
}

static void an_access_that_cannot_be_expressed_is_refused_everywhere(void **state)
{
    struct fixture *f = *state;
    struct hoist_access access = hoist_kernel_data();

    assert_access_refused(f, rights_of(HOIST_WRITE), HOIST_NO_READ);
    assert_access_refused(f, hoist_access_of(HOIST_READ, 8), HOIST_BAD_ACCESS);
    access.protection_key = 16;
    assert_access_refused(f, access, HOIST_BAD_ACCESS);
    access.protection_key = 0;
    access.software = 0x8000;
    assert_access_refused(f, access, HOIST_BAD_ACCESS);
    f->space.cpu.has_nx = false;
    assert_access_refused(f, hoist_kernel_data(), HOIST_NO_NX);
}

static void a_link_that_was_not_present_is_replaced_whatever_it_held(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, 0, 0x7000, hoist_kernel_data()), HOIST_OK);
    *entry_at(f, GIB, 3) = ~P;
    assert_int_equal(put_4k(f, GIB, 0x8000, hoist_kernel_data()), HOIST_OK);
    assert_leaves(f, 2, 0, 0);
    assert_int_equal(*entry_at(f, GIB, 3) & ~UINT64_C(0x000ffffffffff000), P | W);
}

static void tables_at_their_physical_address_need_no_hook(void **state)
{
    struct fixture *f = *state;
    static _Alignas(4096) uint64_t pdpt[512];
    static _Alignas(4096) uint64_t root[512];
    const struct hoist_hooks plain = {0};
    const struct hoist_frame_4k frame = {(uintptr_t)root};
    struct hoist_translation found;

    root[0] = (uintptr_t)pdpt | P;
    f->space.hooks = &plain;
    assert_int_equal(hoist_space_open(&f->space, frame), HOIST_OK);
    assert_int_equal(put_1g(f, 3 * GIB, GIB, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(pdpt[3], GIB | P | W | PS | NX);
    assert_int_equal(root[0], (uintptr_t)pdpt | P | W);
    assert_int_equal(hoist_query(&f->space, hoist_va_of(3 * GIB + 1), &found), HOIST_OK);
    assert_int_equal(found.pa.value, GIB + 1);
}

static void the_door_for_any_size_calls_the_function_of_the_pages_size(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access data = hoist_kernel_data();
    const struct hoist_frame_1g large = frame_1g(f, GIB);
    struct hoist_pt pt;
    struct hoist_pd pd;
    struct hoist_pdpt pdpt;

    assert_int_equal(hoist_count_chain(&f->space, page_4k(f, 0)), 4);
    assert_int_equal(hoist_count_chain(&f->space, page_2m(f, 0)), 3);
    assert_int_equal(hoist_count_chain(&f->space, page_1g(f, 0)), 2);
    assert_int_equal(hoist_ensure_chain(&f->space, page_4k(f, 0), data, &pt), HOIST_OK);
    assert_int_equal(hoist_ensure_chain(&f->space, page_2m(f, GIB), data, &pd), HOIST_OK);
    assert_int_equal(hoist_ensure_chain(&f->space, page_1g(f, 2 * GIB), data, &pdpt), HOIST_OK);
    assert_int_equal(hoist_set_leaf(&f->space, pt, page_4k(f, 0), frame_4k(f, 0x1000), data), 0);
    assert_int_equal(hoist_set_leaf(&f->space, pd, page_2m(f, GIB), frame_2m(f, 2 * MIB), data), 0);
    assert_int_equal(hoist_set_leaf(&f->space, pdpt, page_1g(f, 2 * GIB), large, data), 0);
    assert_leaves(f, 1, 1, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(each_size_gets_its_own_table_and_one_leaf),
        test_of(five_levels_take_one_table_more),
        test_of(a_chain_that_is_there_is_found_and_nothing_is_written),
        test_of(new_links_grant_all_but_user_and_user_only_when_asked),
        test_of(count_chain_says_how_many_frames_ensure_chain_takes),
        test_of(count_chain_counts_the_tables_of_a_split),
        test_of(out_of_memory_names_the_level_and_changes_nothing),
        test_of(out_of_memory_below_existing_tables_changes_nothing),
        test_of(an_access_that_cannot_be_expressed_is_refused_everywhere),
        test_of(a_link_that_was_not_present_is_replaced_whatever_it_held),
        test_of(tables_at_their_physical_address_need_no_hook),
        test_of(the_door_for_any_size_calls_the_function_of_the_pages_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
