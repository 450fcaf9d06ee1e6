/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading raw tables back: the memory, MTRR types and plan behind the leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mapping_fixture.h"

#define KIND(kind) (UINT32_C(1) << (kind))

static void add_piece(struct fixture *f, uint64_t from, uint64_t to, enum memory_kind kind)
{
    assert_true(f->map.count < LENGTH(f->pieces));
    f->pieces[f->map.count++] = (struct memory_range){from, to - from, kind};
    f->map.ranges = f->pieces;
    f->mapping.facts.memory = &f->map;
}

static void add_register(struct fixture *f, uint64_t base, uint64_t size_bytes, uint64_t type)
{
    f->mtrr.physical_bits = 40;
    f->mtrr.default_type = BIT(11) | MTRR_WRITE_BACK;
    f->mtrr.registers[f->mtrr.count++] =
        (struct mtrr_register){base | type, (BIT(40) - size_bytes) | BIT(11)};
    f->mapping.facts.mtrr = &f->mtrr;
}

/* Pages from address 0 on, page after page from `pa` on. */
static void set_pages(struct fixture *f, uint64_t pa, unsigned count)
{
    set_way(f);
    for (unsigned i = 0; i < count; i++) {
        f->frames[3][i] = (pa + i * PAGE) | PRESENT | NX;
    }
}

/* What is alike for the rules stays one range; it lists all that is behind it. */
static void kinds_of_one_class_are_merged_and_listed(void **state)
{
    struct fixture *f = *state;

    add_piece(f, 0x10000, 0x12000, MEMORY_FREE);
    add_piece(f, 0x12000, 0x13000, MEMORY_BOOT);
    add_piece(f, 0x13000, 0x14000, MEMORY_ACPI_NVS);
    add_piece(f, 0x14000, 0x15000, MEMORY_RUNTIME_CODE);
    add_piece(f, 0x15000, 0x16000, MEMORY_RUNTIME_DATA);
    add_piece(f, 0x16000, 0x17000, MEMORY_DEVICE);
    add_piece(f, 0x18000, 0x19000, MEMORY_FREE);
    set_pages(f, 0x10000, 9);
    read_back(f);
    assert_int_equal(f->mapping.range_count, 4);
    assert_range(f, 0, 0, 0x10000, 4 * PAGE);
    assert_int_equal(range_of(f, 0)->memory,
                     KIND(MEMORY_FREE) | KIND(MEMORY_BOOT) | KIND(MEMORY_ACPI_NVS));
    assert_range(f, 1, 4 * PAGE, 0x14000, 2 * PAGE);
    assert_int_equal(range_of(f, 1)->memory, KIND(MEMORY_RUNTIME_CODE) | KIND(MEMORY_RUNTIME_DATA));
    assert_range(f, 2, 6 * PAGE, 0x16000, 2 * PAGE);
    assert_int_equal(range_of(f, 2)->memory, KIND(MEMORY_DEVICE) | MAPPING_MEMORY_UNLISTED);
    assert_int_equal(range_of(f, 3)->memory, KIND(MEMORY_FREE));
    assert_int_equal(f->mapping.across.count, 0);
}

static void memory_beside_the_map_is_not_listed(void **state)
{
    struct fixture *f = *state;

    add_piece(f, 0x10000, 0x11000, MEMORY_FREE);
    set_way(f);
    f->frames[3][0] = PRESENT;                    /* below */
    f->frames[3][2] = 0x11000 | PRESENT;          /* just behind */
    f->frames[3][4] = (BIT(40) - PAGE) | PRESENT; /* at the end of all */
    f->frames[3][6] = 0x10000 | PRESENT;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 4);
    assert_int_equal(range_of(f, 0)->memory, MAPPING_MEMORY_UNLISTED);
    assert_int_equal(range_of(f, 1)->memory, MAPPING_MEMORY_UNLISTED);
    assert_int_equal(range_of(f, 2)->memory, MAPPING_MEMORY_UNLISTED);
    assert_int_equal(range_of(f, 3)->memory, KIND(MEMORY_FREE));
    f->map = (struct memory_map){0}; /* a map of nothing */
    read_back(f);
    assert_int_equal(range_of(f, 3)->memory, MAPPING_MEMORY_UNLISTED);
}

static void each_kind_has_its_class(void **state)
{
    struct fixture *f = *state;

    add_piece(f, 2 * MIB, 3 * MIB, MEMORY_FREE);
    add_piece(f, 3 * MIB, 4 * MIB, MEMORY_FREE);
    set_way(f);
    f->frames[2][0] = 2 * MIB | PRESENT | LARGE;
    for (unsigned kind = MEMORY_FREE; kind <= MEMORY_FRAMEBUFFER; kind++) {
        f->pieces[1].kind = kind;
        read_back(f);
        assert_int_equal(f->mapping.range_count, 1);
        assert_int_equal(range_of(f, 0)->memory, KIND(MEMORY_FREE) | KIND(kind));
        assert_int_equal(range_of(f, 0)->marks,
                         kind < MEMORY_RUNTIME_DATA ? 0 : MAPPING_MARK_CLASSES);
        assert_int_equal(f->mapping.across.count, kind < MEMORY_RUNTIME_DATA ? 0 : 1);
    }
}

static void a_leaf_over_two_classes_is_a_range_of_its_own(void **state)
{
    struct fixture *f = *state;

    add_piece(f, 2 * MIB, 5 * MIB, MEMORY_FREE);
    add_piece(f, 5 * MIB, 8 * MIB, MEMORY_RESERVED);
    set_way(f);
    for (unsigned i = 1; i < 4; i++) {
        f->frames[2][i] = i * 2 * MIB | PRESENT | LARGE;
    }
    read_back(f);
    assert_int_equal(f->mapping.range_count, 3);
    assert_int_equal(range_of(f, 0)->marks, 0);
    assert_int_equal(range_of(f, 1)->marks, MAPPING_MARK_CLASSES);
    assert_int_equal(range_of(f, 2)->marks, 0);
    assert_int_equal(f->mapping.across.count, 1);
    assert_int_equal(f->mapping.across.va, 4 * MIB);
    assert_int_equal(f->mapping.across.pa, 4 * MIB);
    f->map.count = 1; /* a leaf that ends beyond the map */
    f->pieces[0].size_bytes = 5 * MIB;
    read_back(f);
    assert_int_equal(f->mapping.across.count, 1);
    assert_int_equal(f->mapping.across.va, 6 * MIB);
}

static void mtrr_types_split_ranges_and_come_into_the_cache_type(void **state)
{
    struct fixture *f = *state;

    add_register(f, 2 * MIB, 0x2000, MTRR_UNCACHED);
    add_register(f, 2 * MIB + 0x4000, 0x1000, MTRR_WRITE_THROUGH);
    set_pages(f, 2 * MIB - PAGE, 7);
    f->frames[3][2] |= PCD | PWT;         /* uncached by both */
    f->frames[3][10] = 2 * MIB | PRESENT; /* lower than those before */
    read_back(f);
    assert_int_equal(f->mapping.range_count, 7);
    assert_int_equal(range_of(f, 6)->mtrr_type, MTRR_UNCACHED);
    assert_int_equal(range_of(f, 0)->mtrr_type, MTRR_WRITE_BACK);
    assert_int_equal(range_of(f, 1)->mtrr_type, MTRR_UNCACHED);
    assert_int_equal(range_of(f, 1)->cache, MTRR_UNCACHED);
    assert_int_equal(range_of(f, 2)->pat_index, 3);
    assert_int_equal(range_of(f, 2)->cache, MTRR_UNCACHED);
    assert_range(f, 3, 3 * PAGE, 2 * MIB + 2 * PAGE, 2 * PAGE);
    assert_int_equal(range_of(f, 3)->cache, MTRR_WRITE_BACK);
    assert_int_equal(range_of(f, 4)->mtrr_type, MTRR_WRITE_THROUGH);
    assert_int_equal(range_of(f, 4)->cache, MTRR_WRITE_THROUGH);
    assert_int_equal(range_of(f, 5)->cache, MTRR_WRITE_BACK);
}

static void a_leaf_over_two_mtrr_types_is_marked(void **state)
{
    struct fixture *f = *state;

    add_register(f, 6 * MIB - PAGE, PAGE, MTRR_UNCACHED);
    set_way(f);
    for (unsigned i = 1; i < 4; i++) {
        f->frames[2][i] = i * 2 * MIB | PRESENT | LARGE;
    }
    read_back(f);
    assert_int_equal(f->mapping.range_count, 3);
    assert_int_equal(range_of(f, 1)->marks, MAPPING_MARK_TYPES);
    assert_int_equal(f->mapping.across.count, 1);
    assert_int_equal(f->mapping.across.va, 4 * MIB);
    f->frames[1][0] = PRESENT | LARGE;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 1);
    assert_int_equal(range_of(f, 0)->marks, MAPPING_MARK_TYPES);
}

/* A mask with a gap stands for many ranges: every second page. */
static void a_mask_with_a_gap_is_followed_page_by_page(void **state)
{
    struct fixture *f = *state;

    add_register(f, 0, PAGE, MTRR_UNCACHED);
    f->mtrr.registers[0].mask = PAGE | BIT(11);
    set_pages(f, 2 * MIB, 6);
    f->frames[3][8] = (2 * MIB + 4 * PAGE) | PRESENT; /* back again */
    f->frames[2][1] = 4 * MIB | PRESENT | LARGE;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 8);
    assert_int_equal(range_of(f, 6)->mtrr_type, MTRR_UNCACHED);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(range_of(f, i)->mtrr_type, i % 2 == 0 ? MTRR_UNCACHED : MTRR_WRITE_BACK);
    }
    assert_int_equal(range_of(f, 7)->marks, MAPPING_MARK_TYPES);
}

static void mtrrs_that_are_off_make_all_uncached(void **state)
{
    struct fixture *f = *state;

    add_register(f, 2 * MIB, PAGE, MTRR_WRITE_BACK);
    f->mtrr.default_type = MTRR_WRITE_BACK;
    set_pages(f, 2 * MIB, 2);
    read_back(f);
    assert_int_equal(f->mapping.range_count, 1);
    assert_int_equal(range_of(f, 0)->cache, MTRR_UNCACHED);
}

/* Planned ranges side by side, with the same rights, remain two. */
static void ranges_of_the_plan_are_not_merged(void **state)
{
    static const struct plan_range plan[] = {
        {.name = "low", .va = PAGE, .size_bytes = 2 * PAGE},
        {.name = "next", .va = 3 * PAGE, .size_bytes = PAGE},
        {.name = "high", .va = UINT64_C(0xfffffffffffff000), .size_bytes = PAGE},
    };
    struct fixture *f = *state;

    f->mapping.facts.plan = plan;
    f->mapping.facts.plan_count = LENGTH(plan);
    set_pages(f, 0x10000, 6);
    set_link(f, 0, 511, 4, LINK);
    set_link(f, 4, 511, 5, LINK);
    set_link(f, 5, 511, 6, LINK);
    f->frames[6][510] = 0x9000 | PRESENT;
    f->frames[6][511] = 0xa000 | PRESENT;
    read_back(f);
    assert_int_equal(f->mapping.range_count, 6);
    assert_int_equal(range_of(f, 0)->plan, MAPPING_NO_PLAN);
    assert_int_equal(range_of(f, 1)->plan, 0);
    assert_int_equal(range_of(f, 1)->size_bytes, 2 * PAGE);
    assert_int_equal(range_of(f, 2)->plan, 1);
    assert_int_equal(range_of(f, 3)->plan, MAPPING_NO_PLAN);
    assert_int_equal(range_of(f, 3)->size_bytes, 2 * PAGE);
    assert_int_equal(range_of(f, 4)->plan, MAPPING_NO_PLAN);
    assert_int_equal(range_of(f, 5)->plan, 2);
    assert_string_equal(mapping_range_name(&f->mapping, range_of(f, 0)), "");
    assert_string_equal(mapping_range_name(&f->mapping, range_of(f, 2)), "next");
    assert_string_equal(mapping_range_name(&f->mapping, range_of(f, 5)), "high");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(kinds_of_one_class_are_merged_and_listed),
        test_of(memory_beside_the_map_is_not_listed),
        test_of(each_kind_has_its_class),
        test_of(a_leaf_over_two_classes_is_a_range_of_its_own),
        test_of(mtrr_types_split_ranges_and_come_into_the_cache_type),
        test_of(a_leaf_over_two_mtrr_types_is_marked),
        test_of(a_mask_with_a_gap_is_followed_page_by_page),
        test_of(mtrrs_that_are_off_make_all_uncached),
        test_of(ranges_of_the_plan_are_not_merged),
    };

    return cmocka_run_group_tests_name("mapping: places", tests, NULL, NULL);
}
