/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Relocations and tables that are refused: the sentence of each, with the nearest case that still
 * passes beside it. Nothing is changed before everything is checked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "relocation_fixture.h"

static void a_target_outside_of_every_segment_is_refused(void **state)
{
    /* The last place in each segment that fits. */
    static const uint64_t good[] = {CODE_BYTES - 8, TABLES + TABLES_BYTES - 8,
                                    DATA + DATA_BYTES - 8};
    /* Before the image, in the gap, over the edge of the gap, in the page between, behind. */
    static const uint64_t bad[] = {(uint64_t)-8,   (uint64_t)-1, CODE_BYTES,
                                   CODE_BYTES - 7, TABLES - 8,   TABLES - 1,
                                   0x2000,         0x2ffc,       DATA + DATA_BYTES - 7,
                                   0x4fff,         0x5000};

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        relocation_teardown(state);
        relocation_setup(state);
        add_tables(1, 0);
        put_rela(0, LINKED + good[i], R_RELATIVE, 0, 0);
        assert_relocated(1);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        relocation_teardown(state);
        relocation_setup(state);
        add_tables(2, 0);
        put_rela(0, LINKED + PLACES, R_RELATIVE, 0, 5);
        put_rela(1, LINKED + bad[i], R_RELATIVE, 0, 0);
        assert_false(relocate_here());
        assert_int_equal(problem.kind, PROBLEM_RELOCATE_TARGET);
        assert_int_equal(problem.numbers[1], LINKED + bad[i]);
        assert_int_equal(word_at(PLACES), 0);
    }
    assert_sentence("/kernel.elf: relocation 1 of DT_RELA would change address 0x15000, "
                    "which lies in no segment");
}

static void a_target_of_a_compressed_one_outside_is_refused(void **state)
{
    (void)state;
    add_tag(DT_RELR, LINKED + RELR);
    add_tag(DT_RELRSZ, 16);
    put(RELR, 8, LINKED + DATA + DATA_BYTES - 16);
    put(RELR + 8, 8, 3);
    assert_relocated(2);
    put(RELR + 8, 8, 7);
    assert_sentence("/kernel.elf: relocation 1 of DT_RELR would change address 0x14010, "
                    "which lies in no segment");
    put(RELR, 8, 5);
    assert_sentence("/kernel.elf: entry 0 of DT_RELR is a bitmap, but no address comes before it");
}

static void a_type_that_no_kernel_can_have_is_refused_by_number_and_symbol(void **state)
{
    (void)state;
    add_tables(1, 2);
    put_symbol(1, "puts", GLOBAL_OBJECT, 1, LINKED);
    put_rela(0, LINKED + PLACES, 10, 1, 0);
    assert_sentence("/kernel.elf: relocation 0 at address 0x13000 has the type 10 (R_X86_64_32) "
                    "(symbol: puts), which a kernel cannot have");
    put_rela(0, LINKED + PLACES, 37, 0, 0);
    assert_sentence("/kernel.elf: relocation 0 at address 0x13000 has the type 37 "
                    "(R_X86_64_IRELATIVE) (symbol: none), which a kernel cannot have");
    put_rela(0, LINKED + PLACES, 0xffffffff, 2, 0);
    assert_sentence("/kernel.elf: relocation 0 at address 0x13000 has the type 4294967295 "
                    "(symbol: unknown), which a kernel cannot have");
}

static void an_undefined_symbol_is_refused_by_name_unless_it_is_weak(void **state)
{
    static const unsigned types[] = {R_64, R_GLOB_DAT, R_JUMP_SLOT};

    (void)state;
    add_tables(1, 2);
    put_symbol(1, "printf", GLOBAL_OBJECT, 0, 0);
    for (unsigned i = 0; i < 3; i++) {
        put_rela(0, LINKED + PLACES, types[i], 1, 0);
        assert_sentence("/kernel.elf: the symbol \"printf\" is not defined anywhere "
                        "(relocation 0 at address 0x13000)");
    }
    put_symbol(1, "printf", WEAK_OBJECT, 0, 0);
    assert_relocated(1);
}

static void an_indirect_function_is_refused_by_name(void **state)
{
    (void)state;
    add_tables(1, 2);
    put_symbol(1, "memcpy", GLOBAL_IFUNC, 1, LINKED);
    put_rela(0, LINKED + PLACES, R_JUMP_SLOT, 1, 0);
    assert_sentence("/kernel.elf: the symbol \"memcpy\" is an indirect function (STT_GNU_IFUNC), "
                    "which a kernel cannot have (relocation 0 at address 0x13000)");
}

static void a_sum_beyond_64_bits_is_refused(void **state)
{
    (void)state;
    add_tables(1, 2);
    put_rela(0, LINKED + PLACES, R_RELATIVE, 0, UINT64_C(0x8000000000000000));
    assert_sentence("/kernel.elf: relocation 0 of DT_RELA at address 0x13000: the sum of "
                    "0xffffffff92000000 and 0x8000000000000000 does not fit into 64 bits");
    put_rela(0, LINKED + PLACES, R_RELATIVE, 0, UINT64_C(0x7fffffffffffffff));
    assert_relocated(1);
    put_symbol(1, "low", GLOBAL_OBJECT, 0xfff1, UINT64_C(0x7ffffffffffffff0));
    put_rela(0, LINKED + PLACES, R_64, 1, 0xf);
    assert_relocated(1);
    put_rela(0, LINKED + PLACES, R_64, 1, 0x10);
    assert_sentence("/kernel.elf: relocation 0 of DT_RELA at address 0x13000: the sum of "
                    "0x7ffffffffffffff0 and 0x10 does not fit into 64 bits");
}

static void a_symbol_behind_the_last_is_refused(void **state)
{
    (void)state;
    add_tables(1, 3);
    put_symbol(2, "last", GLOBAL_OBJECT, 1, LINKED);
    put_rela(0, LINKED + PLACES, R_64, 2, 0);
    assert_relocated(1);
    put_rela(0, LINKED + PLACES, R_64, 3, 0);
    assert_sentence("/kernel.elf: relocation 0 of DT_RELA at address 0x13000 is about symbol 3, "
                    "but the file has 3 symbols");
}

/* The count by DT_GNU_HASH: buckets name the first symbol of a chain, an odd word ends one. */
static void symbols_are_counted_by_the_gnu_hash_table_too(void **state)
{
    (void)state;
    add_tables(1, 0);
    put(DYNAMIC + 16 * (dynamic_count - 2) + 16, 8, DT_GNU_HASH);
    put(DYNAMIC + 16 * (dynamic_count - 1) + 8, 8, LINKED + GNU_HASH);
    put(GNU_HASH, 4, 2);      /* buckets */
    put(GNU_HASH + 4, 4, 1);  /* the first symbol in it */
    put(GNU_HASH + 8, 4, 1);  /* words of the filter */
    put(GNU_HASH + 24, 4, 3); /* buckets start at symbols 3 and 1 */
    put(GNU_HASH + 28, 4, 1);
    put(GNU_HASH + 32 + 4 * 1, 4, 9);
    put(GNU_HASH + 32 + 4 * 2, 4, 8);
    put(GNU_HASH + 32 + 4 * 3, 4, 7); /* the last is symbol 4 */
    put_symbol(4, "last", GLOBAL_OBJECT, 1, LINKED);
    put_rela(0, LINKED + PLACES, R_64, 4, 0);
    assert_relocated(1);
    put_rela(0, LINKED + PLACES, R_64, 5, 0);
    assert_sentence("/kernel.elf: relocation 0 of DT_RELA at address 0x13000 is about symbol 5, "
                    "but the file has 5 symbols");
}

static void where_nothing_counts_the_symbols_their_segment_does(void **state)
{
    const unsigned last = (TABLES + TABLES_BYTES - SYMTAB) / 24 - 1;

    (void)state;
    add_tables(1, 0);
    dynamic_count--;
    image.dynamic.size_bytes -= 16;
    put(SYMTAB + 24 * last + 4, 1, GLOBAL_OBJECT);
    put(SYMTAB + 24 * last + 6, 2, 1);
    put_rela(0, LINKED + PLACES, R_64, last, 0);
    assert_relocated(1);
    put_rela(0, LINKED + PLACES, R_64, last + 1, 0);
    assert_sentence("/kernel.elf: relocation 0 of DT_RELA at address 0x13000 is about symbol 106, "
                    "which lies in no segment");
}

static void a_table_outside_of_every_segment_is_refused(void **state)
{
    static const struct {
        uint64_t place, size, number;
        const char *name;
    } tables[] = {{DT_RELA, DT_RELASZ, 24, "DT_RELA"},
                  {DT_JMPREL, DT_PLTRELSZ, 24, "DT_JMPREL"},
                  {DT_RELR, DT_RELRSZ, 24, "DT_RELR"},
                  {DT_STRTAB, DT_STRSZ, 24, "DT_STRTAB"}};

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        char expected[128];

        relocation_teardown(state);
        relocation_setup(state);
        add_tag(tables[i].place, LINKED + TABLES + TABLES_BYTES - 16);
        add_tag(tables[i].size, 24);
        snprintf(expected, sizeof(expected),
                 "/kernel.elf: the table %s (0x18 bytes at address 0x11ff0) lies in no segment",
                 tables[i].name);
        assert_sentence(expected);
        put(DYNAMIC + 24, 8, UINT64_MAX - 15);
        assert_false(relocate_here());
    }
    relocation_teardown(state);
    relocation_setup(state);
    add_tag(DT_SYMTAB, LINKED + 0x2000);
    assert_sentence("/kernel.elf: the table DT_SYMTAB (0x18 bytes at address 0x12000) lies in no "
                    "segment");
}

static void entries_of_another_size_are_refused(void **state)
{
    (void)state;
    add_tables(1, 0);
    put(DYNAMIC + 16 * 2 + 8, 8, 16);
    assert_sentence("/kernel.elf: the table DT_RELA has 24 bytes in entries of 16; its entries "
                    "must have 24");
    put(DYNAMIC + 16 * 2 + 8, 8, 0);
    assert_sentence("/kernel.elf: the table DT_RELA has 24 bytes in entries of 0; its entries "
                    "must have 24");
    put(DYNAMIC + 16 * 2 + 8, 8, 24);
    put(DYNAMIC + 16 * 1 + 8, 8, 25);
    assert_sentence("/kernel.elf: the table DT_RELA has 25 bytes in entries of 24; its entries "
                    "must have 24");
    put(DYNAMIC + 16 * 1 + 8, 8, 24);
    put(DYNAMIC + 16 * 4 + 8, 8, 16);
    assert_sentence("/kernel.elf: the table DT_SYMTAB has 24 bytes in entries of 16; its entries "
                    "must have 24");
    put(DYNAMIC + 16 * 4 + 8, 8, 24);
    add_tag(DT_RELR, LINKED + RELR);
    add_tag(DT_RELRSZ, 8);
    add_tag(DT_RELRENT, 4);
    assert_sentence("/kernel.elf: the table DT_RELR has 8 bytes in entries of 4; its entries must "
                    "have 8");
}

static void relocations_without_addends_and_shared_libraries_are_refused(void **state)
{
    (void)state;
    add_tag(DT_PLTREL, DT_REL);
    assert_sentence("/kernel.elf: the kernel has relocations without addends (DT_REL), which "
                    "x86-64 does not use");
    relocation_teardown(state);
    relocation_setup(state);
    add_tag(DT_REL, 0);
    assert_sentence("/kernel.elf: the kernel has relocations without addends (DT_REL), which "
                    "x86-64 does not use");
    relocation_teardown(state);
    relocation_setup(state);
    add_tables(0, 0);
    memcpy(memory + STRTAB + 1, "libc.so.6", 10);
    add_tag(DT_NEEDED, 1);
    assert_sentence("/kernel.elf: the file needs the shared library \"libc.so.6\": this is no "
                    "kernel");
}

static void a_name_that_does_not_end_is_cut(void **state)
{
    (void)state;
    add_tables(1, 2);
    put_symbol(1, "x", GLOBAL_OBJECT, 0, 0);
    memset(memory + STRTAB, 'n', 0x200);
    put_rela(0, LINKED + PLACES, R_64, 1, 0);
    assert_false(relocate_here());
    assert_int_equal(problem.kind, PROBLEM_RELOCATE_UNDEFINED);
    assert_int_equal(problem.name.length, 11);
    assert_int_equal(problem.other.length, 0x100 - 1);
    put(SYMTAB + 24, 4, 0x100);
    assert_sentence("/kernel.elf: the symbol \"\" is not defined anywhere (relocation 0 at address "
                    "0x13000)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RELOCATION_TEST(a_target_outside_of_every_segment_is_refused),
        RELOCATION_TEST(a_target_of_a_compressed_one_outside_is_refused),
        RELOCATION_TEST(a_type_that_no_kernel_can_have_is_refused_by_number_and_symbol),
        RELOCATION_TEST(an_undefined_symbol_is_refused_by_name_unless_it_is_weak),
        RELOCATION_TEST(an_indirect_function_is_refused_by_name),
        RELOCATION_TEST(a_sum_beyond_64_bits_is_refused),
        RELOCATION_TEST(a_symbol_behind_the_last_is_refused),
        RELOCATION_TEST(symbols_are_counted_by_the_gnu_hash_table_too),
        RELOCATION_TEST(where_nothing_counts_the_symbols_their_segment_does),
        RELOCATION_TEST(a_table_outside_of_every_segment_is_refused),
        RELOCATION_TEST(entries_of_another_size_are_refused),
        RELOCATION_TEST(relocations_without_addends_and_shared_libraries_are_refused),
        RELOCATION_TEST(a_name_that_does_not_end_is_cut),
    };

    return cmocka_run_group_tests_name("relocation refused", tests, NULL, NULL);
}
