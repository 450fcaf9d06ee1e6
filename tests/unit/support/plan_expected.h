/* SPDX-License-Identifier: BSD-2-Clause */
/* A plan held against a list of ranges, and the ranges of the fixture's plan. Include cmocka.h first. */
#ifndef TEST_PLAN_EXPECTED_H
#define TEST_PLAN_EXPECTED_H

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

static inline void assert_range(const struct plan_range *range, const struct expected *expected)
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
}

static inline void assert_ranges(const struct fixture *f, const struct expected *expected,
                                 size_t count)
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

#endif
