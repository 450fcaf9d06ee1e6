/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of ARMv7 (DDI 0406C, B3.5 to B3.8): short descriptors and LPAE. */
#include "formats_raw.h"

#include "armv7_formats.h"

#define XN  BIT(54)
#define PXN BIT(53)

#define CACHES (ONE(WB) | ONE(WT) | ONE(UC) | ONE(WC))

/* B3.5.1: shareable, nG unless global, TEX C B without remap. */
static void short_descriptors_are_as_the_manual_has_them(void **state)
{
    static const struct raw_leaf leaves[] = {
        {1, 0x12345000, R | W, WB, 0x12345c5f},     {1, 0x12345000, R | W | X, WB, 0x12345c5e},
        {1, 0x12345000, R | X | G, WB, 0x1234565e}, {1, 0x12345000, R, WB, 0x12345e5f},
        {1, 0x12345000, R | U, WB, 0x12345e7f},     {1, 0x12345000, R | U | X, WB, 0x12345e7e},
        {1, 0x12345000, R | W | U, WB, 0x12345c7f}, {1, 0xfffff000, R | W, UC, 0xfffffc13},
        {1, 0xfffff000, R | W, WT, 0xfffffc1b},     {1, 0xfffff000, R | W, WC, 0xfffffc53},
        {2, 0xabc00000, R | W, WB, 0xabc3141e},     {2, 0xabc00000, R | X | G, WB, 0xabc1940e},
        {2, 0xabc00000, R | W | U, WB, 0xabc31c1e}, {2, 0xabc00000, R | U | X, WB, 0xabc39c0e},
        {2, 0xfff00000, R | W, UC, 0xfff30412},     {2, 0xfff00000, R | W, WT, 0xfff3041a},
        {2, 0xfff00000, R | W, WC, 0xfff31412},
    };

    (void)state;
    expect_leaves(&hoist_armv7_short, leaves);
    expect_link(&hoist_armv7_short, 2, 0x12345400, 0x12345401);
    expect_no_link(&hoist_armv7_short, 2, 0x12345600);
    expect_no_link(&hoist_armv7_short, 2, BIT(32));
    expect_no_frame(&hoist_armv7_short, 1, BIT(32));
    expect_no_frame(&hoist_armv7_short, 2, BIT(32));
}

static void short_descriptors_are_told_apart(void **state)
{
    static const struct raw_kind kinds[] = {
        {1, 0, ABSENT},
        {1, 0xfffffffc, ABSENT},
        {1, 0x12345011, RESERVED}, /* a large page */
        {1, 0x12345012, MAPPED},
        {1, 0x12345013, MAPPED},
        {1, 0x12345002, MAPPED},   /* AP 000: nobody has anything */
        {1, 0x12345202, RESERVED}, /* AP 100 */
        {1, 0x12345203, RESERVED},
        {2, 0, ABSENT},
        {2, 0xfffffffc, ABSENT},
        {2, 0x12345401, LINKED},
        {2, 0x123457fd, LINKED},
        {2, 0x12300402, MAPPED},
        {2, 0x12300403, MAPPED},   /* PXN */
        {2, 0x12340402, RESERVED}, /* a supersection */
        {2, 0x12308002, RESERVED}, /* AP 100 */
        {2, 0x12308003, RESERVED},
        {2, 0x12308012, RESERVED},
        {2, 0x12308013, RESERVED},
    };

    (void)state;
    expect_kinds(&hoist_armv7_short, kinds);
}

/* Tables B3-8 and B3-10. AP[2:0] by AFE = 0; whoever cannot read cannot execute. */
static void every_combination_of_short_rights_means_what_b3_7_says(void **state)
{
    static const uint8_t with_execute[8] = {0,
                                            KR | KW | KX,
                                            KR | KW | KX | UR | UX,
                                            KR | KW | KX | UR | UW | UX,
                                            HOIST_NO_SUCH,
                                            KR | KX,
                                            KR | KX | UR | UX,
                                            KR | KX | UR | UX};

    (void)state;
    for (uint64_t ap = 0; ap < 8; ap++) {
        const uint64_t page = (ap & 3) << 4 | (ap >> 2) << 9 | 2;
        const uint64_t section = (ap & 3) << 10 | (ap >> 2) << 15 | 2;
        const uint8_t meaning = with_execute[ap];

        if (meaning == HOIST_NO_SUCH) {
            continue;
        }
        assert_int_equal(hoist_meaning_of(&hoist_armv7_short, page, 1), meaning);
        assert_int_equal(hoist_meaning_of(&hoist_armv7_short, page | 1, 1), meaning & ~(KX | UX));
        assert_int_equal(hoist_meaning_of(&hoist_armv7_short, section, 2), meaning);
        assert_int_equal(hoist_meaning_of(&hoist_armv7_short, section | 1, 2), meaning & ~KX);
        assert_int_equal(hoist_meaning_of(&hoist_armv7_short, section | 0x10, 2),
                         meaning & ~(KX | UX));
        assert_int_equal(hoist_meaning_of(&hoist_armv7_short, section | 0x11, 2),
                         meaning & ~(KX | UX));
    }
    assert_int_equal(hoist_left_by_link(&hoist_armv7_short, 0x12345401, 2), ALL);
    assert_int_equal(hoist_left_by_link(&hoist_armv7_short, 0x12345405, 2), ALL & ~KX);
}

/* Whatever is there can be read; there is no UC- and no WP. */
static void both_formats_refuse_what_they_have_not(void **state)
{
    struct hoist_access access;

    (void)state;
    expect_accesses(&hoist_armv7_short, READABLE, CACHES);
    expect_accesses(&hoist_armv7_lpae, READABLE, CACHES);
    expect_bad_accesses(&hoist_armv7_short);
    expect_bad_accesses(&hoist_armv7_lpae);
    /* Write-back without write-allocate; users read what the kernel writes; PXN; nobody. */
    assert_int_equal(hoist_access_of_leaf(&hoist_armv7_short, 0x41e, 1, &access),
                     HOIST_NOT_EXPRESSIBLE);
    assert_int_equal(hoist_access_of_leaf(&hoist_armv7_short, 0x46e, 1, &access),
                     HOIST_NOT_EXPRESSIBLE);
    assert_int_equal(hoist_access_of_leaf(&hoist_armv7_short, 0x1140f, 2, &access),
                     HOIST_NOT_EXPRESSIBLE);
    assert_int_equal(hoist_access_of_leaf(&hoist_armv7_short, 0x44e, 1, &access),
                     HOIST_NOT_EXPRESSIBLE);
    assert_int_equal(HOIST_ARMV7_MAIR0, 0x0000aaff);
    assert_int_equal(HOIST_ARMV7_MAIR1, 0x00004400);
}

/* B3.6.1 and B3.6.2: AF, inner shareable, nG unless global. */
static void entries_of_lpae_are_as_the_manual_has_them(void **state)
{
    static const struct raw_leaf leaves[] = {
        {1, 0xfedcba9000, R | W, WB, 0x006000fedcba9f03},
        {1, 0x0040000000, R | W | X, WB, 0x0000000040000f03},
        {1, 0x0040000000, R | X | G, WB, 0x0000000040000783},
        {1, 0x0040000000, R, WB, 0x0060000040000f83},
        {1, 0x0040000000, R | U, WB, 0x0060000040000fc3},
        {1, 0x0040000000, R | U | X, WB, 0x0020000040000fc3},
        {1, 0x0040000000, R | W | U | X, WB, 0x0020000040000f43},
        {1, 0x0040000000, R | W | U, UC, 0x0060000040000f4f},
        {1, 0x0040000000, R | W, WT, 0x0060000040000f07},
        {2, 0xfedca00000, R | W, WB, 0x006000fedca00f01},
        {3, 0xfec0000000, R | W, WC, 0x006000fec0000f15},
    };
    static const struct raw_kind kinds[] = {
        {1, 0, ABSENT},        {1, ~UINT64_C(1), ABSENT}, {1, 0x1403, MAPPED},
        {1, 0x1401, RESERVED}, {2, 0x1003, LINKED},       {2, 0x200401, MAPPED},
        {3, 0x1003, LINKED},   {3, 0x40000401, MAPPED},   {3, 0x40200401, RESERVED},
    };

    (void)state;
    expect_leaves(&hoist_armv7_lpae, leaves);
    expect_kinds(&hoist_armv7_lpae, kinds);
    expect_link(&hoist_armv7_lpae, 3, 0xfffffff000, 0xfffffff003);
    expect_no_link(&hoist_armv7_lpae, 3, BIT(40));
    expect_no_frame(&hoist_armv7_lpae, 1, BIT(40));
}

/* Tables B3-8 and B3-10 by AP[1], AP[2], PXN and XN; B3.7.2 for links. */
static void every_combination_of_lpae_rights_means_what_b3_7_says(void **state)
{
    static const uint8_t with_execute[4] = {KR | KW | KX, KR | KW | KX | UR | UW | UX, KR | KX,
                                            KR | KX | UR | UX};
    static const uint8_t left[16] = {
        ALL,
        ALL & ~KX,
        ALL & ~(KX | UX),
        ALL & ~(KX | UX),
        KR | KW | KX,
        KR | KW,
        KR | KW,
        KR | KW,
        KR | KX | UR | UX,
        KR | UR | UX,
        KR | UR,
        KR | UR,
        KR | KX,
        KR,
        KR,
        KR,
    };

    (void)state;
    for (uint64_t i = 0; i < 16; i++) {
        const uint8_t denied = i >= 8 ? KX | UX : i >= 4 ? KX : 0;
        const uint64_t entry = (i & 3) << 6 | (i >> 2) << 53 | 0x400;

        assert_int_equal(hoist_meaning_of(&hoist_armv7_lpae, entry | 3, 1),
                         with_execute[i & 3] & ~denied);
        assert_int_equal(hoist_meaning_of(&hoist_armv7_lpae, entry | 1, 2),
                         with_execute[i & 3] & ~denied);
        assert_int_equal(hoist_left_by_link(&hoist_armv7_lpae, i << 59 | 3, 2), left[i]);
    }
}

static void tables_of_armv7_have_their_shapes_and_addresses(void **state)
{
    static const struct raw_shape of_short = {4,  {256, 4096}, {1024, 16384}, {BIT(12), BIT(20)}, 3,
                                              32, 32};
    static const struct raw_shape of_lpae = {
        8, {512, 512, 4}, {4096, 4096, 64}, {BIT(12), BIT(21), BIT(30)}, 7, 32, 40};

    (void)state;
    expect_shape(&hoist_armv7_short, &of_short);
    expect_shape(&hoist_armv7_lpae, &of_lpae);
    expect_addresses(&hoist_armv7_short, 0xffffffff, 0);
    expect_addresses(&hoist_armv7_lpae, 0xffffffff, 0);
    assert_int_equal(hoist_group_bytes(&hoist_armv7_lpae, BIT(52) | 0x403, 1), 64 << 10);
    assert_int_equal(hoist_group_bytes(&hoist_armv7_lpae, BIT(52) | 0x401, 2), 32 << 20);
}

static void every_bit_of_an_address_has_its_place(void **state)
{
    (void)state;
    expect_every_address_bit(&hoist_armv7_short, 10);
    expect_every_address_bit(&hoist_armv7_lpae, 12);
}

/* What lies elsewhere in a page is moved; what a page has not is refused. */
static void a_split_moves_the_bits_of_a_section(void **state)
{
    (void)state;
    expect_split(&hoist_armv7_short, 2, 0xabc3141e, 0xabc00c5f);
    expect_split(&hoist_armv7_short, 2, 0xabc0fc0a, 0xabc003fa);
    expect_split(&hoist_armv7_short, 2, 0xabc29412, 0xabc00a53);
    expect_no_split(&hoist_armv7_short, 2, 0xabc3141f); /* PXN */
    expect_no_split(&hoist_armv7_short, 2, 0xabc3143e); /* domain 1 */
    expect_no_split(&hoist_armv7_short, 2, 0xabcb141e); /* NS */
    expect_split(&hoist_armv7_lpae, 2, 0x006000fedca00f01, 0x006000fedca00f03);
    expect_split(&hoist_armv7_lpae, 3, 0x07e000fec0000ffd, 0x07e000fec0000ffd);
    expect_no_split(&hoist_armv7_lpae, 2, 0x001000fedca00f01); /* Contiguous */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_descriptors_are_as_the_manual_has_them),
        cmocka_unit_test(short_descriptors_are_told_apart),
        cmocka_unit_test(every_combination_of_short_rights_means_what_b3_7_says),
        cmocka_unit_test(both_formats_refuse_what_they_have_not),
        cmocka_unit_test(entries_of_lpae_are_as_the_manual_has_them),
        cmocka_unit_test(every_combination_of_lpae_rights_means_what_b3_7_says),
        cmocka_unit_test(tables_of_armv7_have_their_shapes_and_addresses),
        cmocka_unit_test(every_bit_of_an_address_has_its_place),
        cmocka_unit_test(a_split_moves_the_bits_of_a_section),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
