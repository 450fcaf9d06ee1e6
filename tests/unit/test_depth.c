/* SPDX-License-Identifier: BSD-2-Clause */
/* Which number of paging levels comes of the processor and of the wishes: every combination. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "depth.h"

static struct problem problem;

/* 0: refused. */
static uint32_t choose(uint32_t runs_at, bool has_five, uint32_t mode, uint32_t least,
                       uint32_t most)
{
    const struct depth_cpu cpu = {runs_at, has_five};
    const struct depth_wishes wishes = {text_of("sample"), mode, least, most};
    uint32_t levels = 99;

    problem = (struct problem){0};
    return depth_choose(&cpu, &wishes, &levels, &problem) ? levels : 0;
}

static void assert_problem(enum problem_kind kind, uint64_t first, uint64_t second)
{
    assert_int_equal(problem.kind, kind);
    assert_string_equal(problem.name.start, "sample");
    assert_int_equal(problem.numbers[0], first);
    assert_int_equal(problem.numbers[1], second);
}

static void without_a_wish_the_depth_stays_as_the_processor_runs(void **state)
{
    (void)state;
    assert_int_equal(choose(4, false, 0, 0, 0), 4);
    assert_int_equal(choose(4, true, 0, 0, 0), 4);
    assert_int_equal(choose(5, true, 0, 0, 0), 5);
}

static void a_mode_is_what_is_built(void **state)
{
    (void)state;
    assert_int_equal(choose(4, true, 4, 0, 0), 4);
    assert_int_equal(choose(4, true, 5, 0, 0), 5);
    assert_int_equal(choose(5, true, 4, 0, 0), 4);
    assert_int_equal(choose(5, true, 5, 0, 0), 5);
    assert_int_equal(choose(4, false, 4, 0, 0), 4);
}

static void limits_that_allow_the_present_depth_change_nothing(void **state)
{
    (void)state;
    assert_int_equal(choose(4, true, 0, 4, 5), 4);
    assert_int_equal(choose(5, true, 0, 4, 5), 5);
    assert_int_equal(choose(4, false, 0, 0, 5), 4);
    assert_int_equal(choose(5, true, 0, 4, 0), 5);
}

static void limits_that_forbid_the_present_depth_lead_to_the_other(void **state)
{
    (void)state;
    assert_int_equal(choose(4, true, 0, 5, 0), 5);
    assert_int_equal(choose(5, true, 0, 0, 4), 4);
}

static void a_fifth_level_that_the_processor_lacks_is_refused(void **state)
{
    (void)state;
    assert_int_equal(choose(4, false, 5, 0, 0), 0);
    assert_problem(PROBLEM_DEPTH_CPU, 5, 4);
    assert_int_equal(choose(4, false, 0, 5, 5), 0);
    assert_problem(PROBLEM_DEPTH_CPU, 5, 4);
}

static void a_processor_that_runs_at_five_levels_has_them_whatever_it_says(void **state)
{
    (void)state;
    assert_int_equal(choose(5, false, 0, 0, 0), 5);
    assert_int_equal(choose(5, false, 5, 0, 0), 5);
    assert_int_equal(choose(5, false, 4, 0, 0), 4);
}

static void wishes_that_contradict_each_other_are_refused_on_every_processor(void **state)
{
    (void)state;
    for (uint32_t runs_at = 4; runs_at <= 5; runs_at++) {
        for (int has_five = 0; has_five <= 1; has_five++) {
            assert_int_equal(choose(runs_at, has_five, 0, 5, 4), 0);
            assert_problem(PROBLEM_DEPTH_CONTRADICTION, 5, 4);
            assert_int_equal(choose(runs_at, has_five, 4, 5, 0), 0);
            assert_problem(PROBLEM_DEPTH_CONTRADICTION, 5, 4);
            assert_int_equal(choose(runs_at, has_five, 5, 0, 4), 0);
            assert_problem(PROBLEM_DEPTH_CONTRADICTION, 5, 4);
        }
    }
}

static void numbers_that_no_processor_knows_are_refused(void **state)
{
    (void)state;
    assert_int_equal(choose(5, true, 3, 0, 0), 0);
    assert_problem(PROBLEM_DEPTH_CONTRADICTION, 4, 3);
    assert_int_equal(choose(5, true, 0, 6, 0), 0);
    assert_problem(PROBLEM_DEPTH_CONTRADICTION, 6, 5);
}

/* Said another way: the first of the depths, the present one before the other, that all allow. */
static void every_combination_is_the_first_depth_that_everybody_allows(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2 * 2 * 3 * 3 * 3; i++) {
        static const uint32_t wishes[3] = {0, 4, 5};
        const uint32_t runs_at = 4 + i % 2;
        const bool has_five = i / 2 % 2 == 1;
        const uint32_t mode = wishes[i / 4 % 3];
        const uint32_t least = wishes[i / 12 % 3];
        const uint32_t most = wishes[i / 36];
        uint32_t expected = 0;

        for (unsigned n = 0; n < 2 && expected == 0; n++) {
            const uint32_t depth = n == 0 ? runs_at : 9 - runs_at;

            if ((mode == 0 || depth == mode) && (least == 0 || depth >= least) &&
                (most == 0 || depth <= most) && (depth == 4 || has_five || runs_at == 5)) {
                expected = depth;
            }
        }
        assert_int_equal(choose(runs_at, has_five, mode, least, most), expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_wish_the_depth_stays_as_the_processor_runs),
        cmocka_unit_test(a_mode_is_what_is_built),
        cmocka_unit_test(limits_that_allow_the_present_depth_change_nothing),
        cmocka_unit_test(limits_that_forbid_the_present_depth_lead_to_the_other),
        cmocka_unit_test(a_fifth_level_that_the_processor_lacks_is_refused),
        cmocka_unit_test(a_processor_that_runs_at_five_levels_has_them_whatever_it_says),
        cmocka_unit_test(wishes_that_contradict_each_other_are_refused_on_every_processor),
        cmocka_unit_test(numbers_that_no_processor_knows_are_refused),
        cmocka_unit_test(every_combination_is_the_first_depth_that_everybody_allows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
