/* SPDX-License-Identifier: BSD-2-Clause */
/* Spaces, and the checked makers of pages and frames. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "paging_fixture.h"

static void a_cpu_that_does_not_exist_is_refused(void **state)
{
    struct hoist_space space = {0};

    (void)state;
    for (unsigned levels = 0; levels < 8; levels++) {
        const struct hoist_cpu cpu = {(uint8_t)levels, 40, true, true, false};

        assert_int_equal(hoist_space_init(&space, &cpu, &arena_hooks, NULL),
                         levels == 4 || levels == 5 ? HOIST_OK : HOIST_BAD_CPU);
    }
    for (unsigned bits = 0; bits < 256; bits++) {
        const struct hoist_cpu cpu = {4, (uint8_t)bits, true, true, false};

        assert_int_equal(hoist_space_init(&space, &cpu, &arena_hooks, NULL),
                         bits >= 32 && bits <= 52 ? HOIST_OK : HOIST_BAD_CPU);
    }
}

static void a_new_space_has_no_root_and_took_no_frame(void **state)
{
    struct fixture *f = *state;
    struct hoist_frame_4k root = {0x1234};

    assert_int_equal(hoist_space_root(&f->space, &root), HOIST_NOT_MAPPED);
    assert_int_equal(root.pa, 0x1234);
    assert_int_equal(f->arena.allocated_count, 0);
}

static void the_root_is_fit_for_cr3_after_the_first_mapping(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_4k(f, HALF, 0x1000, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(root_pa(f) & 0xfff, 0);
    assert_non_null(arena_at(&f->arena, root_pa(f)));
}

static void foreign_tables_are_taken_over_with_what_they_map(void **state)
{
    struct fixture *f = *state;
    struct hoist_translation found;
    uint64_t pa;
    uint64_t *root = arena_foreign(&f->arena, &pa);
    uint64_t pdpt_pa;
    uint64_t *pdpt = arena_foreign(&f->arena, &pdpt_pa);
    const struct hoist_frame_4k frame = {pa};

    root[256] = pdpt_pa | P | W | U | A;
    pdpt[3] = 0x40000000 | P | W | PS | NX | A | D;
    assert_int_equal(hoist_space_open(&f->space, frame), HOIST_OK);
    assert_int_equal(root_pa(f), pa);
    assert_int_equal(hoist_query(&f->space, hoist_va_of(HALF + 3 * GIB + 5), &found), HOIST_OK);
    assert_int_equal(found.pa.value, 0x40000005);
    assert_int_equal(found.effective.rights, HOIST_READ | HOIST_WRITE);
    pdpt[3] |= U;
    assert_int_equal(hoist_query(&f->space, hoist_va_of(HALF + 3 * GIB), &found), HOIST_OK);
    assert_int_equal(found.effective.rights, HOIST_READ | HOIST_WRITE | HOIST_USER);
}

static void a_root_that_cannot_be_one_is_refused(void **state)
{
    struct fixture *f = *state;
    const struct hoist_frame_4k odd = {0x1008};
    const struct hoist_frame_4k wide = {UINT64_C(1) << 40};

    f->space.cpu.physical_bits = 40;
    assert_refused(f, hoist_space_open(&f->space, odd), HOIST_UNALIGNED_FRAME);
    assert_refused(f, hoist_space_open(&f->space, wide), HOIST_PA_TOO_WIDE);
}

/* All three makers of pages at one address. */
static void assert_pages(struct fixture *f, uint64_t va, enum hoist_result of_4k,
                         enum hoist_result of_2m, enum hoist_result of_1g)
{
    struct hoist_page_4k small = {7};
    struct hoist_page_2m middle = {7};
    struct hoist_page_1g large = {7};

    assert_int_equal(hoist_page_4k_at(&f->space, hoist_va_of(va), &small), of_4k);
    assert_int_equal(hoist_page_2m_at(&f->space, hoist_va_of(va), &middle), of_2m);
    assert_int_equal(hoist_page_1g_at(&f->space, hoist_va_of(va), &large), of_1g);
    assert_int_equal(small.va, of_4k == HOIST_OK ? va : 7);
    assert_int_equal(middle.va, of_2m == HOIST_OK ? va : 7);
    assert_int_equal(large.va, of_1g == HOIST_OK ? va : 7);
}

static void pages_are_aligned_to_their_own_size(void **state)
{
    struct fixture *f = *state;

    assert_pages(f, 0, HOIST_OK, HOIST_OK, HOIST_OK);
    assert_pages(f, 0xfff, HOIST_UNALIGNED_PAGE, HOIST_UNALIGNED_PAGE, HOIST_UNALIGNED_PAGE);
    assert_pages(f, 1, HOIST_UNALIGNED_PAGE, HOIST_UNALIGNED_PAGE, HOIST_UNALIGNED_PAGE);
    assert_pages(f, HALF + 4 * KIB, HOIST_OK, HOIST_UNALIGNED_PAGE, HOIST_UNALIGNED_PAGE);
    assert_pages(f, HALF + 1 * MIB, HOIST_OK, HOIST_UNALIGNED_PAGE, HOIST_UNALIGNED_PAGE);
    assert_pages(f, HALF + 2 * MIB, HOIST_OK, HOIST_OK, HOIST_UNALIGNED_PAGE);
    assert_pages(f, HALF + 512 * MIB, HOIST_OK, HOIST_OK, HOIST_UNALIGNED_PAGE);
    assert_pages(f, -GIB, HOIST_OK, HOIST_OK, HOIST_OK);
}

static void the_canonical_hole_is_where_the_number_of_levels_says(void **state)
{
    struct fixture *f = *state;
    const enum hoist_result hole = HOIST_NOT_CANONICAL;

    assert_pages(f, UINT64_C(0x00007fffc0000000), HOIST_OK, HOIST_OK, HOIST_OK);
    assert_pages(f, UINT64_C(0x0000800000000000), hole, hole, hole);
    assert_pages(f, UINT64_C(0xffff7fffc0000000), hole, hole, hole);
    assert_pages(f, UINT64_C(0xffff800000000000), HOIST_OK, HOIST_OK, HOIST_OK);
    assert_pages(f, UINT64_C(0x7fffffffc0000000), hole, hole, hole);
    fixture_restart(f, fixture_cpu(5));
    assert_pages(f, UINT64_C(0x0000800000000000), HOIST_OK, HOIST_OK, HOIST_OK);
    assert_pages(f, UINT64_C(0x00ffffffc0000000), HOIST_OK, HOIST_OK, HOIST_OK);
    assert_pages(f, UINT64_C(0x0100000000000000), hole, hole, hole);
    assert_pages(f, UINT64_C(0xfeffffffc0000000), hole, hole, hole);
    assert_pages(f, UINT64_C(0xff00000000000000), HOIST_OK, HOIST_OK, HOIST_OK);
}

/* All three makers of frames at one address. */
static void assert_frames(struct fixture *f, uint64_t pa, enum hoist_result of_4k,
                          enum hoist_result of_2m, enum hoist_result of_1g)
{
    struct hoist_frame_4k small = {7};
    struct hoist_frame_2m middle = {7};
    struct hoist_frame_1g large = {7};

    assert_int_equal(hoist_frame_4k_at(&f->space, hoist_pa_of(pa), &small), of_4k);
    assert_int_equal(hoist_frame_2m_at(&f->space, hoist_pa_of(pa), &middle), of_2m);
    assert_int_equal(hoist_frame_1g_at(&f->space, hoist_pa_of(pa), &large), of_1g);
    assert_int_equal(small.pa, of_4k == HOIST_OK ? pa : 7);
    assert_int_equal(middle.pa, of_2m == HOIST_OK ? pa : 7);
    assert_int_equal(large.pa, of_1g == HOIST_OK ? pa : 7);
}

static void frames_are_aligned_and_fit_the_physical_width(void **state)
{
    struct fixture *f = *state;
    const enum hoist_result odd = HOIST_UNALIGNED_FRAME;
    const enum hoist_result wide = HOIST_PA_TOO_WIDE;

    for (uint8_t bits = 32; bits <= 52; bits += 4) {
        const uint64_t end = UINT64_C(1) << bits;

        f->space.cpu.physical_bits = bits;
        assert_frames(f, 0, HOIST_OK, HOIST_OK, HOIST_OK);
        assert_frames(f, 0x800, odd, odd, odd);
        assert_frames(f, 0x1000, HOIST_OK, odd, odd);
        assert_frames(f, 0x200000, HOIST_OK, HOIST_OK, odd);
        assert_frames(f, end - 0x1000, HOIST_OK, odd, odd);
        assert_frames(f, end - 0x200000, HOIST_OK, HOIST_OK, odd);
        assert_frames(f, end - GIB, HOIST_OK, HOIST_OK, HOIST_OK);
        assert_frames(f, end, wide, wide, wide);
        assert_frames(f, UINT64_C(0xffffffffc0000000), wide, wide, wide);
    }
}

static void a_cpu_without_1g_pages_makes_no_1g_page_and_no_1g_frame(void **state)
{
    struct fixture *f = *state;

    f->space.cpu.has_1g_pages = false;
    assert_pages(f, HALF, HOIST_OK, HOIST_OK, HOIST_NO_1G_PAGES);
    assert_frames(f, GIB, HOIST_OK, HOIST_OK, HOIST_NO_1G_PAGES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cpu_that_does_not_exist_is_refused),
        test_of(a_new_space_has_no_root_and_took_no_frame),
        test_of(the_root_is_fit_for_cr3_after_the_first_mapping),
        test_of(foreign_tables_are_taken_over_with_what_they_map),
        test_of(a_root_that_cannot_be_one_is_refused),
        test_of(pages_are_aligned_to_their_own_size),
        test_of(the_canonical_hole_is_where_the_number_of_levels_says),
        test_of(frames_are_aligned_and_fit_the_physical_width),
        test_of(a_cpu_without_1g_pages_makes_no_1g_page_and_no_1g_frame),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
