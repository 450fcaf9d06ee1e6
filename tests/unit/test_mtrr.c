/* SPDX-License-Identifier: BSD-2-Clause */
/* Types by the variable-range MTRRs, by the rules and the figures of the SDM, volume 3, section 12.11. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mtrr_fixture.h"

static struct mtrr cpu(unsigned physical_bits, uint64_t default_type)
{
    return (struct mtrr){.default_type = default_type | ENABLED, .physical_bits = physical_bits};
}

/* The SDM does not say. */
static int expected_of_two(int one, int other)
{
    if (one == other) {
        return one;
    }
    if (one == UC || other == UC) {
        return UC;
    }
    return one + other == WT + WB ? WT : MTRR_UNDEFINED;
}

static void a_cpu_without_mtrrs_has_one_type(void **state)
{
    const struct mtrr none = {0};

    (void)state;
    assert_int_equal(mtrr_type_at(&none, MIB), mtrr_type_at(&none, UINT64_C(1) << 51));
    assert_int_equal(mtrr_next_change(&none, 0, UINT64_C(1) << 52), UINT64_C(1) << 52);
    assert_int_equal(mtrr_granule(&none), 0);
}

static void the_default_type_holds_where_no_register_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(types); i++) {
        struct mtrr mtrr = cpu(36, types[i] | FIXED);

        assert_int_equal(mtrr_type_at(&mtrr, MIB), types[i]);
        assert_int_equal(mtrr_next_change(&mtrr, MIB, 9 * GIB), 9 * GIB);
        add(&mtrr, 4 * MIB, 2 * MIB, WP);
        assert_int_equal(mtrr_type_at(&mtrr, 4 * MIB - 1), types[i]);
        assert_int_equal(mtrr_type_at(&mtrr, 6 * MIB), types[i]);
    }
}

static void a_register_holds_from_its_first_byte_to_its_last(void **state)
{
    (void)state;
    for (uint64_t size = PAGE; size <= 32 * GIB; size *= 2) {
        struct mtrr mtrr = cpu(36, UC);

        add(&mtrr, size, size, WB);
        assert_int_equal(mtrr_type_at(&mtrr, size - 1), UC);
        assert_int_equal(mtrr_type_at(&mtrr, size), WB);
        assert_int_equal(mtrr_type_at(&mtrr, 2 * size - 1), WB);
        if (size < 32 * GIB) {
            assert_int_equal(mtrr_type_at(&mtrr, 2 * size), UC);
        }
        assert_int_equal(mtrr_next_change(&mtrr, 0, 64 * GIB), size);
        assert_int_equal(mtrr_next_change(&mtrr, size, 64 * GIB), 2 * size);
        assert_int_equal(mtrr_granule(&mtrr), 0);
    }
}

/* Volume 3, section 12.11.3, "Example Base and Mask Calculations", for 36 bits. */
static void the_example_of_the_manual_means_what_it_says(void **state)
{
    static const struct {
        uint64_t from;
        uint64_t to;
        int type;
    } expected[] = {{0, 15 * MIB, WB},
                    {15 * MIB, 16 * MIB, UC},
                    {16 * MIB, 64 * MIB, WB},
                    {64 * MIB, 68 * MIB, UC},
                    {68 * MIB, 100 * MIB, WB},
                    {100 * MIB, UINT64_C(0xa0000000), UC},
                    {UINT64_C(0xa0000000), UINT64_C(0xa0800000), WC},
                    {UINT64_C(0xa0800000), UINT64_C(0x1000000000), UC}};
    struct mtrr mtrr = cpu(36, UC);

    (void)state;
    add_pair(&mtrr, UINT64_C(0x00000006), UINT64_C(0xffc000800));
    add_pair(&mtrr, UINT64_C(0x04000006), UINT64_C(0xffe000800));
    add_pair(&mtrr, UINT64_C(0x06000006), UINT64_C(0xfffc00800));
    add_pair(&mtrr, UINT64_C(0x04000000), UINT64_C(0xfffc00800));
    add_pair(&mtrr, UINT64_C(0x00f00000), UINT64_C(0xffff00800));
    add_pair(&mtrr, UINT64_C(0xa0000001), UINT64_C(0xfff800800));
    for (size_t i = 0; i < LENGTH(expected); i++) {
        assert_int_equal(mtrr_type_at(&mtrr, expected[i].from), expected[i].type);
        assert_int_equal(mtrr_type_at(&mtrr, expected[i].to - 1), expected[i].type);
        assert_int_equal(mtrr_next_change(&mtrr, expected[i].from, UINT64_C(0x1000000000)),
                         expected[i].to);
    }
}

static void where_two_registers_overlap_the_stricter_type_wins_or_nobody_knows(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(types); i++) {
        for (size_t k = 0; k < LENGTH(types); k++) {
            struct mtrr mtrr = cpu(40, WB);

            add(&mtrr, 0, 4 * MIB, types[i]);
            add(&mtrr, 2 * MIB, 2 * MIB, types[k]);
            assert_int_equal(mtrr_type_at(&mtrr, MIB), types[i]);
            assert_int_equal(mtrr_type_at(&mtrr, 3 * MIB), expected_of_two(types[i], types[k]));
        }
    }
}

static void uncached_wins_over_any_number_of_others(void **state)
{
    struct mtrr mtrr = cpu(40, WB);

    (void)state;
    add(&mtrr, 0, 4 * GIB, WB);
    add(&mtrr, 0, 4 * GIB, WC);
    assert_int_equal(mtrr_type_at(&mtrr, 3 * GIB), MTRR_UNDEFINED);
    add(&mtrr, 3 * GIB, GIB, UC);
    assert_int_equal(mtrr_type_at(&mtrr, 3 * GIB), UC);
    add(&mtrr, 3 * GIB, GIB, WT);
    assert_int_equal(mtrr_type_at(&mtrr, 3 * GIB), UC);
    mtrr.count = 1;
    add(&mtrr, 0, 4 * GIB, WT);
    add(&mtrr, 0, 4 * GIB, WB);
    assert_int_equal(mtrr_type_at(&mtrr, 3 * GIB), WT);
}

/* Volume 3, section 12.11.2.1: then all memory is uncached. */
static void mtrrs_that_are_off_make_everything_uncached(void **state)
{
    struct mtrr mtrr = cpu(40, WB);

    (void)state;
    add(&mtrr, 0, 4 * GIB, WT);
    mtrr.default_type = WB | FIXED;
    assert_int_equal(mtrr_type_at(&mtrr, GIB), UC);
    assert_int_equal(mtrr_type_at(&mtrr, 5 * GIB), UC);
    assert_int_equal(mtrr_next_change(&mtrr, 0, 9 * GIB), 9 * GIB);
}

static void a_register_that_is_not_valid_counts_for_nothing(void **state)
{
    struct mtrr mtrr = cpu(40, WB);

    (void)state;
    add(&mtrr, GIB, GIB, UC);
    add(&mtrr, 2 * GIB, GIB, UC);
    add_pair(&mtrr, 0, UINT64_C(0x5000) | VALID);
    mtrr.registers[0].mask &= ~VALID;
    mtrr.registers[2].mask &= ~VALID;
    assert_int_equal(mtrr_type_at(&mtrr, GIB), WB);
    assert_int_equal(mtrr_next_change(&mtrr, 0, 9 * GIB), 2 * GIB);
    assert_int_equal(mtrr_granule(&mtrr), 0);
}

static void bits_of_the_base_that_the_mask_leaves_out_are_ignored(void **state)
{
    struct mtrr mtrr = cpu(40, WB);

    (void)state;
    add(&mtrr, GIB + 5 * MIB, GIB, UC);
    assert_int_equal(mtrr_type_at(&mtrr, GIB), UC);
    assert_int_equal(mtrr_type_at(&mtrr, 2 * GIB), WB);
    assert_int_equal(mtrr_next_change(&mtrr, 0, 9 * GIB), GIB);
    assert_int_equal(mtrr_next_change(&mtrr, GIB, 9 * GIB), 2 * GIB);
}

static void every_width_of_address_is_compared_to_its_last_bit(void **state)
{
    (void)state;
    for (unsigned bits = 36; bits <= 52; bits++) {
        const uint64_t end = UINT64_C(1) << bits;
        struct mtrr mtrr = cpu(bits, UC);

        add(&mtrr, 0, end / 2, WB);
        add(&mtrr, end - PAGE, PAGE, WT);
        assert_int_equal(mtrr_next_change(&mtrr, 0, end), end / 2);
        assert_int_equal(mtrr_type_at(&mtrr, end / 2), UC);
        assert_int_equal(mtrr_next_change(&mtrr, end / 2, end), end - PAGE);
        assert_int_equal(mtrr_type_at(&mtrr, end - PAGE), WT);
        assert_int_equal(mtrr_next_change(&mtrr, end - PAGE, end), end);
        assert_int_equal(mtrr_granule(&mtrr), 0);
    }
}

/* Bits that the CPU does not have are no part of a base or a mask, whatever is in them. */
static void bits_beyond_the_width_are_ignored(void **state)
{
    const uint64_t beyond = UINT64_C(0xfff) << 52 | UINT64_C(1) << 40;
    struct mtrr mtrr = cpu(40, UC);

    (void)state;
    add(&mtrr, GIB, GIB, WB);
    mtrr.registers[0].base |= beyond;
    mtrr.registers[0].mask |= beyond;
    assert_int_equal(mtrr_type_at(&mtrr, GIB), WB);
    assert_int_equal(mtrr_next_change(&mtrr, 0, 9 * GIB), GIB);
    assert_int_equal(mtrr_next_change(&mtrr, GIB, 9 * GIB), 2 * GIB);
    assert_int_equal(mtrr_granule(&mtrr), 0);
}

static void a_register_without_a_mask_holds_everywhere(void **state)
{
    struct mtrr mtrr = cpu(40, UC);

    (void)state;
    add_pair(&mtrr, WB, VALID);
    assert_int_equal(mtrr_type_at(&mtrr, 0), WB);
    assert_int_equal(mtrr_type_at(&mtrr, (UINT64_C(1) << 40) - 1), WB);
    assert_int_equal(mtrr_next_change(&mtrr, 0, UINT64_C(1) << 40), UINT64_C(1) << 40);
    assert_int_equal(mtrr_granule(&mtrr), 0);
}

static void the_next_change_is_where_the_type_differs_and_nowhere_before(void **state)
{
    struct mtrr mtrr = cpu(40, UC);

    (void)state;
    add(&mtrr, 0, 2 * GIB, WB);           /* 0 to 3 GiB in two parts */
    add(&mtrr, 2 * GIB, GIB, WB);         /* no change at 2 GiB */
    add(&mtrr, GIB, MIB, WB);             /* says the same once more */
    add(&mtrr, GIB + 64 * MIB, MIB, WT);  /* a change */
    add(&mtrr, 3 * GIB, PAGE, UC);        /* as by default */
    add(&mtrr, 4 * GIB, 4 * GIB, WB);     /* a change */
    add(&mtrr, 8 * GIB - PAGE, PAGE, UC); /* the last page */
    add(&mtrr, 8 * GIB - MIB, MIB / 2, WB);
    assert_int_equal(mtrr_next_change(&mtrr, 0, 16 * GIB), GIB + 64 * MIB);
    assert_int_equal(mtrr_next_change(&mtrr, GIB + 64 * MIB - PAGE, 16 * GIB), GIB + 64 * MIB);
    assert_int_equal(mtrr_next_change(&mtrr, GIB + 64 * MIB, 16 * GIB), GIB + 65 * MIB);
    assert_int_equal(mtrr_next_change(&mtrr, GIB + 65 * MIB, 16 * GIB), 3 * GIB);
    assert_int_equal(mtrr_next_change(&mtrr, 3 * GIB, 16 * GIB), 4 * GIB);
    assert_int_equal(mtrr_next_change(&mtrr, 4 * GIB, 16 * GIB), 8 * GIB - PAGE);
    assert_int_equal(mtrr_next_change(&mtrr, 8 * GIB - PAGE, 16 * GIB), 16 * GIB);
}

static void the_next_change_is_not_looked_for_beyond_the_end(void **state)
{
    struct mtrr mtrr = cpu(40, WB);

    (void)state;
    add(&mtrr, 3 * GIB, GIB, UC);
    assert_int_equal(mtrr_next_change(&mtrr, 2 * GIB, 3 * GIB - PAGE), 3 * GIB - PAGE);
    assert_int_equal(mtrr_next_change(&mtrr, 2 * GIB, 3 * GIB), 3 * GIB);
    assert_int_equal(mtrr_next_change(&mtrr, 2 * GIB, 3 * GIB + PAGE), 3 * GIB);
    assert_int_equal(mtrr_next_change(&mtrr, 3 * GIB, 3 * GIB + PAGE), 3 * GIB + PAGE);
}

/* Volume 3, section 12.11.3: "discontiguous" ranges, at each address that agrees in the bits of the mask. */
static void a_mask_with_a_gap_stands_for_many_ranges(void **state)
{
    struct mtrr mtrr = cpu(36, WB);

    (void)state;
    add_pair(&mtrr, 4 * MIB | UC,
             UINT64_C(0xfff400000) | VALID); /* but for bits 23, 21 and below */
    for (uint64_t pa = 0; pa < 64 * MIB; pa += MIB / 2) {
        const int expected = pa < 16 * MIB && (pa & 4 * MIB) != 0 ? UC : WB;

        assert_int_equal(mtrr_type_at(&mtrr, pa), expected);
    }
    assert_int_equal(mtrr_granule(&mtrr), 4 * MIB);
}

static void a_mask_written_for_a_narrower_cpu_has_a_gap(void **state)
{
    struct mtrr mtrr = cpu(46, WB);

    (void)state;
    add_pair(&mtrr, 3 * GIB | UC, UINT64_C(0xfc0000000) | VALID); /* 36 bits */
    assert_int_equal(mtrr_type_at(&mtrr, 3 * GIB), UC);
    assert_int_equal(mtrr_type_at(&mtrr, 67 * GIB), UC);
    assert_int_equal(mtrr_type_at(&mtrr, 68 * GIB), WB);
    assert_int_equal(mtrr_granule(&mtrr), GIB);
}

static void the_granule_is_that_of_the_smallest_ranges_with_a_gap(void **state)
{
    struct mtrr mtrr = cpu(36, WB);

    (void)state;
    add(&mtrr, 0, PAGE, UC);
    add_pair(&mtrr, UC, UINT64_C(0x800400000) | VALID);
    assert_int_equal(mtrr_granule(&mtrr), 4 * MIB);
    add_pair(&mtrr, UC, UINT64_C(0x800002000) | VALID);
    assert_int_equal(mtrr_granule(&mtrr), 2 * PAGE);
    add_pair(&mtrr, UC, UINT64_C(0x800010000) | VALID);
    assert_int_equal(mtrr_granule(&mtrr), 2 * PAGE);
}

/*
 * What changes at a multiple of the granule is not seen, but what changes between is: 6 to 7 MiB is
 * write-back by the mask with a gap, and from there the register without one makes it uncached again.
 */
static void a_change_between_ranges_with_a_gap_is_seen(void **state)
{
    struct mtrr mtrr = cpu(36, UC);

    (void)state;
    add_pair(&mtrr, 2 * MIB | WB, UINT64_C(0xfffa00000) | VALID);
    add(&mtrr, 7 * MIB, MIB, UC);
    assert_int_equal(mtrr_granule(&mtrr), 2 * MIB);
    assert_int_equal(mtrr_type_at(&mtrr, 4 * MIB), UC);
    assert_int_equal(mtrr_type_at(&mtrr, 6 * MIB), WB);
    assert_int_equal(mtrr_next_change(&mtrr, 4 * MIB, GIB), 7 * MIB);
}

static void as_many_registers_as_there_can_be_are_all_asked(void **state)
{
    struct mtrr mtrr = cpu(40, WB);

    (void)state;
    for (size_t i = 0; i < MTRR_LIMIT; i++) {
        add(&mtrr, (2 * i + 1) * GIB, PAGE, UC);
    }
    for (size_t i = 0; i < MTRR_LIMIT; i++) {
        const uint64_t base = (2 * i + 1) * GIB;

        assert_int_equal(mtrr_type_at(&mtrr, base), UC);
        assert_int_equal(mtrr_next_change(&mtrr, base - GIB, 1024 * GIB), base);
        assert_int_equal(mtrr_next_change(&mtrr, base, 1024 * GIB), base + PAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cpu_without_mtrrs_has_one_type),
        cmocka_unit_test(the_default_type_holds_where_no_register_does),
        cmocka_unit_test(a_register_holds_from_its_first_byte_to_its_last),
        cmocka_unit_test(the_example_of_the_manual_means_what_it_says),
        cmocka_unit_test(where_two_registers_overlap_the_stricter_type_wins_or_nobody_knows),
        cmocka_unit_test(uncached_wins_over_any_number_of_others),
        cmocka_unit_test(mtrrs_that_are_off_make_everything_uncached),
        cmocka_unit_test(a_register_that_is_not_valid_counts_for_nothing),
        cmocka_unit_test(bits_of_the_base_that_the_mask_leaves_out_are_ignored),
        cmocka_unit_test(every_width_of_address_is_compared_to_its_last_bit),
        cmocka_unit_test(bits_beyond_the_width_are_ignored),
        cmocka_unit_test(a_register_without_a_mask_holds_everywhere),
        cmocka_unit_test(the_next_change_is_where_the_type_differs_and_nowhere_before),
        cmocka_unit_test(the_next_change_is_not_looked_for_beyond_the_end),
        cmocka_unit_test(a_mask_with_a_gap_stands_for_many_ranges),
        cmocka_unit_test(a_mask_written_for_a_narrower_cpu_has_a_gap),
        cmocka_unit_test(the_granule_is_that_of_the_smallest_ranges_with_a_gap),
        cmocka_unit_test(a_change_between_ranges_with_a_gap_is_seen),
        cmocka_unit_test(as_many_registers_as_there_can_be_are_all_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
