/* SPDX-License-Identifier: BSD-2-Clause */
/* Single entries: looked at, set, cleared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA   hoist_kernel_data()
#define RODATA hoist_kernel_rodata()

static struct hoist_entry look(struct fixture *f, uint64_t va, unsigned level)
{
    struct hoist_entry entry;

    assert_int_equal(hoist_entry_at(&f->space, hoist_va_of(va), level, &entry), HOIST_OK);
    return entry;
}

static struct hoist_entry_mut take_hold(struct fixture *f, uint64_t va, unsigned level)
{
    struct hoist_entry_mut entry;

    assert_int_equal(hoist_entry_mut_at(&f->space, hoist_va_of(va), level, &entry), HOIST_OK);
    return entry;
}

/* Both ways of finding an entry answer this. */
static void assert_no_entry(struct fixture *f, uint64_t va, unsigned level,
                            enum hoist_result expected)
{
    struct hoist_entry entry;
    struct hoist_entry_mut entry_mut;

    assert_refused(f, hoist_entry_at(&f->space, hoist_va_of(va), level, &entry), expected);
    assert_refused(f, hoist_entry_mut_at(&f->space, hoist_va_of(va), level, &entry_mut), expected);
}

static void every_level_on_the_way_is_found(void **state)
{
    struct fixture *f = *state;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        fixture_restart(f, fixture_cpu(levels));
        assert_int_equal(put_4k(f, HALF + 3 * GIB + 0x5000, 0x7000, DATA), HOIST_OK);
        for (unsigned level = 1; level <= levels; level++) {
            const uint64_t span = BIT(12 + 9 * (level - 1));
            const struct hoist_entry entry = look(f, HALF + 3 * GIB + 0x5abc, level);

            assert_int_equal(entry.value, *entry_at(f, HALF + 3 * GIB + 0x5000, level));
            assert_int_equal(entry.va.value, (HALF + 3 * GIB + 0x5000) & ~(span - 1));
            assert_int_equal(entry.level, level);
            assert_true(entry.is_present);
            assert_int_equal(entry.is_leaf, level == 1);
            assert_ptr_equal(take_hold(f, HALF + 3 * GIB + 0x5abc, level).slot,
                             entry_at(f, HALF + 3 * GIB + 0x5000, level));
        }
    }
}

static void an_entry_that_is_not_present_is_found_too(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, HALF, 0x7000, DATA), HOIST_OK);
    *entry_at(f, HALF + 0x1000, 1) = ~P;
    assert_false(look(f, HALF + 0x1000, 1).is_present);
    assert_false(look(f, HALF + 0x1000, 1).is_leaf);
    assert_int_equal(look(f, HALF + 0x1000, 1).value, ~P);
    assert_false(look(f, HALF + 2 * MIB, 2).is_present);
    assert_int_equal(put_2m(f, HALF + 4 * MIB, 0, DATA), HOIST_OK);
    assert_true(look(f, HALF + 4 * MIB, 2).is_leaf);
}

static void below_a_hole_or_a_larger_leaf_there_is_no_entry(void **state)
{
    struct fixture *f = *state;

    assert_no_entry(f, HALF, 4, HOIST_NOT_MAPPED);
    assert_int_equal(put_1g(f, HALF, 0, DATA), HOIST_OK);
    assert_no_entry(f, HALF, 2, HOIST_NOT_MAPPED);
    assert_no_entry(f, HALF, 1, HOIST_NOT_MAPPED);
    assert_no_entry(f, HALF + GIB, 2, HOIST_NOT_MAPPED);
    assert_no_entry(f, 0, 3, HOIST_NOT_MAPPED);
    assert_no_entry(f, HALF, 0, HOIST_BAD_LEAF_SIZE);
    assert_no_entry(f, HALF, 5, HOIST_BAD_LEAF_SIZE);
    assert_no_entry(f, HALF - 1, 3, HOIST_NOT_CANONICAL);
}

static void setting_what_was_nothing_flushes_nothing(void **state)
{
    struct fixture *f = *state;
    struct hoist_entry_mut entry;

    assert_int_equal(put_4k(f, HALF, 0x7000, DATA), HOIST_OK);
    entry = take_hold(f, HALF + 0x3000, 1);
    remember(f);
    assert_int_equal(hoist_entry_set(&f->space, &entry, hoist_pa_of(0x9000), RODATA), HOIST_OK);
    assert_flushed_nothing(f);
    assert_int_equal(*entry_at(f, HALF + 0x3000, 1), 0x9000 | P | NX);
    assert_int_equal(entry.entry.value, 0x9000 | P | NX);
    assert_true(entry.entry.is_present && entry.entry.is_leaf);
}

static void setting_and_clearing_a_leaf_of_each_size_flushes_that_leaf(void **state)
{
    struct fixture *f = *state;

    for (unsigned level = 1; level <= 3; level++) {
        const uint64_t bytes = hoist_leaf_bytes((enum hoist_leaf_size)level);
        struct hoist_entry_mut entry;

        fixture_restart(f, fixture_cpu(4));
        assert_int_equal(map_bytes(f, HALF, 0, GIB, DATA, (enum hoist_leaf_size)level), HOIST_OK);
        entry = take_hold(f, HALF + bytes - 1, level);
        remember(f);
        assert_int_equal(hoist_entry_set(&f->space, &entry, hoist_pa_of(4 * GIB), RODATA),
                         HOIST_OK);
        assert_flushed_once(f, HALF, 1, bytes);
        assert_int_equal(*entry_at(f, HALF, level), 4 * GIB | P | NX | (level == 1 ? 0 : PS));
        remember(f);
        assert_int_equal(hoist_entry_clear(&f->space, &entry), HOIST_OK);
        assert_flushed_once(f, HALF, 1, bytes);
        assert_false(is_mapped(f, HALF));
        assert_false(entry.entry.is_present || entry.entry.is_leaf);
        assert_refused(f, hoist_entry_clear(&f->space, &entry), HOIST_NOT_MAPPED);
    }
}

static void what_cannot_be_set_is_refused_by_name(void **state)
{
    struct fixture *f = *state;
    struct hoist_entry_mut small;
    struct hoist_entry_mut middle;
    struct hoist_entry_mut large;
    struct hoist_entry_mut root;

    assert_int_equal(put_4k(f, HALF, 0x7000, DATA), HOIST_OK);
    small = take_hold(f, HALF, 1);
    middle = take_hold(f, HALF + 2 * MIB, 2);
    large = take_hold(f, HALF + GIB, 3);
    root = take_hold(f, 0, 4);
#define SET(entry, pa, access) hoist_entry_set(&f->space, entry, hoist_pa_of(pa), access)
    assert_refused(f, SET(&small, 0x800, DATA), HOIST_UNALIGNED_FRAME);
    assert_refused(f, SET(&middle, 0x1000, DATA), HOIST_UNALIGNED_FRAME);
    assert_refused(f, SET(&large, 2 * MIB, DATA), HOIST_UNALIGNED_FRAME);
    assert_refused(f, SET(&small, BIT(52), DATA), HOIST_PA_TOO_WIDE);
    assert_refused(f, SET(&small, 0, rights_of(HOIST_WRITE)), HOIST_NO_READ);
    assert_refused(f, SET(&small, 0, hoist_access_of(HOIST_READ, 8)), HOIST_BAD_ACCESS);
    assert_refused(f, SET(&root, 0, DATA), HOIST_BAD_LEAF_SIZE);
    assert_refused(f, SET(&small, 0, rights_of(HOIST_READ | HOIST_USER)), HOIST_NARROW_LINK);
    f->space.cpu.has_1g_pages = false;
    assert_refused(f, SET(&large, 0, DATA), HOIST_NO_1G_PAGES);
    f->space.cpu.has_nx = false;
    assert_refused(f, SET(&small, 0, DATA), HOIST_NO_NX);
#undef SET
}

static void a_table_is_neither_overwritten_nor_cleared(void **state)
{
    struct fixture *f = *state;
    struct hoist_entry_mut entry;

    assert_int_equal(put_4k(f, HALF, 0x7000, DATA), HOIST_OK);
    entry = take_hold(f, HALF, 2);
    assert_refused(f, hoist_entry_set(&f->space, &entry, hoist_pa_of(0), DATA),
                   HOIST_TABLE_IN_THE_WAY_OF_2M);
    assert_refused(f, hoist_entry_clear(&f->space, &entry), HOIST_TABLE_IN_THE_WAY_OF_2M);
    entry = take_hold(f, HALF, 3);
    assert_refused(f, hoist_entry_set(&f->space, &entry, hoist_pa_of(0), DATA),
                   HOIST_TABLE_IN_THE_WAY_OF_1G);
    assert_refused(f, hoist_entry_clear(&f->space, &entry), HOIST_TABLE_IN_THE_WAY_OF_1G);
}

static void a_global_leaf_is_reported_as_one(void **state)
{
    struct fixture *f = *state;
    struct hoist_entry_mut entry;

    assert_int_equal(put_4k(f, HALF, 0x7000, rights_of(HOIST_READ | HOIST_GLOBAL)), HOIST_OK);
    entry = take_hold(f, HALF, 1);
    remember(f);
    assert_int_equal(hoist_entry_set(&f->space, &entry, hoist_pa_of(0), DATA), HOIST_OK);
    assert_int_equal(hoist_entry_clear(&f->space, &entry), HOIST_OK);
    assert_int_equal(f->arena.flush_count, 2);
    assert_true(f->arena.flush[0].has_global);
    assert_false(f->arena.flush[1].has_global);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(every_level_on_the_way_is_found),
        test_of(an_entry_that_is_not_present_is_found_too),
        test_of(below_a_hole_or_a_larger_leaf_there_is_no_entry),
        test_of(setting_what_was_nothing_flushes_nothing),
        test_of(setting_and_clearing_a_leaf_of_each_size_flushes_that_leaf),
        test_of(what_cannot_be_set_is_refused_by_name),
        test_of(a_table_is_neither_overwritten_nor_cleared),
        test_of(a_global_leaf_is_reported_as_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
