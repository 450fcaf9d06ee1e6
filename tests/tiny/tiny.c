/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library itself, on tables so small that every sequence of calls can be gone through, held
 * against a flat model (model.h) before and after each call.
 *
 * Environment: LONG=1 (everything, where otherwise a sample must do, and without merging states).
 */
#include <stdlib.h>
#include <string.h>

#include "campaign.h"
#include "reader.h"
#include "report.h"

/* When a test is run. */
enum when { ALWAYS, SHORT_ALONE, LONG_ALONE };

struct test {
    const char *name;
    void (*run)(const struct tiny_campaign *campaign);
    struct tiny_campaign campaign;
    enum when when;
};

static const struct test of_two_entries[] = {
    {"every_sequence_of_three_calls_does_what_the_model_says",
     tiny_run_merged,
     {.choice = {2, false}, .depth = 3, .thorough_depth = 2, .watched_depth = 3, .stride = 1},
     ALWAYS},
    {"every_sequence_of_two_calls_does_the_same_wherever_the_tables_lie",
     tiny_run_one_by_one,
     {.choice = {2, false}, .depth = 2, .thorough_depth = 1, .watched_depth = 2, .stride = 1},
     SHORT_ALONE},
    {"every_sequence_of_three_calls_does_the_same_wherever_the_tables_lie",
     tiny_run_one_by_one,
     {.choice = {2, false}, .depth = 3, .thorough_depth = 1, .watched_depth = 2, .stride = 1},
     LONG_ALONE},
    {"every_sequence_of_three_calls_with_frames_half_aligned_does_what_the_model_says",
     tiny_run_merged,
     {.choice = {3, false}, .depth = 3, .thorough_depth = 3, .watched_depth = 3, .stride = 1},
     LONG_ALONE},
};

/*
 * The stride has no divisor in common with the number of operations on a range, so each kind has
 * its turn.
 */
static const struct test of_four_entries[] = {
    {"every_sequence_of_three_calls_on_single_pages_does_what_the_model_says",
     tiny_run_merged,
     {.choice = {2, true}, .depth = 3, .thorough_depth = 2, .watched_depth = 2, .stride = 1},
     ALWAYS},
    {"a_sample_of_the_sequences_of_two_calls_on_ranges_does_what_the_model_says",
     tiny_run_merged,
     {.choice = {2, false}, .depth = 2, .thorough_depth = 2, .watched_depth = 2, .stride = 1009},
     ALWAYS},
    {"every_sequence_of_two_calls_on_ranges_does_what_the_model_says",
     tiny_run_merged,
     {.choice = {2, false}, .depth = 2, .thorough_depth = 1, .watched_depth = 1, .stride = 1},
     LONG_ALONE},
};

static bool is_wanted(const struct test *test)
{
    const char *text = getenv("LONG");
    const bool is_long = text != NULL && strcmp(text, "1") == 0;

    return test->when == ALWAYS || test->when == (is_long ? LONG_ALONE : SHORT_ALONE);
}

int main(void)
{
    const struct test *tests = TINY_ENTRIES == 2 ? of_two_entries : of_four_entries;
    const unsigned test_count = TINY_ENTRIES == 2
                                    ? sizeof of_two_entries / sizeof of_two_entries[0]
                                    : sizeof of_four_entries / sizeof of_four_entries[0];
    unsigned wanted_count = 0;

    for (unsigned i = 0; i < test_count; i++) {
        wanted_count += is_wanted(&tests[i]);
    }
    tiny_reader_init();
    tiny_plan(wanted_count);
    for (unsigned i = 0; i < test_count; i++) {
        if (is_wanted(&tests[i])) {
            tiny_begin(tests[i].name);
            tests[i].run(&tests[i].campaign);
            tiny_end();
        }
    }
    return 0;
}
