/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of x86 (SDM volume 3, chapter 4): 32-bit, PAE, four and five levels. */
#include "formats_raw.h"

#include "entry.h"
#include "property.h"
#include "x86_formats.h"

#define NX BIT(63)

#define RANDOM_ENTRIES 200000u

static const unsigned every_cache = ONE(WB) | ONE(WT) | ONE(UCM) | ONE(UC) | ONE(WP) | ONE(WC);

/* Tables 4-4 and 4-6. */
static void entries_of_32_bit_paging_are_as_the_manual_has_them(void **state)
{
    static const struct raw_leaf leaves[] = {
        {1, 0x12345000, R | W | X, WB, 0x12345003},
        {1, 0xfffff000, R | U | X | G, UC, 0xfffff11d},
        {1, 0x00001000, R | X, WP, 0x00001081},
        {1, 0x00002000, R | W | U | X, WC, 0x0000208f},
        {2, 0x00400000, R | W | X, WB, 0x00400083},
        {2, 0xffc00000, R | U | X | G, WT, 0xffc0018d},
        {2, 0x00800000, R | X, UCM, 0x00800091},
        /* PSE-36: bits 39:32 lie in 20:13. */
        {2, 0x1234400000, R | W | X, WB, 0x34424083},
        {2, 0xffffc00000, R | W | X, WC, 0xffdff08b},
    };

    (void)state;
    expect_leaves(&hoist_x86_32, leaves);
    expect_link(&hoist_x86_32, 2, 0x7000, 0x7007);
    expect_link(&hoist_x86_32, 2, 0xfffff000, 0xfffff007);
    expect_no_link(&hoist_x86_32, 2, BIT(32));
    expect_no_frame(&hoist_x86_32, 1, BIT(32));
    expect_no_frame(&hoist_x86_32, 2, BIT(40));
}

static void entries_of_32_bit_paging_are_told_apart(void **state)
{
    static const struct raw_kind kinds[] = {
        {1, 0, ABSENT},          {1, 0xfffffffe, ABSENT},
        {1, 0x1001, MAPPED},     {1, 0x1081, MAPPED}, /* at this level bit 7 is PAT */
        {2, 0, ABSENT},          {2, 0xfffffffe, ABSENT},
        {2, 0x1001, LINKED},     {2, 0x1f7f, LINKED},       /* A, ignored bits, PWT and PCD */
        {2, 0x00400081, MAPPED}, {2, 0x00600081, RESERVED}, /* bit 21 */
    };

    (void)state;
    expect_kinds(&hoist_x86_32, kinds);
}

static void without_nx_what_can_be_read_can_be_executed(void **state)
{
    (void)state;
    expect_accesses(&hoist_x86_32,
                    ONE(R | X) | ONE(R | W | X) | ONE(R | U | X) | ONE(R | W | U | X), every_cache);
    expect_bad_accesses(&hoist_x86_32);
}

/* Tables 4-8 to 4-11. */
static void entries_of_pae_are_as_the_manual_has_them(void **state)
{
    static const struct raw_leaf leaves[] = {
        {1, 0x000fedcba9876000, R | W, WB, 0x800fedcba9876003},
        {1, 0x0000000012345000, R | X | G, WC, 0x0000000012345189},
        {2, 0x000fedcba9800000, R | U | X, WT, 0x000fedcba980008d},
        {2, 0x0000000000200000, R | W, WP, 0x8000000000201083},
    };

    (void)state;
    expect_leaves(&hoist_x86_pae, leaves);
    expect_link(&hoist_x86_pae, 2, 0x000fedcba9876000, 0x000fedcba9876007);
    expect_accesses(&hoist_x86_pae, READABLE, every_cache);
    expect_bad_accesses(&hoist_x86_pae);
}

/* Table 4-8: what is right in a link below is reserved here. */
static void the_root_of_pae_has_no_rights(void **state)
{
    static const struct raw_kind kinds[] = {
        {3, 0, ABSENT},        {3, 0x7002, ABSENT},   {3, 0x7001, LINKED},
        {3, 0x7e19, LINKED}, /* PWT, PCD, ignored bits */
        {3, 0x7003, RESERVED}, {3, 0x7005, RESERVED}, {3, 0x7041, RESERVED},
        {3, 0x7081, RESERVED}, {3, 0x7101, RESERVED}, {3, NX | 0x7001, RESERVED},
        {3, 0x7021, LINKED}, /* A, which one emulator sets */
    };

    (void)state;
    expect_kinds(&hoist_x86_pae, kinds);
    expect_link(&hoist_x86_pae, 3, 0x7000, 0x7001);
    expect_link(&hoist_x86_pae, 3, 0xffffffe000, 0xffffffe001);
}

/* Of PAE bits 62:52 are reserved in every entry; with four levels they are software's and keys. */
static void what_four_levels_leave_free_is_reserved_in_pae(void **state)
{
    static const struct raw_kind kinds[] = {
        {1, 0x1001, MAPPED}, {2, 0x1007, LINKED}, {2, 0x00200081, MAPPED}, {3, 0x1001, LINKED}};

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned bit = 52; bit <= 62; bit++) {
            const uint64_t entry = kinds[i].entry | BIT(bit);

            assert_int_equal(hoist_kind_of(&hoist_x86_pae, entry, kinds[i].level), RESERVED);
            assert_int_equal(hoist_kind_of(&hoist_x86_64_4level, entry, kinds[i].level),
                             kinds[i].kind);
        }
    }
}

/* Tables 4-15 to 4-20. */
static void entries_of_x86_64_are_as_the_manual_has_them(void **state)
{
    static const struct raw_leaf leaves[] = {
        {1, 0x000fedcba9876000, R | W, WB, 0x800fedcba9876003},
        {1, 0x0000000012345000, R | W | U | X | G, WC, 0x000000001234518f},
        {2, 0x000fedcba9800000, R | U | X, WT, 0x000fedcba980008d},
        {3, 0x000fedcb80000000, R | W | G, UC, 0x800fedcb8000019b},
        {3, 0x0000000040000000, R, WP, 0x8000000040001081},
    };
    static const struct raw_kind kinds[] = {
        {1, ~UINT64_C(1), ABSENT},
        {1, 0x1081, MAPPED},
        {2, 0x1007, LINKED},
        {2, 0x00200081, MAPPED},
        {2, 0x00202081, RESERVED}, /* bit 13 */
        {2, 0x00300081, RESERVED},
        {3, 0x1007, LINKED},
        {3, 0x40000081, MAPPED},
        {3, 0x60000081, RESERVED},
        {4, 0x1007, LINKED},
        {4, 0x1087, RESERVED}, /* PS in a PML4E */
        {4, 0x8000000001087, RESERVED},
    };

    (void)state;
    expect_leaves(&hoist_x86_64_4level, leaves);
    expect_leaves(&hoist_x86_64_5level, leaves);
    expect_kinds(&hoist_x86_64_4level, kinds);
    expect_kinds(&hoist_x86_64_5level, kinds);
    assert_int_equal(hoist_kind_of(&hoist_x86_64_5level, 0x1087, 5), RESERVED);
    expect_link(&hoist_x86_64_4level, 4, 0x000fedcba9876000, 0x000fedcba9876007);
    expect_link(&hoist_x86_64_5level, 5, 0x7000, 0x7007);
    expect_no_link(&hoist_x86_64_4level, 4, BIT(52));
    expect_accesses(&hoist_x86_64_4level, READABLE, every_cache);
    expect_accesses(&hoist_x86_64_5level, READABLE, every_cache);
    expect_bad_accesses(&hoist_x86_64_4level);
}

/* Section 4.6; PAT entries 6 and 7 have no name. */
static void every_combination_of_rights_means_what_section_4_6_says(void **state)
{
    static const uint8_t meaning[8] = {
        KR | KX, KR | KW | KX, KR | UR | KX | UX, KR | KW | UR | UW | KX | UX,
        KR,      KR | KW,      KR | UR,           KR | KW | UR | UW};
    struct hoist_access access;

    (void)state;
    for (uint64_t i = 0; i < 8; i++) {
        const uint64_t entry = (i & 4) << 61 | (i & 3) << 1 | 1;

        assert_int_equal(hoist_meaning_of(&hoist_x86_64_4level, entry, 1), meaning[i]);
        assert_int_equal(hoist_meaning_of(&hoist_x86_64_4level, entry | 0x80, 2), meaning[i]);
        assert_int_equal(hoist_meaning_of(&hoist_x86_32, entry & 0xff, 1), meaning[i & 3]);
        assert_int_equal(hoist_left_by_link(&hoist_x86_64_4level, entry, 4), meaning[i]);
    }
    assert_int_equal(hoist_access_of_leaf(&hoist_x86_64_4level, 0x91, 1, &access),
                     HOIST_NOT_EXPRESSIBLE);
}

static void tables_of_x86_have_their_shapes_and_addresses(void **state)
{
    static const struct raw_shape x86_32 = {
        4, {1024, 1024}, {4096, 4096}, {BIT(12), BIT(22)}, 3, 32, 40};
    static const struct raw_shape pae = {
        8, {512, 512, 4}, {4096, 4096, 64}, {BIT(12), BIT(21), BIT(30)}, 3, 32, 52};
    static const struct raw_shape four = {8,
                                          {512, 512, 512, 512},
                                          {4096, 4096, 4096, 4096},
                                          {BIT(12), BIT(21), BIT(30), BIT(39)},
                                          7,
                                          48,
                                          52};
    static const struct raw_shape five = {8,
                                          {512, 512, 512, 512, 512},
                                          {4096, 4096, 4096, 4096, 4096},
                                          {BIT(12), BIT(21), BIT(30), BIT(39), BIT(48)},
                                          7,
                                          57,
                                          52};

    (void)state;
    expect_shape(&hoist_x86_32, &x86_32);
    expect_shape(&hoist_x86_pae, &pae);
    expect_shape(&hoist_x86_64_4level, &four);
    expect_shape(&hoist_x86_64_5level, &five);
    expect_addresses(&hoist_x86_32, 0xffffffff, 0);
    expect_addresses(&hoist_x86_pae, 0xffffffff, 0);
    expect_addresses(&hoist_x86_64_4level, 0x00007fffffffffff, 0xffff800000000000);
    expect_addresses(&hoist_x86_64_5level, 0x00ffffffffffffff, 0xff00000000000000);
}

static void every_bit_of_an_address_has_its_place(void **state)
{
    (void)state;
    expect_address_bits(&hoist_x86_32, 1, false, 12, 32);
    expect_address_bits(&hoist_x86_32, 2, false, 22, 40);
    expect_address_bits(&hoist_x86_32, 2, true, 12, 32);
    expect_every_address_bit(&hoist_x86_pae, 12);
    expect_every_address_bit(&hoist_x86_64_4level, 12);
    expect_every_address_bit(&hoist_x86_64_5level, 12);
}

/* A and D: the CPU sets them. */
static void what_the_cpu_sets_does_not_count(void **state)
{
    (void)state;
    assert_int_equal(hoist_x86_32.state, 0x60);
    assert_int_equal(hoist_x86_pae.state, 0x60);
    assert_int_equal(hoist_x86_64_4level.state, 0x60);
    assert_int_equal(hoist_x86_64_5level.state, 0x60);
}

static void a_split_moves_pat_and_keeps_all_else(void **state)
{
    (void)state;
    expect_split(&hoist_x86_32, 2, 0x00401fe7 | 0x10 | 8, 0x00400fff);
    expect_split(&hoist_x86_32, 2, 0x004000e7, 0x00400067);
    expect_split(&hoist_x86_pae, 2, 0x8000000000201083, 0x8000000000200083);
    expect_split(&hoist_x86_64_4level, 2, 0xfff0000000200fe7, 0xfff0000000200f67);
    expect_split(&hoist_x86_64_4level, 3, 0xfff0000040001fe7, 0xfff0000040001fe7);
    expect_split(&hoist_x86_64_4level, 2, 0x7ff000000020109b, 0x7ff000000020009b);
}

/* Access as entry.h has it, without what is not portable. */
static struct hoist_access portable(struct hoist_access access)
{
    access.protection_key = 0;
    access.software = 0;
    return access;
}

static void compare_leaf(uint64_t entry, unsigned level)
{
    const struct hoist_table_format *format = &hoist_x86_64_4level;
    const struct hoist_access decoded = portable(hoist_decode_leaf(entry, level));
    const enum hoist_result expected = decoded.cache <= WC ? HOIST_OK : HOIST_NOT_EXPRESSIBLE;
    struct hoist_access access = {0, 0, 0, 0};
    uint64_t flags = 0;

    assert_int_equal(hoist_frame_of(format, entry, level, 0), hoist_leaf_pa(entry, level));
    assert_int_equal(hoist_access_of_leaf(format, entry, level, &access), expected);
    if (expected == HOIST_OK) {
        assert_memory_equal(&access, &decoded, sizeof(access));
        assert_int_equal(hoist_make_flags(format, access, level, &flags), HOIST_OK);
        assert_int_equal(flags, hoist_encode_leaf(access, level, true));
    }
    if (level > 1) {
        expect_split(format, level, entry, hoist_split_leaf(entry, level, 0));
    }
}

/* The library's other engine knows the same entries by itself. */
static void random_entries_mean_the_same_to_both_engines(void **state)
{
    unsigned leaves = 0;
    unsigned links = 0;

    (void)state;
    for (unsigned i = 0; i < RANDOM_ENTRIES; i++) {
        const unsigned level = 1 + i % 4;
        const bool is_aligned = i / 4 % 4 != 0;
        const uint64_t low = hoist_entry_span(level) - 1;
        const uint64_t entry = random_number() & ~(is_aligned ? low & ~UINT64_C(0x1fff) : 0);
        const enum hoist_entry_kind kind = hoist_kind_of(&hoist_x86_64_4level, entry, level);

        assert_int_equal(kind == ABSENT, !hoist_entry_is_present(entry));
        if (kind == LINKED) {
            assert_false(hoist_entry_is_leaf(entry, level));
            assert_int_equal(hoist_table_of(&hoist_x86_64_4level, entry, level),
                             hoist_table_pa(entry));
            links++;
        } else if (kind == MAPPED) {
            assert_true(hoist_entry_is_leaf(entry, level));
            compare_leaf(entry, level);
            leaves++;
        } else if (kind == RESERVED) { /* which entry.h does not look for */
            assert_true(level == 4 || (entry & low & 0xfffffe000) != 0);
            assert_int_not_equal(entry & 0x80, 0);
        }
    }
    assert_true(leaves > RANDOM_ENTRIES / 6 && links > RANDOM_ENTRIES / 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_of_32_bit_paging_are_as_the_manual_has_them),
        cmocka_unit_test(entries_of_32_bit_paging_are_told_apart),
        cmocka_unit_test(without_nx_what_can_be_read_can_be_executed),
        cmocka_unit_test(entries_of_pae_are_as_the_manual_has_them),
        cmocka_unit_test(the_root_of_pae_has_no_rights),
        cmocka_unit_test(what_four_levels_leave_free_is_reserved_in_pae),
        cmocka_unit_test(entries_of_x86_64_are_as_the_manual_has_them),
        cmocka_unit_test(every_combination_of_rights_means_what_section_4_6_says),
        cmocka_unit_test(tables_of_x86_have_their_shapes_and_addresses),
        cmocka_unit_test(every_bit_of_an_address_has_its_place),
        cmocka_unit_test(what_the_cpu_sets_does_not_count),
        cmocka_unit_test(a_split_moves_pat_and_keeps_all_else),
        cmocka_unit_test(random_entries_mean_the_same_to_both_engines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
