/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading raw tables back: leaves of all sizes, what is merged and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mapping_fixture.h"

static void an_empty_root_is_one_table_and_no_range(void **state)
{
    struct fixture *f = *state;

    read_back(f);
    assert_int_equal(f->mapping.range_count, 0);
    assert_int_equal(f->mapping.table_count, 1);
    assert_int_equal(f->mapping.table_frames, 1);
    assert_int_equal(f->mapping.entry_count, 0);
    assert_int_equal(f->mapping.tables[0].pa, TABLES_PA);
    assert_int_equal(f->mapping.tables[0].level, 4);
    assert_int_equal(f->mapping.tables[0].used, 0);
    assert_int_equal(f->calls, 1);
}

static void a_leaf_of_each_size_is_found_with_its_frame(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    f->frames[3][5] = 0x123000 | PRESENT | WRITABLE | NX;
    f->frames[2][3] = 0x40200000 | PRESENT | LARGE;
    f->frames[1][7] = 2 * GIB | PRESENT | LARGE | NX;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 3);
    assert_range(f, 0, 0x5000, 0x123000, PAGE);
    assert_range(f, 1, 6 * MIB, 0x40200000, 2 * MIB);
    assert_range(f, 2, 7 * GIB, 2 * GIB, GIB);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(f->mapping.leaf_count[i + 1], 1);
        assert_int_equal(range_of(f, i)->leaf_count[i + 1], 1);
        assert_int_equal(range_of(f, i)->kind, MAPPING_LEAVES);
        assert_int_equal(range_of(f, i)->marks, 0);
        assert_int_equal(range_of(f, i)->plan, MAPPING_NO_PLAN);
        assert_int_equal(range_of(f, i)->memory, 0);
        assert_int_equal(range_of(f, i)->cache, MTRR_WRITE_BACK);
    }
    assert_int_equal(range_of(f, 0)->rights, HOIST_READ | HOIST_WRITE);
    assert_int_equal(range_of(f, 1)->rights, HOIST_READ | HOIST_EXECUTE);
    assert_int_equal(range_of(f, 2)->rights, HOIST_READ);
    assert_int_equal(f->mapping.entry_count, 6);
    assert_int_equal(f->mapping.table_count, 4);
    assert_int_equal(f->mapping.tables[1].used, 2);
    assert_int_equal(f->mapping.tables[3].used, 1);
    assert_int_equal(f->mapping.tables[3].level, 1);
}

static void five_levels_reach_further(void **state)
{
    struct fixture *f = *state;

    f->mapping.facts.levels = 5;
    set_link(f, 0, 0, 1, LINK);
    set_link(f, 0, 256, 1, LINK & ~USER);
    set_link(f, 1, 1, 2, LINK);
    f->frames[2][0] = GIB | PRESENT | LARGE;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 2);
    assert_range(f, 0, BIT(39), GIB, GIB);
    assert_range(f, 1, UINT64_C(0xff00000000000000) + BIT(39), GIB, GIB);
    assert_int_equal(f->mapping.tables[0].level, 5);
}

static void the_upper_half_is_canonical_up_to_the_last_page(void **state)
{
    struct fixture *f = *state;

    set_link(f, 0, 255, 1, LINK);
    f->frames[1][511] = GIB | PRESENT | LARGE;
    set_link(f, 0, 256, 2, LINK);
    f->frames[2][0] = 2 * GIB | PRESENT | LARGE;
    set_link(f, 0, 511, 3, LINK);
    set_link(f, 3, 511, 4, LINK);
    set_link(f, 4, 511, 5, LINK);
    f->frames[5][511] = 0x9000 | PRESENT;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 3);
    assert_range(f, 0, BIT(47) - GIB, GIB, GIB);
    assert_range(f, 1, UINT64_C(0xffff800000000000), 2 * GIB, GIB); /* not merged over the gap */
    assert_range(f, 2, UINT64_C(0xfffffffffffff000), 0x9000, PAGE);
}

static void neighbours_merge_across_tables_and_sizes(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    set_link(f, 2, 1, 4, LINK);
    for (unsigned i = 0; i < ENTRIES; i++) {
        f->frames[3][i] = (2 * GIB + i * PAGE) | PRESENT | NX;
        f->frames[4][i] = (2 * GIB + 2 * MIB + i * PAGE) | PRESENT | NX;
    }
    for (unsigned i = 2; i < ENTRIES; i++) {
        f->frames[2][i] = (2 * GIB + i * 2 * MIB) | PRESENT | NX | LARGE;
    }
    f->frames[1][1] = 3 * GIB | PRESENT | NX | LARGE;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 1);
    assert_range(f, 0, 0, 2 * GIB, 2 * GIB);
    assert_int_equal(range_of(f, 0)->leaf_count[HOIST_LEAF_4K], 1024);
    assert_int_equal(range_of(f, 0)->leaf_count[HOIST_LEAF_2M], 510);
    assert_int_equal(range_of(f, 0)->leaf_count[HOIST_LEAF_1G], 1);
    assert_int_equal(f->mapping.entry_count, 1024 + 512 + 2 + 1);
}

/* Two pages side by side; the bits of the second differ. */
static void assert_split(struct fixture *f, uint64_t bits, size_t count)
{
    f->frames[3][0] = 0x10000 | PRESENT;
    f->frames[3][1] = 0x11000 | PRESENT | bits;
    read_back(f);
    assert_int_equal(f->mapping.range_count, count);
}

static void what_differs_is_not_merged(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    assert_split(f, 0, 1);
    assert_split(f, BIT(5) | BIT(6), 1); /* what the CPU writes by itself */
    assert_split(f, WRITABLE, 2);
    assert_split(f, USER, 2);
    assert_split(f, NX, 2);
    assert_split(f, GLOBAL, 2);
    assert_split(f, PWT, 2);
    assert_split(f, PCD, 2);
    assert_split(f, PAT_SMALL, 2); /* index 4 is of the same type as index 0 */
    assert_split(f, BIT(9), 2);
    assert_split(f, BIT(11), 2);
    assert_split(f, BIT(52), 2);
    assert_split(f, BIT(58), 2);
    assert_split(f, BIT(59), 2);
    assert_split(f, BIT(62), 2);
    assert_split(f, BIT(45), 2); /* another frame, and too wide */
    f->frames[3][1] = 0x12000 | PRESENT;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 2);
    f->frames[3][1] = 0;
    f->frames[3][2] = 0x12000 | PRESENT;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 2);
}

static void bits_that_nobody_asked_for_are_marked(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    for (unsigned bit = 9; bit <= 62; bit = bit == 11 ? 52 : bit + 1) {
        f->frames[3][0] = 0x10000 | PRESENT | BIT(bit);
        assert_marks(f, MAPPING_MARK_STRAY, 0);
    }
}

static void the_pat_bit_lies_at_7_in_a_page_and_at_12_in_larger_leaves(void **state)
{
    static const unsigned spot[] = {3, 2, 1};
    static const uint64_t pat_bits[] = {PAT_SMALL, PAT_LARGE | LARGE, PAT_LARGE | LARGE};
    struct fixture *f = *state;

    f->mapping.facts.pat = UINT64_C(0x0007010500070406);
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned index = 0; index < 8; index++) {
            memset(f->frames, 0, sizeof f->frames);
            set_way(f);
            f->frames[spot[i]][1] = GIB | PRESENT | (i != 0 ? LARGE : 0) |
                                    ((index & 1) != 0 ? PWT : 0) | ((index & 2) != 0 ? PCD : 0) |
                                    ((index & 4) != 0 ? pat_bits[i] : 0);
            read_back(f);
            assert_int_equal(f->mapping.range_count, 1);
            assert_int_equal(range_of(f, 0)->pa, GIB);
            assert_int_equal(range_of(f, 0)->pat_index, index);
            assert_int_equal(range_of(f, 0)->pat_type, f->mapping.facts.pat >> 8 * index & 7);
            assert_int_equal(range_of(f, 0)->marks, 0);
        }
    }
}

/* Which right a link at each level can take away. */
static void links_take_rights_away_and_the_leaf_is_marked(void **state)
{
    static const struct {
        uint64_t bit;
        uint8_t right;
    } rights[] = {{WRITABLE, HOIST_WRITE}, {USER, HOIST_USER}, {NX, HOIST_EXECUTE}};
    const uint8_t all = HOIST_READ | HOIST_WRITE | HOIST_USER | HOIST_EXECUTE | HOIST_GLOBAL;
    struct fixture *f = *state;

    for (unsigned level = 0; level < 3; level++) {
        for (unsigned i = 0; i < LENGTH(rights); i++) {
            set_way(f);
            f->frames[level][0] ^= rights[i].bit;
            f->frames[3][0] = 0x10000 | LINK | GLOBAL;
            assert_marks(f, MAPPING_MARK_RIGHTS, 0);
            assert_int_equal(range_of(f, 0)->leaf_rights, all);
            assert_int_equal(range_of(f, 0)->rights, all & ~rights[i].right);
            assert_int_equal(f->mapping.tables[level + 1].grants,
                             all & ~(rights[i].right | HOIST_GLOBAL));
            f->frames[3][0] ^= rights[i].bit; /* the leaf does not have it either */
            assert_marks(f, 0, 0);
        }
    }
}

/* Neighbours that may do the same, but by other ways, are two ranges. */
static void
a_leaf_that_its_link_restrains_is_no_neighbour_of_one_that_restrains_itself(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    set_link(f, 2, 1, 4, PRESENT);
    f->frames[3][511] = 0x10000 | PRESENT;
    f->frames[4][0] = 0x11000 | PRESENT | WRITABLE;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 2);
    assert_int_equal(range_of(f, 1)->rights, HOIST_READ | HOIST_EXECUTE);
}

/* Leaves that differ in what their links take away, and ways that take different things away. */
static void rights_are_compared_before_and_after_the_links(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    set_link(f, 2, 0, 3, PRESENT);
    f->frames[3][0] = 0x10000 | PRESENT | WRITABLE;
    f->frames[3][1] = 0x11000 | PRESENT | USER;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 2);
    assert_int_equal(range_of(f, 0)->rights, range_of(f, 1)->rights);
    set_link(f, 2, 0, 3, PRESENT | USER);
    set_link(f, 2, 1, 4, PRESENT | WRITABLE);
    memset(f->frames[3], 0, sizeof f->frames[3]);
    f->frames[3][511] = 0x10000 | LINK;
    f->frames[4][0] = 0x11000 | LINK;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 2);
    assert_int_equal(range_of(f, 0)->leaf_rights, range_of(f, 1)->leaf_rights);
}

static void without_nx_all_can_be_executed(void **state)
{
    struct fixture *f = *state;

    f->mapping.facts.has_nx = false;
    set_way(f);
    f->frames[3][0] = 0x10000 | PRESENT | NX;
    assert_marks(f, MAPPING_MARK_RESERVED, 1);
    assert_int_equal(range_of(f, 0)->rights, HOIST_READ | HOIST_EXECUTE);
    f->frames[3][0] ^= NX;
    f->frames[1][0] ^= NX;
    assert_marks(f, MAPPING_MARK_RESERVED, 1);
    assert_int_equal(range_of(f, 0)->rights, HOIST_READ | HOIST_EXECUTE);
    assert_int_equal(f->mapping.reserved.va, 0);
    assert_int_equal(f->mapping.reserved.pa, frame_pa(2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(an_empty_root_is_one_table_and_no_range),
        test_of(a_leaf_of_each_size_is_found_with_its_frame),
        test_of(five_levels_reach_further),
        test_of(the_upper_half_is_canonical_up_to_the_last_page),
        test_of(neighbours_merge_across_tables_and_sizes),
        test_of(what_differs_is_not_merged),
        test_of(bits_that_nobody_asked_for_are_marked),
        test_of(the_pat_bit_lies_at_7_in_a_page_and_at_12_in_larger_leaves),
        test_of(links_take_rights_away_and_the_leaf_is_marked),
        test_of(a_leaf_that_its_link_restrains_is_no_neighbour_of_one_that_restrains_itself),
        test_of(rights_are_compared_before_and_after_the_links),
        test_of(without_nx_all_can_be_executed),
    };

    return cmocka_run_group_tests_name("mapping: reading", tests, NULL, NULL);
}
