/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages and tables of trees that come and go, bytes that go through them, formats by their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format_list.h"
#include "formats_memory.h"
#include "formats_tree.h"
#include "tree_bytes.h"
#include "tree_change.h"
#include "tree_walk.h"

#define PAGE UINT64_C(0x1000)

static struct hoist_tree tree;

static const struct hoist_access data = {HOIST_READ | HOIST_WRITE, HOIST_WRITE_BACK, 0, 0};

static void make(const char *name)
{
    formats_tree_small(&tree, hoist_format_named(name), &hooks_by_pointer);
}

static int begin(void **state)
{
    (void)state;
    make("riscv-sv39");
    return 0;
}

static enum hoist_result map(uint64_t va, uint64_t pa, uint64_t size_bytes)
{
    const struct hoist_extent extent = {{va}, {pa}, size_bytes};

    return hoist_tree_map(&tree, &extent, data, 0);
}

static enum hoist_result protect(uint64_t va, uint64_t size_bytes, uint8_t clear, uint8_t set)
{
    return hoist_tree_protect(&tree, &(struct hoist_range){{va}, size_bytes}, clear, set);
}

static void memory_of_the_callers_comes_and_goes(void **state)
{
    const struct hoist_range range = {{0x3000}, 3 * PAGE};
    struct hoist_tree_entry entry;

    (void)state;
    assert_int_equal(hoist_tree_allocate(&tree, &range, data), HOIST_OK);
    assert_int_equal(memory.page_count, 3);
    assert_int_equal(memory.table_count, 4); /* root, one below it, two for the pages */
    assert_int_equal(hoist_tree_look_up(&tree, hoist_va_of(0x5010), &entry), HOIST_OK);
    assert_int_equal(entry.target.value & 0xfff, 0x10);
    assert_int_equal(hoist_tree_allocate(&tree, &(struct hoist_range){{0x5000}, 2 * PAGE}, data),
                     HOIST_ALREADY_MAPPED);
    assert_int_equal(memory.page_count, 3);
    assert_int_equal(hoist_tree_free(&tree, &(struct hoist_range){{0x4000}, 2 * PAGE}), HOIST_OK);
    assert_int_equal(memory.page_count, 1);
    assert_int_equal(memory.table_count, 3);
    assert_int_equal(hoist_tree_free(&tree, &(struct hoist_range){{0}, 32 * PAGE}), HOIST_OK);
    assert_int_equal(memory.page_count, 0);
    assert_int_equal(memory.table_count, 1);
    assert_false(memory.gave_wrongly);
}

static void a_large_leaf_is_freed_whole_or_not_at_all(void **state)
{
    (void)state;
    assert_int_equal(map(0x4000, PAGES_BASE - 4 * PAGE, 4 * PAGE), HOIST_OK);
    assert_int_equal(hoist_tree_free(&tree, &(struct hoist_range){{0x5000}, PAGE}),
                     HOIST_BAD_LEAF_SIZE);
    assert_int_equal(hoist_tree_free(&tree, &(struct hoist_range){{0x4000}, 4 * PAGE}), HOIST_OK);
}

/* Hooks that are missing: memory can be used up, and what is not wanted back is not given. */
static void a_tree_without_hooks_for_memory_has_none(void **state)
{
    const struct hoist_tree_hooks none = {.memory_at = hooks_by_pointer.memory_at};

    (void)state;
    tree.hooks = &none;
    assert_int_equal(map(0, 0, PAGE), HOIST_NO_FRAME_FOR_TABLE);
    assert_int_equal(hoist_tree_allocate(&tree, &(struct hoist_range){{0}, PAGE}, data),
                     HOIST_NO_PAGE);
    tree.hooks = &hooks_by_pointer;
    assert_int_equal(map(0x4000, 0x4000, 5 * PAGE), HOIST_OK);
    tree.hooks = &none;
    assert_int_equal(protect(0x5000, PAGE, HOIST_WRITE, 0), HOIST_NO_FRAME_FOR_TABLE);
    assert_int_equal(hoist_tree_free(&tree, &(struct hoist_range){{0x4000}, 5 * PAGE}), HOIST_OK);
    assert_int_equal(memory.table_count, 3);
}

/* A table or page that no entry can point to goes back. */
static bool allocate_far_away(void *context, uint64_t size_bytes, struct hoist_pa *pa)
{
    (void)context;
    (void)size_bytes;
    memory.table_count++;
    pa->value = UINT64_C(1) << 44;
    return true;
}

static void give_back_from_far_away(void *context, uint64_t size_bytes, struct hoist_pa pa)
{
    (void)context;
    (void)size_bytes;
    assert_int_equal(pa.value, UINT64_C(1) << 44);
    memory.table_count--;
}

static void memory_that_no_entry_can_hold_goes_back(void **state)
{
    struct hoist_tree_hooks hooks = hooks_by_pointer;

    (void)state;
    make("armv7-lpae");
    hooks.allocate_table = allocate_far_away;
    hooks.free_table = give_back_from_far_away;
    tree.hooks = &hooks;
    assert_int_equal(map(0, 0, PAGE), HOIST_PA_TOO_WIDE);
    assert_int_equal(map(0x10000, 0x10000, 16 * PAGE), HOIST_PA_TOO_WIDE);
    assert_int_equal(memory.table_count, 0);
    tree.hooks = &hooks_by_pointer;
}

static void bytes_go_across_pages_up_to_the_first_that_is_not_there(void **state)
{
    const struct hoist_range range = {{0x3000}, PAGE};
    char text[] = "0123456789";
    uint64_t done;

    (void)state;
    formats_tree_small(&tree, hoist_format_named("riscv-sv39"), &hooks_by_calls);
    assert_int_equal(hoist_tree_allocate(&tree, &range, data), HOIST_OK);
    assert_int_equal(hoist_tree_write(&tree, hoist_va_of(0x3002), text, 10, &done), HOIST_OK);
    assert_int_equal(done, 10);
    memset(text, 0, sizeof(text));
    assert_int_equal(hoist_tree_read(&tree, hoist_va_of(0x3004), text, 5, &done), HOIST_OK);
    assert_string_equal(text, "23456");
    assert_int_equal(hoist_tree_read(&tree, hoist_va_of(0x2ffe), text, 5, &done), HOIST_NOT_MAPPED);
    assert_int_equal(done, 0);
    /* The page has but 16 bytes here: what comes after them cannot be read. */
    assert_int_equal(hoist_tree_read(&tree, hoist_va_of(0x300c), text, 8, &done), HOIST_UNREADABLE);
    assert_int_equal(hoist_tree_write(&tree, hoist_va_of(0x300c), text, 8, &done),
                     HOIST_UNWRITABLE);
    assert_int_equal(hoist_tree_read(&tree, hoist_va_of(0x20000), text, 1, &done),
                     HOIST_NOT_CANONICAL);
}

static void bytes_are_copied_from_one_place_to_another(void **state)
{
    const struct hoist_range range = {{0x3000}, 2 * PAGE};
    const struct hoist_tree_place from = {&tree, {0x3001}};
    const struct hoist_tree_place to = {&tree, {0x4003}};
    char text[] = "copied";
    uint64_t done;

    (void)state;
    assert_int_equal(hoist_tree_allocate(&tree, &range, data), HOIST_OK);
    assert_int_equal(hoist_tree_write(&tree, from.va, text, 6, &done), HOIST_OK);
    assert_int_equal(hoist_tree_copy(&to, &from, 6, &done), HOIST_OK);
    assert_int_equal(done, 6);
    memset(text, 0, sizeof(text));
    assert_int_equal(hoist_tree_read(&tree, to.va, text, 6, &done), HOIST_OK);
    assert_string_equal(text, "copied");
    assert_int_equal(hoist_tree_copy(&(struct hoist_tree_place){&tree, {0x8000}}, &from, 6, &done),
                     HOIST_NOT_MAPPED);
    assert_int_equal(done, 0);
    assert_int_equal(hoist_tree_copy(&to, &(struct hoist_tree_place){&tree, {0x8000}}, 6, &done),
                     HOIST_NOT_MAPPED);
}

static void formats_are_found_by_their_names(void **state)
{
    (void)state;
    for (unsigned i = 0; i < hoist_format_count; i++) {
        assert_ptr_equal(hoist_format_named(hoist_formats[i]->name), hoist_formats[i]);
    }
    assert_null(hoist_format_named("x86"));
    assert_null(hoist_format_named("x86-64-5levels"));
    assert_null(hoist_format_named(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(memory_of_the_callers_comes_and_goes, begin),
        cmocka_unit_test_setup(a_large_leaf_is_freed_whole_or_not_at_all, begin),
        cmocka_unit_test_setup(a_tree_without_hooks_for_memory_has_none, begin),
        cmocka_unit_test_setup(memory_that_no_entry_can_hold_goes_back, begin),
        cmocka_unit_test_setup(bytes_go_across_pages_up_to_the_first_that_is_not_there, begin),
        cmocka_unit_test_setup(bytes_are_copied_from_one_place_to_another, begin),
        cmocka_unit_test_setup(formats_are_found_by_their_names, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
