/* SPDX-License-Identifier: BSD-2-Clause */
/* What the code behind a mapping relies on, held against a file that anybody may have written. */
#include <inttypes.h>

#include "mapping_parts.h"

/* What the sentences call an element of a list, and where it lies. */
struct stretch {
    const char *what;
    size_t index;
    uint64_t start;
    uint64_t size_bytes;
    uint64_t frame; /* a second place of the same size, or 0 */
};

/* Whole pages, with an end that is a number, or 2^64. */
static bool is_sound(struct json *json, const struct stretch *stretch)
{
    const uint64_t last = stretch->size_bytes - 1;

    if (stretch->size_bytes == 0 || stretch->start + last < stretch->start ||
        stretch->frame + last < stretch->frame || stretch->frame + last == UINT64_MAX) {
        return json_fail(json, "%s %zu, 0x%" PRIx64 " bytes at 0x%" PRIx64 ", has no end",
                         stretch->what, stretch->index, stretch->size_bytes, stretch->start);
    }
    return ((stretch->start | stretch->size_bytes | stretch->frame) % MEMORY_PAGE_BYTES) == 0 ||
           json_fail(json, "%s %zu, 0x%" PRIx64 " bytes at 0x%" PRIx64 ", is not of whole pages",
                     stretch->what, stretch->index, stretch->size_bytes, stretch->start);
}

static bool is_behind(struct json *json, const struct stretch *stretch,
                      const struct stretch *before)
{
    return stretch->index == 0 || before->start + (before->size_bytes - 1) < stretch->start ||
           json_fail(json, "%s %zu at 0x%" PRIx64 " is not behind the one before it", stretch->what,
                     stretch->index, stretch->start);
}

static bool check(struct json *json, const struct stretch *stretch, struct stretch *before)
{
    const bool is_good = is_sound(json, stretch) && is_behind(json, stretch, before);

    *before = *stretch;
    return is_good;
}

static bool memory_agrees(struct json *json, const struct memory_map *map)
{
    struct stretch before = {0};

    for (size_t i = 0; i < map->count; i++) {
        const struct memory_range *range = &map->ranges[i];
        const struct stretch stretch = {"memory range", i, range->base, range->size_bytes, 0};

        if (!check(json, &stretch, &before)) {
            return false;
        }
        if (range->base + (range->size_bytes - 1) >= MEMORY_END_BYTES) {
            return json_fail(json, "memory range %zu at 0x%" PRIx64 " ends above 2^52", i,
                             range->base);
        }
    }
    return true;
}

static bool plan_agrees(struct json *json, const struct mapping_facts *facts)
{
    struct stretch before = {0};

    for (size_t i = 0; i < facts->plan_count; i++) {
        const struct plan_range *range = &facts->plan[i];
        const struct stretch stretch = {"planned range", i, range->va, range->size_bytes,
                                        range->pa};

        if (!check(json, &stretch, &before)) {
            return false;
        }
    }
    return true;
}

static bool leaves_agree(const struct mapping_range *range)
{
    uint64_t left_bytes = range->size_bytes;

    for (unsigned size = HOIST_LEAF_1G; size >= HOIST_LEAF_4K; size--) {
        const unsigned shift = 12 + 9 * (size - 1);

        if (range->leaf_count[size] > left_bytes >> shift) {
            return false;
        }
        left_bytes -= range->leaf_count[size] << shift;
    }
    return left_bytes == 0;
}

static bool range_agrees(struct json *json, const struct mapping_facts *facts, size_t index,
                         const struct mapping_range *range)
{
    const struct plan_range *plan;

    if (range->kind == MAPPING_LEAVES && !leaves_agree(range)) {
        return json_fail(json, "the leaves of range %zu at 0x%" PRIx64 " do not fill it", index,
                         range->va);
    }
    if (range->plan == MAPPING_NO_PLAN) {
        return true;
    }
    if (range->plan >= facts->plan_count) {
        return json_fail(json, "range %zu at 0x%" PRIx64 ": the plan has no range %" PRIu32, index,
                         range->va, range->plan);
    }
    plan = &facts->plan[range->plan];
    return (range->va >= plan->va && range->va - plan->va < plan->size_bytes) ||
           json_fail(json,
                     "range %zu at 0x%" PRIx64 " does not lie in range %" PRIu32 " of the plan",
                     index, range->va, range->plan);
}

static bool ranges_agree(struct json *json, struct mapping *mapping)
{
    struct stretch before = {0};

    for (size_t i = 0; i < mapping->range_count; i++) {
        struct mapping_range *range = &mapping->ranges[i];
        const bool is_memory = range->kind == MAPPING_LEAVES;
        const struct stretch stretch = {"range", i, range->va, range->size_bytes,
                                        is_memory ? range->pa : 0};

        if (!check(json, &stretch, &before) || !range_agrees(json, &mapping->facts, i, range)) {
            return false;
        }
        if (is_memory) {
            range->pat_type = mapping_pat_type(mapping->facts.pat, range->pat_index);
        }
    }
    return true;
}

bool parts_agree(struct json *json, struct loaded *loaded)
{
    struct mapping_facts *facts = &loaded->mapping.facts;

    if (json->has_failed) {
        return false;
    }
    if (facts->levels < 4 || facts->physical_bits < 32) {
        return json_fail(json, "a CPU of %u levels and %u physical address bits: 4 or 5, 32 to 52",
                         facts->levels, facts->physical_bits);
    }
    loaded->mtrr.physical_bits = facts->physical_bits;
    return memory_agrees(json, &loaded->memory) && plan_agrees(json, facts) &&
           ranges_agree(json, &loaded->mapping);
}
