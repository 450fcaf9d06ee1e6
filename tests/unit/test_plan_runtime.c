/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's runtime services in the plan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan_expected.h"

#define RO_BIT UINT64_C(0x20000)
#define XP_BIT UINT64_C(0x4000)

static struct runtime_source source;

static void ask_for_runtime(struct fixture *f)
{
    source = (struct runtime_source){.memory = &f->memory};
    f->input.runtime = &source;
    f->input.wx_strict = false;
}

static void they_lie_in_the_direct_map_by_4k_leaves(void **state)
{
    struct fixture *f = *state;

    ask_for_runtime(f);
    forget_memory(f);
    add_memory(f, 2 * MIB, 4 * MIB, MEMORY_FREE);
    add_memory(f, 4 * MIB, 6 * MIB, MEMORY_RUNTIME_CODE);
    add_memory(f, 6 * MIB, 8 * MIB, MEMORY_RUNTIME_DATA);
    must_make(f);
    assert_int_equal(range_at(f, DIRECT + 4 * MIB)->access.rights, RX);
    assert_int_equal(range_at(f, DIRECT + 4 * MIB)->largest, HOIST_LEAF_4K);
    assert_int_equal(range_at(f, DIRECT + 6 * MIB)->access.rights, RW);
    assert_string_equal(range_at(f, DIRECT + 6 * MIB)->name, "runtime data");
}

/* Kernels right behind all RAM, where runtime services lie above it. */
static void above_all_ram_they_keep_the_direct_map_clear_of_the_kernel(void **state)
{
    struct fixture *f = *state;

    ask_for_runtime(f);
    add_memory(f, 256 * MIB, 257 * MIB, MEMORY_RUNTIME_DATA);
    forget_kernel(f);
    add_segment(f, DIRECT + 257 * MIB, PAGE, "w");
    must_make(f);
    assert_int_equal(f->places.direct_map_va, DIRECT);
    forget_kernel(f);
    add_segment(f, DIRECT + 257 * MIB - PAGE, PAGE, "w");
    must_make(f);
    assert_int_equal(f->places.direct_map_va, DIRECT + 512 * GIB);
    assert_int_equal(range_at(f, DIRECT + 512 * GIB + 256 * MIB)->pa, 256 * MIB);
}

static void there_is_room_for_as_many_pieces_as_the_attributes_table_has(void **state)
{
    enum { PIECES = 100 };
    struct memory_descriptor pieces[PIECES];
    struct fixture *f = *state;

    ask_for_runtime(f);
    add_memory(f, 256 * MIB, 257 * MIB, MEMORY_RUNTIME_CODE);
    for (uint64_t i = 0; i < PIECES; i++) {
        pieces[i] = (struct memory_descriptor){.physical_start = 256 * MIB + i * PAGE,
                                               .page_count = 1,
                                               .attribute = i % 2 == 0 ? RO_BIT : XP_BIT};
    }
    source.attributes = (struct memory_source){.descriptors = pieces,
                                               .size_bytes = sizeof(pieces),
                                               .descriptor_size_bytes = sizeof(pieces[0])};
    must_make(f);
    for (uint64_t i = 0; i < PIECES; i++) {
        const struct plan_range *range = range_at(f, DIRECT + 256 * MIB + i * PAGE);

        assert_int_equal(range->size_bytes, PAGE);
        assert_int_equal(range->access.rights, i % 2 == 0 ? RX : RW);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(they_lie_in_the_direct_map_by_4k_leaves),
        test_of(above_all_ram_they_keep_the_direct_map_clear_of_the_kernel),
        test_of(there_is_room_for_as_many_pieces_as_the_attributes_table_has),
    };

    return cmocka_run_group_tests_name("plan: runtime services", tests, NULL, NULL);
}
