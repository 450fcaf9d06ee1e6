/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables against the plan: each kind of damage to a leaf is found and named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verify_fixture.h"

static void a_wrong_frame_is_found(void **state)
{
    struct fixture *f = *state;
    uint64_t *first;
    uint64_t *second;

    must_build(f);
    must_verify(f);
    assert_bit_found(f, entry(f, WINDOW + 2 * PAGE, 1), PAGE, PROBLEM_VERIFY_FRAME,
                     "the page tables map 0xffffffff40002000 of \"stack\" to 0x4000000 instead of "
                     "0x4001000");
    assert_bit_found(f, entry(f, WINDOW + 2 * PAGE, 1), BIT(51), PROBLEM_VERIFY_FRAME,
                     "the page tables map 0xffffffff40002000 of \"stack\" to 0x8000004001000 "
                     "instead of 0x4001000");
    assert_bit_found(f, entry(f, DIRECT + 4 * MIB, 2), 2 * MIB, PROBLEM_VERIFY_FRAME,
                     "the page tables map 0xffff800000400000 of \"direct map\" to 0x600000 "
                     "instead of 0x400000");
    first = entry(f, KERNEL + 3 * PAGE, 1);
    second = entry(f, KERNEL + 4 * PAGE, 1);
    *first ^= *second;
    *second ^= *first;
    *first ^= *second;
    assert_found(f, PROBLEM_VERIFY_FRAME,
                 "the page tables map 0xffffffff80003000 of \"kernel segment 2\" to 0x204000 "
                 "instead of 0x203000");
}

static void wrong_rights_are_found_in_leaves_and_in_links(void **state)
{
    struct fixture *f = *state;
    uint64_t *text;

    must_build(f);
    must_verify(f);
    text = entry(f, KERNEL + PAGE, 1);
    assert_bit_found(f, text, WRITABLE, PROBLEM_VERIFY_RIGHTS,
                     "the page tables give 0xffffffff80001000 of \"kernel segment 0\" the rights "
                     "rwx instead of r-x");
    assert_bit_found(f, text, NX, PROBLEM_VERIFY_RIGHTS,
                     "the page tables give 0xffffffff80001000 of \"kernel segment 0\" the rights "
                     "r-- instead of r-x");
    assert_bit_found(f, entry(f, WINDOW + PAGE, 1), NX | WRITABLE, PROBLEM_VERIFY_RIGHTS,
                     "the page tables give 0xffffffff40001000 of \"stack\" the rights r-x instead "
                     "of rw-");
    assert_bit_found(f, entry(f, WINDOW + PAGE, 4), WRITABLE, PROBLEM_VERIFY_RIGHTS,
                     "the page tables give 0xffffffff40001000 of \"stack\" the rights r-- instead "
                     "of rw-");
    assert_bit_found(f, entry(f, LANDING, 2), NX, PROBLEM_VERIFY_RIGHTS,
                     "the page tables give 0x4200000 of \"trampoline\" the rights r-- instead of "
                     "r-x");
    assert_bit_found(f, entry(f, WINDOW + 18 * PAGE, 1), WRITABLE, PROBLEM_VERIFY_RIGHTS,
                     "the page tables give 0xffffffff40012000 of \"hand-off\" the rights rw- "
                     "instead of r--");
}

/* Links are permissive; were one to hide what a leaf allows, a kernel that widens the link would get it. */
static void a_leaf_that_allows_too_much_is_found_even_where_a_link_forbids_it(void **state)
{
    struct fixture *f = *state;

    must_build(f);
    must_verify(f);
    assert_bit_found(f, entry(f, KERNEL, 1), USER, PROBLEM_VERIFY_RIGHTS,
                     "the page tables give 0xffffffff80000000 of \"kernel segment 0\" the rights "
                     "r-x user instead of r-x");
    *entry(f, KERNEL, 2) ^= WRITABLE;
    *entry(f, KERNEL, 1) ^= WRITABLE;
    assert_found(f, PROBLEM_VERIFY_RIGHTS,
                 "the page tables give 0xffffffff80000000 of \"kernel segment 0\" the rights rwx "
                 "instead of r-x");
}

static void wrong_cache_types_are_found(void **state)
{
    struct fixture *f = *state;

    f->input.framebuffer = (struct plan_frames){SCREEN_PA, 2 * MIB + PAGE};
    must_build(f);
    must_verify(f);
    assert_bit_found(f, entry(f, WINDOW + PAGE, 1), PWT, PROBLEM_VERIFY_CACHE,
                     "the page tables give 0xffffffff40001000 of \"stack\" the cache type wt "
                     "instead of wb");
    assert_bit_found(f, entry(f, WINDOW + PAGE, 1), PCD, PROBLEM_VERIFY_CACHE,
                     "the page tables give 0xffffffff40001000 of \"stack\" the cache type uc- "
                     "instead of wb");
    assert_bit_found(f, entry(f, WINDOW + PAGE, 1), PAT_SMALL, PROBLEM_VERIFY_CACHE,
                     "the page tables give 0xffffffff40001000 of \"stack\" the cache type wp "
                     "instead of wb");
    assert_bit_found(f, entry(f, f->places.framebuffer_va, 2), PAT_LARGE, PROBLEM_VERIFY_CACHE,
                     "the page tables give 0xffffffff40200000 of \"framebuffer\" the cache type wt "
                     "instead of wc");
    assert_bit_found(f, entry(f, f->places.framebuffer_va + 2 * MIB, 1), PAT_SMALL,
                     PROBLEM_VERIFY_CACHE,
                     "the page tables give 0xffffffff40400000 of \"framebuffer\" the cache type wt "
                     "instead of wc");
}

static void the_global_bit_is_found(void **state)
{
    struct fixture *f = *state;

    must_build(f);
    must_verify(f);
    assert_bit_found(f, entry(f, KERNEL, 1), GLOBAL, PROBLEM_VERIFY_GLOBAL,
                     "the page tables have the global bit set for 0xffffffff80000000 of \"kernel "
                     "segment 0\" (entry 0x200101)");
}

static void bits_that_nothing_asked_for_are_found(void **state)
{
    struct fixture *f = *state;

    must_build(f);
    must_verify(f);
    assert_bit_found(f, entry(f, KERNEL, 1), BIT(59), PROBLEM_VERIFY_BITS,
                     "the page tables have bits set for 0xffffffff80000000 of \"kernel segment "
                     "0\" that nothing asked for (entry 0x800000000200001)");
    assert_bit_found(f, entry(f, KERNEL, 1), BIT(9), PROBLEM_VERIFY_BITS,
                     "the page tables have bits set for 0xffffffff80000000 of \"kernel segment "
                     "0\" that nothing asked for (entry 0x200201)");
    assert_bit_found(f, entry(f, KERNEL, 1), BIT(58), PROBLEM_VERIFY_BITS,
                     "the page tables have bits set for 0xffffffff80000000 of \"kernel segment "
                     "0\" that nothing asked for (entry 0x400000000200001)");
    for (unsigned bit = 13; bit <= 20; bit++) { /* reserved in a 2 MiB leaf */
        *entry(f, DIRECT + 2 * MIB, 2) ^= BIT(bit);
        assert_false(verify(f));
        assert_int_equal(f->problem.kind, PROBLEM_VERIFY_BITS);
        *entry(f, DIRECT + 2 * MIB, 2) ^= BIT(bit);
    }
    must_verify(f);
}

static void a_leaf_larger_than_planned_is_found(void **state)
{
    struct fixture *f = *state;

    must_build(f);
    must_verify(f);
    range_at(f, DIRECT + 2 * MIB)->largest = HOIST_LEAF_4K;
    assert_found(f, PROBLEM_VERIFY_LEAF_SIZE,
                 "the page tables map 0xffff800000200000 of \"direct map\" by a leaf of 2 MiB, "
                 "where 4 KiB is the most");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of_verify(a_wrong_frame_is_found),
        test_of_verify(wrong_rights_are_found_in_leaves_and_in_links),
        test_of_verify(a_leaf_that_allows_too_much_is_found_even_where_a_link_forbids_it),
        test_of_verify(wrong_cache_types_are_found),
        test_of_verify(the_global_bit_is_found),
        test_of_verify(bits_that_nothing_asked_for_are_found),
        test_of_verify(a_leaf_larger_than_planned_is_found),
    };

    return cmocka_run_group_tests_name("verify: leaves", tests, NULL, NULL);
}
