/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables that cannot be pointed at: looked up and visited through the caller's read_entry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA hoist_kernel_data()

#define READS_LIMIT 65536u

/* What was read, and what cannot be. */
static struct {
    struct arena *arena;
    uint64_t pa[READS_LIMIT];
    unsigned count;
    uint64_t unreadable_pa; /* all of this frame; 0: none */
    uint64_t stop_at_pa;    /* this entry; 0: none */
} dump;

static enum hoist_result read_entry(void *context, struct hoist_pa pa, uint64_t *entry)
{
    assert_ptr_equal(context, &dump);
    assert_true(dump.count < READS_LIMIT);
    assert_int_equal(pa.value % 8, 0);
    dump.pa[dump.count++] = pa.value;
    if (pa.value == dump.stop_at_pa) {
        *entry = ~UINT64_C(0);
        return HOIST_STOPPED;
    }
    if ((pa.value & ~UINT64_C(0xfff)) == dump.unreadable_pa) {
        *entry = ~UINT64_C(0);
        return HOIST_UNREADABLE;
    }
    *entry = arena_at(dump.arena, pa.value & ~UINT64_C(0xfff))[(pa.value & 0xfff) / 8];
    return HOIST_OK;
}

static void *reach_nothing(void *context, struct hoist_frame_4k frame)
{
    (void)context;
    (void)frame;
    fail_msg("a table was pointed at");
    return NULL;
}

static const struct hoist_hooks dump_hooks = {.table_at = reach_nothing, .read_entry = read_entry};

/* The fixture's tables as a dump of another machine would be walked. */
static struct hoist_space open_dump(struct fixture *f)
{
    const struct hoist_frame_4k root = {root_pa(f)};
    struct hoist_space space;

    memset(&dump, 0, sizeof dump);
    dump.arena = &f->arena;
    assert_int_equal(hoist_space_init(&space, &f->space.cpu, &dump_hooks, &dump), HOIST_OK);
    assert_int_equal(hoist_space_open(&space, root), HOIST_OK);
    return space;
}

static uint64_t pa_of_table(struct fixture *f, uint64_t va, unsigned level)
{
    return level == f->space.cpu.levels ? root_pa(f)
                                        : *entry_at(f, va, level + 1) & UINT64_C(0xffffffffff000);
}

static void map_some(struct fixture *f, uint8_t levels)
{
    fixture_restart(f, fixture_cpu(levels));
    assert_int_equal(map_bytes(f, 0x3000, 0x7000, 0x2000, DATA, 1), HOIST_OK);
    assert_int_equal(map_bytes(f, 4 * MIB, 6 * MIB, 2 * MIB, hoist_kernel_text(), 2), HOIST_OK);
    assert_int_equal(map_bytes(f, -GIB, 3 * GIB, GIB, hoist_kernel_write_combining(), 3), HOIST_OK);
}

static void a_look_up_finds_what_the_tables_say(void **state)
{
    static const uint64_t places[] = {0x3abc, 0x4000, 4 * MIB + 0x12345, -UINT64_C(1)};
    struct fixture *f = *state;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        struct hoist_space space;

        map_some(f, levels);
        space = open_dump(f);
        for (unsigned i = 0; i < 4; i++) {
            const struct hoist_va va = hoist_va_of(places[i]);
            struct hoist_translation by_hook;
            struct hoist_translation directly;
            struct hoist_pa pa;

            memset(&by_hook, 0, sizeof by_hook);
            memset(&directly, 0, sizeof directly);
            assert_int_equal(hoist_query(&space, va, &by_hook), HOIST_OK);
            assert_int_equal(hoist_query(&f->space, va, &directly), HOIST_OK);
            assert_memory_equal(&by_hook, &directly, sizeof directly);
            assert_int_equal(hoist_translate(&space, va, &pa), HOIST_OK);
            assert_int_equal(pa.value, directly.pa.value);
        }
    }
}

static void a_look_up_reads_one_entry_of_each_level_and_no_more(void **state)
{
    struct fixture *f = *state;
    struct hoist_space space;
    struct hoist_translation found;

    map_some(f, 4);
    space = open_dump(f);
    assert_int_equal(hoist_query(&space, hoist_va_of(0x3000), &found), HOIST_OK);
    assert_int_equal(dump.count, 4);
    for (unsigned level = 4; level >= 1; level--) {
        assert_int_equal(dump.pa[4 - level], pa_of_table(f, 0x3000, level) + (level == 1 ? 24 : 0));
    }
    dump.count = 0;
    assert_int_equal(hoist_query(&space, hoist_va_of(4 * MIB), &found), HOIST_OK);
    assert_int_equal(dump.count, 3);
    assert_int_equal(hoist_query(&space, hoist_va_of(GIB), &found), HOIST_NOT_MAPPED);
    assert_int_equal(dump.count, 5);
    assert_int_equal(hoist_query(&space, hoist_va_of(BIT(47)), &found), HOIST_NOT_CANONICAL);
    assert_int_equal(dump.count, 5);
}

static void what_cannot_be_read_is_the_answer_of_a_look_up(void **state)
{
    struct fixture *f = *state;
    struct hoist_translation found;
    struct hoist_translation untouched;
    struct hoist_pa pa = {77};
    struct hoist_space space;

    map_some(f, 4);
    space = open_dump(f);
    memset(&found, 0x5a, sizeof found);
    memset(&untouched, 0x5a, sizeof untouched);
    for (unsigned level = 1; level <= 4; level++) {
        dump.unreadable_pa = pa_of_table(f, 0x3000, level);
        assert_int_equal(hoist_query(&space, hoist_va_of(0x3000), &found), HOIST_UNREADABLE);
        assert_int_equal(hoist_translate(&space, hoist_va_of(0x3000), &pa), HOIST_UNREADABLE);
        assert_memory_equal(&found, &untouched, sizeof found);
        assert_int_equal(pa.value, 77);
    }
    dump.unreadable_pa = 0;
    dump.stop_at_pa = pa_of_table(f, 0x3000, 2);
    assert_int_equal(hoist_query(&space, hoist_va_of(0x3000), &found), HOIST_STOPPED);
}

static enum hoist_result count_leaf(void *context, const struct hoist_leaf *leaf)
{
    (void)leaf;
    (*(unsigned *)context)++;
    return HOIST_OK;
}

static enum hoist_result visit_all(const struct hoist_space *space, unsigned *leaf_count)
{
    struct hoist_visitor visitor = {.leaf = count_leaf};

    *leaf_count = 0;
    visitor.context = leaf_count;
    return hoist_visit(space, hoist_va_of(0), hoist_va_of(~UINT64_C(0)), &visitor);
}

static void a_visit_sees_the_same_as_without_the_hook(void **state)
{
    struct fixture *f = *state;
    unsigned leaf_count;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        struct hoist_space space;

        map_some(f, levels);
        space = open_dump(f);
        assert_int_equal(visit_all(&space, &leaf_count), HOIST_OK);
        assert_int_equal(leaf_count, 4);
    }
}

static void a_visit_ends_at_what_cannot_be_read_having_shown_all_before_it(void **state)
{
    struct fixture *f = *state;
    struct hoist_space space;
    unsigned leaf_count;

    map_some(f, 4);
    space = open_dump(f);
    dump.unreadable_pa = pa_of_table(f, -GIB, 3);
    assert_int_equal(visit_all(&space, &leaf_count), HOIST_UNREADABLE);
    assert_int_equal(leaf_count, 3);
    dump.unreadable_pa = pa_of_table(f, 0, 1);
    assert_int_equal(visit_all(&space, &leaf_count), HOIST_UNREADABLE);
    assert_int_equal(leaf_count, 0);
    dump.unreadable_pa = root_pa(f);
    assert_int_equal(visit_all(&space, &leaf_count), HOIST_UNREADABLE);
}

static void an_entry_that_cannot_be_read_ends_the_visit_behind_the_leaf_before_it(void **state)
{
    static const unsigned places[] = {0, 1, 2, 7, 15, 16, 17, 31, 100, 511};
    struct fixture *f = *state;
    struct hoist_space space;
    unsigned leaf_count;

    assert_int_equal(map_bytes(f, 0, 0, 2 * MIB, DATA, HOIST_LEAF_4K), HOIST_OK);
    space = open_dump(f);
    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
        dump.count = 0;
        dump.stop_at_pa = pa_of_table(f, 0, 1) + places[i] * 8;
        assert_int_equal(visit_all(&space, &leaf_count), HOIST_STOPPED);
        assert_int_equal(leaf_count, places[i]);
    }
}

static enum hoist_result add_run(void *context, const struct hoist_run *run)
{
    *(uint64_t *)context += run->size_bytes;
    return HOIST_OK;
}

static void runs_and_budgets_work_through_the_hook_too(void **state)
{
    struct fixture *f = *state;
    struct hoist_space space;
    uint64_t bytes = 0;
    struct hoist_visitor visitor = {.run = add_run, .context = &bytes};

    map_some(f, 4);
    space = open_dump(f);
    assert_int_equal(hoist_visit(&space, hoist_va_of(0), hoist_va_of(~UINT64_C(0)), &visitor),
                     HOIST_OK);
    assert_int_equal(bytes, 0x2000 + 2 * MIB + GIB);
    dump.count = 0;
    visitor.budget_entries = 5 * 512 - 1;
    assert_int_equal(hoist_visit(&space, hoist_va_of(0), hoist_va_of(~UINT64_C(0)), &visitor),
                     HOIST_TOO_MUCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(a_look_up_finds_what_the_tables_say),
        test_of(a_look_up_reads_one_entry_of_each_level_and_no_more),
        test_of(what_cannot_be_read_is_the_answer_of_a_look_up),
        test_of(a_visit_sees_the_same_as_without_the_hook),
        test_of(a_visit_ends_at_what_cannot_be_read_having_shown_all_before_it),
        test_of(an_entry_that_cannot_be_read_ends_the_visit_behind_the_leaf_before_it),
        test_of(runs_and_budgets_work_through_the_hook_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
