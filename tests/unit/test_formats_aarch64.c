/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of AArch64 (Arm ARM chapter D8), by granules and widths of addresses. */
#include "formats_raw.h"

#include "aarch64_formats.h"

#define UXN BIT(54)
#define PXN BIT(53)

/* Execute-only is for user programs alone (D8.4.1). */
#define RIGHTS (READABLE | ONE(U | X))
#define CACHES (ONE(WB) | ONE(WT) | ONE(UC) | ONE(WC))

static const struct hoist_table_format *const all[] = {
    &hoist_aarch64_4k,        &hoist_aarch64_4k_upper, &hoist_aarch64_4k_39bit,
    &hoist_aarch64_4k_52bit,  &hoist_aarch64_16k,      &hoist_aarch64_16k_upper,
    &hoist_aarch64_16k_52bit, &hoist_aarch64_64k,      &hoist_aarch64_64k_upper,
    &hoist_aarch64_64k_52bit,
};
#define FORMATS (sizeof(all) / sizeof(all[0]))

/* Table D8-52: AF, inner shareable, nG unless global, AttrIndx by the cache type. */
static void entries_of_4_kib_granules_are_as_the_manual_has_them(void **state)
{
    static const struct raw_leaf leaves[] = {
        {1, 0x0000876543215000, R | W, WB, 0x0060876543215f03},
        {1, 0x0000000040000000, R | X | G, WB, 0x0040000040000783},
        {1, 0x0000000040000000, R | W | X, WB, 0x0040000040000f03},
        {1, 0x0000000040000000, R, WB, 0x0060000040000f83},
        {1, 0x0000000040000000, R | U | X, WB, 0x0020000040000fc3},
        {1, 0x0000000040000000, R | U, WB, 0x0060000040000fc3},
        {1, 0x0000000040000000, R | W | U | G, WB, 0x0060000040000743},
        {1, 0x0000000040000000, R | W | U | X, WB, 0x0020000040000f43},
        {1, 0x0000000040000000, U | X, WB, 0x0020000040000f83},
        {1, 0x0000000009000000, R | W, UC, 0x0060000009000f0f},
        {1, 0x0000000009000000, R | W, WC, 0x0060000009000f17},
        {1, 0x0000fffffffff000, R | W, WT, 0x0060fffffffff007 | 0xf00},
        {2, 0x0000876543200000, R | W, WB, 0x0060876543200f01},
        {3, 0x0000876540000000, R | X | G, UC, 0x004087654000078d},
    };

    (void)state;
    expect_leaves(&hoist_aarch64_4k, leaves);
    expect_leaves(&hoist_aarch64_4k_upper, leaves);
    expect_leaves(&hoist_aarch64_4k_39bit, leaves);
    expect_link(&hoist_aarch64_4k, 4, 0x0000fffffffff000, 0x0000fffffffff003);
    expect_no_link(&hoist_aarch64_4k, 4, BIT(48));
    expect_no_frame(&hoist_aarch64_4k, 1, BIT(48));
}

static void entries_of_16_and_64_kib_granules_are_as_the_manual_has_them(void **state)
{
    static const struct raw_leaf of_16k[] = {
        {1, 0x0000876543214000, R | W, WB, 0x0060876543214f03},
        {2, 0x0000876542000000, R | W | U, UC, 0x0060876542000f4d},
    };
    static const struct raw_leaf of_64k[] = {
        {1, 0x0000876543210000, R | W, WB, 0x0060876543210f03},
        {2, 0x0000876540000000, R | X, WC, 0x0040876540000f95},
    };

    (void)state;
    expect_leaves(&hoist_aarch64_16k, of_16k);
    expect_leaves(&hoist_aarch64_16k_upper, of_16k);
    expect_leaves(&hoist_aarch64_64k, of_64k);
    expect_leaves(&hoist_aarch64_64k_upper, of_64k);
    expect_link(&hoist_aarch64_16k, 4, 0x0000876543214000, 0x0000876543214003);
    expect_link(&hoist_aarch64_64k, 3, 0x0000876543210000, 0x0000876543210003);
    expect_no_link(&hoist_aarch64_16k, 2, 0x1000);
    expect_no_link(&hoist_aarch64_64k, 2, 0x8000);
}

/* With LPA2 bits 51:50 of the address lie where SH was; with LPA bits 51:48 lie in 15:12. */
static void addresses_of_52_bits_lie_where_the_manual_has_them(void **state)
{
    static const struct raw_leaf of_4k[] = {
        {1, 0x000fedcba9876000, R | W, WB, 0x0063edcba9876f03},
        {1, 0x0004000000001000, R | W, WB, 0x0060000000001d03},
        {1, 0x0008000000001000, R | W, WB, 0x0060000000001e03},
        {1, 0x0000000000001000, R | W, WB, 0x0060000000001c03},
        {2, 0x000fedcba9800000, R | W, WB, 0x0063edcba9800f01},
        {3, 0x000fedcb80000000, R | W, WB, 0x0063edcb80000f01},
        {4, 0x000fed8000000000, R | W, WB, 0x0063ed8000000f01},
    };
    static const struct raw_leaf of_16k[] = {
        {1, 0x000fedcba9874000, R | W, WB, 0x0063edcba9874f03},
        {2, 0x0009edcba8000000, R | W, WB, 0x0061edcba8000e01},
        {3, 0x0005edc000000000, R | W, WB, 0x0061edc000000d01},
    };
    static const struct raw_leaf of_64k[] = {
        {1, 0x000fedcba9870000, R | W, WB, 0x0060edcba987ff03},
        {2, 0x000a000020000000, R | W, WB, 0x006000002000af01},
        {3, 0x000c040000000000, R | W, WB, 0x006004000000cf01},
    };

    (void)state;
    expect_leaves(&hoist_aarch64_4k_52bit, of_4k);
    expect_leaves(&hoist_aarch64_16k_52bit, of_16k);
    expect_leaves(&hoist_aarch64_64k_52bit, of_64k);
    expect_link(&hoist_aarch64_4k_52bit, 5, 0x000f000000001000, 0x0003000000001303);
    expect_link(&hoist_aarch64_16k_52bit, 4, 0x0006000000004000, 0x0002000000004103);
    expect_link(&hoist_aarch64_64k_52bit, 3, 0x0005000000010000, 0x0000000000015003);
    expect_no_frame(&hoist_aarch64_4k_52bit, 1, BIT(52));
    expect_no_frame(&hoist_aarch64_64k_52bit, 1, BIT(52));
}

static void entries_of_aarch64_are_told_apart(void **state)
{
    static const struct raw_kind everywhere[] = {
        {1, 0, ABSENT},       {1, ~UINT64_C(1), ABSENT}, {2, 0xfffffffe, ABSENT},
        {1, 0x10403, MAPPED}, {1, 0x10401, RESERVED}, /* a block at the last level */
        {2, 0x10003, LINKED}, {3, 0x10003, LINKED},
    };
    static const struct raw_kind of_4k[] = {
        {2, 0x200401, MAPPED},
        {3, 0x40000401, MAPPED},
        {3, 0x40200401, RESERVED}, /* bits below 1 GiB */
        {4, 0x401, RESERVED},      /* no blocks at level 0 without LPA2 */
    };

    (void)state;
    for (unsigned i = 0; i < FORMATS; i++) {
        expect_kinds(all[i], everywhere);
    }
    expect_kinds(&hoist_aarch64_4k, of_4k);
    assert_int_equal(hoist_kind_of(&hoist_aarch64_4k_52bit, 0x401, 4), MAPPED);
    assert_int_equal(hoist_kind_of(&hoist_aarch64_4k_52bit, 0x401, 5), RESERVED);
    assert_int_equal(hoist_kind_of(&hoist_aarch64_16k, 0x401, 2), MAPPED);
    assert_int_equal(hoist_kind_of(&hoist_aarch64_16k, 0x401, 3), RESERVED);
    assert_int_equal(hoist_kind_of(&hoist_aarch64_16k, 0x401, 4), RESERVED);
    assert_int_equal(hoist_kind_of(&hoist_aarch64_16k_52bit, 0x401, 3), MAPPED);
    assert_int_equal(hoist_kind_of(&hoist_aarch64_64k, 0x401, 2), MAPPED);
    assert_int_equal(hoist_kind_of(&hoist_aarch64_64k, 0x401, 3), RESERVED);
    assert_int_equal(hoist_kind_of(&hoist_aarch64_64k_52bit, 0x401, 3), MAPPED);
}

static void nothing_is_write_protected_or_for_the_kernel_to_execute_alone(void **state)
{
    struct hoist_access access;

    (void)state;
    for (unsigned i = 0; i < FORMATS; i++) {
        expect_accesses(all[i], RIGHTS, CACHES);
        expect_bad_accesses(all[i]);
        /* AttrIndx 2 is not used; no access asks for kernel's memory that EL0 executes. */
        assert_int_equal(hoist_access_of_leaf(all[i], UXN | PXN | 0x40b, 1, &access),
                         HOIST_NOT_EXPRESSIBLE);
        assert_int_equal(hoist_access_of_leaf(all[i], 0x403, 1, &access), HOIST_NOT_EXPRESSIBLE);
    }
    assert_int_equal(HOIST_AARCH64_MAIR, UINT64_C(0x000044000000bbff));
}

/* D8.4.1 by AP[1], AP[2], PXN and UXN. */
static void every_combination_of_rights_means_what_d8_4_1_says(void **state)
{
    static const uint8_t meaning[16] = {
        KR | KW | KX | UX, KR | KW | UR | UW | UX, KR | KX | UX, KR | KX | UR | UX,
        KR | KW | UX,      KR | KW | UR | UW | UX, KR | UX,      KR | UR | UX,
        KR | KW | KX,      KR | KW | UR | UW,      KR | KX,      KR | KX | UR,
        KR | KW,           KR | KW | UR | UW,      KR,           KR | UR,
    };

    (void)state;
    for (uint64_t i = 0; i < 16; i++) {
        const uint64_t entry = (i & 3) << 6 | (i >> 2) << 53 | 0x400;

        assert_int_equal(hoist_meaning_of(&hoist_aarch64_4k, entry | 3, 1), meaning[i]);
        assert_int_equal(hoist_meaning_of(&hoist_aarch64_64k, entry | 1, 2), meaning[i]);
    }
}

/* What EL0 may write counts as PXN, and what it may write is what APTable leaves of it. */
static void a_link_takes_away_and_may_give_execution_to_the_kernel(void **state)
{
    static const uint8_t left[16] = {
        ALL,
        ALL & ~KX,
        ALL & ~UX,
        ALL & ~(KX | UX),
        ALL & ~(UR | UW),
        ALL & ~(UR | UW | KX),
        ALL & ~(UR | UW | UX),
        KR | KW,
        ALL & ~(KW | UW),
        ALL & ~(KW | UW | KX),
        ALL & ~(KW | UW | UX),
        KR | UR,
        KR | KX | UX,
        KR | UX,
        KR | KX,
        KR,
    };
    const struct hoist_table_format *format = &hoist_aarch64_4k;
    const unsigned user_rwx = 1; /* AP[1] alone */

    (void)state;
    for (uint64_t i = 0; i < 16; i++) {
        assert_int_equal(hoist_left_by_link(format, i << 59 | 3, 2), left[i]);
    }
    assert_int_equal(hoist_allowed(format, user_rwx, left[0]), KR | KW | UR | UW | UX);
    assert_int_equal(hoist_allowed(format, user_rwx, left[4]), KR | KW | KX | UX);
    assert_int_equal(hoist_allowed(format, user_rwx, left[5]), KR | KW | UX);
    assert_int_equal(hoist_allowed(format, user_rwx, left[8]), KR | KX | UR | UX);
}

static void tables_of_aarch64_have_their_shapes(void **state)
{
    static const struct raw_shape of_4k = {8,
                                           {512, 512, 512, 512},
                                           {4096, 4096, 4096, 4096},
                                           {BIT(12), BIT(21), BIT(30), BIT(39)},
                                           7,
                                           48,
                                           48};
    static const struct raw_shape of_39bit = {
        8, {512, 512, 512}, {4096, 4096, 4096}, {BIT(12), BIT(21), BIT(30)}, 7, 39, 48};
    static const struct raw_shape of_4k_52bit = {8,
                                                 {512, 512, 512, 512, 16},
                                                 {4096, 4096, 4096, 4096, 128},
                                                 {BIT(12), BIT(21), BIT(30), BIT(39), BIT(48)},
                                                 15,
                                                 52,
                                                 52};
    static const struct raw_shape of_16k = {8,
                                            {2048, 2048, 2048, 2},
                                            {16384, 16384, 16384, 64},
                                            {BIT(14), BIT(25), BIT(36), BIT(47)},
                                            3,
                                            48,
                                            48};
    static const struct raw_shape of_16k_52bit = {8,
                                                  {2048, 2048, 2048, 32},
                                                  {16384, 16384, 16384, 256},
                                                  {BIT(14), BIT(25), BIT(36), BIT(47)},
                                                  7,
                                                  52,
                                                  52};
    static const struct raw_shape of_64k = {
        8, {8192, 8192, 64}, {65536, 65536, 512}, {BIT(16), BIT(29), BIT(42)}, 3, 48, 48};
    static const struct raw_shape of_64k_52bit = {
        8, {8192, 8192, 1024}, {65536, 65536, 8192}, {BIT(16), BIT(29), BIT(42)}, 7, 52, 52};

    (void)state;
    expect_shape(&hoist_aarch64_4k, &of_4k);
    expect_shape(&hoist_aarch64_4k_upper, &of_4k);
    expect_shape(&hoist_aarch64_4k_39bit, &of_39bit);
    expect_shape(&hoist_aarch64_4k_52bit, &of_4k_52bit);
    expect_shape(&hoist_aarch64_16k, &of_16k);
    expect_shape(&hoist_aarch64_16k_upper, &of_16k);
    expect_shape(&hoist_aarch64_16k_52bit, &of_16k_52bit);
    expect_shape(&hoist_aarch64_64k, &of_64k);
    expect_shape(&hoist_aarch64_64k_upper, &of_64k);
    expect_shape(&hoist_aarch64_64k_52bit, &of_64k_52bit);
}

/* Zeroes above the translated bits by TTBR0, ones by TTBR1. */
static void each_half_has_its_addresses(void **state)
{
    static const struct hoist_table_format *const upper[] = {
        &hoist_aarch64_4k_upper, &hoist_aarch64_16k_upper, &hoist_aarch64_64k_upper};

    (void)state;
    expect_addresses(&hoist_aarch64_4k, 0x0000ffffffffffff, 0);
    expect_addresses(&hoist_aarch64_4k_39bit, 0x0000007fffffffff, 0);
    expect_addresses(&hoist_aarch64_4k_52bit, 0x000fffffffffffff, 0);
    expect_addresses(&hoist_aarch64_16k, 0x0000ffffffffffff, 0);
    expect_addresses(&hoist_aarch64_16k_52bit, 0x000fffffffffffff, 0);
    expect_addresses(&hoist_aarch64_64k, 0x0000ffffffffffff, 0);
    expect_addresses(&hoist_aarch64_64k_52bit, 0x000fffffffffffff, 0);
    for (unsigned i = 0; i < 3; i++) {
        assert_false(hoist_format_has(upper[i], 0));
        assert_false(hoist_format_has(upper[i], 0xfffeffffffffffff));
        assert_true(hoist_format_has(upper[i], 0xffff000000000000));
        assert_true(hoist_format_has(upper[i], UINT64_MAX));
        assert_int_equal(hoist_format_linear(upper[i], 0xffff000000000000), 0);
        assert_int_equal(hoist_format_va(upper[i], 0), 0xffff000000000000);
        assert_int_equal(hoist_format_va(upper[i], 0x0000ffffffffffff), UINT64_MAX);
    }
}

static void every_bit_of_an_address_has_its_place(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FORMATS; i++) {
        expect_every_address_bit(all[i], all[i]->page_shift);
    }
}

/* Table D8-104. */
static void leaves_with_the_contiguous_bit_belong_together(void **state)
{
    static const struct {
        const struct hoist_table_format *format;
        unsigned level;
        uint64_t bytes;
    } groups[] = {
        {&hoist_aarch64_4k_52bit, 1, 64 << 10},
        {&hoist_aarch64_4k_52bit, 2, 32 << 20},
        {&hoist_aarch64_16k_52bit, 1, 2 << 20},
        {&hoist_aarch64_16k_52bit, 2, 1 << 30},
        {&hoist_aarch64_64k_52bit, 1, 2 << 20},
        {&hoist_aarch64_64k_52bit, 2, UINT64_C(16) << 30},
        {&hoist_aarch64_4k, 1, 64 << 10},
        {&hoist_aarch64_4k, 2, 32 << 20},
        {&hoist_aarch64_4k, 3, UINT64_C(16) << 30},
        {&hoist_aarch64_16k, 1, 2 << 20},
        {&hoist_aarch64_16k, 2, 1 << 30},
        {&hoist_aarch64_64k, 1, 2 << 20},
        {&hoist_aarch64_64k, 2, UINT64_C(16) << 30},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        const uint64_t entry = groups[i].level == 1 ? 0x403 : 0x401;

        assert_int_equal(hoist_group_bytes(groups[i].format, BIT(52) | entry, groups[i].level),
                         groups[i].bytes);
        assert_int_equal(hoist_group_bytes(groups[i].format, entry, groups[i].level),
                         hoist_format_span(groups[i].format, groups[i].level));
    }
}

static void a_split_keeps_all_that_a_smaller_leaf_has(void **state)
{
    (void)state;
    expect_split(&hoist_aarch64_4k, 2, 0x0060876543200f01, 0x0060876543200f03);
    expect_split(&hoist_aarch64_4k, 3, 0x0060876540000f8d, 0x0060876540000f8d);
    /* NS, no SH, no AF, GP, DBM, software, PBHA */
    expect_split(&hoist_aarch64_4k, 2, 0x7fec000000200021, 0x7fec000000200023);
    expect_split(&hoist_aarch64_4k_52bit, 2, 0x0063edcba9800f01, 0x0063edcba9800f03);
    expect_split(&hoist_aarch64_16k, 2, 0x0060876542000f4d, 0x0060876542000f4f);
    expect_split(&hoist_aarch64_64k_52bit, 2, 0x006000002000af01, 0x006000002000af03);
    expect_no_split(&hoist_aarch64_4k, 2, 0x0010000000200401); /* Contiguous */
    expect_no_split(&hoist_aarch64_4k, 2, 0x0000000000210401); /* nT */
    expect_no_split(&hoist_aarch64_4k, 2, 0x8000000000200401); /* AMEC */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_of_4_kib_granules_are_as_the_manual_has_them),
        cmocka_unit_test(entries_of_16_and_64_kib_granules_are_as_the_manual_has_them),
        cmocka_unit_test(addresses_of_52_bits_lie_where_the_manual_has_them),
        cmocka_unit_test(entries_of_aarch64_are_told_apart),
        cmocka_unit_test(nothing_is_write_protected_or_for_the_kernel_to_execute_alone),
        cmocka_unit_test(every_combination_of_rights_means_what_d8_4_1_says),
        cmocka_unit_test(a_link_takes_away_and_may_give_execution_to_the_kernel),
        cmocka_unit_test(tables_of_aarch64_have_their_shapes),
        cmocka_unit_test(each_half_has_its_addresses),
        cmocka_unit_test(every_bit_of_an_address_has_its_place),
        cmocka_unit_test(leaves_with_the_contiguous_bit_belong_together),
        cmocka_unit_test(a_split_keeps_all_that_a_smaller_leaf_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
