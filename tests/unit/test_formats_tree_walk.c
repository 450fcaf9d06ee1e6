/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks and edits of trees: what callbacks see, what they may change, and when it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format_list.h"
#include "formats_memory.h"
#include "formats_tree.h"
#include "tree_change.h"
#include "tree_walk.h"

static struct hoist_tree tree;

/* What a walk saw, a letter for each call: l leaf, k link, h hole, a after, r reserved. */
static struct {
    char letters[2000];
    unsigned count;
    unsigned stop_at; /* the call that answers STOPPED; 0: none does */
    struct hoist_tree_entry last;
    uint64_t put; /* what an editor writes; 0: nothing */
    char put_at;  /* into entries of this letter */
} seen;

static enum hoist_result note(char letter, const struct hoist_tree_entry *entry)
{
    assert_true(seen.count + 1 < sizeof(seen.letters));
    seen.letters[seen.count++] = letter;
    seen.letters[seen.count] = '\0';
    seen.last = *entry;
    return seen.count == seen.stop_at ? HOIST_STOPPED : HOIST_OK;
}

#define READER(name, letter)                                                              \
    static enum hoist_result name(void *context, const struct hoist_tree_entry *entry)    \
    {                                                                                     \
        assert_ptr_equal(context, &seen);                                                 \
        return note(letter, entry);                                                       \
    }                                                                                     \
    static enum hoist_result edit_##name(void *context, const struct hoist_tree_entry *e, \
                                         uint64_t *value)                                 \
    {                                                                                     \
        assert_ptr_equal(context, &seen);                                                 \
        assert_int_equal(*value, e->value);                                               \
        *value = (letter) == seen.put_at ? seen.put : *value;                             \
        return note(letter, e);                                                           \
    }

READER(leaf, 'l')
READER(link, 'k')
READER(hole, 'h')
READER(after, 'a')
READER(reserved, 'r')

static const struct hoist_tree_visitor visitor = {&seen, leaf, link, hole, after, reserved, 0};
static const struct hoist_tree_editor editor = {&seen,      edit_leaf,     edit_link, edit_hole,
                                                edit_after, edit_reserved, 0};

static const struct hoist_va start = {0};
static const struct hoist_va end = {UINT64_MAX};

/* RISC-V's Sv39 with four entries a table: 64 pages, 32 in each half. */
static int begin(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof(seen));
    formats_tree_small(&tree, hoist_format_named("riscv-sv39"), &hooks_by_calls);
    return 0;
}

static void map(uint64_t va, uint64_t pages, unsigned largest_level)
{
    const struct hoist_extent extent = {{va}, {0x10000000 + va}, pages * 0x1000};

    assert_int_equal(hoist_tree_map(&tree, &extent, hoist_kernel_data(), largest_level), HOIST_OK);
}

static void a_tree_without_a_root_has_nothing_to_walk_over(void **state)
{
    (void)state;
    assert_int_equal(hoist_tree_walk(&tree, start, end, &visitor), HOIST_OK);
    assert_int_equal(hoist_tree_edit(&tree, start, end, &editor), HOIST_OK);
    assert_int_equal(seen.count, 0);
}

static void entries_come_in_order_and_a_table_is_left_when_all_of_it_is_done(void **state)
{
    (void)state;
    map(0x1000, 1, 1);
    assert_int_equal(hoist_tree_walk(&tree, start, end, &visitor), HOIST_OK);
    assert_string_equal(seen.letters, "kkhlhhahhhahhh");
}

static void a_walk_is_clipped_to_what_was_asked_for(void **state)
{
    (void)state;
    map(0x4000, 4, 0);
    assert_int_equal(hoist_tree_walk(&tree, hoist_va_of(0x5008), hoist_va_of(0x6fff), &visitor),
                     HOIST_OK);
    assert_string_equal(seen.letters, "kla");
    seen.count = 0;
    assert_int_equal(hoist_tree_walk(&tree, hoist_va_of(0x5008), hoist_va_of(0x600f),
                                     &(struct hoist_tree_visitor){.context = &seen, .leaf = leaf}),
                     HOIST_OK);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.last.first.value, 0x5008);
    assert_int_equal(seen.last.last.value, 0x600f);
    assert_int_equal(seen.last.target.value, 0x10005008);
    assert_int_equal(seen.last.level, 2);
    assert_int_equal(hoist_tree_walk(&tree, hoist_va_of(2), hoist_va_of(1), &visitor), HOIST_OK);
    assert_int_equal(seen.count, 1);
}

static void addresses_that_are_none_are_left_out(void **state)
{
    const uint64_t upper = ~UINT64_C(0x1ffff);

    (void)state;
    map(0x1f000, 1, 1);
    map(upper, 1, 1);
    /* From hole to hole there is nothing; from the hole on, the upper half; up to it, the lower. */
    assert_int_equal(hoist_tree_walk(&tree, hoist_va_of(0x20000), hoist_va_of(upper - 1), &visitor),
                     HOIST_OK);
    assert_int_equal(seen.count, 0);
    assert_int_equal(hoist_tree_walk(&tree, hoist_va_of(0x20000), hoist_va_of(upper), &visitor),
                     HOIST_OK);
    assert_string_equal(seen.letters, "kklaa");
    assert_int_equal(seen.last.first.value, upper);
    seen.count = 0;
    assert_int_equal(hoist_tree_walk(&tree, hoist_va_of(0x1f000), hoist_va_of(upper - 1), &visitor),
                     HOIST_OK);
    assert_string_equal(seen.letters, "kklaa");
}

static void halves_of_one_kind_have_one_end_each(void **state)
{
    (void)state;
    formats_tree_small(&tree, hoist_format_named("aarch64-4k-upper"), &hooks_by_calls);
    map(UINT64_MAX - 0xfff, 1, 1);
    assert_int_equal(hoist_tree_walk(&tree, start, hoist_va_of(0x1000), &visitor), HOIST_OK);
    assert_int_equal(seen.count, 0);
    assert_int_equal(hoist_tree_walk(&tree, start, end,
                                     &(struct hoist_tree_visitor){.context = &seen, .leaf = leaf}),
                     HOIST_OK);
    assert_int_equal(seen.count, 1);
    formats_tree_small(&tree, hoist_format_named("aarch64-4k"), &hooks_by_calls);
    map(0, 1, 1);
    assert_int_equal(hoist_tree_walk(&tree, hoist_va_of(UINT64_C(1) << 60), end, &visitor),
                     HOIST_OK);
    assert_int_equal(seen.count, 1);
}

static void an_answer_but_ok_ends_a_walk_at_once(void **state)
{
    (void)state;
    map(0x1000, 1, 1);
    for (unsigned call = 1; call <= 14; call++) {
        seen.count = 0;
        seen.stop_at = call;
        assert_int_equal(hoist_tree_walk(&tree, start, end, &visitor), HOIST_STOPPED);
        assert_int_equal(seen.count, call);
        seen.count = 0;
        assert_int_equal(hoist_tree_edit(&tree, start, end, &editor), HOIST_STOPPED);
        assert_int_equal(seen.count, call);
    }
}

static void a_budget_ends_tables_that_point_at_themselves(void **state)
{
    struct hoist_tree_visitor limited = visitor;
    struct hoist_tree_editor limited_editor = editor;

    (void)state;
    map(0x1000, 1, 1);
    limited.budget_entries = 5;
    limited_editor.budget_entries = 5;
    assert_int_equal(hoist_tree_walk(&tree, start, end, &limited), HOIST_TOO_MUCH);
    assert_int_equal(seen.count, 5);
    seen.count = 0;
    assert_int_equal(hoist_tree_edit(&tree, start, end, &limited_editor), HOIST_TOO_MUCH);
    assert_int_equal(seen.count, 5);
}

static void absent_tables_are_not_followed_and_unreadable_ones_end_a_walk(void **state)
{
    (void)state;
    map(0x1000, 1, 1);
    memory.reads = 0;
    assert_int_equal(hoist_tree_walk(&tree, hoist_va_of(0x8000), end, &visitor), HOIST_OK);
    assert_string_equal(seen.letters, "khhahhh");
    assert_int_equal(memory.reads, 6 + 1); /* six entries; a link is read again after it */
    memory.reads_left = 3;
    assert_int_equal(hoist_tree_walk(&tree, start, end, &visitor), HOIST_UNREADABLE);
    memory.reads_left = UINT64_MAX;
    assert_int_equal(hoist_tree_set_entry(&tree, start, 3, UINT64_C(0x7fffffff) << 10 | 1),
                     HOIST_OK);
    assert_int_equal(hoist_tree_walk(&tree, start, end, &visitor), HOIST_UNREADABLE);
}

static void an_editor_that_changes_nothing_writes_nothing(void **state)
{
    (void)state;
    map(0x1000, 1, 1);
    memory.writes = 0;
    assert_int_equal(hoist_tree_edit(&tree, start, end, &editor), HOIST_OK);
    assert_string_equal(seen.letters, "kkhlhhahhhahhh");
    assert_int_equal(memory.writes, 0);
}

static void an_edit_goes_on_from_what_was_written_into_a_hole(void **state)
{
    uint64_t link;
    uint64_t value;

    (void)state;
    map(0x1000, 1, 1);
    assert_int_equal(hoist_tree_get_entry(&tree, start, 2, &link), HOIST_OK);
    /* The hole beside the link of level 2 gets the same table: its page is met a second time. */
    seen.put_at = 'h';
    seen.put = link;
    memory.writes = 0;
    assert_int_equal(hoist_tree_edit(&tree, hoist_va_of(0x5000), hoist_va_of(0x5fff), &editor),
                     HOIST_OK);
    assert_string_equal(seen.letters, "khlaa");
    assert_int_equal(memory.writes, 1);
    assert_int_equal(hoist_tree_get_entry(&tree, hoist_va_of(0x5000), 2, &value), HOIST_OK);
    assert_int_equal(value, link);
}

static void an_edit_does_not_go_down_a_link_that_it_cleared(void **state)
{
    uint64_t value;

    (void)state;
    map(0x1000, 1, 1);
    seen.put_at = 'k';
    seen.put = 0;
    assert_int_equal(hoist_tree_edit(&tree, start, end, &editor), HOIST_OK);
    assert_string_equal(seen.letters, "khhh");
    assert_int_equal(hoist_tree_get_entry(&tree, start, 3, &value), HOIST_OK);
    assert_int_equal(value, 0);
}

static void a_link_can_be_cleared_after_its_table_and_a_leaf_in_its_place(void **state)
{
    struct hoist_tree_entry entry;

    (void)state;
    map(0x1000, 1, 1);
    seen.put_at = 'l';
    assert_int_equal(hoist_tree_edit(&tree, start, end, &editor), HOIST_OK);
    assert_int_equal(hoist_tree_look_up(&tree, hoist_va_of(0x1000), &entry), HOIST_NOT_MAPPED);
    seen.put_at = 'a';
    seen.count = 0;
    assert_int_equal(hoist_tree_edit(&tree, start, end, &editor), HOIST_OK);
    assert_string_equal(seen.letters, "kkhhhhahhhahhh");
    seen.count = 0;
    assert_int_equal(hoist_tree_walk(&tree, start, end, &visitor), HOIST_OK);
    assert_string_equal(seen.letters, "hhhh");
}

static void a_reserved_entry_is_shown_or_ends_it(void **state)
{
    struct hoist_tree_visitor without = visitor;
    struct hoist_tree_editor editor_without = editor;
    struct hoist_tree_entry entry;

    (void)state;
    map(0x1000, 1, 1);
    /* To be written but not to be read. */
    assert_int_equal(hoist_tree_set_entry(&tree, hoist_va_of(0x2000), 1, 5), HOIST_OK);
    assert_int_equal(hoist_tree_walk(&tree, start, end, &visitor), HOIST_OK);
    assert_string_equal(seen.letters, "kkhlrhahhhahhh");
    without.reserved = NULL;
    editor_without.reserved = NULL;
    assert_int_equal(hoist_tree_walk(&tree, start, end, &without), HOIST_BAD_ENTRY);
    assert_int_equal(hoist_tree_edit(&tree, start, end, &editor_without), HOIST_BAD_ENTRY);
    assert_int_equal(hoist_tree_look_up(&tree, hoist_va_of(0x2000), &entry), HOIST_BAD_ENTRY);
    seen.put_at = 'r';
    assert_int_equal(hoist_tree_edit(&tree, start, end, &editor), HOIST_OK);
    assert_int_equal(hoist_tree_look_up(&tree, hoist_va_of(0x2000), &entry), HOIST_NOT_MAPPED);
}

static void single_entries_are_where_the_way_leads(void **state)
{
    uint64_t value;
    struct hoist_tree_entry entry;

    (void)state;
    assert_int_equal(hoist_tree_get_entry(&tree, start, 3, &value), HOIST_NOT_MAPPED);
    assert_int_equal(hoist_tree_look_up(&tree, start, &entry), HOIST_NOT_MAPPED);
    map(0x4000, 4, 0);
    assert_int_equal(hoist_tree_get_entry(&tree, hoist_va_of(0x5000), 2, &value), HOIST_OK);
    assert_int_equal(value, 0x10004000 >> 2 | 0xc7);
    assert_int_equal(hoist_tree_get_entry(&tree, hoist_va_of(0x5000), 1, &value), HOIST_NOT_MAPPED);
    assert_int_equal(hoist_tree_set_entry(&tree, hoist_va_of(0x5000), 1, 0), HOIST_NOT_MAPPED);
    assert_int_equal(hoist_tree_get_entry(&tree, start, 0, &value), HOIST_BAD_LEAF_SIZE);
    assert_int_equal(hoist_tree_get_entry(&tree, start, 4, &value), HOIST_BAD_LEAF_SIZE);
    assert_int_equal(hoist_tree_get_entry(&tree, hoist_va_of(0x20000), 3, &value),
                     HOIST_NOT_CANONICAL);
    assert_int_equal(hoist_tree_look_up(&tree, hoist_va_of(0x20000), &entry), HOIST_NOT_CANONICAL);
    memory.reads_left = 1;
    assert_int_equal(hoist_tree_look_up(&tree, hoist_va_of(0x5000), &entry), HOIST_UNREADABLE);
}

/* Rights are those of the leaf and of all links above it. */
static void links_take_rights_away(void **state)
{
    struct hoist_tree_entry entry;
    uint64_t link;

    (void)state;
    formats_tree_small(&tree, hoist_format_named("x86-64"), &hooks_by_calls);
    map(0x1000, 1, 1);
    assert_int_equal(hoist_tree_get_entry(&tree, hoist_va_of(0x1000), 3, &link), HOIST_OK);
    assert_int_equal(hoist_tree_set_entry(&tree, hoist_va_of(0x1000), 3, link & ~UINT64_C(2)),
                     HOIST_OK);
    assert_int_equal(hoist_tree_look_up(&tree, hoist_va_of(0x1000), &entry), HOIST_OK);
    assert_int_equal(entry.leaf_rights, HOIST_KERNEL_READ | HOIST_KERNEL_WRITE);
    assert_int_equal(entry.rights, HOIST_KERNEL_READ);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_tree_without_a_root_has_nothing_to_walk_over, begin),
        cmocka_unit_test_setup(entries_come_in_order_and_a_table_is_left_when_all_of_it_is_done,
                               begin),
        cmocka_unit_test_setup(a_walk_is_clipped_to_what_was_asked_for, begin),
        cmocka_unit_test_setup(addresses_that_are_none_are_left_out, begin),
        cmocka_unit_test_setup(halves_of_one_kind_have_one_end_each, begin),
        cmocka_unit_test_setup(an_answer_but_ok_ends_a_walk_at_once, begin),
        cmocka_unit_test_setup(a_budget_ends_tables_that_point_at_themselves, begin),
        cmocka_unit_test_setup(absent_tables_are_not_followed_and_unreadable_ones_end_a_walk,
                               begin),
        cmocka_unit_test_setup(an_editor_that_changes_nothing_writes_nothing, begin),
        cmocka_unit_test_setup(an_edit_goes_on_from_what_was_written_into_a_hole, begin),
        cmocka_unit_test_setup(an_edit_does_not_go_down_a_link_that_it_cleared, begin),
        cmocka_unit_test_setup(a_link_can_be_cleared_after_its_table_and_a_leaf_in_its_place,
                               begin),
        cmocka_unit_test_setup(a_reserved_entry_is_shown_or_ends_it, begin),
        cmocka_unit_test_setup(single_entries_are_where_the_way_leads, begin),
        cmocka_unit_test_setup(links_take_rights_away, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
