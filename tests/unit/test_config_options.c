/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keys of an entry that have more to say than a text: modules, sizes, resolutions and choices.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "config_fixture.h"

#define MODULES_MANY 5000

static struct text rest;

/* The next module is this one. */
static void assert_module(const char *path, const char *cmdline)
{
    struct config_module module;

    assert_true(config_next_module(&rest, &module));
    assert_text(module.path, path);
    assert_text(module.cmdline, cmdline);
}

static void assert_no_module(void)
{
    struct config_module module;

    assert_false(config_next_module(&rest, &module));
}

static void an_entry_without_options_has_the_defaults(void **state)
{
    const struct config_entry *entry = &config.entries[0];

    (void)state;
    assert_accepted("/T\npath: /k\n");
    assert_int_equal(entry->module_count, 0);
    assert_int_equal(entry->resolution.width_pixels, 0);
    assert_int_equal(entry->stack_bytes, 0);
    assert_int_equal(entry->kaslr, CONFIG_KASLR_BY_TYPE);
    assert_int_equal(entry->paging_mode, CONFIG_PAGING_ANY);
    assert_int_equal(entry->max_paging_mode, CONFIG_PAGING_ANY);
    assert_int_equal(entry->min_paging_mode, CONFIG_PAGING_ANY);
    assert_int_equal(entry->wx, CONFIG_WX_BY_PROTOCOL);
    assert_int_equal(entry->dump, CONFIG_DUMP_SERIAL);
    assert_int_equal(entry->on_fail, CONFIG_ON_FAIL_DEFAULT);
    assert_true(entry->framebuffer);
    assert_true(entry->early_faults);
    assert_false(entry->runtime);
    assert_int_equal(entry->randomise_hhdm_base, CONFIG_HHDM_BY_KASLR);
    assert_int_equal(entry->newer_base_revision, CONFIG_NEWER_DEFAULT);
    rest = entry->lines;
    assert_no_module();
}

static void every_option_is_read_into_its_place(void **state)
{
    const struct config_entry *entry = &config.entries[0];

    (void)state;
    assert_accepted("/T\nresolution: 1024x768\nstack: 64K\nframebuffer: no\nkaslr: yes\n"
                    "paging_mode: 4level\nmax_paging_mode: 5level\nmin_paging_mode: 4LEVEL\n"
                    "wx: protocol\nearly_faults: no\nruntime: yes\n"
                    "/U\nkaslr: No\nwx: Strict\n");
    assert_int_equal(warning_count, 0);
    assert_int_equal(entry->resolution.width_pixels, 1024);
    assert_int_equal(entry->resolution.height_pixels, 768);
    assert_int_equal(entry->resolution.bits_per_pixel, 0);
    assert_int_equal(entry->stack_bytes, 65536);
    assert_int_equal(entry->kaslr, CONFIG_KASLR_YES);
    assert_int_equal(entry->paging_mode, CONFIG_PAGING_4_LEVEL);
    assert_int_equal(entry->max_paging_mode, CONFIG_PAGING_5_LEVEL);
    assert_int_equal(entry->min_paging_mode, CONFIG_PAGING_4_LEVEL);
    assert_int_equal(entry->wx, CONFIG_WX_PROTOCOL);
    assert_false(entry->framebuffer);
    assert_false(entry->early_faults);
    assert_true(entry->runtime);
    assert_int_equal(entry[1].kaslr, CONFIG_KASLR_NO);
    assert_int_equal(entry[1].wx, CONFIG_WX_STRICT);
    assert_true(entry[1].framebuffer);
}

static void options_of_the_limine_protocol_are_read_into_their_places(void **state)
{
    const struct config_entry *entry = &config.entries[0];

    (void)state;
    assert_accepted("/T\nRandomise_HHDM_Base: No\nnewer_base_revision: highest\nimage_path: /i\n"
                    "/U\nrandomize_hhdm_base: yes\nnewer_base_revision: refuse\n");
    assert_int_equal(warning_count, 0);
    assert_text(entry->path, "/i");
    assert_int_equal(entry->randomise_hhdm_base, CONFIG_HHDM_FIXED);
    assert_int_equal(entry->newer_base_revision, CONFIG_NEWER_HIGHEST);
    assert_int_equal(entry[1].randomise_hhdm_base, CONFIG_HHDM_RANDOM);
    assert_int_equal(entry[1].newer_base_revision, CONFIG_NEWER_REFUSE);
    assert_refused("/T\nnewer_base_revision: 7\n", PROBLEM_CONFIG_CHOICE, 2,
                   "newer_base_revision: refuse|highest");
}

static void a_size_is_digits_and_a_letter(void **state)
{
    static const struct {
        const char *value;
        uint64_t bytes;
    } good[] = {
        {"4096", 4096},       {"5000", 5000},
        {"4K", 4096},         {"64k", 65536},
        {"1M", 1 << 20},      {"3g", UINT64_C(3) << 30},
        {"00000016K", 16384}, {"1099511627776", UINT64_C(1) << 40},
    };
    static const char *const bad[] = {"",   "K",   "64KB", "64 K", "0x1000",
                                      "-1", "64T", "1.5M", "4kx"};
    static const char *const outside[] = {"0",
                                          "4095",
                                          "3K",
                                          "1099511627777",
                                          "1025G",
                                          "17179869185G",
                                          "18446744073709555712",
                                          "18014398509481985K"};
    char bytes[100];

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        snprintf(bytes, sizeof(bytes), "/T\nstack: %s\n", good[i].value);
        assert_accepted(bytes);
        assert_int_equal(config.entries[0].stack_bytes, good[i].bytes);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(bytes, sizeof(bytes), "/T\nstack: %s\n", bad[i]);
        assert_refused(bytes, PROBLEM_CONFIG_NO_SIZE, 2, NULL);
    }
    for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
        snprintf(bytes, sizeof(bytes), "/T\nstack: %s\n", outside[i]);
        assert_refused(bytes, PROBLEM_CONFIG_SIZE_RANGE, 2, NULL);
        assert_int_equal(problem.numbers[1], 4096);
        assert_int_equal(problem.numbers[2], UINT64_C(1) << 40);
    }
}

static void a_resolution_is_two_numbers_or_three(void **state)
{
    static const char *const bad[] = {"1024",
                                      "1024x",
                                      "x768",
                                      "1024x768x",
                                      "1024x768x0",
                                      "1024x768x65",
                                      "0x768",
                                      "1024x0",
                                      "65536x1",
                                      "1x65536",
                                      "1024*768",
                                      "1024 x 768",
                                      "1024x768y",
                                      "1024x768x32x1",
                                      "18446744073709551617x1",
                                      "99999999999999999999x768"};
    const struct config_resolution *resolution = &config.entries[0].resolution;
    char bytes[100];

    (void)state;
    assert_accepted("/T\nresolution: 65535X65535x64\n");
    assert_int_equal(resolution->width_pixels, 65535);
    assert_int_equal(resolution->height_pixels, 65535);
    assert_int_equal(resolution->bits_per_pixel, 64);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(bytes, sizeof(bytes), "/T\nresolution: %s\n", bad[i]);
        assert_refused(bytes, PROBLEM_CONFIG_NO_RESOLUTION, 2, NULL);
    }
}

static void a_word_that_is_not_allowed_is_refused_with_those_that_are(void **state)
{
    static const struct {
        const char *line;
        const char *allowed;
    } bad[] = {
        {"kaslr: maybe", "kaslr: no|yes"},
        {"kaslr:", "kaslr: no|yes"},
        {"paging_mode: 3level", "paging_mode: 4level|5level"},
        {"max_paging_mode: 5", "max_paging_mode: 4level|5level"},
        {"min_paging_mode: level", "min_paging_mode: 4level|5level"},
        {"wx: off", "wx: strict|protocol"},
        {"wx: strict|protocol", "wx: strict|protocol"},
        {"on_fail: go", "on_fail: stop|warn"},
        {"dump:", "dump: none|serial|screen|file|firmware|all"},
        {"dump: file, paper", "dump: none|serial|screen|file|firmware|all"},
        {"dump: file,,serial", "dump: none|serial|screen|file|firmware|all"},
        {"dump: ,", "dump: none|serial|screen|file|firmware|all"},
    };
    char bytes[100];

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(bytes, sizeof(bytes), "/T\n%s\n", bad[i].line);
        assert_refused(bytes, PROBLEM_CONFIG_CHOICE, 2, bad[i].allowed);
    }
}

static void a_dump_goes_to_all_places_that_are_named(void **state)
{
    static const struct {
        const char *value;
        uint8_t places;
    } all[] = {
        {"none", 0},
        {"serial", CONFIG_DUMP_SERIAL},
        {"screen", CONFIG_DUMP_SCREEN},
        {"file", CONFIG_DUMP_FILE},
        {"firmware", CONFIG_DUMP_FIRMWARE},
        {"all", CONFIG_DUMP_SERIAL | CONFIG_DUMP_SCREEN | CONFIG_DUMP_FILE},
        {"FILE serial", CONFIG_DUMP_FILE | CONFIG_DUMP_SERIAL},
        {"file,screen", CONFIG_DUMP_FILE | CONFIG_DUMP_SCREEN},
        {"file,  firmware", CONFIG_DUMP_FILE | CONFIG_DUMP_FIRMWARE},
        {"none file", CONFIG_DUMP_FILE},
    };
    char bytes[100];

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        snprintf(bytes, sizeof(bytes), "/T\ndump: %s\non_fail: Warn\n", all[i].value);
        assert_accepted(bytes);
        assert_int_equal(config.entries[0].dump, all[i].places);
        assert_int_equal(config.entries[0].on_fail, CONFIG_ON_FAIL_WARN);
    }
}

static void modules_keep_their_order_and_their_command_lines(void **state)
{
    (void)state;
    assert_accepted("/T\n  module_path: boot():/a\n# module_path: /no\n\nmodule_cmdline: one two\n"
                    "path: /k\nMODULE_PATH: /b\nmodule_path: /c\r\nmodule_string:\r\ncmdline: x\n"
                    "/U\nmodule_path: /d\nmodule_cmdline: last");
    assert_int_equal(warning_count, 0);
    assert_int_equal(config.entries[0].module_count, 3);
    rest = config.entries[0].lines;
    assert_module("boot():/a", "one two");
    assert_module("/b", "");
    assert_module("/c", "");
    assert_no_module();
    assert_no_module();
    assert_int_equal(config.entries[1].module_count, 1);
    rest = config.entries[1].lines;
    assert_module("/d", "last");
    assert_no_module();
    assert_text(config.entries[0].path, "/k");
    assert_text(config.entries[0].cmdline, "x");
}

static void an_entry_has_as_many_modules_as_it_names(void **state)
{
    char *bytes = malloc(MODULES_MANY * 24);
    size_t length = (size_t)sprintf(bytes, "/T\n");

    (void)state;
    for (int i = 0; i < MODULES_MANY; i++) {
        length += (size_t)sprintf(bytes + length, "module_path: /m%d\n", i);
    }
    assert_accepted(bytes);
    assert_int_equal(config.entries[0].module_count, MODULES_MANY);
    rest = config.entries[0].lines;
    for (int i = 0; i < MODULES_MANY; i++) {
        char path[16];

        sprintf(path, "/m%d", i);
        assert_module(path, "");
    }
    assert_no_module();
    free(bytes);
}

static void a_second_command_line_of_one_module_is_warned_of(void **state)
{
    (void)state;
    assert_accepted("/T\nmodule_path: /a\nmodule_cmdline:\nmodule_cmdline: two\nmodule_path: /b\n"
                    "module_cmdline: b\nstack: 4K\nstack: 8K\n");
    assert_int_equal(warning_count, 2);
    assert_warned(0, PROBLEM_CONFIG_DUPLICATE_KEY, 4, "module_cmdline");
    assert_warned(1, PROBLEM_CONFIG_DUPLICATE_KEY, 8, "stack");
    rest = config.entries[0].lines;
    assert_module("/a", "");
    assert_module("/b", "b");
    assert_no_module();
}

static void a_command_line_without_a_module_is_warned_of(void **state)
{
    (void)state;
    assert_accepted("/T\nmodule_path: /a\n/U\nmodule_cmdline: lost\nmodule_path: /b\n");
    assert_int_equal(warning_count, 1);
    assert_warned(0, PROBLEM_CONFIG_NO_MODULE, 4, "module_cmdline");
    rest = config.entries[1].lines;
    assert_module("/b", "");
    assert_no_module();
}

static void a_module_needs_a_path(void **state)
{
    (void)state;
    assert_refused("/T\nmodule_path:\n", PROBLEM_CONFIG_NO_VALUE, 2, "module_path");
}

static void options_before_the_first_entry_are_warned_of(void **state)
{
    (void)state;
    assert_accepted("module_path: /a\nmodule_cmdline: x\nwx: perhaps\n/T\n");
    assert_int_equal(warning_count, 3);
    assert_warned(0, PROBLEM_CONFIG_OUTSIDE_ENTRY, 1, "module_path");
    assert_warned(1, PROBLEM_CONFIG_OUTSIDE_ENTRY, 2, "module_cmdline");
    assert_warned(2, PROBLEM_CONFIG_OUTSIDE_ENTRY, 3, "wx");
    assert_int_equal(config.entries[0].module_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONFIG_TEST(an_entry_without_options_has_the_defaults),
        CONFIG_TEST(every_option_is_read_into_its_place),
        CONFIG_TEST(options_of_the_limine_protocol_are_read_into_their_places),
        CONFIG_TEST(a_size_is_digits_and_a_letter),
        CONFIG_TEST(a_resolution_is_two_numbers_or_three),
        CONFIG_TEST(a_word_that_is_not_allowed_is_refused_with_those_that_are),
        CONFIG_TEST(a_dump_goes_to_all_places_that_are_named),
        CONFIG_TEST(modules_keep_their_order_and_their_command_lines),
        CONFIG_TEST(an_entry_has_as_many_modules_as_it_names),
        CONFIG_TEST(a_second_command_line_of_one_module_is_warned_of),
        CONFIG_TEST(a_command_line_without_a_module_is_warned_of),
        CONFIG_TEST(a_module_needs_a_path),
        CONFIG_TEST(options_before_the_first_entry_are_warned_of),
    };

    return cmocka_run_group_tests_name("config options", tests, NULL, NULL);
}
