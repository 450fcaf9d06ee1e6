/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries and editors, where the tests of each function alone leave a gap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range_calls.h"

static enum hoist_result say_nothing(void *context, const struct hoist_leaf *leaf,
                                     enum hoist_edit *edit, struct hoist_access *access)
{
    (void)leaf;
    (void)edit;
    (void)access;
    ++*(unsigned *)context;
    return HOIST_OK;
}

static enum hoist_result clear_all(void *context, const struct hoist_leaf *leaf,
                                   enum hoist_edit *edit, struct hoist_access *access)
{
    *edit = HOIST_EDIT_CLEAR;
    return say_nothing(context, leaf, edit, access);
}

static void a_leaf_that_the_editor_says_nothing_of_stays(void **state)
{
    struct fixture *f = *state;
    unsigned count = 0;
    const struct hoist_editor editor = {say_nothing, &count, 0};

    assert_int_equal(put_4k(f, 0x1000, 0x7000, hoist_kernel_data()), HOIST_OK);
    assert_refused(f, hoist_edit(&f->space, hoist_va_of(0), hoist_va_of(GIB), &editor), HOIST_OK);
    assert_int_equal(count, 1);
}

static void an_edit_of_one_address_reaches_its_leaf(void **state)
{
    struct fixture *f = *state;
    unsigned count = 0;
    const struct hoist_editor editor = {clear_all, &count, 0};

    assert_int_equal(map_bytes(f, 0, 0, 8 * KIB, hoist_kernel_data(), HOIST_LEAF_4K), HOIST_OK);
    assert_int_equal(hoist_edit(&f->space, hoist_va_of(0x1234), hoist_va_of(0x1234), &editor),
                     HOIST_OK);
    assert_int_equal(count, 1);
    assert_true(is_mapped(f, 0));
    assert_false(is_mapped(f, 0x1000));
}

static void a_cleared_entry_says_so_in_every_member(void **state)
{
    struct fixture *f = *state;
    struct hoist_entry_mut entry;

    assert_int_equal(put_4k(f, 0x1000, 0x7000, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(hoist_entry_mut_at(&f->space, hoist_va_of(0x1000), 1, &entry), HOIST_OK);
    assert_int_equal(hoist_entry_clear(&f->space, &entry), HOIST_OK);
    assert_int_equal(entry.entry.value, 0);
    assert_false(entry.entry.is_present);
    assert_false(entry.entry.is_leaf);
    assert_int_equal(*entry_at(f, 0x1000, 1), 0);
    assert_int_equal(hoist_entry_set(&f->space, &entry, hoist_pa_of(0x9000), hoist_kernel_text()),
                     HOIST_OK);
    assert_int_equal(entry.entry.value, 0x9000 | P);
    assert_true(entry.entry.is_present);
    assert_true(entry.entry.is_leaf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(a_leaf_that_the_editor_says_nothing_of_stays),
        test_of(an_edit_of_one_address_reaches_its_leaf),
        test_of(a_cleared_entry_says_so_in_every_member),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
