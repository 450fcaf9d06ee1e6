/* SPDX-License-Identifier: BSD-2-Clause */
/* Links that grant less than a new mapping needs are widened, and the CPU is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "flush_list.h"
#include "paging_fixture.h"

#define ALL (HOIST_READ | HOIST_WRITE | HOIST_EXECUTE | HOIST_USER)

/* Takes rights away at one link, or at all of them: level 0. */
static void narrow(struct fixture *f, uint64_t va, unsigned level, uint64_t target_level)
{
    for (unsigned i = f->space.cpu.levels; i > target_level; i--) {
        if (level != 0 && i != level) {
            continue;
        }
        *entry_at(f, va, i) &= ~(W | U);
        *entry_at(f, va, i) |= NX;
    }
}

static void assert_effective(struct fixture *f, uint64_t va, uint8_t rights)
{
    const struct raw_leaf leaf = leaf_at(f, va);

    assert_int_equal(leaf.may_be_written, (rights & HOIST_WRITE) != 0);
    assert_int_equal(leaf.may_be_used_by_user, (rights & HOIST_USER) != 0);
    assert_int_equal(leaf.may_be_executed, (rights & HOIST_EXECUTE) != 0);
}

static void ensure_chain_widens_each_narrow_link_and_flushes_what_it_covers(void **state)
{
    struct fixture *f = *state;
    const uint64_t va = HALF + 3 * GIB + 8 * MIB;

    for (unsigned level = 2; level <= 4; level++) {
        const uint64_t span = BIT(12 + 9 * (level - 1));

        fixture_restart(f, fixture_cpu(4));
        assert_int_equal(put_4k(f, va, 0x1000, rights_of(ALL)), HOIST_OK);
        narrow(f, va, level, 1);
        assert_effective(f, va, HOIST_READ);
        f->arena.flush_count = 0;
        assert_int_equal(put_4k(f, va + 0x3000, 0x2000, rights_of(ALL)), HOIST_OK);
        assert_effective(f, va + 0x3000, ALL);
        assert_effective(f, va, ALL);
        assert_flushed_once(f, va & ~(span - 1), span / (4 * KIB), 4 * KIB);
    }
}

static void several_narrow_links_are_flushed_by_the_highest(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_2m(f, HALF, 0, rights_of(ALL)), HOIST_OK);
    narrow(f, HALF, 0, 2);
    f->arena.flush_count = 0;
    assert_int_equal(put_2m(f, HALF + 2 * MIB, 0, rights_of(ALL)), HOIST_OK);
    assert_effective(f, HALF + 2 * MIB, ALL);
    assert_flushed_once(f, HALF, 512 * GIB / (4 * KIB), 4 * KIB);
}

static void a_1g_page_widens_the_links_above_its_table(void **state)
{
    struct fixture *f = *state;

    fixture_restart(f, fixture_cpu(5));
    assert_int_equal(put_1g(f, 0, 0, rights_of(ALL)), HOIST_OK);
    narrow(f, 0, 0, 3);
    f->arena.flush_count = 0;
    assert_int_equal(put_1g(f, GIB, 0, rights_of(ALL)), HOIST_OK);
    assert_effective(f, GIB, ALL);
    assert_flushed_once(f, 0, UINT64_C(1) << 36, 4 * KIB);
}

static void links_are_widened_by_no_more_than_is_needed(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, 0, 0x1000, rights_of(ALL)), HOIST_OK);
    narrow(f, 0, 0, 1);
    assert_int_equal(put_4k(f, 0x1000, 0x2000, hoist_kernel_data()), HOIST_OK);
    for (unsigned level = 2; level <= 4; level++) {
        assert_int_equal(*entry_at(f, 0, level) & (W | U | NX), W | NX);
    }
    assert_int_equal(put_4k(f, 0x2000, 0x2000, hoist_kernel_text()), HOIST_OK);
    for (unsigned level = 2; level <= 4; level++) {
        assert_int_equal(*entry_at(f, 0, level) & (W | U | NX), W);
    }
}

static void widening_keeps_every_other_bit_of_a_link(void **state)
{
    struct fixture *f = *state;
    const uint64_t extra = A | PWT | PCD | BIT(9) | BIT(11) | BIT(55);
    uint64_t old;

    assert_int_equal(put_4k(f, 0, 0x1000, hoist_kernel_data()), HOIST_OK);
    *entry_at(f, 0, 3) |= extra;
    old = *entry_at(f, 0, 3);
    assert_int_equal(put_4k(f, 0x1000, 0x2000, rights_of(ALL)), HOIST_OK);
    assert_int_equal(*entry_at(f, 0, 3), old | U);
}

static void wide_links_are_not_written_and_nothing_is_flushed(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, 0, 0x1000, rights_of(ALL)), HOIST_OK);
    assert_refused(f, put_4k(f, 0, 0x1000, rights_of(ALL)), HOIST_OK);
}

static void a_range_widens_the_links_above_each_of_its_tables(void **state)
{
    struct fixture *f = *state;
    const uint64_t va = 6 * MIB;

    assert_int_equal(map_bytes(f, va, 0, 4 * MIB, rights_of(ALL), HOIST_LEAF_4K), HOIST_OK);
    narrow(f, va, 0, 1);
    narrow(f, va + 2 * MIB, 2, 1);
    *entry_at(f, va + 0x1000, 1) = 0;
    *entry_at(f, va + 2 * MIB, 1) = 0;
    f->arena.flush_count = 0;
    assert_int_equal(map_bytes(f, va, 0, 4 * MIB, rights_of(ALL), HOIST_LEAF_4K), HOIST_OK);
    for (uint64_t offset = 0; offset < 4 * MIB; offset += 4 * KIB) {
        assert_effective(f, va + offset, ALL);
    }
    assert_flushed_once(f, 0, 512 * GIB / (4 * KIB), 4 * KIB);
    assert_true(f->arena.flush[0].has_global);
}

static void a_range_that_is_there_already_is_made_usable(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_1g(f, 0, 0, rights_of(ALL)), HOIST_OK);
    narrow(f, 0, 4, 3);
    assert_int_equal(map_bytes(f, 0x5000, 0x5000, 0x3000, rights_of(ALL), HOIST_LEAF_4K), HOIST_OK);
    assert_effective(f, 0x5000, ALL);
    assert_leaves(f, 0, 0, 1);
}

static void a_range_in_a_new_table_below_a_narrow_link_is_usable(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, 0, 0x1000, rights_of(ALL)), HOIST_OK);
    narrow(f, 0, 4, 1);
    assert_int_equal(map_bytes(f, GIB, GIB, 0x3000, rights_of(ALL), HOIST_LEAF_4K), HOIST_OK);
    assert_effective(f, GIB, ALL);
    assert_int_equal(map_bytes(f, 2 * GIB, GIB, 2 * MIB, rights_of(ALL), HOIST_LEAF_2M), HOIST_OK);
    assert_effective(f, 2 * GIB, ALL);
}

static void a_refused_range_widens_nothing(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, 0x5000, 0x1000, rights_of(ALL)), HOIST_OK);
    narrow(f, 0, 0, 1);
    assert_refused(f, map_bytes(f, 0, 0, 0x8000, rights_of(ALL), HOIST_LEAF_4K),
                   HOIST_ALREADY_MAPPED);
    f->arena.fail_in = 1;
    assert_refused(f, map_bytes(f, 2 * MIB, 0, 0x8000, rights_of(ALL), HOIST_LEAF_4K),
                   HOIST_NO_FRAME_FOR_PT);
}

static void widening_without_a_flush_hook_still_widens(void **state)
{
    struct fixture *f = *state;
    struct hoist_hooks quiet = arena_hooks;

    quiet.flush = NULL;
    f->space.hooks = &quiet;
    assert_int_equal(put_4k(f, 0, 0x1000, rights_of(ALL)), HOIST_OK);
    narrow(f, 0, 0, 1);
    assert_int_equal(put_4k(f, 0x1000, 0x2000, rights_of(ALL)), HOIST_OK);
    assert_effective(f, 0x1000, ALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(ensure_chain_widens_each_narrow_link_and_flushes_what_it_covers),
        test_of(several_narrow_links_are_flushed_by_the_highest),
        test_of(a_1g_page_widens_the_links_above_its_table),
        test_of(links_are_widened_by_no_more_than_is_needed),
        test_of(widening_keeps_every_other_bit_of_a_link),
        test_of(wide_links_are_not_written_and_nothing_is_flushed),
        test_of(a_range_widens_the_links_above_each_of_its_tables),
        test_of(a_range_that_is_there_already_is_made_usable),
        test_of(a_range_in_a_new_table_below_a_narrow_link_is_usable),
        test_of(a_refused_range_widens_nothing),
        test_of(widening_without_a_flush_hook_still_widens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
