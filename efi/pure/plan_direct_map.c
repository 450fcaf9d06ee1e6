/* SPDX-License-Identifier: BSD-2-Clause */
/* The direct map: where it lies, and which rights each piece of RAM gets in it. */
#include "plan_parts.h"

#include "print.h"

#define LOW_LIMIT_BYTES UINT64_C(0x200000) /* MTRRs may differ by the page below */

/* One entry of the root table, with four levels as with five: the kernel is stepped over by them. */
#define STEP_BYTES (UINT64_C(1) << 39)

/* The upper half of five levels: 64 PiB. Wherever the other place is large enough, that is used. */
#define UPPER_HALF_5_LEVELS UINT64_C(0xff00000000000000)

/* RAM has the same rights up to here, or longer. */
struct stretch {
    uint64_t end;
    bool read_only;
};

/* Runtime services may lie above all RAM. */
static uint64_t highest_end(const struct plan_input *input)
{
    struct runtime_region region;
    uint64_t runtime_end = 0;
    uint64_t end = 0;
    struct memory_range ram;
    size_t cursor = 0;

    while (memory_map_next_ram(input->memory, &cursor, &ram)) {
        end = ram.base + ram.size_bytes;
    }
    while (input->runtime != NULL && runtime_next(input->runtime, &runtime_end, &region)) {
    }
    return end > runtime_end ? end : runtime_end;
}

/* The lowest range of the plan in [start, start + size_bytes); NULL: all of it is free. */
static const struct plan_range *first_in(const struct plan *plan, uint64_t start,
                                         uint64_t size_bytes)
{
    const struct plan_range *first = NULL;

    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_range *range = &plan->ranges[i];
        const bool is_inside =
            range->va <= start + (size_bytes - 1) && range->va + (range->size_bytes - 1) >= start;

        if (is_inside && (first == NULL || range->va < first->va)) {
            first = range;
        }
    }
    return first;
}

/*
 * The lowest place from `start` on, in steps of 512 GiB, where all RAM fits without touching what
 * is planned. 0: there is none, and *in_the_way says why.
 */
static uint64_t find_base(const struct plan *plan, uint64_t start, uint64_t size_bytes,
                          const struct plan_range **in_the_way)
{
    const struct plan_range *range = NULL;

    *in_the_way = NULL;
    while (size_bytes - 1 <= UINT64_MAX - start) {
        range = first_in(plan, start, size_bytes);
        if (range == NULL) {
            return start;
        }
        *in_the_way = range;
        if (range->va + (range->size_bytes - 1) >= UINT64_MAX - STEP_BYTES) {
            return 0;
        }
        start = (range->va + range->size_bytes + STEP_BYTES - 1) & ~(STEP_BYTES - 1);
    }
    return 0;
}

static bool place(const struct plan *plan, const struct plan_input *input,
                  struct plan_places *places, struct problem *problem)
{
    const uint64_t size_bytes = highest_end(input);
    const struct plan_range *in_the_way;

    places->direct_map_va = find_base(plan, PLAN_DIRECT_MAP_LOWEST, size_bytes, &in_the_way);
    if (places->direct_map_va == 0 && input->levels == 5) {
        places->direct_map_va = find_base(plan, UPPER_HALF_5_LEVELS, size_bytes, &in_the_way);
    }
    if (places->direct_map_va == 0) {
        const struct text none = text_of("the end of the address space");

        return problem_set_all(
            problem,
            &(struct problem){.kind = PROBLEM_PLAN_DIRECT_MAP,
                              .other = in_the_way == NULL ? none : text_of(in_the_way->name),
                              .numbers = {size_bytes, PLAN_DIRECT_MAP_LOWEST,
                                          in_the_way == NULL ? 0 : in_the_way->va}});
    }
    return true;
}

/*
 * The rights of RAM at `pa`: read-only where another range maps it without the right to write. The
 * direct map's own pieces stand behind all others, and say nothing here.
 */
static struct stretch stretch_at(const struct plan *plan, bool strict, uint64_t pa, uint64_t end)
{
    struct stretch stretch = {end, false};

    for (size_t i = 0; strict && i < plan->count; i++) {
        const struct plan_range *range = &plan->ranges[i];
        const uint64_t range_end = range->pa + range->size_bytes;

        if (range->part == PLAN_PART_DIRECT_MAP) {
            break;
        }
        if ((range->access.rights & HOIST_WRITE) != 0 || range_end <= pa) {
            continue;
        }
        if (range->pa <= pa) {
            stretch.read_only = true;
            stretch.end = range_end < stretch.end ? range_end : stretch.end;
        } else if (range->pa < stretch.end) {
            stretch.end = range->pa;
        }
    }
    return stretch;
}

/* One run of RAM, cut where rights change and at 2 MiB, below which there are 4 KiB leaves alone. */
static bool add_ram(struct plan *plan, const struct plan_input *input, uint64_t base,
                    const struct memory_range *ram, struct problem *problem)
{
    const uint64_t end = ram->base + ram->size_bytes;
    struct plan_range piece = {.name = "direct map", .part = PLAN_PART_DIRECT_MAP};

    for (uint64_t from = ram->base; from < end; from = piece.pa + piece.size_bytes) {
        const bool is_low = from < LOW_LIMIT_BYTES;
        const uint64_t limit = is_low && end > LOW_LIMIT_BYTES ? LOW_LIMIT_BYTES : end;
        struct stretch stretch = stretch_at(plan, input->wx_strict, from, limit);
        const struct stretch first = stretch;

        while (stretch.end < limit) {
            const struct stretch next = stretch_at(plan, input->wx_strict, stretch.end, limit);

            if (next.read_only != first.read_only) {
                break;
            }
            stretch = next;
        }
        piece.va = base + from;
        piece.pa = from;
        piece.size_bytes = stretch.end - from;
        piece.access = first.read_only ? hoist_kernel_rodata() : hoist_kernel_data();
        piece.largest = is_low ? HOIST_LEAF_4K : HOIST_LEAF_1G;
        if (!plan_add(plan, input, &piece, problem)) {
            return false;
        }
    }
    return true;
}

bool plan_add_direct_map(struct plan *plan, const struct plan_input *input,
                         struct plan_places *places, struct problem *problem)
{
    struct memory_range ram;
    size_t cursor = 0;

    if (!place(plan, input, places, problem)) {
        return false;
    }
    while (memory_map_next_ram(input->memory, &cursor, &ram)) {
        if (!add_ram(plan, input, places->direct_map_va, &ram, problem)) {
            return false;
        }
    }
    return true;
}

bool plan_add_runtime(struct plan *plan, const struct plan_input *input,
                      const struct plan_places *places, struct problem *problem)
{
    struct runtime_region region;
    uint64_t cursor = 0;

    while (input->runtime != NULL && runtime_next(input->runtime, &cursor, &region)) {
        struct plan_range range = {.part = PLAN_PART_RUNTIME,
                                   .va = places->direct_map_va + region.pa,
                                   .pa = region.pa,
                                   .size_bytes = region.size_bytes,
                                   .access = region.access,
                                   .largest = HOIST_LEAF_4K};

        print_to(range.name, sizeof(range.name), "%s", region.name);
        if (!plan_add(plan, input, &range, problem)) {
            return false;
        }
    }
    return true;
}
