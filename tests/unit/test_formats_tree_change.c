/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes of trees: what is refused, and what is flushed and when. */
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

static enum hoist_result unmap(uint64_t va, uint64_t size_bytes)
{
    return hoist_tree_unmap(&tree, &(struct hoist_range){{va}, size_bytes});
}

static enum hoist_result protect(uint64_t va, uint64_t size_bytes, uint8_t clear, uint8_t set)
{
    return hoist_tree_protect(&tree, &(struct hoist_range){{va}, size_bytes}, clear, set);
}

static uint64_t entry_at(uint64_t va, unsigned level)
{
    uint64_t value = 0;

    assert_int_equal(hoist_tree_get_entry(&tree, hoist_va_of(va), level, &value), HOIST_OK);
    return value;
}

static void a_tree_for_a_cpu_that_there_is_not_is_refused(void **state)
{
    const struct hoist_table_format *format = hoist_format_named("aarch64-4k");
    struct hoist_tree made;

    (void)state;
    assert_int_equal(hoist_tree_init(&made, format, &(struct hoist_tree_cpu){.physical_bits = 49},
                                     &hooks_by_pointer, NULL),
                     HOIST_BAD_CPU);
    assert_int_equal(hoist_tree_init(&made, format,
                                     &(struct hoist_tree_cpu){.large_levels = 1 << 4},
                                     &hooks_by_pointer, NULL),
                     HOIST_BAD_CPU);
    assert_int_equal(hoist_tree_init(&made, format,
                                     &(struct hoist_tree_cpu){.large_levels = 1 << 3},
                                     &hooks_by_pointer, NULL),
                     HOIST_BAD_CPU);
    assert_int_equal(
        hoist_tree_init(&made, format,
                        &(struct hoist_tree_cpu){.physical_bits = 40, .large_levels = 1 << 2},
                        &hooks_by_pointer, NULL),
        HOIST_OK);
    assert_int_equal(hoist_tree_open(&made, hoist_pa_of(0x1800)), HOIST_UNALIGNED_FRAME);
    assert_int_equal(hoist_tree_open(&made, hoist_pa_of(UINT64_C(1) << 40)), HOIST_PA_TOO_WIDE);
    assert_false(made.has_root);
}

/* What the CPU lacks of the format is refused by name. */
static void what_a_cpu_lacks_is_refused(void **state)
{
    const struct hoist_tree_cpu cpu = {.cache_types = 1 << HOIST_WRITE_BACK,
                                       .has_no_no_execute = true};
    const struct hoist_table_format *format = hoist_format_named("x86-64");
    struct hoist_access access = hoist_kernel_text();

    (void)state;
    assert_int_equal(hoist_tree_init(&tree, format, &cpu, &hooks_by_pointer, NULL), HOIST_OK);
    assert_int_equal(hoist_tree_check_access(&tree, access), HOIST_OK);
    assert_int_equal(hoist_tree_check_access(&tree, data), HOIST_NO_NX);
    access.cache = HOIST_UNCACHED;
    assert_int_equal(hoist_tree_check_access(&tree, access), HOIST_NOT_EXPRESSIBLE);
    access.cache = 6;
    assert_int_equal(hoist_tree_check_access(&tree, access), HOIST_BAD_ACCESS);
    access = data;
    access.software = 1;
    assert_int_equal(hoist_tree_check_access(&tree, access), HOIST_BAD_ACCESS);
    access = data;
    access.rights = 0x20;
    assert_int_equal(hoist_tree_check_access(&tree, access), HOIST_BAD_ACCESS);
    assert_int_equal(map(0, 0, PAGE), HOIST_NO_NX);
}

static void arguments_that_make_no_sense_are_refused(void **state)
{
    const struct hoist_extent extent = {{0}, {0}, PAGE};

    (void)state;
    assert_int_equal(map(0, 0, 0), HOIST_UNALIGNED_SIZE);
    assert_int_equal(map(0, 0, 0x800), HOIST_UNALIGNED_SIZE);
    assert_int_equal(map(0x800, 0, PAGE), HOIST_UNALIGNED_PAGE);
    assert_int_equal(map(0, 0x800, PAGE), HOIST_UNALIGNED_FRAME);
    assert_int_equal(map(0x20000, 0, PAGE), HOIST_NOT_CANONICAL);
    assert_int_equal(map(0x1f000, 0, 2 * PAGE), HOIST_NOT_CANONICAL);
    assert_int_equal(map(0x1f000, 0, UINT64_MAX - 0x3ffff), HOIST_NOT_CANONICAL);
    assert_int_equal(map(UINT64_MAX - 0xfff, 0, 2 * PAGE), HOIST_NOT_CANONICAL);
    assert_int_equal(map(0, UINT64_C(1) << 56, PAGE), HOIST_PA_TOO_WIDE);
    assert_int_equal(map(0, (UINT64_C(1) << 56) - PAGE, 2 * PAGE), HOIST_PA_TOO_WIDE);
    assert_int_equal(map(0, UINT64_MAX - 0xfff, 2 * PAGE), HOIST_PA_TOO_WIDE);
    assert_int_equal(hoist_tree_map(&tree, &extent, data, 4), HOIST_BAD_LEAF_SIZE);
    assert_int_equal(protect(0, PAGE, 0x20, 0), HOIST_BAD_ACCESS);
    assert_int_equal(protect(0, 1, 0, 0), HOIST_UNALIGNED_SIZE);
    assert_int_equal(protect(0, PAGE, 0, 0), HOIST_NOT_MAPPED);
    assert_int_equal(unmap(1, PAGE), HOIST_UNALIGNED_PAGE);
    assert_int_equal(unmap(0, PAGE), HOIST_OK);
    assert_int_equal(hoist_tree_free(&tree, &(struct hoist_range){{0}, 1}), HOIST_UNALIGNED_SIZE);
    assert_int_equal(hoist_tree_free(&tree, &(struct hoist_range){{0}, PAGE}), HOIST_OK);
    assert_int_equal(hoist_tree_allocate(&tree, &(struct hoist_range){{0}, 1}, data),
                     HOIST_UNALIGNED_SIZE);
    assert_int_equal(memory.table_count, 0);
}

static void the_last_page_of_the_address_space_is_a_page_like_others(void **state)
{
    const uint64_t top = UINT64_MAX - 0xfff;
    struct hoist_tree_entry entry;

    (void)state;
    assert_int_equal(map(top, 0x5000, PAGE), HOIST_OK);
    assert_int_equal(hoist_tree_look_up(&tree, hoist_va_of(UINT64_MAX), &entry), HOIST_OK);
    assert_int_equal(entry.target.value, 0x5fff);
    assert_int_equal(unmap(top, PAGE), HOIST_OK);
}

static void a_change_is_flushed_once_and_a_first_mapping_is_not(void **state)
{
    (void)state;
    assert_int_equal(map(0x4000, 0x4000, 4 * PAGE), HOIST_OK);
    assert_int_equal(memory.flushes, 0);
    assert_int_equal(map(0x4000, 0x4000, 4 * PAGE), HOIST_OK);
    assert_int_equal(protect(0x4000, 4 * PAGE, 0, HOIST_WRITE), HOIST_OK);
    assert_int_equal(unmap(0x8000, PAGE), HOIST_OK);
    assert_int_equal(memory.flushes, 0);
    assert_int_equal(protect(0x4000, 4 * PAGE, HOIST_WRITE, 0), HOIST_OK);
    assert_int_equal(memory.flushes, 1);
    assert_int_equal(unmap(0x4000, 4 * PAGE), HOIST_OK);
    assert_int_equal(memory.flushes, 2);
}

/* What the entry holds while the flush hook is called, and for which addresses. */
static struct {
    uint64_t values[8];
    struct hoist_range ranges[8];
    unsigned count;
} flushed;

static void look_at_flush(void *context, struct hoist_range range)
{
    (void)context;
    assert_true(flushed.count < 8);
    flushed.ranges[flushed.count] = range;
    flushed.values[flushed.count++] = entry_at(0x4000, 2);
}

static void a_leaf_becomes_a_table_by_way_of_absence(void **state)
{
    struct hoist_tree_hooks hooks = hooks_by_pointer;

    (void)state;
    assert_int_equal(map(0x4000, 0x4000, 4 * PAGE), HOIST_OK);
    flushed.count = 0;
    hooks.flush = look_at_flush;
    tree.hooks = &hooks;
    assert_int_equal(protect(0x5000, PAGE, HOIST_WRITE, 0), HOIST_OK);
    assert_int_equal(flushed.count, 2);
    assert_int_equal(flushed.values[0], 0);
    assert_int_equal(flushed.ranges[0].va.value, 0x4000);
    assert_int_equal(flushed.ranges[0].size_bytes, 4 * PAGE);
    assert_int_equal(flushed.values[1] & 0xf, 1); /* a link */
    assert_int_equal(flushed.ranges[1].va.value, 0x5000);
    assert_int_equal(flushed.ranges[1].size_bytes, PAGE);
    tree.hooks = &hooks_by_pointer;
}

static void a_link_that_denies_what_is_asked_for_is_named(void **state)
{
    (void)state;
    make("x86-64");
    assert_int_equal(map(0x1000, 0x1000, PAGE), HOIST_OK);
    assert_int_equal(
        hoist_tree_set_entry(&tree, hoist_va_of(0x1000), 2, entry_at(0x1000, 2) & ~UINT64_C(2)),
        HOIST_OK);
    assert_int_equal(map(0x2000, 0x2000, PAGE), HOIST_NARROW_LINK);
    assert_int_equal(hoist_tree_allocate(&tree, &(struct hoist_range){{0x2000}, PAGE}, data),
                     HOIST_NARROW_LINK);
    assert_int_equal(protect(0x1000, PAGE, HOIST_WRITE, 0), HOIST_OK);
    assert_int_equal(protect(0x1000, PAGE, 0, HOIST_WRITE), HOIST_NARROW_LINK);
}

static void a_reserved_entry_stops_every_change(void **state)
{
    const struct hoist_range range = {{0x1000}, PAGE};

    (void)state;
    assert_int_equal(map(0x1000, 0x1000, PAGE), HOIST_OK);
    assert_int_equal(hoist_tree_set_entry(&tree, range.va, 1, 5), HOIST_OK);
    assert_int_equal(map(0x1000, 0x1000, PAGE), HOIST_BAD_ENTRY);
    assert_int_equal(protect(0x1000, PAGE, 0, 0), HOIST_BAD_ENTRY);
    assert_int_equal(unmap(0x1000, PAGE), HOIST_BAD_ENTRY);
    assert_int_equal(hoist_tree_allocate(&tree, &range, data), HOIST_BAD_ENTRY);
    assert_int_equal(hoist_tree_free(&tree, &range), HOIST_BAD_ENTRY);
    assert_int_equal(entry_at(0x1000, 1), 5);
}

/* AArch64's Contiguous bit: the CPU may know 16 leaves as one. */
static void a_part_of_a_group_is_not_changed(void **state)
{
    const struct hoist_range part = {{0}, PAGE};

    (void)state;
    formats_tree_small(&tree, hoist_format_named("aarch64-4k"), &hooks_by_pointer);
    assert_int_equal(map(0, 0, 16 * PAGE), HOIST_OK);
    assert_int_equal(unmap(0, 16 * PAGE), HOIST_OK);
    for (uint64_t i = 0; i < 16; i++) {
        const struct hoist_extent extent = {{i * PAGE}, {i * PAGE}, PAGE};

        assert_int_equal(hoist_tree_map(&tree, &extent, data, 1), HOIST_OK);
        assert_int_equal(
            hoist_tree_set_entry(&tree, extent.va, 1, entry_at(i * PAGE, 1) | UINT64_C(1) << 52),
            HOIST_OK);
    }
    assert_int_equal(protect(0, PAGE, HOIST_WRITE, 0), HOIST_GROUPED_LEAF);
    assert_int_equal(unmap(0, PAGE), HOIST_GROUPED_LEAF);
    assert_int_equal(hoist_tree_free(&tree, &part), HOIST_GROUPED_LEAF);
    assert_int_equal(map(0, 0, PAGE), HOIST_OK); /* as it is already */
    assert_int_equal(unmap(0, 16 * PAGE), HOIST_OK);
}

/* A large leaf with something that a page has no bit for is not split. */
static void what_does_not_fit_into_pages_is_not_split(void **state)
{
    (void)state;
    formats_tree_small(&tree, hoist_format_named("armv7-short"), &hooks_by_pointer);
    assert_int_equal(map(0x100000, 0x100000, 0x100000), HOIST_OK);
    assert_int_equal(hoist_tree_set_entry(&tree, hoist_va_of(0x100000), 2,
                                          entry_at(0x100000, 2) | 1 << 5), /* domain 1 */
                     HOIST_OK);
    assert_int_equal(unmap(0x101000, PAGE), HOIST_NOT_EXPRESSIBLE);
    assert_int_equal(unmap(0x100000, 0x100000), HOIST_OK);
    assert_int_equal(map(0x100000, 0x100000, 0x100000), HOIST_OK);
    assert_int_equal(
        hoist_tree_set_entry(&tree, hoist_va_of(0x100000), 2, entry_at(0x100000, 2) | 1), /* PXN */
        HOIST_OK);
    assert_int_equal(unmap(0x101000, PAGE), HOIST_NOT_EXPRESSIBLE);
    /* Rights that another system may have given, and no access stands for. */
    assert_int_equal(protect(0x100000, 0x100000, HOIST_WRITE, 0), HOIST_NOT_EXPRESSIBLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_tree_for_a_cpu_that_there_is_not_is_refused, begin),
        cmocka_unit_test_setup(what_a_cpu_lacks_is_refused, begin),
        cmocka_unit_test_setup(arguments_that_make_no_sense_are_refused, begin),
        cmocka_unit_test_setup(the_last_page_of_the_address_space_is_a_page_like_others, begin),
        cmocka_unit_test_setup(a_change_is_flushed_once_and_a_first_mapping_is_not, begin),
        cmocka_unit_test_setup(a_leaf_becomes_a_table_by_way_of_absence, begin),
        cmocka_unit_test_setup(a_link_that_denies_what_is_asked_for_is_named, begin),
        cmocka_unit_test_setup(a_reserved_entry_stops_every_change, begin),
        cmocka_unit_test_setup(a_part_of_a_group_is_not_changed, begin),
        cmocka_unit_test_setup(what_does_not_fit_into_pages_is_not_split, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
