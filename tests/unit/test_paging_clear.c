/* SPDX-License-Identifier: BSD-2-Clause */
/* A half or a whole space taken down: what is freed, what is handed back, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "range_calls.h"

#define DATA hoist_kernel_data()

#define PAGES_LIMIT 16u

/* What free_page was given; its context is the arena, as that of every hook. */
static struct {
    uint64_t pa[PAGES_LIMIT];
    enum hoist_leaf_size size[PAGES_LIMIT];
    unsigned count;
    const void *context;
} handed_back;

static void take_page(void *context, struct hoist_pa pa, enum hoist_leaf_size size)
{
    assert_true(handed_back.count < PAGES_LIMIT);
    handed_back.context = context;
    handed_back.pa[handed_back.count] = pa.value;
    handed_back.size[handed_back.count++] = size;
}

static void give(struct fixture *f, uint64_t va, uint64_t pa, enum hoist_leaf_size size)
{
    struct hoist_owned page = {{pa}, size, true};

    assert_int_equal(hoist_give(&f->space, hoist_va_of(va), &page, DATA), HOIST_OK);
}

/* Pages of all sizes in both halves, some given, some only mapped. */
static void fill(struct fixture *f, uint8_t levels)
{
    memset(&handed_back, 0, sizeof handed_back);
    fixture_restart(f, fixture_cpu(levels));
    give(f, 0x3000, 0x8000, HOIST_LEAF_4K);
    give(f, 4 * MIB, 6 * MIB, HOIST_LEAF_2M);
    give(f, 2 * GIB, 7 * GIB, HOIST_LEAF_1G);
    give(f, BIT(47) - 0x1000, 0x9000, HOIST_LEAF_4K);
    give(f, HALF + 0x1000, 0xa000, HOIST_LEAF_4K);
    assert_int_equal(map_bytes(f, 0x4000, 0xc000, 0x3000, DATA, 1), HOIST_OK);
    assert_int_equal(map_bytes(f, GIB, 0, 4 * MIB, DATA, 2), HOIST_OK);
    assert_int_equal(map_bytes(f, -GIB, 0, GIB, DATA, 3), HOIST_OK);
    remember(f);
}

static void clearing_frees_the_lower_half_and_leaves_the_root_and_the_upper(void **state)
{
    struct fixture *f = *state;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        fill(f, levels);
        assert_int_equal(hoist_clear(&f->space, take_page), HOIST_OK);
        assert_leaves(f, 1, 0, 1);
        assert_int_equal(arena_held(&f->arena), levels == 4 ? 5 : 6);
        assert_mapped(f, HALF + 0x1000, 0xa000, 0x1000);
        assert_mapped(f, -GIB, 0, GIB);
        assert_int_equal(f->arena.freed_unflushed, 0);
    }
}

static void every_page_that_was_given_is_handed_back_once_and_no_other(void **state)
{
    static const uint64_t pa[] = {0x8000, 6 * MIB, 7 * GIB, 0x9000};
    static const enum hoist_leaf_size size[] = {HOIST_LEAF_4K, HOIST_LEAF_2M, HOIST_LEAF_1G,
                                                HOIST_LEAF_4K};
    struct fixture *f = *state;

    fill(f, 4);
    assert_int_equal(hoist_clear(&f->space, take_page), HOIST_OK);
    assert_int_equal(handed_back.count, 4);
    assert_memory_equal(handed_back.pa, pa, sizeof pa);
    assert_memory_equal(handed_back.size, size, sizeof size);
    assert_ptr_equal(handed_back.context, &f->arena);
    assert_int_equal(hoist_clear(&f->space, take_page), HOIST_OK);
    assert_int_equal(handed_back.count, 4);
}

static void destroying_frees_everything_and_leaves_an_empty_space(void **state)
{
    struct fixture *f = *state;

    for (uint8_t levels = 4; levels <= 5; levels++) {
        fill(f, levels);
        assert_int_equal(hoist_destroy(&f->space, take_page), HOIST_OK);
        assert_int_equal(handed_back.count, 5);
        assert_int_equal(handed_back.pa[4], 0xa000);
        assert_int_equal(arena_held(&f->arena), 0);
        assert_int_equal(f->arena.freed_unflushed, 0);
        assert_int_equal(f->space.root, 0);
        assert_int_equal(put_4k(f, 0x5000, 0x5000, DATA), HOIST_OK);
        assert_leaves(f, 1, 0, 0);
    }
}

static void without_given_pages_there_need_be_no_free_page(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, 0, 0, 4 * MIB, DATA, 1), HOIST_OK);
    assert_int_equal(map_bytes(f, HALF, 0, 4 * MIB, DATA, 1), HOIST_OK);
    assert_int_equal(hoist_clear(&f->space, NULL), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 5);
    assert_int_equal(hoist_destroy(&f->space, NULL), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 0);
}

static void the_root_that_a_cpu_runs_on_is_refused_and_nothing_changes(void **state)
{
    struct fixture *f = *state;

    fill(f, 4);
    f->arena.root_in_use = root_pa(f);
    assert_refused(f, hoist_clear(&f->space, take_page), HOIST_SPACE_IN_USE);
    assert_refused(f, hoist_destroy(&f->space, take_page), HOIST_SPACE_IN_USE);
    assert_int_equal(handed_back.count, 0);
    f->arena.root_in_use = root_pa(f) + 0x1000;
    assert_int_equal(hoist_destroy(&f->space, take_page), HOIST_OK);
}

static void a_hook_that_is_not_there_says_no(void **state)
{
    struct fixture *f = *state;
    struct hoist_hooks hooks = arena_hooks;

    hooks.is_root_in_use = NULL;
    f->space.hooks = &hooks;
    assert_int_equal(put_4k(f, 0, 0, DATA), HOIST_OK);
    f->arena.root_in_use = root_pa(f);
    assert_int_equal(hoist_clear(&f->space, NULL), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 1);
}

static void a_space_without_a_root_is_clear_already(void **state)
{
    struct fixture *f = *state;

    assert_refused(f, hoist_clear(&f->space, take_page), HOIST_OK);
    assert_refused(f, hoist_destroy(&f->space, take_page), HOIST_OK);
}

/* Nothing of the space is walked any more, so the flush may come first of all. */
static void look_while_flushing(void *context, const struct hoist_flush *what)
{
    struct fixture *f = context;

    assert_true(what->is_everything);
    assert_true(what->has_global);
    assert_int_equal(f->arena.freed_count, 0);
    assert_int_equal(handed_back.count, 0);
    f->leaf_count[0]++;
}

static void everything_is_flushed_before_anything_is_handed_back(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    for (unsigned way = 0; way < 4; way++) {
        fill(f, 4);
        f->leaf_count[0] = 0;
        f->arena.on_flush = look_while_flushing;
        f->arena.on_flush_context = f;
        if (way >= 2) {
            collect(f, &list);
        }
        if ((way & 1) == 0) {
            assert_int_equal(hoist_clear(&f->space, take_page), HOIST_OK);
        } else {
            assert_int_equal(hoist_destroy(&f->space, take_page), HOIST_OK);
            assert_int_equal(arena_held(&f->arena), 0);
        }
        assert_int_equal(f->leaf_count[0], 1);
        assert_true(f->arena.freed_count >= 7);
        if (way >= 2) {
            assert_lists_nothing(&list);
        }
    }
}

static void what_was_collected_before_stays_collected(void **state)
{
    struct fixture *f = *state;
    struct hoist_flush list;

    assert_int_equal(map_bytes(f, HALF, 0, 2 * MIB, DATA, 1), HOIST_OK);
    assert_int_equal(map_bytes(f, 0, 0, 2 * MIB, DATA, 1), HOIST_OK);
    collect(f, &list);
    assert_int_equal(unmap_bytes(f, HALF, 2 * MIB, HOIST_DROP_TABLES), HOIST_OK);
    assert_int_equal(hoist_clear(&f->space, NULL), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 3 + list.freed.frame_count);
    hoist_flush_now(&f->space);
    assert_int_equal(arena_held(&f->arena), 3);
}

static void where_no_cpu_uses_the_tables_nothing_is_flushed(void **state)
{
    struct fixture *f = *state;
    struct hoist_hooks quiet = arena_hooks;

    quiet.flush = NULL;
    fill(f, 4);
    f->space.hooks = &quiet;
    assert_int_equal(hoist_destroy(&f->space, take_page), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 0);
    assert_int_equal(handed_back.count, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(clearing_frees_the_lower_half_and_leaves_the_root_and_the_upper),
        test_of(every_page_that_was_given_is_handed_back_once_and_no_other),
        test_of(destroying_frees_everything_and_leaves_an_empty_space),
        test_of(without_given_pages_there_need_be_no_free_page),
        test_of(the_root_that_a_cpu_runs_on_is_refused_and_nothing_changes),
        test_of(a_hook_that_is_not_there_says_no),
        test_of(a_space_without_a_root_is_clear_already),
        test_of(everything_is_flushed_before_anything_is_handed_back),
        test_of(what_was_collected_before_stays_collected),
        test_of(where_no_cpu_uses_the_tables_nothing_is_flushed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
