/* SPDX-License-Identifier: BSD-2-Clause */
/* Real amounts of work: the leaves and the frames that the smallest possible tables have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "paging_fixture.h"

static void one_gib_by_4k_takes_515_frames(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, UINT64_C(0xffffffff80000000), UINT64_C(0x100001000), GIB,
                               hoist_kernel_data(), HOIST_LEAF_1G),
                     HOIST_OK);
    assert_leaves(f, 262144, 0, 0);
    assert_int_equal(arena_held(&f->arena), 515);
}

static void sixty_four_gib_by_2m_take_66_frames(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 2 * MIB, 64 * GIB, hoist_kernel_data(), HOIST_LEAF_1G),
                     HOIST_OK);
    assert_leaves(f, 0, 32768, 0);
    assert_int_equal(arena_held(&f->arena), 66);
}

static void four_tib_by_1g_take_9_frames(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(map_bytes(f, HALF, 0, 4096 * GIB, hoist_kernel_data(), HOIST_LEAF_1G),
                     HOIST_OK);
    assert_leaves(f, 0, 0, 4096);
    assert_int_equal(arena_held(&f->arena), 9);
}

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next_number(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

#define REGION_COUNT 200u

static void make_regions(struct hoist_extent regions[REGION_COUNT])
{
    uint64_t seed = 42;
    uint64_t pa = 0x1000;

    for (unsigned i = 0; i < REGION_COUNT; i++) {
        const uint64_t kind = next_number(&seed) % 10;
        const uint64_t r = next_number(&seed);
        const uint64_t pages = kind < 6   ? 1 + r % 512
                               : kind < 9 ? 512 + r % 32256
                                          : 262144 + r % 1310720;

        regions[i] = hoist_extent_of(hoist_va_of(HALF + pa), hoist_pa_of(pa), pages * 0x1000);
        pa += (pages + 1 + next_number(&seed) % 256) * 0x1000;
    }
}

static void two_hundred_odd_regions_take_85445_leaves_and_219_frames(void **state)
{
    struct fixture *f = *state;
    struct hoist_extent regions[REGION_COUNT];
    struct hoist_count count = {0};

    make_regions(regions);
    for (unsigned i = 0; i < REGION_COUNT; i++) {
        assert_int_equal(
            hoist_count_map(&f->space, &count, &regions[i], hoist_kernel_data(), HOIST_LEAF_1G),
            HOIST_OK);
    }
    assert_int_equal(count.frame_count, 219);
    for (unsigned i = 0; i < REGION_COUNT; i++) {
        assert_int_equal(hoist_map(&f->space, &regions[i], hoist_kernel_data(), HOIST_LEAF_1G),
                         HOIST_OK);
    }
    assert_leaves(f, 74713, 10689, 43);
    assert_int_equal(arena_held(&f->arena), 219);
    for (unsigned i = 0; i < REGION_COUNT; i++) {
        const struct hoist_extent *region = &regions[i];
        const uint64_t last = region->va.value + region->size_bytes - 1;

        assert_int_equal(leaf_at(f, region->va.value).pa + HALF, leaf_at(f, region->va.value).va);
        assert_int_equal(leaf_at(f, last).pa + HALF, leaf_at(f, last).va);
        assert_false(is_mapped(f, region->va.value - 1));
        assert_false(is_mapped(f, last + 1));
    }
}

static void a_4k_page_inside_a_1g_leaf_takes_two_frames_more(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_1g(f, HALF, 0, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(put_4k(f, HALF + 0x5000, 0x5000, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(arena_held(&f->arena), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(one_gib_by_4k_takes_515_frames),
        test_of(sixty_four_gib_by_2m_take_66_frames),
        test_of(four_tib_by_1g_take_9_frames),
        test_of(two_hundred_odd_regions_take_85445_leaves_and_219_frames),
        test_of(a_4k_page_inside_a_1g_leaf_takes_two_frames_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
