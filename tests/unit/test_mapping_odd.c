/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading raw tables back: reserved bits, tables met again, tables that are not there, and no room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mapping_fixture.h"

/* SDM volume 3, tables 4-14 to 4-20: in a large leaf all from the PAT bit up to the address. */
static void reserved_bits_of_leaves_are_marked_and_counted(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    for (unsigned bit = 13; bit <= 20; bit++) {
        f->frames[2][1] = 0x40000000 | PRESENT | LARGE | BIT(bit);
        assert_marks(f, MAPPING_MARK_RESERVED, 1);
        assert_int_equal(range_of(f, 0)->pa, 0x40000000);
        assert_int_equal(f->mapping.reserved.va, 2 * MIB);
    }
    f->frames[2][1] = 0;
    for (unsigned bit = 13; bit <= 29; bit++) {
        f->frames[1][1] = GIB | PRESENT | LARGE | BIT(bit);
        assert_marks(f, MAPPING_MARK_RESERVED, 1);
        assert_int_equal(range_of(f, 0)->pa, GIB);
    }
}

static void a_leaf_beyond_the_width_of_the_cpu_is_marked(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    for (unsigned width = 32; width <= 52; width++) {
        f->mapping.facts.physical_bits = (uint8_t)width;
        for (unsigned bit = 32; bit < 52; bit++) {
            const bool is_wide = bit >= width;

            f->frames[3][0] = BIT(bit) | PRESENT;
            assert_marks(f, is_wide ? MAPPING_MARK_WIDE : 0, is_wide);
            assert_int_equal(range_of(f, 0)->pa, BIT(bit));
        }
    }
}

static void bit_7_is_reserved_above_the_directories(void **state)
{
    struct fixture *f = *state;

    f->mapping.facts.levels = 5;
    set_way(f);
    set_link(f, 3, 0, 4, LINK);
    f->frames[4][0] = 0x10000 | PRESENT;
    assert_marks(f, 0, 0);
    f->frames[0][0] |= LARGE;
    assert_marks(f, MAPPING_MARK_RESERVED, 1);
    f->frames[1][0] |= LARGE;
    assert_marks(f, MAPPING_MARK_RESERVED, 2);
    f->frames[0][0] ^= LARGE;
    assert_marks(f, MAPPING_MARK_RESERVED, 1);
    assert_int_equal(f->mapping.reserved.pa, frame_pa(2));
}

static void a_gigabyte_on_a_cpu_without_is_a_reserved_bit(void **state)
{
    struct fixture *f = *state;

    f->mapping.facts.has_1g_pages = false;
    set_way(f);
    f->frames[1][1] = GIB | PRESENT | LARGE;
    assert_marks(f, MAPPING_MARK_RESERVED, 1);
    f->frames[1][1] = 0;
    f->frames[2][1] = GIB | PRESENT | LARGE;
    assert_marks(f, 0, 0);
}

/* What a link has wrong is wrong for all below it, and counted once. */
static void a_wide_link_marks_what_is_below_it(void **state)
{
    struct fixture *f = *state;

    f->mapping.facts.physical_bits = 32;
    set_way(f);
    f->frames[3][0] = 0x10000 | PRESENT;
    f->frames[3][2] = 0x12000 | PRESENT;
    f->frames[2][0] |= BIT(32);
    read_back(f);
    assert_int_equal(f->mapping.reserved.count, 1);
    assert_int_equal(f->mapping.reserved.pa, frame_pa(3) | BIT(32));
    assert_int_equal(f->mapping.range_count, 1); /* nobody has a table there */
    assert_int_equal(range_of(f, 0)->kind, MAPPING_UNREADABLE);
    assert_int_equal(range_of(f, 0)->marks, MAPPING_MARK_WIDE);
    assert_range(f, 0, 0, frame_pa(3) | BIT(32), 2 * MIB);
}

static void a_recursive_slot_is_one_line(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    f->frames[3][0] = 0x10000 | PRESENT;
    set_link(f, 0, 510, 0, PRESENT | WRITABLE | NX);
    read_back(f);
    assert_int_equal(f->mapping.range_count, 2);
    assert_range(f, 1, UPPER | 510 * BIT(39), TABLES_PA, BIT(39));
    assert_int_equal(range_of(f, 1)->kind, MAPPING_RECURSIVE);
    assert_int_equal(range_of(f, 1)->rights, HOIST_READ | HOIST_WRITE);
    assert_string_equal(mapping_range_name(&f->mapping, range_of(f, 1)), "page tables, recursive");
    assert_int_equal(f->mapping.table_count, 4);
    assert_int_equal(f->calls, 4);
    set_link(f, 2, 9, 1, LINK); /* and lower down */
    read_back(f);
    assert_int_equal(f->mapping.range_count, 3);
    assert_range(f, 1, 9 * 2 * MIB, frame_pa(1), 2 * MIB);
    assert_int_equal(range_of(f, 1)->kind, MAPPING_RECURSIVE);
    assert_int_equal(f->calls, 4);
}

static void a_shared_table_is_walked_once_and_named(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    f->frames[3][0] = 0x10000 | PRESENT;
    set_link(f, 2, 3, 3, LINK);
    set_link(f, 1, 5, 2, LINK);
    set_link(f, 1, 6, 2, LINK);
    read_back(f);
    assert_int_equal(f->mapping.range_count, 3);
    assert_int_equal(range_of(f, 1)->kind, MAPPING_SHARED);
    assert_range(f, 1, 6 * MIB, frame_pa(3), 2 * MIB);
    assert_int_equal(range_of(f, 1)->shared_va, 0);
    assert_string_equal(mapping_range_name(&f->mapping, range_of(f, 1)), "shared page tables");
    assert_range(f, 2, 5 * GIB, frame_pa(2), 2 * GIB); /* both slots in one line */
    assert_int_equal(f->calls, 4);
    assert_int_equal(f->mapping.table_frames, 4);
}

static void a_table_reached_with_other_rights_is_walked_again(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    f->frames[3][0] = 0x10000 | PRESENT | WRITABLE;
    set_link(f, 2, 3, 3, PRESENT | NX);
    set_link(f, 2, 5, 3, PRESENT | NX);
    read_back(f);
    assert_int_equal(f->mapping.range_count, 3);
    assert_int_equal(range_of(f, 0)->rights, HOIST_READ | HOIST_WRITE | HOIST_EXECUTE);
    assert_range(f, 1, 6 * MIB, 0x10000, PAGE);
    assert_int_equal(range_of(f, 1)->rights, HOIST_READ);
    assert_int_equal(range_of(f, 1)->marks, MAPPING_MARK_RIGHTS);
    assert_int_equal(range_of(f, 2)->kind, MAPPING_SHARED);
    assert_int_equal(range_of(f, 2)->shared_va, 6 * MIB);
    assert_int_equal(f->calls, 5);
    assert_int_equal(f->mapping.table_count, 5);
    assert_int_equal(f->mapping.table_frames, 4);
}

/* One frame as a directory here and as a page table there means other things. */
static void a_table_at_another_level_is_walked_again(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    f->frames[3][0] = 0x200000 | PRESENT | LARGE;
    set_link(f, 1, 1, 3, LINK);
    read_back(f);
    assert_int_equal(f->mapping.range_count, 2);
    assert_range(f, 0, 0, 0x200000, PAGE);
    assert_int_equal(range_of(f, 0)->pat_index, 4);
    assert_range(f, 1, GIB, 0x200000, 2 * MIB);
    assert_int_equal(range_of(f, 1)->pat_index, 0);
    assert_int_equal(f->mapping.table_frames, 4);
}

/* Side by side and at one frame, but shared with other places: two lines. */
static void tables_shared_with_two_places_are_two_ranges(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    set_link(f, 1, 1, 3, LINK); /* as a directory, first at 1 GiB */
    set_link(f, 1, 2, 4, LINK);
    set_link(f, 4, 511, 3, LINK); /* as a page table, first at 0 */
    set_link(f, 1, 3, 3, LINK);
    read_back(f);
    assert_int_equal(f->mapping.range_count, 2);
    assert_range(f, 0, 3 * GIB - 2 * MIB, frame_pa(3), 2 * MIB);
    assert_int_equal(range_of(f, 0)->shared_va, 0);
    assert_range(f, 1, 3 * GIB, frame_pa(3), GIB);
    assert_int_equal(range_of(f, 1)->shared_va, GIB);
}

static void four_levels_of_tables_that_point_at_themselves_end_at_once(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < ENTRIES; i++) {
        set_link(f, 0, i, 0, LINK);
    }
    read_back(f);
    assert_int_equal(f->calls, 1);
    assert_int_equal(f->mapping.range_count, 2); /* a half each */
    assert_range(f, 0, 0, TABLES_PA, BIT(47));
    assert_range(f, 1, UPPER | BIT(47), TABLES_PA, BIT(47));
}

/* Every entry of every table leads to some other table, with any rights. */
static void tables_that_all_point_at_each_other_end_at_once(void **state)
{
    struct fixture *f = *state;

    for (unsigned levels = 4; levels <= 5; levels++) {
        f->mapping.facts.levels = (uint8_t)levels;
        for (unsigned frame = 0; frame < FRAMES; frame++) {
            for (unsigned i = 0; i < ENTRIES; i++) {
                set_link(f, frame, i, (frame * 7 + i) % FRAMES,
                         PRESENT | (i & 6) | ((i & 1) != 0 ? NX : 0));
            }
        }
        give_room(f, 1 << 20, 4096);
        f->calls_most = 1 + FRAMES * 8 * (levels - 1); /* frames, sets of rights, levels */
        read_back(f);
        assert_false(f->mapping.tables_left_out);
        assert_int_equal(f->mapping.ranges_left_out, 0);
        assert_int_equal(f->mapping.table_frames, FRAMES);
        assert_int_equal(f->mapping.table_count, f->calls);
        assert_int_equal(f->mapping.entry_count, (uint64_t)f->calls * ENTRIES);
    }
}

static void an_unreadable_table_is_a_range(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    f->frames[3][0] = 0x10000 | PRESENT;
    f->frames[1][1] = UNREADABLE | LINK;
    f->frames[1][2] = UNREADABLE | LINK;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 2);
    assert_int_equal(range_of(f, 1)->kind, MAPPING_UNREADABLE);
    assert_range(f, 1, GIB, UNREADABLE, 2 * GIB);
    assert_string_equal(mapping_range_name(&f->mapping, range_of(f, 1)), "unreadable page table");
    assert_int_equal(f->mapping.table_count, 4);
    f->mapping.facts.cr3 = UNREADABLE;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 1);
    assert_int_equal(range_of(f, 0)->kind, MAPPING_UNREADABLE);
    assert_range(f, 0, 0, UNREADABLE, BIT(48)); /* the whole space */
    assert_int_equal(f->mapping.table_count, 0);
}

static void ranges_without_room_are_counted(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    for (unsigned i = 0; i < 20; i += 2) {
        f->frames[3][i] = 0x10000 | PRESENT;
    }
    for (size_t room = 0; room <= 10; room++) {
        give_room(f, room, LIST_ROOM);
        read_back(f);
        assert_int_equal(f->mapping.range_count, room);
        assert_int_equal(f->mapping.ranges_left_out, 10 - room);
        assert_int_equal(f->mapping.leaf_count[HOIST_LEAF_4K], 10);
    }
}

static void tables_without_room_are_not_read(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    f->frames[3][0] = 0x10000 | PRESENT;
    for (size_t room = 0; room < 4; room++) {
        give_room(f, LIST_ROOM, room);
        read_back(f);
        assert_true(f->mapping.tables_left_out);
        assert_int_equal(f->mapping.table_count, room);
        assert_int_equal(f->mapping.range_count, 1);
        assert_int_equal(range_of(f, 0)->kind, MAPPING_UNREADABLE);
        assert_int_equal(range_of(f, 0)->pa, frame_pa((unsigned)room));
    }
    give_room(f, LIST_ROOM, 4);
    read_back(f);
    assert_false(f->mapping.tables_left_out);
}

static bool grow_ranges(void *context, struct mapping *mapping)
{
    struct fixture *f = context;

    mapping->ranges = realloc(mapping->ranges, ++mapping->range_capacity * sizeof *mapping->ranges);
    f->growths++;
    return mapping->ranges != NULL;
}

static bool grow_tables(void *context, struct mapping *mapping)
{
    struct fixture *f = context;

    mapping->tables = realloc(mapping->tables, ++mapping->table_capacity * sizeof *mapping->tables);
    f->growths++;
    return mapping->tables != NULL;
}

static void lists_grow_where_they_can(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    for (unsigned i = 0; i < 20; i += 2) {
        f->frames[3][i] = 0x10000 | PRESENT;
    }
    give_room(f, 0, 0);
    f->memory.grow_ranges = grow_ranges;
    f->memory.grow_tables = grow_tables;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 10);
    assert_int_equal(f->mapping.table_count, 4);
    assert_int_equal(f->growths, 14);
    assert_int_equal(f->mapping.ranges_left_out, 0);
    assert_false(f->mapping.tables_left_out);
}

static void tables_outside_what_is_reported_are_counted_once_each(void **state)
{
    struct fixture *f = *state;

    set_way(f);
    set_link(f, 2, 1, 3, LINK);
    set_link(f, 2, 3, 3, PRESENT); /* walked a second time */
    f->mapping.facts.tables_pa = TABLES_PA;
    f->mapping.facts.table_frame_count = 4;
    read_back(f);
    assert_int_equal(f->mapping.outside.count, 0);
    f->mapping.facts.table_frame_count = 2;
    read_back(f);
    assert_int_equal(f->mapping.outside.count, 2);
    assert_int_equal(f->mapping.outside.pa, frame_pa(2));
    f->mapping.facts.tables_pa = TABLES_PA + PAGE;
    f->mapping.facts.table_frame_count = 3;
    read_back(f);
    assert_int_equal(f->mapping.outside.count, 1);
    assert_int_equal(f->mapping.outside.pa, TABLES_PA);
    f->frames[2][2] = UNREADABLE | LINK; /* not in the list of tables, so by each link */
    f->frames[2][4] = UNREADABLE | LINK;
    read_back(f);
    assert_int_equal(f->mapping.outside.count, 3);
    f->mapping.facts.table_frame_count = 0;
    read_back(f);
    assert_int_equal(f->mapping.outside.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(reserved_bits_of_leaves_are_marked_and_counted),
        test_of(a_leaf_beyond_the_width_of_the_cpu_is_marked),
        test_of(bit_7_is_reserved_above_the_directories),
        test_of(a_gigabyte_on_a_cpu_without_is_a_reserved_bit),
        test_of(a_wide_link_marks_what_is_below_it),
        test_of(a_recursive_slot_is_one_line),
        test_of(a_shared_table_is_walked_once_and_named),
        test_of(a_table_reached_with_other_rights_is_walked_again),
        test_of(a_table_at_another_level_is_walked_again),
        test_of(tables_shared_with_two_places_are_two_ranges),
        test_of(four_levels_of_tables_that_point_at_themselves_end_at_once),
        test_of(tables_that_all_point_at_each_other_end_at_once),
        test_of(an_unreadable_table_is_a_range),
        test_of(ranges_without_room_are_counted),
        test_of(tables_without_room_are_not_read),
        test_of(lists_grow_where_they_can),
        test_of(tables_outside_what_is_reported_are_counted_once_each),
    };

    return cmocka_run_group_tests_name("mapping: odd tables", tests, NULL, NULL);
}
