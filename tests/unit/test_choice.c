/* SPDX-License-Identifier: BSD-2-Clause */
/* What keys mean to the menu. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "choice.h"

static struct choice choice;

static void begin(size_t entry_count, size_t marked)
{
    choice = (struct choice){.entry_count = entry_count, .marked = marked};
}

static void assert_step(unsigned key, enum choice_step step, size_t marked)
{
    assert_int_equal(choice_take(&choice, key), step);
    assert_int_equal(choice.marked, marked);
}

static void one_digit_is_enough_where_there_are_nine_entries(void **state)
{
    (void)state;
    for (unsigned digit = 1; digit <= 9; digit++) {
        begin(9, 5);
        assert_step('0' + digit, CHOICE_DONE, digit);
    }
}

static void every_entry_of_64_has_its_number(void **state)
{
    (void)state;
    for (unsigned number = 1; number <= 64; number++) {
        begin(64, 3);
        if (number >= 10) {
            assert_step('0' + number / 10, CHOICE_MOVED, number / 10);
            assert_step('0' + number % 10, CHOICE_DONE, number);
        } else if (number >= 7) {
            assert_step('0' + number, CHOICE_DONE, number);
        } else {
            assert_step('0' + number, CHOICE_MOVED, number);
            assert_step('\r', CHOICE_DONE, number);
        }
    }
}

static void the_last_of_ten_can_be_reached(void **state)
{
    (void)state;
    begin(10, 3);
    assert_step('1', CHOICE_MOVED, 1);
    assert_step('0', CHOICE_DONE, 10);
}

static void a_digit_that_no_number_begins_with_boots_the_marked_entry(void **state)
{
    (void)state;
    begin(3, 2);
    assert_step('7', CHOICE_DONE, 2);
    begin(64, 2);
    assert_step('0', CHOICE_DONE, 2);
}

static void a_number_that_no_entry_has_starts_again(void **state)
{
    (void)state;
    begin(12, 1);
    assert_step('1', CHOICE_MOVED, 1);
    assert_step('5', CHOICE_WAIT, 1);
    assert_step('1', CHOICE_MOVED, 1);
    assert_step('2', CHOICE_DONE, 12);
}

static void the_arrows_move_the_mark_around_the_list(void **state)
{
    (void)state;
    begin(3, 2);
    assert_step(CHOICE_KEY_DOWN, CHOICE_MOVED, 3);
    assert_step(CHOICE_KEY_DOWN, CHOICE_MOVED, 1);
    assert_step(CHOICE_KEY_UP, CHOICE_MOVED, 3);
    assert_step(CHOICE_KEY_UP, CHOICE_MOVED, 2);
    assert_step('\r', CHOICE_DONE, 2);
    begin(12, 1);
    assert_step('1', CHOICE_MOVED, 1);
    assert_step(CHOICE_KEY_DOWN, CHOICE_MOVED, 2);
    assert_step('1', CHOICE_MOVED, 1); /* and not 11 */
    assert_step('2', CHOICE_DONE, 12);
}

static void any_other_key_boots_the_marked_entry(void **state)
{
    static const unsigned keys[] = {'\r', ' ', 'a', 27, '/', ':', 0xf000, 0xf003, 0xffff, 1};

    (void)state;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        begin(5, 4);
        assert_step(keys[i], CHOICE_DONE, 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_digit_is_enough_where_there_are_nine_entries),
        cmocka_unit_test(every_entry_of_64_has_its_number),
        cmocka_unit_test(the_last_of_ten_can_be_reached),
        cmocka_unit_test(a_digit_that_no_number_begins_with_boots_the_marked_entry),
        cmocka_unit_test(a_number_that_no_entry_has_starts_again),
        cmocka_unit_test(the_arrows_move_the_mark_around_the_list),
        cmocka_unit_test(any_other_key_boots_the_marked_entry),
    };

    return cmocka_run_group_tests_name("choice", tests, NULL, NULL);
}
