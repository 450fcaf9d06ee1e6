/* SPDX-License-Identifier: BSD-2-Clause */
/* A mapping in words, character for character: boot tests and people read the lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mapping_sample.h"
#include "mapping_text.h"

#define LINES_MOST 40u
#define SPACES_16  "                "

static struct {
    unsigned count;
    struct mapping_line lines[LINES_MOST];
    char texts[LINES_MOST][MAPPING_LINE_CAPACITY];
} said;

static void keep(void *context, const struct mapping_line *line)
{
    assert_ptr_equal(context, &said);
    assert_true(said.count < LINES_MOST);
    assert_true(strlen(line->text) < MAPPING_LINE_CAPACITY);
    strcpy(said.texts[said.count], line->text);
    said.lines[said.count++] = *line;
}

static void say(const struct mapping *mapping)
{
    said.count = 0;
    mapping_text(mapping, mapping_sample_findings(), keep, &said);
}

static void say_sample(enum mapping_sample sample)
{
    say(mapping_sample(sample));
}

static void assert_line(unsigned number, const char *expected)
{
    assert_true(number < said.count);
    assert_string_equal(said.texts[number], expected);
}

static void a_line_for_each_range_stands_under_the_heading(void **state)
{
    (void)state;
    say_sample(SAMPLE_DOCUMENTED);
    assert_line(0, "virtual                           physical           size leaves        may   "
                   "cached          memory: name");
    assert_line(1, "ffffffff80000000-ffffffff801fffff 000000200000      2 MiB 1x2M          r-x   "
                   "write-back      kernel: kernel segment 0");
    assert_line(3, "ffffffff82000000-ffffffff823fffff 0000c0000000      4 MiB 2x2M          rw-   "
                   "write-back      framebuffer: framebuffer");
}

static void a_leaf_with_rights_of_its_own_is_marked(void **state)
{
    (void)state;
    say_sample(SAMPLE_DOCUMENTED);
    assert_line(2, "ffffffff80200000-ffffffff80202fff 000000400000     12 KiB 3x4K          rw-   "
                   "write-back      kernel: kernel segment 1 ! leaf rwx");
}

static void leaves_of_three_sizes_and_every_mark_are_in_one_line(void **state)
{
    (void)state;
    say_sample(SAMPLE_ALL);
    assert_line(1,
                "0000000000000000-0000000040200fff 000080000000 1050628 KiB 1x1G 1x2M 1x4K r-xug "
                "write-combining free, runtime code, not listed:  ! leaf rwxug ! reserved bits "
                "! beyond the width ! software bits ! across classes ! across MTRR types");
}

static void tables_instead_of_memory_are_one_line_each(void **state)
{
    (void)state;
    say_sample(SAMPLE_ALL);
    assert_line(
        2, "0000008000000000-000000ffffffffff 00007f000000    512 GiB               r--  " SPACES_16
           " page tables, recursive");
    assert_line(
        3, "ffff800000000000-ffff807fffffffff 00007f001000    512 GiB               r--  " SPACES_16
           " shared page tables, as at ffffffff80000000");
    assert_line(
        4, "ffff808000000000-ffff80803fffffff 0000fffff000      1 GiB               r--  " SPACES_16
           " unreadable page table");
}

static void each_cache_type_has_its_words(void **state)
{
    static const struct {
        uint8_t type;
        const char *word;
    } words[] = {{0, " uncached "},        {1, " write-combining "}, {4, " write-through "},
                 {5, " write-protected "}, {6, " write-back "},      {0xff, " undefined "}};

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct mapping *mapping = mapping_sample(SAMPLE_DOCUMENTED);

        mapping->ranges[0].cache = words[i].type;
        say(mapping);
        assert_non_null(strstr(said.texts[1], words[i].word));
    }
}

static void a_name_cannot_send_control_characters_to_a_terminal(void **state)
{
    (void)state;
    say_sample(SAMPLE_ALL);
    assert_non_null(strstr(said.texts[5], "kernel: a \"name\" with \\, ???"));
    assert_non_null(strstr(said.texts[6], "kernel: ???"));
    for (unsigned i = 0; i < said.count; i++) {
        for (const char *at = said.texts[i]; *at != '\0'; at++) {
            assert_in_range(*at, ' ', '~');
        }
    }
}

static void memory_without_a_name_keeps_its_colon(void **state)
{
    (void)state;
    say_sample(SAMPLE_ALL);
    assert_line(7, "fffffffffffff000-ffffffffffffffff 000000401000      4 KiB 1x4K          r--   "
                   "write-through   kernel: ");
}

static void the_summary_counts_tables_and_bytes(void **state)
{
    (void)state;
    say_sample(SAMPLE_DOCUMENTED);
    assert_line(4, "4 table frames used, 4 counted, from 7f000000 on; 0 bytes by 1G; 6 MiB by 2M; "
                   "12 KiB by 4K");
    say_sample(SAMPLE_ALL);
    assert_line(
        8,
        "4 table frames used, 4 counted, from 7f000000 on; 1 GiB by 1G; 4 MiB by 2M; 12 KiB by 4K");
}

static void what_was_left_out_is_said(void **state)
{
    (void)state;
    say_sample(SAMPLE_UNKNOWN);
    assert_line(1, "0 table frames used; 0 bytes by 1G; 0 bytes by 2M; 0 bytes by 4K");
    assert_line(2, "no room for 3 more ranges");
    assert_line(3, "no room for more tables: what is below them was not read");
}

static void each_rule_has_a_line_with_its_verdict(void **state)
{
    (void)state;
    say_sample(SAMPLE_DOCUMENTED);
    assert_int_equal(said.count, 5 + RULE_COUNT);
    assert_line(5, "pass      write-execute no page is writable and executable: 0 of 1539 pages");
    assert_line(5 + RULE_DEVICE,
                "FAIL      device        no reserved or device memory is write-back: 1024 of 1539 "
                "pages, the first at ffffffff82000000 (framebuffer)");
    assert_line(5 + RULE_RESERVED,
                "pass      reserved      reserved bits are clear, addresses within the CPU's "
                "width: 0 of 9 entries");
}

static void a_rule_set_aside_says_why(void **state)
{
    (void)state;
    say_sample(SAMPLE_UNKNOWN);
    assert_line(4,
                "set aside write-execute no page is writable and executable: this CPU has no NX");
    assert_line(4 + RULE_PLAN,
                "set aside plan          plan and tables are equal both ways: no plan is known for "
                "these tables");
}

static void a_place_without_a_name_is_an_address(void **state)
{
    (void)state;
    say_sample(SAMPLE_ALL);
    assert_line(9 + RULE_GUARDS,
                "FAIL      guards        page 0 and the guard pages are absent: 1 of 1 pages, the "
                "first at 0000000000000000");
}

static void a_line_knows_what_it_is_about(void **state)
{
    const struct mapping *mapping = mapping_sample(SAMPLE_DOCUMENTED);

    (void)state;
    say(mapping);
    for (unsigned i = 0; i < said.count; i++) {
        const struct mapping_line *line = &said.lines[i];
        const bool is_range = i >= 1 && i <= 3;

        assert_int_equal(line->kind, i == 0     ? MAPPING_LINE_HEADING
                                     : is_range ? MAPPING_LINE_RANGE
                                     : i == 4   ? MAPPING_LINE_SUMMARY
                                                : MAPPING_LINE_RULE);
        assert_ptr_equal(line->range, is_range ? &mapping->ranges[i - 1] : NULL);
        assert_ptr_equal(line->finding, i > 4 ? &mapping_sample_findings()[i - 5] : NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_for_each_range_stands_under_the_heading),
        cmocka_unit_test(a_leaf_with_rights_of_its_own_is_marked),
        cmocka_unit_test(leaves_of_three_sizes_and_every_mark_are_in_one_line),
        cmocka_unit_test(tables_instead_of_memory_are_one_line_each),
        cmocka_unit_test(each_cache_type_has_its_words),
        cmocka_unit_test(a_name_cannot_send_control_characters_to_a_terminal),
        cmocka_unit_test(memory_without_a_name_keeps_its_colon),
        cmocka_unit_test(the_summary_counts_tables_and_bytes),
        cmocka_unit_test(what_was_left_out_is_said),
        cmocka_unit_test(each_rule_has_a_line_with_its_verdict),
        cmocka_unit_test(a_rule_set_aside_says_why),
        cmocka_unit_test(a_place_without_a_name_is_an_address),
        cmocka_unit_test(a_line_knows_what_it_is_about),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
