/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Relocating: what each type writes, and where; and tables of chance, which never reach outside.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "relocation_fixture.h"

static void a_relative_one_writes_the_slide_and_the_addend_whatever_was_there(void **state)
{
    (void)state;
    add_tables(2, 0);
    put(PLACES, 8, 0x1122334455667788);
    put_rela(0, LINKED + PLACES, R_RELATIVE, 0, LINKED + 0x123);
    put_rela(1, LINKED + PLACES + 0xb, R_RELATIVE, 0, (uint64_t)-8);
    assert_relocated(2);
    assert_int_equal(word_at(PLACES), SLIDE + LINKED + 0x123);
    assert_int_equal(word_at(PLACES + 0xb), SLIDE - 8);
    assert_int_equal(word_at(PLACES + 8), (SLIDE - 8) << 24);
}

static void a_symbol_brings_its_value_and_only_type_64_its_addend(void **state)
{
    (void)state;
    add_tables(3, 2);
    put_symbol(1, "here", GLOBAL_OBJECT, 5, LINKED + 0x40);
    put_rela(0, LINKED + PLACES, R_64, 1, 3);
    put_rela(1, LINKED + PLACES + 8, R_GLOB_DAT, 1, 3);
    put_rela(2, LINKED + PLACES + 16, R_JUMP_SLOT, 1, 3);
    assert_relocated(3);
    assert_int_equal(word_at(PLACES), SLIDE + LINKED + 0x43);
    assert_int_equal(word_at(PLACES + 8), SLIDE + LINKED + 0x40);
    assert_int_equal(word_at(PLACES + 16), SLIDE + LINKED + 0x40);
}

static void an_absolute_symbol_does_not_move(void **state)
{
    (void)state;
    add_tables(1, 2);
    put_symbol(1, "constant", GLOBAL_OBJECT, 0xfff1, 0x1234);
    put_rela(0, LINKED + PLACES, R_64, 1, 1);
    assert_relocated(1);
    assert_int_equal(word_at(PLACES), 0x1235);
}

static void an_undefined_weak_symbol_and_symbol_0_are_0(void **state)
{
    (void)state;
    add_tables(4, 2);
    put_symbol(1, "maybe", WEAK_OBJECT, 0, 0x99);
    memset(memory + PLACES, 0xff, 32);
    put_rela(0, LINKED + PLACES, R_GLOB_DAT, 1, 0);
    put_rela(1, LINKED + PLACES + 8, R_64, 1, 0x10);
    put_rela(2, LINKED + PLACES + 16, R_64, 0, 0x20);
    put_rela(3, LINKED + PLACES + 24, R_NONE, 0, 0x20);
    assert_relocated(3);
    assert_int_equal(word_at(PLACES), 0);
    assert_int_equal(word_at(PLACES + 8), 0x10);
    assert_int_equal(word_at(PLACES + 16), 0x20);
    assert_int_equal(word_at(PLACES + 24), UINT64_MAX);
}

static void the_procedure_linkage_table_has_relocations_of_its_own(void **state)
{
    (void)state;
    add_tables(0, 2);
    add_tag(DT_JMPREL, LINKED + JMPREL);
    add_tag(DT_PLTRELSZ, 24);
    add_tag(DT_PLTREL, DT_RELA);
    put_symbol(1, "far", GLOBAL_OBJECT, 1, LINKED + 8);
    put_rela_at(JMPREL, 0, (const uint64_t[4]){LINKED + PLACES, R_JUMP_SLOT, 1, 0});
    assert_relocated(1);
    assert_int_equal(word_at(PLACES), SLIDE + LINKED + 8);
}

static void compressed_ones_add_the_slide_to_what_is_there(void **state)
{
    (void)state;
    add_tag(DT_RELR, LINKED + RELR);
    add_tag(DT_RELRSZ, 40);
    add_tag(DT_RELRENT, 8);
    for (unsigned i = 0; i < 0x100; i++) {
        put(PLACES + 8 * i, 8, i);
    }
    /* The word at 2; of the next 63 (3 to 65) the first and the last; of those behind (66 to 128)
     * the first; then by address the word at 255; nothing behind it. */
    put(RELR, 8, LINKED + PLACES + 8 * 2);
    put(RELR + 8, 8, UINT64_C(0x8000000000000003));
    put(RELR + 16, 8, 3);
    put(RELR + 24, 8, LINKED + PLACES + 8 * 255);
    put(RELR + 32, 8, 1);
    assert_relocated(5);
    for (unsigned i = 0; i < 0x100; i++) {
        const bool moved = i == 2 || i == 3 || i == 65 || i == 66 || i == 255;

        assert_int_equal(word_at(PLACES + 8 * i), moved ? SLIDE + i : i);
    }
}

static void an_image_that_cannot_be_moved_or_has_no_dynamic_section_is_left_alone(void **state)
{
    (void)state;
    assert_relocated(0);
    add_tables(1, 0);
    put_rela(0, LINKED + PLACES, R_RELATIVE, 0, 1);
    image.movable = false;
    assert_relocated(0);
    assert_int_equal(word_at(PLACES), 0);
}

static void what_follows_the_end_of_the_dynamic_section_does_not_count(void **state)
{
    (void)state;
    add_tag(DT_NULL, 0);
    add_tag(DT_REL, 1);
    assert_relocated(0);
    image.dynamic.size_bytes = 15;
    assert_relocated(0);
}

static void a_table_without_a_size_is_no_table(void **state)
{
    (void)state;
    add_tag(DT_RELA, UINT64_MAX);
    add_tag(DT_RELR, 3);
    add_tag(DT_JMPREL, 0);
    add_tag(DT_STRTAB, 1);
    assert_relocated(0);
}

static void tables_may_change_themselves_without_harm(void **state)
{
    (void)state;
    add_tables(3, 0);
    /* The first one turns the third into another type and place, after both were checked. */
    put_rela(0, LINKED + RELA + 48, R_RELATIVE, 0, 0x7777);
    put_rela(1, LINKED + RELA + 56, R_RELATIVE, 0, 0x7777);
    put_rela(2, LINKED + PLACES, R_RELATIVE, 0, 0x10);
    assert_false(relocate_here());
    assert_int_equal(word_at(PLACES), 0);
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Numbers near the image's, or any. */
static uint64_t random_address(uint64_t *seed)
{
    const uint64_t number = next_random(seed);

    return number % 4 == 0 ? next_random(seed)
                           : LINKED - 16 + next_random(seed) % (IMAGE_BYTES + 32);
}

static void spoil(uint64_t *seed)
{
    static const unsigned tags[] = {2, 4, 5, 6, 7, 8, 9, 10, 11, 20, 23, 35, 36, 37, 0x6ffffef5};

    for (unsigned i = next_random(seed) % 4; i-- > 0;) {
        add_tag(tags[next_random(seed) % 15],
                next_random(seed) % 2 == 0 ? next_random(seed) % 400 : random_address(seed));
    }
    for (unsigned i = next_random(seed) % 16; i-- > 0;) {
        put(TABLES + next_random(seed) % (TABLES_BYTES - 8), 8, random_address(seed));
        put(TABLES + next_random(seed) % (TABLES_BYTES - 8), 4, next_random(seed) % 12);
    }
}

/* The sanitizer sees what is read or written outside of the image, this the gaps inside. */
static void tables_of_chance_never_write_into_a_gap(void **state)
{
    uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
    unsigned relocated = 0;

    for (unsigned round = 0; round < 20000; round++) {
        relocation_teardown(state);
        relocation_setup(state);
        add_tables((unsigned)(next_random(&seed) % 4), 3);
        spoil(&seed);
        if (relocate_here()) {
            relocated++;
        } else {
            char sentence[PROBLEM_SENTENCE_CAPACITY];

            assert_true(problem_sentence(&problem, sentence, sizeof(sentence)) > 20);
        }
        for (uint64_t i = 0; i < IMAGE_BYTES; i++) {
            const bool inside = i < CODE_BYTES || (i >= TABLES && i < TABLES + TABLES_BYTES) ||
                                (i >= DATA && i < DATA + DATA_BYTES);

            assert_true(inside || memory[i] == 0);
        }
    }
    assert_in_range(relocated, 100, 19000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RELOCATION_TEST(a_relative_one_writes_the_slide_and_the_addend_whatever_was_there),
        RELOCATION_TEST(a_symbol_brings_its_value_and_only_type_64_its_addend),
        RELOCATION_TEST(an_absolute_symbol_does_not_move),
        RELOCATION_TEST(an_undefined_weak_symbol_and_symbol_0_are_0),
        RELOCATION_TEST(the_procedure_linkage_table_has_relocations_of_its_own),
        RELOCATION_TEST(compressed_ones_add_the_slide_to_what_is_there),
        RELOCATION_TEST(an_image_that_cannot_be_moved_or_has_no_dynamic_section_is_left_alone),
        RELOCATION_TEST(what_follows_the_end_of_the_dynamic_section_does_not_count),
        RELOCATION_TEST(a_table_without_a_size_is_no_table),
        RELOCATION_TEST(tables_may_change_themselves_without_harm),
        RELOCATION_TEST(tables_of_chance_never_write_into_a_gap),
    };

    return cmocka_run_group_tests_name("relocation", tests, NULL, NULL);
}
