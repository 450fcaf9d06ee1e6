/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of RISC-V (privileged architecture, chapters 4 to 6): Sv39, Sv48, Sv57. */
#include "formats_raw.h"

#include "riscv_formats.h"

#define N BIT(63)

/* Execute-only is for the kernel or for user programs; the kernel reads what they read. */
#define RIGHTS (READABLE | ONE(X) | ONE(U | X))
#define CACHES (ONE(WB) | ONE(UC) | ONE(WC))

static const struct hoist_table_format *const all[] = {&hoist_riscv_sv39, &hoist_riscv_sv48,
                                                       &hoist_riscv_sv57};
#define FORMATS 3

/* Section 4.4.1: PPN is the address shifted by 2; A and D are set. */
static void entries_of_risc_v_are_as_the_manual_has_them(void **state)
{
    static const struct raw_leaf leaves[] = {
        {1, 0x00fedcba98765000, R | W, WB, 0x003fb72ea61d94c7},
        {1, 0x0000000080000000, R, WB, 0x200000c3},
        {1, 0x0000000080000000, R | X | G, WB, 0x200000eb},
        {1, 0x0000000080000000, R | W | X, WB, 0x200000cf},
        {1, 0x0000000080000000, X, WB, 0x200000c9},
        {1, 0x0000000080000000, R | U, WB, 0x200000d3},
        {1, 0x0000000080000000, R | W | U, WB, 0x200000d7},
        {1, 0x0000000080000000, R | W | U | X | G, WB, 0x200000ff},
        {1, 0x0000000080000000, U | X, WB, 0x200000d9},
        {1, 0x0000000010000000, R | W, UC, 0x40000000040000c7},
        {1, 0x0000000080000000, R | W, WC, 0x20000000200000c7},
        {2, 0x0000000080200000, R | W, WB, 0x200800c7},
        {2, 0x00ffffffffe00000, R | W, UC, 0x403ffffffff800c7},
        {3, 0x0000000080000000, R | W, WB, 0x200000c7},
    };
    static const struct raw_leaf of_512_gib = {4, BIT(39), R | W, WB, 0x20000000c7};
    static const struct raw_leaf of_256_tib = {5, BIT(48), R | W, WB, 0x4000000000c7};

    (void)state;
    for (unsigned i = 0; i < FORMATS; i++) {
        expect_leaves(all[i], leaves);
        expect_link(all[i], 2, 0x80201000, 0x20080401);
        expect_link(all[i], all[i]->levels, 0x00fffffffffff000, 0x003ffffffffffc01);
        expect_no_link(all[i], 2, BIT(56));
        expect_no_frame(all[i], 1, BIT(56));
    }
    expect_leaf(&hoist_riscv_sv48, &of_512_gib);
    expect_leaf(&hoist_riscv_sv57, &of_512_gib);
    expect_leaf(&hoist_riscv_sv57, &of_256_tib);
}

static void entries_of_risc_v_are_told_apart(void **state)
{
    static const struct raw_kind kinds[] = {
        {1, 0, ABSENT},
        {1, ~UINT64_C(1), ABSENT},
        {3, ~UINT64_C(1), ABSENT},
        {1, 0x43, MAPPED},
        {1, 0x4000000000000043, MAPPED},
        {1, 0x01, RESERVED}, /* a link at the last level */
        {1, 0x11, RESERVED},
        {1, 0x05, RESERVED}, /* W without R */
        {1, 0x0d, RESERVED},
        {1, 0x15, RESERVED},
        {1, 0x6000000000000043, RESERVED}, /* PBMT 3 */
        {2, 0x001, LINKED},
        {2, 0x321, LINKED}, /* G and RSW */
        {2, 0x011, RESERVED},
        {2, 0x041, RESERVED},
        {2, 0x081, RESERVED},
        {2, 0x2000000000000001, RESERVED}, /* PBMT in a link */
        {2, 0x4000000000000001, RESERVED},
        {2, N | 1, RESERVED},
        {2, 0x05, RESERVED},
        {2, 0x80043, MAPPED},
        {2, 0x80443, RESERVED}, /* not aligned */
        {2, 0x40043, RESERVED},
        {2, N | 0x2043, RESERVED}, /* Svnapot has no such size */
        {2, 0x6000000000080043, RESERVED},
        {3, 0x10000043, MAPPED},
        {3, 0x10080043, RESERVED},
    };

    (void)state;
    for (unsigned i = 0; i < FORMATS; i++) {
        expect_kinds(all[i], kinds);
        for (unsigned reserved = 54; reserved <= 60; reserved++) {
            assert_int_equal(hoist_kind_of(all[i], BIT(reserved) | 0x43, 1), RESERVED);
            assert_int_equal(hoist_kind_of(all[i], BIT(reserved) | 0x43, 3), RESERVED);
            assert_int_equal(hoist_kind_of(all[i], BIT(reserved) | 0x01, 2), RESERVED);
        }
    }
}

static void no_page_is_written_without_being_read_and_caches_are_those_of_svpbmt(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FORMATS; i++) {
        expect_accesses(all[i], RIGHTS, CACHES);
        expect_bad_accesses(all[i]);
    }
}

/* Table 4.5 by R, W, X and U; the kernel never executes users' pages. */
static void every_combination_of_rights_means_what_table_4_5_says(void **state)
{
    static const uint8_t meaning[16] = {
        HOIST_NO_SUCH,
        KR,
        HOIST_NO_SUCH,
        KR | KW,
        KX,
        KR | KX,
        HOIST_NO_SUCH,
        KR | KW | KX,
        HOIST_NO_SUCH,
        KR | UR,
        HOIST_NO_SUCH,
        KR | UR | KW | UW,
        UX,
        KR | UR | UX,
        HOIST_NO_SUCH,
        KR | UR | KW | UW | UX,
    };

    (void)state;
    for (uint64_t i = 0; i < 16; i++) {
        const uint64_t entry = i << 1 | 0xc1;

        if (meaning[i] == HOIST_NO_SUCH) {
            assert_int_equal(hoist_kind_of(&hoist_riscv_sv39, entry, 1), RESERVED);
        } else {
            assert_int_equal(hoist_meaning_of(&hoist_riscv_sv39, entry, 1), meaning[i]);
            assert_int_equal(hoist_meaning_of(&hoist_riscv_sv57, entry, 4), meaning[i]);
        }
    }
}

/* Table 5.1: 16 entries that each hold PPN[3:0] = 1000; all other values are reserved. */
static void a_napot_page_is_64_kib(void **state)
{
    const uint64_t entry = N | 0x200040c7 | 0x2000;

    (void)state;
    for (unsigned i = 0; i < FORMATS; i++) {
        assert_int_equal(hoist_kind_of(all[i], entry, 1), MAPPED);
        assert_int_equal(hoist_group_bytes(all[i], entry, 1), 0x10000);
        assert_int_equal(hoist_group_bytes(all[i], 0x200060c7, 1), 0x1000);
        assert_int_equal(hoist_frame_of(all[i], entry, 1, 0x5000000), 0x80010000);
        assert_int_equal(hoist_frame_of(all[i], entry, 1, 0x5003000), 0x80013000);
        assert_int_equal(hoist_frame_of(all[i], entry, 1, 0x500f000), 0x8001f000);
        assert_int_equal(hoist_frame_of(all[i], entry & ~N, 1, 0x5003000), 0x80018000);
        for (uint64_t low = 0; low < 16; low++) {
            assert_int_equal(hoist_kind_of(all[i], N | low << 10 | 0xc7, 1),
                             low == 8 ? MAPPED : RESERVED);
        }
    }
}

static void tables_of_risc_v_have_their_shapes_and_addresses(void **state)
{
    static const struct raw_shape sv39 = {
        8, {512, 512, 512}, {4096, 4096, 4096}, {BIT(12), BIT(21), BIT(30)}, 7, 39, 56};
    static const struct raw_shape sv48 = {8,
                                          {512, 512, 512, 512},
                                          {4096, 4096, 4096, 4096},
                                          {BIT(12), BIT(21), BIT(30), BIT(39)},
                                          15,
                                          48,
                                          56};
    static const struct raw_shape sv57 = {8,
                                          {512, 512, 512, 512, 512},
                                          {4096, 4096, 4096, 4096, 4096},
                                          {BIT(12), BIT(21), BIT(30), BIT(39), BIT(48)},
                                          31,
                                          57,
                                          56};

    (void)state;
    expect_shape(&hoist_riscv_sv39, &sv39);
    expect_shape(&hoist_riscv_sv48, &sv48);
    expect_shape(&hoist_riscv_sv57, &sv57);
    expect_addresses(&hoist_riscv_sv39, 0x0000003fffffffff, 0xffffffc000000000);
    expect_addresses(&hoist_riscv_sv48, 0x00007fffffffffff, 0xffff800000000000);
    expect_addresses(&hoist_riscv_sv57, 0x00ffffffffffffff, 0xff00000000000000);
}

static void every_bit_of_an_address_has_its_place(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FORMATS; i++) {
        expect_every_address_bit(all[i], 12);
        assert_int_equal(all[i]->state, 0xc0); /* A and D */
    }
}

static void a_split_keeps_every_bit(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FORMATS; i++) {
        expect_split(all[i], 2, 0x200800c7, 0x200800c7);
        expect_split(all[i], 2, 0x403ffffffff803ff, 0x403ffffffff803ff);
        expect_split(all[i], 3, 0x2000000010000103, 0x2000000010000103); /* no A, no D */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_of_risc_v_are_as_the_manual_has_them),
        cmocka_unit_test(entries_of_risc_v_are_told_apart),
        cmocka_unit_test(no_page_is_written_without_being_read_and_caches_are_those_of_svpbmt),
        cmocka_unit_test(every_combination_of_rights_means_what_table_4_5_says),
        cmocka_unit_test(a_napot_page_is_64_kib),
        cmocka_unit_test(tables_of_risc_v_have_their_shapes_and_addresses),
        cmocka_unit_test(every_bit_of_an_address_has_its_place),
        cmocka_unit_test(a_split_keeps_every_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
