/* SPDX-License-Identifier: BSD-2-Clause */
/* A large leaf in the way is split, and what it mapped stays mapped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "flush_list.h"
#include "paging_fixture.h"

#define LARGE_VA (HALF + 7 * GIB)
#define LARGE_PA (9 * GIB)

/* Every flag that a leaf can carry, one after the other, and all at once at the end. */
static const uint64_t flags_to_keep[] = {
    0,
    W,
    U,
    PWT,
    PCD,
    A,
    D,
    G,
    NX,
    PAT_LARGE,
    BIT(9),
    BIT(10),
    BIT(11),
    BIT(52),
    BIT(58),
    BIT(59),
    BIT(62),
    W | U | PWT | PCD | A | D | G | NX | PAT_LARGE | UINT64_C(0xe00) | UINT64_C(0x7ff) << 52,
};

#define FLAGS_COUNT (sizeof flags_to_keep / sizeof flags_to_keep[0])

/* An empty space but for one large leaf of this level with these flags, put there by hand. */
static void begin_with_leaf(struct fixture *f, uint64_t flags, unsigned level)
{
    fixture_restart(f, fixture_cpu(4));
    if (level == 3) {
        assert_int_equal(put_1g(f, LARGE_VA, LARGE_PA, hoist_kernel_text()), HOIST_OK);
    } else {
        assert_int_equal(put_2m(f, LARGE_VA, LARGE_PA, hoist_kernel_text()), HOIST_OK);
    }
    for (unsigned above = 4; above > level; above--) {
        *entry_at(f, LARGE_VA, above) |= U;
    }
    *entry_at(f, LARGE_VA, level) = LARGE_PA | P | PS | flags;
}

/* All 2 MiB pieces but the one at `except` are leaves with these flags and the old frames. */
static void assert_2m_pieces(struct fixture *f, uint64_t flags, uint64_t except)
{
    for (uint64_t offset = 0; offset < GIB; offset += 2 * MIB) {
        if (offset == except) {
            continue;
        }
        assert_int_equal(*entry_at(f, LARGE_VA + offset, 2), (LARGE_PA + offset) | P | PS | flags);
    }
}

/* All 4 KiB pieces of the 2 MiB from `start`: PAT has moved from bit 12 to bit 7. */
static void assert_4k_pieces(struct fixture *f, uint64_t flags, uint64_t start)
{
    const uint64_t moved = (flags & ~PAT_LARGE) | ((flags & PAT_LARGE) != 0 ? PAT_SMALL : 0);

    for (uint64_t offset = start; offset < start + 2 * MIB; offset += 4 * KIB) {
        assert_int_equal(*entry_at(f, LARGE_VA + offset, 1), (LARGE_PA + offset) | P | moved);
    }
}

/* What the hardware sees did not change but for the size: judged by the independent reader. */
static void assert_same_for_the_cpu(struct fixture *f, struct raw_leaf old, uint64_t offset)
{
    const struct raw_leaf now = leaf_at(f, LARGE_VA + offset);

    assert_int_equal(now.pa, LARGE_PA + offset / now.size_bytes * now.size_bytes);
    assert_int_equal(now.pat_index, old.pat_index);
    assert_int_equal(now.protection_key, old.protection_key);
    assert_int_equal(now.software, old.software);
    assert_int_equal(now.global, old.global);
    assert_int_equal(now.may_be_written, old.may_be_written);
    assert_int_equal(now.may_be_used_by_user, old.may_be_used_by_user);
    assert_int_equal(now.may_be_executed, old.may_be_executed);
    assert_int_equal(now.entry & (A | D), old.entry & (A | D));
}

static void a_2m_leaf_becomes_512_pages_with_everything_kept(void **state)
{
    struct fixture *f = *state;
    struct hoist_pt pt;

    for (unsigned i = 0; i < FLAGS_COUNT; i++) {
        struct raw_leaf old;

        begin_with_leaf(f, flags_to_keep[i], 2);
        old = leaf_at(f, LARGE_VA);
        remember(f);
        assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, LARGE_VA + 5 * 4 * KIB),
                                               hoist_kernel_text(), &pt),
                         HOIST_OK);
        assert_flushed_once(f, LARGE_VA, 512, 4 * KIB);
        assert_leaves(f, 512, 0, 0);
        assert_4k_pieces(f, flags_to_keep[i], 0);
        for (uint64_t offset = 0; offset < 2 * MIB; offset += 4 * KIB) {
            assert_same_for_the_cpu(f, old, offset);
        }
        assert_ptr_equal(pt.entries, entry_at(f, LARGE_VA, 1));
    }
}

static void a_1g_leaf_becomes_512_leaves_of_2m_with_everything_kept(void **state)
{
    struct fixture *f = *state;
    struct hoist_pd pd;

    for (unsigned i = 0; i < FLAGS_COUNT; i++) {
        struct raw_leaf old;

        begin_with_leaf(f, flags_to_keep[i], 3);
        old = leaf_at(f, LARGE_VA);
        remember(f);
        assert_int_equal(hoist_ensure_chain_2m(&f->space, page_2m(f, LARGE_VA + 300 * 2 * MIB),
                                               hoist_kernel_text(), &pd),
                         HOIST_OK);
        assert_flushed_once(f, LARGE_VA, GIB / (4 * KIB), 4 * KIB);
        assert_leaves(f, 0, 512, 0);
        assert_2m_pieces(f, flags_to_keep[i], GIB);
        for (uint64_t offset = 0; offset < GIB; offset += 2 * MIB) {
            assert_same_for_the_cpu(f, old, offset);
        }
        assert_ptr_equal(pd.entries, entry_at(f, LARGE_VA, 2));
        assert_int_equal(pd.first_va, LARGE_VA);
    }
}

static void a_1g_leaf_becomes_511_and_512_leaves_for_a_4k_page(void **state)
{
    static const uint64_t places[] = {0, 300 * 2 * MIB, 511 * 2 * MIB};
    struct fixture *f = *state;
    struct hoist_pt pt;

    for (unsigned i = 0; i < FLAGS_COUNT; i++) {
        const uint64_t place = places[i % 3];
        struct raw_leaf old;

        begin_with_leaf(f, flags_to_keep[i], 3);
        old = leaf_at(f, LARGE_VA);
        remember(f);
        assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, LARGE_VA + place + 0x7000),
                                               hoist_kernel_text(), &pt),
                         HOIST_OK);
        assert_flushed_once(f, LARGE_VA, GIB / (4 * KIB), 4 * KIB);
        assert_leaves(f, 512, 511, 0);
        assert_2m_pieces(f, flags_to_keep[i], place);
        assert_4k_pieces(f, flags_to_keep[i], place);
        for (uint64_t offset = place; offset < place + 2 * MIB; offset += 4 * KIB) {
            assert_same_for_the_cpu(f, old, offset);
        }
        for (uint64_t offset = 0; offset < GIB; offset += 2 * MIB) {
            assert_same_for_the_cpu(f, old, offset);
        }
        assert_int_equal(arena_held(&f->arena), 4);
    }
}

static void no_flag_of_the_leaf_leaks_into_the_link_above_the_pieces(void **state)
{
    struct fixture *f = *state;
    const uint64_t link_flags = ~UINT64_C(0x000ffffffffff000);
    struct hoist_pt pt;

    for (unsigned i = 0; i < FLAGS_COUNT; i++) {
        begin_with_leaf(f, flags_to_keep[i], 3);
        assert_int_equal(
            hoist_ensure_chain_4k(&f->space, page_4k(f, LARGE_VA), hoist_kernel_text(), &pt),
            HOIST_OK);
        assert_int_equal(*entry_at(f, LARGE_VA, 3) & link_flags, P | W | (flags_to_keep[i] & U));
        assert_int_equal(*entry_at(f, LARGE_VA, 2) & link_flags, P | W | (flags_to_keep[i] & U));
    }
}

static void a_user_leaf_split_for_a_kernel_page_stays_reachable_for_user_code(void **state)
{
    struct fixture *f = *state;
    const uint8_t user = HOIST_READ | HOIST_WRITE | HOIST_USER;
    struct hoist_pt pt;

    assert_int_equal(put_1g(f, 0, GIB, rights_of(user)), HOIST_OK);
    assert_int_equal(hoist_ensure_chain_4k(&f->space, page_4k(f, 0), hoist_kernel_data(), &pt),
                     HOIST_OK);
    for (uint64_t va = 0; va < 4 * MIB; va += 4 * KIB) {
        assert_true(leaf_at(f, va).may_be_used_by_user);
    }
}

static void a_kernel_leaf_split_for_a_user_page_stays_closed_for_user_code(void **state)
{
    struct fixture *f = *state;
    struct hoist_pt pt;

    assert_int_equal(put_2m(f, 0, GIB, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(
        hoist_ensure_chain_4k(&f->space, page_4k(f, 0), rights_of(HOIST_READ | HOIST_USER), &pt),
        HOIST_OK);
    for (uint64_t va = 0; va < 2 * MIB; va += 4 * KIB) {
        assert_false(leaf_at(f, va).may_be_used_by_user);
    }
}

static void set_leaf_on_a_piece_compares_with_the_piece(void **state)
{
    struct fixture *f = *state;
    const struct hoist_access access = hoist_kernel_write_combining();

    assert_int_equal(put_1g(f, LARGE_VA, LARGE_PA, access), HOIST_OK);
    assert_int_equal(put_4k(f, LARGE_VA + 0x5000, LARGE_PA + 0x5000, access), HOIST_OK);
    assert_leaves(f, 512, 511, 0);
    assert_refused(f, put_4k(f, LARGE_VA + 0x5000, LARGE_PA + 0x6000, access),
                   HOIST_ALREADY_MAPPED);
    assert_refused(f, put_4k(f, LARGE_VA, LARGE_PA, hoist_kernel_data()), HOIST_ALREADY_MAPPED);
}

static void a_split_without_frames_changes_nothing_and_names_the_level(void **state)
{
    struct fixture *f = *state;
    struct hoist_pt pt;
    struct hoist_pd pd;
    const struct hoist_access text = hoist_kernel_text();

    begin_with_leaf(f, W, 3);
    f->arena.fail_in = 1;
    assert_refused(f, hoist_ensure_chain_2m(&f->space, page_2m(f, LARGE_VA), text, &pd),
                   HOIST_NO_FRAME_FOR_PD);
    f->arena.fail_in = 1;
    assert_refused(f, hoist_ensure_chain_4k(&f->space, page_4k(f, LARGE_VA), text, &pt),
                   HOIST_NO_FRAME_FOR_PD);
    f->arena.fail_in = 2;
    assert_refused(f, hoist_ensure_chain_4k(&f->space, page_4k(f, LARGE_VA), text, &pt),
                   HOIST_NO_FRAME_FOR_PT);
    assert_int_equal(arena_held(&f->arena), 2);
    begin_with_leaf(f, W, 2);
    f->arena.fail_in = 1;
    assert_refused(f, hoist_ensure_chain_4k(&f->space, page_4k(f, LARGE_VA), text, &pt),
                   HOIST_NO_FRAME_FOR_PT);
}

static void a_split_without_a_flush_hook_still_splits(void **state)
{
    struct fixture *f = *state;
    struct hoist_hooks quiet = arena_hooks;
    struct hoist_pt pt;

    begin_with_leaf(f, W, 2);
    quiet.flush = NULL;
    f->space.hooks = &quiet;
    assert_int_equal(
        hoist_ensure_chain_4k(&f->space, page_4k(f, LARGE_VA), hoist_kernel_text(), &pt), HOIST_OK);
    assert_leaves(f, 512, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(a_2m_leaf_becomes_512_pages_with_everything_kept),
        test_of(a_1g_leaf_becomes_512_leaves_of_2m_with_everything_kept),
        test_of(a_1g_leaf_becomes_511_and_512_leaves_for_a_4k_page),
        test_of(no_flag_of_the_leaf_leaks_into_the_link_above_the_pieces),
        test_of(a_user_leaf_split_for_a_kernel_page_stays_reachable_for_user_code),
        test_of(a_kernel_leaf_split_for_a_user_page_stays_closed_for_user_code),
        test_of(set_leaf_on_a_piece_compares_with_the_piece),
        test_of(a_split_without_frames_changes_nothing_and_names_the_level),
        test_of(a_split_without_a_flush_hook_still_splits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
