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

/* Where a walk over what is mapped has got to. */
struct walk {
    size_t index; /* in the memory map: the first range that does not end before */
    uint64_t pa;
};

/*
 * The next run that another protocol's direct map has, alike in its cache type: of kind FRAMEBUFFER
 * or FREE.
 */
static bool next_of_kinds(const struct plan_input *input, struct walk *walk,
                          struct memory_range *run)
{
    const struct plan_direct_map *wanted = input->direct_map;

    run->size_bytes = 0;
    for (;;) {
        const bool is_over = walk->index == input->memory->count;
        const struct memory_range *next = &input->memory->ranges[walk->index];
        const bool is_listed = !is_over && walk->pa >= next->base;
        const enum memory_kind kind =
            is_listed && next->kind == MEMORY_FRAMEBUFFER ? MEMORY_FRAMEBUFFER : MEMORY_FREE;
        bool is_mapped = is_listed && (wanted->kinds >> next->kind & 1) != 0;
        uint64_t end =
            is_over ? wanted->whole_bytes : next->base + (is_listed ? next->size_bytes : 0);

        if (!is_mapped && walk->pa < wanted->whole_bytes) {
            is_mapped = true;
            end = end < wanted->whole_bytes ? end : wanted->whole_bytes;
        }
        if (run->size_bytes != 0 && (!is_mapped || kind != run->kind)) {
            return true;
        }
        if (!is_mapped && is_over) {
            return false;
        }
        if (is_mapped) {
            run->base = run->size_bytes == 0 ? walk->pa : run->base;
            run->size_bytes += end - walk->pa;
            run->kind = kind;
        }
        walk->pa = end;
        walk->index += is_listed && end == next->base + next->size_bytes;
    }
}

static bool next_mapped(const struct plan_input *input, struct walk *walk, struct memory_range *run)
{
    return input->direct_map == NULL ? memory_map_next_ram(input->memory, &walk->index, run)
                                     : next_of_kinds(input, walk, run);
}

/* Runtime services may lie above all RAM. */
static uint64_t highest_end(const struct plan_input *input)
{
    struct runtime_region region;
    uint64_t runtime_end = 0;
    uint64_t end = 0;
    struct memory_range run;
    struct walk walk = {0};

    while (next_mapped(input, &walk, &run)) {
        end = run.base + run.size_bytes;
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
    const uint64_t wanted = input->direct_map == NULL ? 0 : input->direct_map->base;
    const struct plan_range *in_the_way;

    places->direct_map_va =
        find_base(plan, wanted != 0 ? wanted : PLAN_DIRECT_MAP_LOWEST, size_bytes, &in_the_way);
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

        if (range->part == PLAN_PART_DIRECT_MAP || range->part == PLAN_PART_HHDM) {
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

/* What the pieces of a run have in common; rights change from one to the next. */
static struct plan_range pieces_of(const struct plan_input *input, const struct memory_range *run)
{
    const struct plan_direct_map *wanted = input->direct_map;
    struct plan_range piece = {
        .name = "direct map", .part = PLAN_PART_DIRECT_MAP, .access = hoist_kernel_data()};

    if (wanted != NULL) {
        const bool is_screen = run->kind == MEMORY_FRAMEBUFFER;

        print_to(piece.name, sizeof(piece.name), is_screen ? "HHDM, framebuffer" : "HHDM");
        piece.part = PLAN_PART_HHDM;
        piece.access =
            hoist_access_of(HOIST_READ | HOIST_WRITE | (wanted->is_executable ? HOIST_EXECUTE : 0),
                            is_screen ? input->framebuffer_cache : HOIST_WRITE_BACK);
    }
    return piece;
}

/* One run, cut where rights change and at 2 MiB, below which there are 4 KiB leaves alone. */
static bool add_run(struct plan *plan, const struct plan_input *input, uint64_t base,
                    const struct memory_range *run, struct problem *problem)
{
    const uint64_t end = run->base + run->size_bytes;
    struct plan_range piece = pieces_of(input, run);
    const struct hoist_access access = piece.access;

    for (uint64_t from = run->base; from < end; from = piece.pa + piece.size_bytes) {
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
        piece.access = first.read_only ? hoist_kernel_rodata() : access;
        piece.largest = is_low ? HOIST_LEAF_4K : HOIST_LEAF_1G;
        if (!plan_add(plan, input, &piece, problem)) {
            return false;
        }
    }
    return true;
}

/* At its physical address, but for page 0 and what is planned there already. */
static bool add_identity(struct plan *plan, const struct plan_input *input,
                         const struct memory_range *run, struct problem *problem)
{
    const uint64_t end = run->base + run->size_bytes;
    uint64_t from = run->base == 0 ? MEMORY_PAGE_BYTES : run->base;

    while (from < end) {
        const struct plan_range *taken = first_in(plan, from, end - from);
        const uint64_t limit = taken == NULL ? end : taken->va;
        const struct memory_range rest = {from, limit > from ? limit - from : 0, run->kind};

        if (rest.size_bytes != 0 && !add_run(plan, input, 0, &rest, problem)) {
            return false;
        }
        from = taken == NULL ? end : taken->va + taken->size_bytes;
    }
    return true;
}

bool plan_add_direct_map(struct plan *plan, const struct plan_input *input,
                         struct plan_places *places, struct problem *problem)
{
    const bool has_identity = input->direct_map != NULL && input->direct_map->has_identity;
    struct walk walk = {0};
    struct memory_range run;

    if (!place(plan, input, places, problem)) {
        return false;
    }
    if (input->direct_map != NULL && input->direct_map->is_executable) {
        places->trampoline_va = places->direct_map_va + input->trampoline.pa;
        places->parking_va = places->direct_map_va + input->parking.pa;
    }
    while (next_mapped(input, &walk, &run)) {
        if (!add_run(plan, input, places->direct_map_va, &run, problem) ||
            (has_identity && !add_identity(plan, input, &run, problem))) {
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
