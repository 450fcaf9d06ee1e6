/* SPDX-License-Identifier: BSD-2-Clause */
/* The first address space as a list: what is on it, where, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan_fixture.h"

#define RX (HOIST_READ | HOIST_EXECUTE)
#define RW (HOIST_READ | HOIST_WRITE)
#define RO HOIST_READ

struct expected {
    const char *name;
    uint64_t va;
    uint64_t pa;
    uint64_t size_bytes;
    uint8_t rights;
    uint8_t cache;
    enum hoist_leaf_size largest;
};

static void assert_range(const struct plan_range *range, const struct expected *expected)
{
    assert_string_equal(range->name, expected->name);
    if (range->va != expected->va || range->pa != expected->pa ||
        range->size_bytes != expected->size_bytes) {
        fail_msg("\"%s\" is %llx, %llx, %llx bytes", range->name, (unsigned long long)range->va,
                 (unsigned long long)range->pa, (unsigned long long)range->size_bytes);
    }
    assert_int_equal(range->access.rights, expected->rights);
    assert_int_equal(range->access.cache, expected->cache);
    assert_int_equal(range->access.protection_key, 0);
    assert_int_equal(range->access.software, 0);
    assert_int_equal(range->largest, expected->largest);
    for (unsigned size = 0; size <= HOIST_LEAF_1G; size++) {
        assert_int_equal(range->leaf_count[size], 0);
    }
}

static void assert_ranges(const struct fixture *f, const struct expected *expected, size_t count)
{
    for (size_t i = 0; i < count && i < f->plan.count; i++) {
        assert_range(&f->plan.ranges[i], &expected[i]);
    }
    assert_int_equal(f->plan.count, count);
}

#define assert_plan(f, ...)                             \
    do {                                                \
        const struct expected wanted[] = {__VA_ARGS__}; \
        assert_ranges((f), wanted, LENGTH(wanted));     \
    } while (0)

/* The parts of the ordinary plan that a test is not about. */
#define TRAMPOLINE ((struct expected){"trampoline", LANDING, LANDING, PAGE, RX, 0, HOIST_LEAF_4K})
#define DIRECT_PIECE(from, to, rights, largest) \
    ((struct expected){"direct map", DIRECT + (from), (from), (to) - (from), rights, 0, largest})
#define DIRECT_MAP(from, to, largest) DIRECT_PIECE(from, to, RW, largest)
/* 2 to 128 MiB with what the kernel, the hand-off and the trampoline map without the right to write. */
#define DIRECT_PIECES                                                       \
    DIRECT_PIECE(KERNEL_PA, KERNEL_PA + 3 * PAGE, RO, HOIST_LEAF_1G),       \
        DIRECT_MAP(KERNEL_PA + 3 * PAGE, HANDOFF_PA, HOIST_LEAF_1G),        \
        DIRECT_PIECE(HANDOFF_PA, HANDOFF_PA + 2 * PAGE, RO, HOIST_LEAF_1G), \
        DIRECT_MAP(HANDOFF_PA + 2 * PAGE, LANDING, HOIST_LEAF_1G),          \
        DIRECT_PIECE(LANDING, LANDING + PAGE, RO, HOIST_LEAF_1G),           \
        DIRECT_MAP(LANDING + PAGE, 128 * MIB, HOIST_LEAF_1G)
#define STACK(window) \
    ((struct expected){"stack", (window) + PAGE, STACK_PA, 64 * KIB, RW, 0, HOIST_LEAF_4K})
#define HANDOFF(window)                                                               \
    ((struct expected){"hand-off", (window) + 18 * PAGE, HANDOFF_PA, 2 * PAGE, RO, 0, \
                       HOIST_LEAF_4K})
#define SEGMENT(number, page, count, rights)                                                     \
    ((struct expected){"kernel segment " #number, KERNEL + (page)*PAGE, KERNEL_PA + (page)*PAGE, \
                       (count)*PAGE, rights, 0, HOIST_LEAF_2M})
#define LOW_RAM      DIRECT_MAP(PAGE, 640 * KIB, HOIST_LEAF_4K)
#define LOW_RAM_2    DIRECT_MAP(MIB, 2 * MIB, HOIST_LEAF_4K)
#define KERNEL_PARTS SEGMENT(0, 0, 2, RX), SEGMENT(1, 2, 1, RO), SEGMENT(2, 3, 3, RW)

static void everything_has_its_place_name_rights_and_leaf_size(void **state)
{
    struct fixture *f = *state;

    must_make(f);
    assert_plan(f, TRAMPOLINE, LOW_RAM, LOW_RAM_2, DIRECT_PIECES, STACK(WINDOW), HANDOFF(WINDOW),
                KERNEL_PARTS);
    assert_int_equal(f->places.direct_map_va, DIRECT);
    assert_int_equal(f->places.stack_va, WINDOW + PAGE);
    assert_int_equal(f->places.handoff_va, WINDOW + 18 * PAGE);
    assert_int_equal(f->places.framebuffer_va, 0);
    assert_int_equal(plan_direct_map_size(&f->plan), 128 * MIB);
}

static void unless_the_entry_says_so_the_direct_map_is_all_writable(void **state)
{
    struct fixture *f = *state;

    f->input.wx_strict = false;
    must_make(f);
    assert_plan(f, TRAMPOLINE, LOW_RAM, LOW_RAM_2, DIRECT_MAP(2 * MIB, 128 * MIB, HOIST_LEAF_1G),
                STACK(WINDOW), HANDOFF(WINDOW), KERNEL_PARTS);
}

static void read_only_pages_of_different_ranges_are_one_piece_of_the_direct_map(void **state)
{
    struct fixture *f = *state;

    f->input.handoff.pa = KERNEL_PA + 3 * PAGE; /* right behind the kernel's read-only data */
    f->input.trampoline.pa = 4 * MIB;
    must_make(f);
    assert_int_equal(range_at(f, DIRECT + KERNEL_PA)->size_bytes, 5 * PAGE);
    assert_int_equal(range_at(f, DIRECT + KERNEL_PA)->access.rights, RO);
    assert_int_equal(range_at(f, DIRECT + KERNEL_PA + 5 * PAGE)->access.rights, RW);
}

static void the_direct_map_holds_ram_alone_and_joins_its_kinds(void **state)
{
    struct fixture *f = *state;

    f->input.wx_strict = false;
    forget_memory(f);
    add_memory(f, 2 * MIB, 4 * MIB, MEMORY_BOOT);
    add_memory(f, 4 * MIB, 5 * MIB, MEMORY_KERNEL);
    add_memory(f, 5 * MIB, 6 * MIB, MEMORY_RUNTIME_DATA);
    add_memory(f, 6 * MIB, 7 * MIB, MEMORY_ACPI_NVS);
    add_memory(f, 7 * MIB, 8 * MIB, MEMORY_DEVICE);
    add_memory(f, 4 * GIB, 6 * GIB, MEMORY_PERSISTENT);
    must_make(f);
    assert_plan(f, TRAMPOLINE, DIRECT_MAP(2 * MIB, 5 * MIB, HOIST_LEAF_1G),
                DIRECT_MAP(6 * MIB, 7 * MIB, HOIST_LEAF_1G),
                DIRECT_MAP(4 * GIB, 6 * GIB, HOIST_LEAF_1G), STACK(WINDOW), HANDOFF(WINDOW),
                KERNEL_PARTS);
    assert_int_equal(plan_direct_map_size(&f->plan), 6 * GIB);
}

static void a_page_that_segments_share_is_mapped_once(void **state)
{
    struct fixture *f = *state;

    f->input.wx_strict = false;
    forget_kernel(f);
    add_segment(f, KERNEL + 0x123, PAGE + 0x100, "w");    /* pages 0 and 1 */
    add_segment(f, KERNEL + PAGE + 0x400, 0x10, "w");     /* within page 1 */
    add_segment(f, KERNEL + PAGE + 0x800, 2 * PAGE, "w"); /* pages 1, 2 and 3 */
    add_segment(f, KERNEL + 4 * PAGE, 1, "x");            /* page 4 */
    add_segment(f, KERNEL + 6 * PAGE + 8, PAGE - 8, "");  /* page 6: 5 is a gap */
    must_make(f);
    assert_plan(f, TRAMPOLINE, LOW_RAM, LOW_RAM_2, DIRECT_MAP(2 * MIB, 128 * MIB, HOIST_LEAF_1G),
                STACK(WINDOW), HANDOFF(WINDOW), SEGMENT(0, 0, 2, RW), SEGMENT(2, 2, 2, RW),
                SEGMENT(3, 4, 1, RX), SEGMENT(4, 6, 1, RO));
}

static void what_is_writable_and_executable_is_refused(void **state)
{
    struct fixture *f = *state;

    add_segment(f, KERNEL + 8 * PAGE, PAGE, "wx");
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_RIGHTS);
    assert_string_equal(sentence_of(f), "the range \"kernel segment 3\" at 0xffffffff80008000 is "
                                        "both writable and executable");
}

static void the_low_2_mib_are_cut_off_for_4k_leaves(void **state)
{
    static const struct {
        uint64_t from, to, cut;
    } all[] = {
        {PAGE, 2 * MIB, 0},
        {PAGE, 2 * MIB + PAGE, 2 * MIB},
        {2 * MIB - PAGE, GIB, 2 * MIB},
    };
    struct fixture *f = *state;

    f->input.wx_strict = false;
    for (size_t i = 0; i < LENGTH(all); i++) {
        forget_memory(f);
        add_memory(f, all[i].from, all[i].to, MEMORY_FREE);
        must_make(f);
        if (all[i].cut == 0) {
            assert_plan(f, TRAMPOLINE, DIRECT_MAP(all[i].from, all[i].to, HOIST_LEAF_4K),
                        STACK(WINDOW), HANDOFF(WINDOW), KERNEL_PARTS);
        } else {
            assert_plan(f, TRAMPOLINE, DIRECT_MAP(all[i].from, all[i].cut, HOIST_LEAF_4K),
                        DIRECT_MAP(all[i].cut, all[i].to, HOIST_LEAF_1G), STACK(WINDOW),
                        HANDOFF(WINDOW), KERNEL_PARTS);
        }
    }
}

/* Segments at the ends of what an ELF kernel may take, with the place for the stack then. */
static void the_stack_keeps_clear_of_the_kernel(void **state)
{
    static const struct {
        uint64_t kernel, size_bytes, window;
    } all[] = {
        {WINDOW + GIB - 1, 1, WINDOW - GIB},
        {WINDOW + GIB, 1, WINDOW},
        {WINDOW, 1, WINDOW - GIB},
        {WINDOW - PAGE, PAGE, WINDOW},
        {WINDOW - 1, 2, WINDOW - 2 * GIB},
        {WINDOW + 5 * PAGE, PAGE, WINDOW - GIB},
        {WINDOW - 7 * GIB, 9 * GIB, WINDOW - 8 * GIB},
        {UINT64_MAX - 2 * PAGE + 1, PAGE, WINDOW}, /* as high as a kernel may lie */
        {UINT64_C(0xffffc00000000000), GIB, WINDOW},
        {TOP_512G + GIB, WINDOW - TOP_512G, TOP_512G},
        {TOP_512G - GIB, GIB, WINDOW},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < LENGTH(all); i++) {
        forget_kernel(f);
        f->input.wx_strict = false; /* such kernels share frames with everything */
        add_segment(f, all[i].kernel, all[i].size_bytes, "w");
        f->input.framebuffer.size_bytes = 0;
        must_make(f);
        assert_int_equal(f->places.stack_va, all[i].window + PAGE);
        assert_int_equal(f->places.handoff_va, all[i].window + 18 * PAGE);
        assert_string_equal(range_at(f, all[i].window + PAGE)->name, "stack");
        assert_string_equal(range_at(f, all[i].window + 18 * PAGE)->name, "hand-off");
    }
}

static void a_kernel_that_leaves_no_gigabyte_for_the_stack_is_refused(void **state)
{
    struct fixture *f = *state;

    forget_kernel(f);
    add_segment(f, TOP_512G + GIB - 1, WINDOW - TOP_512G, "w");
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_TAKEN);
    assert_string_equal(sentence_of(f),
                        "no place is left for the loader's window from 0xffffff8000000000 on: "
                        "the kernel at 0xffffff803ffff000 is in the way");
}

/* Kernels where the direct map would be, with the place that it takes then. */
static void the_direct_map_keeps_clear_of_the_kernel(void **state)
{
    static const struct {
        uint64_t kernel, size_bytes, direct_map;
    } all[] = {
        {DIRECT, PAGE, DIRECT + 512 * GIB},
        {DIRECT + 128 * MIB - PAGE, 2 * PAGE, DIRECT + 512 * GIB},
        {DIRECT + 128 * MIB, PAGE, DIRECT},                  /* right behind it */
        {DIRECT + 640 * KIB, 384 * KIB, DIRECT + 512 * GIB}, /* in its gap */
        {DIRECT + 512 * GIB - PAGE, 2 * PAGE, DIRECT},
        {DIRECT, 512 * GIB, DIRECT + 512 * GIB},
        {DIRECT, 512 * GIB + PAGE, DIRECT + 1024 * GIB},
        {TOP_512G + GIB, PAGE, DIRECT},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < LENGTH(all); i++) {
        forget_kernel(f);
        f->input.wx_strict = false; /* such kernels share frames with everything */
        add_segment(f, all[i].kernel, all[i].size_bytes, "w");
        must_make(f);
        assert_int_equal(f->places.direct_map_va, all[i].direct_map);
        assert_int_equal(range_at(f, all[i].direct_map + PAGE)->pa, PAGE);
        assert_int_equal(plan_direct_map_size(&f->plan), 128 * MIB);
    }
}

static void ram_that_no_direct_map_can_hold_is_refused_with_four_levels_alone(void **state)
{
    const uint64_t limit = UINT64_C(1) << 47;
    struct fixture *f = *state;

    forget_memory(f);
    add_memory(f, limit - 513 * GIB, limit - 512 * GIB,
               MEMORY_FREE); /* below the window's 512 GiB */
    must_make(f);
    assert_int_equal(plan_direct_map_size(&f->plan), limit - 512 * GIB);
    forget_memory(f);
    add_memory(f, 2 * MIB, limit, MEMORY_FREE);
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_DIRECT_MAP);
    assert_string_equal(sentence_of(f),
                        "the direct map of 128 TiB has no place from 0xffff800000000000 on: "
                        "stack at 0xffffffff40001000 is in the way");
    forget_memory(f);
    add_memory(f, limit, limit + 2 * MIB, MEMORY_FREE); /* would be mapped at 0 */
    assert_false(make(f));
    assert_string_equal(sentence_of(f),
                        "the direct map of 134217730 MiB has no place from 0xffff800000000000 on: "
                        "the end of the address space at 0x0 is in the way");
    f->input.levels = 5;
    must_make(f);
    assert_int_equal(f->places.direct_map_va, UINT64_C(0xff00000000000000));
}

static void a_leaf_does_not_reach_over_a_change_of_memory_type(void **state)
{
    struct fixture *f = *state;

    f->input.wx_strict = false;
    forget_memory(f);
    add_memory(f, 2 * MIB, 8 * GIB, MEMORY_FREE);
    f->mtrr = (struct mtrr){.default_type = 0x806, .physical_bits = 40, .count = 2};
    f->mtrr.registers[0] = (struct mtrr_register){3 * GIB, (UINT64_C(1) << 40) - GIB + 0x800};
    f->mtrr.registers[1] = (struct mtrr_register){8 * MIB + 6, (UINT64_C(1) << 40) - MIB + 0x800};
    must_make(f);
    assert_plan(f, TRAMPOLINE, DIRECT_MAP(2 * MIB, 3 * GIB, HOIST_LEAF_1G),
                DIRECT_MAP(3 * GIB, 4 * GIB, HOIST_LEAF_1G),
                DIRECT_MAP(4 * GIB, 8 * GIB, HOIST_LEAF_1G), STACK(WINDOW), HANDOFF(WINDOW),
                KERNEL_PARTS);
    f->mtrr.registers[1].base = 8 * MIB; /* uncached now */
    must_make(f);
    assert_int_equal(range_at(f, DIRECT + 2 * MIB)->size_bytes, 6 * MIB);
    assert_int_equal(range_at(f, DIRECT + 8 * MIB)->size_bytes, MIB);
    assert_int_equal(range_at(f, DIRECT + 9 * MIB)->largest, HOIST_LEAF_1G);
    f->mtrr.registers[1].mask = 0x800 + (UINT64_C(1) << 39) + 4 * MIB; /* gaps: many ranges */
    must_make(f);
    assert_int_equal(range_at(f, DIRECT + 2 * MIB)->largest, HOIST_LEAF_2M);
    f->mtrr.registers[1].mask = 0x800 + (UINT64_C(1) << 39) + MIB;
    must_make(f);
    assert_int_equal(range_at(f, DIRECT + 2 * MIB)->largest, HOIST_LEAF_4K);
}

static void a_page_that_is_executable_here_and_writable_there_is_refused(void **state)
{
    struct fixture *f = *state;

    f->input.trampoline.pa = STACK_PA;
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_ALIAS);
    assert_string_equal(sentence_of(f),
                        "the physical page 0x4000000 is in \"trampoline\" and in \"stack\": "
                        "writable through one, executable through the other");
    f->input.wx_strict = false;
    must_make(f);
}

static void a_page_with_two_cache_types_is_refused(void **state)
{
    struct fixture *f = *state;

    f->input.framebuffer = (struct plan_frames){70 * MIB + PAGE, PAGE};
    assert_false(make(f));
    assert_int_equal(f->problem.kind, PROBLEM_PLAN_TWO_CACHES);
    assert_string_equal(sentence_of(f),
                        "the physical page 0x4601000 is in \"framebuffer\" and in \"direct map\", "
                        "with two cache types");
}

static void a_plan_without_room_is_refused_and_the_promised_room_is_enough(void **state)
{
    struct fixture *f = *state;
    size_t count;

    /* Every piece that splits: a run that crosses 2 MiB, and read-only pages in the middle of runs. */
    forget_memory(f);
    add_memory(f, PAGE, 68 * MIB, MEMORY_FREE);
    add_memory(f, 68 * MIB + PAGE, 69 * MIB, MEMORY_FREE);
    f->input.framebuffer = (struct plan_frames){3 * GIB, 3 * PAGE};
    must_make(f);
    count = f->plan.count;
    assert_int_equal(count, 3 + 4 + 8);
    for (size_t capacity = 0; capacity < count; capacity++) {
        assert_false(make_with_capacity(f, capacity));
        assert_int_equal(f->problem.kind, PROBLEM_PLAN_TOO_LONG);
        assert_int_equal(f->problem.numbers[0], capacity);
    }
    assert_string_equal(
        sentence_of(f),
        "the range \"direct map\" is one more than the 14 that a plan has room for");
    assert_true(make_with_capacity(f, count));
}

static void counted_frames_are_those_that_building_takes(void **state)
{
    struct fixture *f = *state;

    must_build(f);
    assert_int_equal(f->frames.taken, f->tables.frame_count);
    /*
     * PML4; low: PDPT, PD, PT; direct map: PDPT, PD, and PTs of 0, of the kernel, of hand-off and
     * of trampoline; top: PDPT, and PD and PT of two gigabytes
     */
    assert_int_equal(f->tables.frame_count, 1 + 3 + 2 + 4 + 1 + 2 * 2);
    f->cpu.levels = 5;
    must_build(f);
    assert_int_equal(f->frames.taken, f->tables.frame_count);
    assert_int_equal(f->tables.frame_count, 1 + 1 + 3 + 1 + 6 + 1 + 2 * 2);
}

static void what_no_table_can_map_is_found_by_counting(void **state)
{
    struct fixture *f = *state;
    uint64_t frame_count = 77;

    f->input.trampoline.pa = UINT64_C(1) << 47; /* no address of a 4-level space */
    must_make(f);
    assert_int_equal(hoist_space_init(&f->space, &f->cpu, &frames_hooks, &f->frames), HOIST_OK);
    assert_false(plan_count(&f->plan, &f->space, &frame_count, &f->problem));
    assert_int_equal(f->problem.kind, PROBLEM_TABLES_COUNT);
    assert_string_equal(sentence_of(f), "the page tables for \"trampoline\" at 0x800000000000 "
                                        "(4 KiB) cannot be counted: virtual address not canonical");
    f->input.trampoline.pa = LANDING;
    f->cpu.physical_bits = 32;
    forget_memory(f);
    add_memory(f, 4 * GIB - 2 * MIB, 4 * GIB + 2 * MIB, MEMORY_FREE);
    must_make(f);
    assert_int_equal(hoist_space_init(&f->space, &f->cpu, &frames_hooks, &f->frames), HOIST_OK);
    assert_false(plan_count(&f->plan, &f->space, &frame_count, &f->problem));
    assert_string_equal(sentence_of(f), "the page tables for \"direct map\" at 0xffff8000ffe00000 "
                                        "(4 MiB) cannot be counted: physical address wider than "
                                        "the CPU's");
    assert_int_equal(frame_count, 77);
}

static void building_without_frames_fails_with_a_sentence(void **state)
{
    struct fixture *f = *state;

    must_make(f);
    frames_open(&f->frames, 0);
    assert_int_equal(hoist_space_init(&f->space, &f->cpu, &frames_hooks, &f->frames), HOIST_OK);
    assert_false(plan_build(&f->plan, &f->space, &f->problem));
    assert_int_equal(f->problem.kind, PROBLEM_TABLES_BUILD);
    assert_string_equal(sentence_of(f),
                        "the page tables for \"trampoline\" at 0x4200000 (4 KiB) cannot be built: "
                        "no frame for a PML4 table");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(everything_has_its_place_name_rights_and_leaf_size),
        test_of(unless_the_entry_says_so_the_direct_map_is_all_writable),
        test_of(read_only_pages_of_different_ranges_are_one_piece_of_the_direct_map),
        test_of(the_direct_map_holds_ram_alone_and_joins_its_kinds),
        test_of(a_page_that_segments_share_is_mapped_once),
        test_of(what_is_writable_and_executable_is_refused),
        test_of(the_low_2_mib_are_cut_off_for_4k_leaves),
        test_of(the_stack_keeps_clear_of_the_kernel),
        test_of(a_kernel_that_leaves_no_gigabyte_for_the_stack_is_refused),
        test_of(the_direct_map_keeps_clear_of_the_kernel),
        test_of(ram_that_no_direct_map_can_hold_is_refused_with_four_levels_alone),
        test_of(a_leaf_does_not_reach_over_a_change_of_memory_type),
        test_of(a_page_that_is_executable_here_and_writable_there_is_refused),
        test_of(a_page_with_two_cache_types_is_refused),
        test_of(a_plan_without_room_is_refused_and_the_promised_room_is_enough),
        test_of(counted_frames_are_those_that_building_takes),
        test_of(what_no_table_can_map_is_found_by_counting),
        test_of(building_without_frames_fails_with_a_sentence),
    };

    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
