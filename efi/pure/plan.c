/* SPDX-License-Identifier: BSD-2-Clause */
/* Which virtual ranges, which frames, which rights, and why. */
#include "plan_parts.h"

#include "print.h"

/*
 * Trampoline, waiting processors, stack, hand-off, three of the reporter, framebuffer, and two more where relro cuts a
 * segment in three.
 */
#define OTHER_RANGES 12u
/* Low memory is cut off from the direct map. */
#define CUTS_AT_2M 1u
/* What is mapped and listed nowhere: before and behind each range, and up to where all is mapped. */
#define HHDM_CUTS 4u

/* For a range that has no place in the plan where its own name would last. */
static const char *const part_names[] = {
    [PLAN_PART_KERNEL] = "kernel",
    [PLAN_PART_TRAMPOLINE] = "trampoline",
    [PLAN_PART_STACK] = "stack",
    [PLAN_PART_HANDOFF] = "hand-off",
    [PLAN_PART_REPORTER] = "fault reporter",
    [PLAN_PART_FRAMEBUFFER] = "framebuffer",
    [PLAN_PART_DIRECT_MAP] = "direct map",
    [PLAN_PART_RUNTIME] = "runtime services",
    [PLAN_PART_HHDM] = "HHDM",
};

/* The largest leaf where the types by the MTRRs change in ways that mtrr_next_change() cannot see. */
static enum hoist_leaf_size largest_leaf(const struct mtrr *mtrr, enum hoist_leaf_size wanted)
{
    const uint64_t granule = mtrr_granule(mtrr);

    if (granule != 0 && granule < HOIST_SIZE_2M) {
        return HOIST_LEAF_4K;
    }
    return granule != 0 && wanted > HOIST_LEAF_2M ? HOIST_LEAF_2M : wanted;
}

bool plan_add(struct plan *plan, const struct plan_input *input, const struct plan_range *range,
              struct problem *problem)
{
    const enum hoist_leaf_size largest = largest_leaf(input->mtrr, range->largest);
    uint64_t done_bytes = 0;

    while (done_bytes < range->size_bytes) {
        const uint64_t pa = range->pa + done_bytes;
        const uint64_t end = range->pa + range->size_bytes;
        const uint64_t next =
            largest == HOIST_LEAF_4K ? end : mtrr_next_change(input->mtrr, pa, end);
        struct plan_range *piece;

        if (plan->count == plan->capacity) {
            return problem_set(problem, PROBLEM_PLAN_TOO_LONG, text_of(part_names[range->part]),
                               plan->capacity, 0);
        }
        piece = &plan->ranges[plan->count++];
        *piece = *range;
        piece->va += done_bytes;
        piece->pa = pa;
        piece->size_bytes = next - pa;
        piece->largest = largest;
        done_bytes += next - pa;
    }
    return true;
}

/* What the file asks for and nothing else: plan_check() refuses what is both writable and executable. */
static struct hoist_access segment_access(const struct elf_segment *segment)
{
    return hoist_access_of((uint8_t)(HOIST_READ | (segment->writable ? HOIST_WRITE : 0) |
                                     (segment->executable ? HOIST_EXECUTE : 0)),
                           HOIST_WRITE_BACK);
}

/* Adds pages of a segment, [start, end), if there are any. */
static bool add_segment(struct plan *plan, const struct plan_input *input,
                        const struct elf_segment *segment, const uint64_t pages[2],
                        struct problem *problem)
{
    const struct elf_image *kernel = input->kernel;
    const bool is_relro = pages[0] - kernel->relro.va < kernel->relro.size_bytes;
    struct plan_range range = {.part = PLAN_PART_KERNEL,
                               .name = "kernel relro",
                               .va = pages[0],
                               .pa = input->kernel_pa + (pages[0] - kernel->va_base),
                               .size_bytes = pages[1] - pages[0],
                               .access = hoist_kernel_rodata(),
                               .largest = HOIST_LEAF_2M};

    if (!is_relro) {
        print_to(range.name, sizeof(range.name), "kernel segment %u", segment->index);
        range.access = segment_access(segment);
    }
    return pages[0] >= pages[1] || plan_add(plan, input, &range, problem);
}

static uint64_t clip(uint64_t va, uint64_t start, uint64_t end)
{
    return va < start ? start : (va > end ? end : va);
}

/*
 * Segments of equal rights may share a page; that page is mapped with the first of them. Pages of
 * the kernel's own choice are read-only within a segment that is writable otherwise.
 */
static bool add_kernel(struct plan *plan, const struct plan_input *input, struct problem *problem)
{
    const struct elf_image *kernel = input->kernel;
    const uint64_t relro_end = kernel->relro.va + kernel->relro.size_bytes;
    uint64_t mapped_end = kernel->va_base;

    for (size_t i = 0; i < kernel->segment_count; i++) {
        const struct elf_segment *segment = &kernel->segments[i];
        const uint64_t start = memory_page_down(segment->va);
        const uint64_t end = memory_page_up(segment->va + segment->size_bytes);
        const uint64_t va = start > mapped_end ? start : mapped_end;
        const uint64_t cuts[4] = {va, clip(kernel->relro.va, va, end), clip(relro_end, va, end),
                                  end};

        if (end <= va) {
            continue;
        }
        for (unsigned k = 0; k < 3; k++) {
            if (!add_segment(plan, input, segment, &cuts[k], problem)) {
                return false;
            }
        }
        mapped_end = end;
    }
    return true;
}

/* Ranges come in a handful of ascending runs, so insertion moves little. */
static void sort_by_va(struct plan *plan)
{
    for (size_t i = 1; i < plan->count; i++) {
        const struct plan_range range = plan->ranges[i];
        size_t place = i;

        for (; place > 0 && plan->ranges[place - 1].va > range.va; place--) {
            plan->ranges[place] = plan->ranges[place - 1];
        }
        plan->ranges[place] = range;
    }
}

static bool tables_problem(struct problem *problem, enum problem_kind kind,
                           const struct plan_range *range, enum hoist_result result)
{
    return problem_set_all(problem, &(struct problem){.kind = kind,
                                                      .name = text_of(range->name),
                                                      .other = text_of(hoist_result_text(result)),
                                                      .numbers = {range->va, range->size_bytes}});
}

static struct hoist_extent extent_of(const struct plan_range *range)
{
    return hoist_extent_of(hoist_va_of(range->va), hoist_pa_of(range->pa), range->size_bytes);
}

/*
 * Each range that is not RAM may cut the direct map at both ends. The types by the MTRRs change at
 * two addresses for each register, and cut what lies there in the direct map and in one more range.
 */
size_t plan_capacity(const struct plan_input *input)
{
    const size_t others = input->kernel->segment_count + OTHER_RANGES;
    struct runtime_region region;
    size_t direct_map_count = input->memory->count;
    size_t runtime_count = 0;
    uint64_t cursor = 0;

    while (input->runtime != NULL && runtime_next(input->runtime, &cursor, &region)) {
        runtime_count++;
    }
    if (input->direct_map != NULL) {
        direct_map_count = 2 * input->memory->count + HHDM_CUTS;
        direct_map_count += input->direct_map->has_identity
                                ? direct_map_count + others + 2 * input->mtrr->count
                                : 0;
    }
    return runtime_count + others + direct_map_count + CUTS_AT_2M + 2 * others +
           4 * input->mtrr->count;
}

bool plan_make(struct plan *plan, const struct plan_input *input, struct plan_places *places,
               struct problem *problem)
{
    *places = (struct plan_places){0};
    plan->count = 0;
    if (!add_kernel(plan, input, problem) || !plan_add_window(plan, input, places, problem) ||
        !plan_add_direct_map(plan, input, places, problem) ||
        !plan_add_runtime(plan, input, places, problem)) {
        return false;
    }
    sort_by_va(plan);
    return plan_check(plan, input, problem);
}

bool plan_count(const struct plan *plan, const struct hoist_space *space, uint64_t *frame_count,
                struct problem *problem)
{
    struct hoist_count count = {0};

    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_range *range = &plan->ranges[i];
        const struct hoist_extent extent = extent_of(range);
        const enum hoist_result result =
            hoist_count_map(space, &count, &extent, range->access, range->largest);

        if (result != HOIST_OK) {
            return tables_problem(problem, PROBLEM_TABLES_COUNT, range, result);
        }
    }
    *frame_count = count.frame_count;
    return true;
}

bool plan_build(const struct plan *plan, struct hoist_space *space, struct problem *problem)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_range *range = &plan->ranges[i];
        const struct hoist_extent extent = extent_of(range);
        const enum hoist_result result = hoist_map(space, &extent, range->access, range->largest);

        if (result != HOIST_OK) {
            return tables_problem(problem, PROBLEM_TABLES_BUILD, range, result);
        }
    }
    return true;
}

uint64_t plan_direct_map_size(const struct plan *plan)
{
    uint64_t end = 0;

    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_range *range = &plan->ranges[i];

        if ((range->part == PLAN_PART_DIRECT_MAP || range->part == PLAN_PART_HHDM) &&
            range->pa + range->size_bytes > end) {
            end = range->pa + range->size_bytes;
        }
    }
    return end;
}
