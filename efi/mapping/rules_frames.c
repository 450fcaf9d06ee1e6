/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules about one frame mapped twice: a sweep over the ranges by physical address. */
#include "rules_parts.h"

/* Ranges are sorted into classes that may not meet: writers and executors, or the cache types. */
#define CLASSES        8u
#define CLASS_WRITE    UINT8_C(0x1)
#define CLASS_EXECUTE  UINT8_C(0x2)
#define CLASS_ANY_TYPE UINT8_C(0xff)

/* Where the range of each class that reaches furthest ends, of those that began already. */
struct sweep {
    uint64_t end[CLASSES];
    uint64_t counted_end; /* pages below are counted */
};

static bool lies_before(const struct mapping *mapping, uint32_t one, uint32_t other)
{
    return mapping->ranges[one].pa < mapping->ranges[other].pa;
}

/* Heapsort: neither recursion nor memory, and no order that makes it slow. */
static void sift(const struct mapping *mapping, uint32_t *order, size_t root, size_t count)
{
    for (;;) {
        size_t child = 2 * root + 1;
        const uint32_t moved = order[root];

        if (child >= count) {
            return;
        }
        if (child + 1 < count && lies_before(mapping, order[child], order[child + 1])) {
            child++;
        }
        if (!lies_before(mapping, moved, order[child])) {
            return;
        }
        order[root] = order[child];
        order[child] = moved;
        root = child;
    }
}

void rules_sort_by_frame(const struct mapping *mapping, uint32_t *order)
{
    const size_t count = mapping->range_count;

    for (size_t i = 0; i < count; i++) {
        order[i] = (uint32_t)i;
    }
    for (size_t root = count / 2; root-- != 0;) {
        sift(mapping, order, root, count);
    }
    for (size_t last = count; last-- > 1;) {
        const uint32_t highest = order[0];

        order[0] = order[last];
        order[last] = highest;
        sift(mapping, order, 0, last);
    }
}

/* The classes of a range, a bit for each, and those it may not meet. */
static uint8_t classes_of(const struct mapping_range *range, enum rule rule, uint8_t *enemies)
{
    uint8_t own;

    if (rule == RULE_ALIAS) {
        own = (range->rights & HOIST_WRITE) != 0 ? CLASS_WRITE : 0;
        own |= (range->rights & HOIST_EXECUTE) != 0 ? CLASS_EXECUTE : 0;
        *enemies = (uint8_t)(own << 1 & CLASS_EXECUTE) | (own >> 1 & CLASS_WRITE);
        return own;
    }
    own = (uint8_t)(1u << (range->cache & 7)); /* MTRR_UNDEFINED is the only one with all bits */
    *enemies = CLASS_ANY_TYPE & (uint8_t)~own;
    return own;
}

void rules_judge_frames(const struct mapping *mapping, const uint32_t *order, enum rule rule,
                        struct finding *finding)
{
    struct sweep sweep = {0};

    for (size_t i = 0; i < mapping->range_count; i++) {
        const struct mapping_range *range = &mapping->ranges[order[i]];
        const uint64_t range_end = range->pa + range->size_bytes;
        uint64_t met_end = 0;
        uint8_t enemies;
        uint8_t own;

        if (!rules_is_leaves(range)) {
            continue;
        }
        finding->checked += rules_pages(range);
        own = classes_of(range, rule, &enemies);
        for (unsigned bit = 0; bit < CLASSES; bit++) {
            if ((enemies >> bit & 1) != 0 && sweep.end[bit] > met_end) {
                met_end = sweep.end[bit];
            }
            if ((own >> bit & 1) != 0 && sweep.end[bit] < range_end) {
                sweep.end[bit] = range_end;
            }
        }
        met_end = met_end < range_end ? met_end : range_end;
        if (met_end > range->pa && met_end > sweep.counted_end) {
            const uint64_t first = sweep.counted_end > range->pa ? sweep.counted_end : range->pa;

            rules_found(finding, (met_end - first) / MEMORY_PAGE_BYTES,
                        &(struct finding){.va = range->va + (first - range->pa),
                                          .pa = first,
                                          .range = order[i],
                                          .plan = range->plan});
            sweep.counted_end = met_end;
        }
    }
}
