/* SPDX-License-Identifier: BSD-2-Clause */
/* The sixteen combinations of read, write, execute and user, whichever call makes the leaf. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

/* Ways to make a leaf of this level at HALF with these rights. */
enum way { BY_MAP, BY_REMAP, BY_PROTECT, BY_SET_LEAF, BY_PAGE, BY_GIVE, BY_ENTRY, WAY_COUNT };

static enum hoist_result put(struct fixture *f, unsigned level, struct hoist_access access)
{
    switch (level) {
    case 1: return put_4k(f, HALF, 0, access);
    case 2: return put_2m(f, HALF, 0, access);
    default: return put_1g(f, HALF, 0, access);
    }
}

static enum hoist_result map_page(struct fixture *f, unsigned level, struct hoist_access access)
{
    switch (level) {
    case 1: return hoist_map_4k(&f->space, page_4k(f, HALF), frame_4k(f, 0), access);
    case 2: return hoist_map_2m(&f->space, page_2m(f, HALF), frame_2m(f, 0), access);
    default: return hoist_map_1g(&f->space, page_1g(f, HALF), frame_1g(f, 0), access);
    }
}

static enum hoist_result set_entry(struct fixture *f, unsigned level, struct hoist_access access)
{
    struct hoist_entry_mut entry;

    assert_int_equal(hoist_entry_mut_at(&f->space, hoist_va_of(HALF), level, &entry), HOIST_OK);
    return hoist_entry_set(&f->space, &entry, hoist_pa_of(0), access);
}

static enum hoist_result make(struct fixture *f, enum way way, unsigned level, uint8_t rights)
{
    const struct hoist_access access = rights_of(rights);
    const enum hoist_leaf_size size = (enum hoist_leaf_size)level;
    const uint64_t bytes = hoist_leaf_bytes(size);
    struct hoist_owned page = {{0}, size, true};

    switch (way) {
    case BY_MAP: return map_bytes(f, HALF, 0, bytes, access, size);
    case BY_REMAP: return remap_bytes(f, extent_of(HALF, 0, bytes), access, size, HOIST_RANGE_LIVE);
    case BY_PROTECT: return protect_bytes(f, HALF, bytes, access);
    case BY_SET_LEAF: return put(f, level, access);
    case BY_PAGE: return map_page(f, level, access);
    case BY_GIVE: return hoist_give(&f->space, hoist_va_of(HALF), &page, access);
    default: return set_entry(f, level, access);
    }
}

/* Wide links, and for protecting a leaf with none of the rights in question but reading. */
static void begin(struct fixture *f, enum way way, unsigned level)
{
    const uint64_t beside = HALF + hoist_leaf_bytes((enum hoist_leaf_size)level);

    fixture_restart(f, fixture_cpu(4));
    assert_int_equal(map_bytes(f, beside, 0, beside - HALF,
                               rights_of(HOIST_READ | HOIST_WRITE | HOIST_USER | HOIST_EXECUTE),
                               (enum hoist_leaf_size)level),
                     HOIST_OK);
    if (way == BY_PROTECT || way == BY_REMAP) {
        assert_int_equal(map_bytes(f, HALF, 0, beside - HALF, hoist_kernel_rodata(),
                                   (enum hoist_leaf_size)level),
                         HOIST_OK);
    }
}

/* The bits of an entry, from the manual once more. */
static uint64_t bits_of(uint8_t rights, unsigned level)
{
    return P | ((rights & HOIST_WRITE) != 0 ? W : 0) | ((rights & HOIST_USER) != 0 ? U : 0) |
           ((rights & HOIST_EXECUTE) != 0 ? 0 : NX) | (level == 1 ? 0 : PS);
}

static void the_eight_with_read_set_their_bits_and_no_other(void **state)
{
    struct fixture *f = *state;

    for (unsigned way = 0; way < WAY_COUNT; way++) {
        for (unsigned level = 1; level <= 3; level++) {
            for (uint8_t rights = 0; rights < 16; rights++) {
                if ((rights & HOIST_READ) == 0) {
                    continue;
                }
                begin(f, (enum way)way, level);
                assert_int_equal(make(f, (enum way)way, level, rights), HOIST_OK);
                assert_int_equal(*entry_at(f, HALF, level),
                                 bits_of(rights, level) | (way == BY_GIVE ? BIT(58) : 0));
            }
        }
    }
}

static void the_eight_without_read_are_refused_and_nothing_is_written(void **state)
{
    struct fixture *f = *state;

    for (unsigned way = 0; way < WAY_COUNT; way++) {
        for (unsigned level = 1; level <= 3; level++) {
            begin(f, (enum way)way, level);
            for (uint8_t rights = 0; rights < 16; rights++) {
                if ((rights & HOIST_READ) == 0) {
                    assert_refused(f, make(f, (enum way)way, level, rights), HOIST_NO_READ);
                }
            }
        }
    }
}

static void without_nx_a_page_that_shall_not_execute_needs_the_callers_consent(void **state)
{
    struct fixture *f = *state;

    for (unsigned way = 0; way < WAY_COUNT; way++) {
        for (unsigned level = 1; level <= 3; level++) {
            begin(f, (enum way)way, level);
            if (way == BY_PROTECT || way == BY_REMAP) {
                assert_int_equal(make(f, BY_PROTECT, level, HOIST_READ | HOIST_EXECUTE), HOIST_OK);
            }
            f->space.cpu.has_nx = false;
            f->reader.has_nx = false;
            assert_refused(f, make(f, (enum way)way, level, HOIST_READ | HOIST_WRITE), HOIST_NO_NX);
            f->space.cpu.accept_missing_nx = true;
            assert_int_equal(make(f, (enum way)way, level, HOIST_READ | HOIST_WRITE), HOIST_OK);
            assert_int_equal(*entry_at(f, HALF, level) & ~BIT(58), P | W | (level == 1 ? 0 : PS));
            take_census(f);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(the_eight_with_read_set_their_bits_and_no_other),
        test_of(the_eight_without_read_are_refused_and_nothing_is_written),
        test_of(without_nx_a_page_that_shall_not_execute_needs_the_callers_consent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
