/* SPDX-License-Identifier: BSD-2-Clause */
/* Which virtual ranges, which frames, which rights, and why. */
#include "plan.h"

#include "print.h"

#define GIB_BYTES       UINT64_C(0x40000000)
#define LOW_LIMIT_BYTES UINT64_C(0x200000) /* MTRRs may differ by the page below */

/* No loader window is looked for below the top 512 GiB, so that it shares the kernel's tables. */
#define WINDOW_LOWEST UINT64_C(0xffffff8000000000)

/* What the direct map can hold: from its start to the end of the address space. */
#define DIRECT_MAP_LIMIT_BYTES (UINT64_MAX - PLAN_DIRECT_MAP + 1)

static uint64_t page_down(uint64_t address)
{
    return address & ~(MEMORY_PAGE_BYTES - 1);
}

static uint64_t page_up(uint64_t address)
{
    return page_down(address + (MEMORY_PAGE_BYTES - 1));
}

static bool is_direct_map(const struct plan_range *range)
{
    return range->va == PLAN_DIRECT_MAP + range->pa;
}

/* Adds a range and returns it, for the caller to name; NULL: the plan is full. */
static struct plan_range *add(struct plan *plan, const struct hoist_extent *extent,
                              struct hoist_access access, enum hoist_leaf_size largest,
                              const char *name)
{
    struct plan_range *range;

    if (plan->count == plan->capacity) {
        return NULL;
    }
    range = &plan->ranges[plan->count++];
    *range = (struct plan_range){.va = extent->va.value,
                                 .pa = extent->pa.value,
                                 .size_bytes = extent->size_bytes,
                                 .access = access,
                                 .largest = largest};
    print_to(range->name, sizeof(range->name), "%s", name);
    return range;
}

/* What the file asks for and nothing else: check() refuses what is both writable and executable. */
static struct hoist_access segment_access(const struct elf_segment *segment)
{
    return hoist_access_of((uint8_t)(HOIST_READ | (segment->writable ? HOIST_WRITE : 0) |
                                     (segment->executable ? HOIST_EXECUTE : 0)),
                           HOIST_WRITE_BACK);
}

/* Adds pages of a segment, [start, end), if there are any. */
static bool add_segment(struct plan *plan, const struct plan_input *input,
                        const struct elf_segment *segment, const uint64_t pages[2])
{
    const struct elf_image *kernel = input->kernel;
    const struct elf_range *relro = &kernel->relro;
    const struct hoist_extent extent = {
        {pages[0]}, {input->kernel_pa + (pages[0] - kernel->va_base)}, pages[1] - pages[0]};
    const bool is_relro = pages[0] - relro->va < relro->size_bytes;
    char name[HOIST_MAPPING_NAME_BYTES];

    if (pages[0] >= pages[1]) {
        return true;
    }
    print_to(name, sizeof(name), "kernel segment %u", segment->index);
    return add(plan, &extent, is_relro ? hoist_kernel_rodata() : segment_access(segment),
               HOIST_LEAF_2M, is_relro ? "kernel relro" : name) != NULL;
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
        const uint64_t start = page_down(segment->va);
        const uint64_t end = page_up(segment->va + segment->size_bytes);
        const uint64_t va = start > mapped_end ? start : mapped_end;
        const uint64_t cuts[4] = {va, clip(kernel->relro.va, va, end), clip(relro_end, va, end),
                                  end};

        if (end <= va) {
            continue;
        }
        for (unsigned k = 0; k < 3; k++) {
            if (!add_segment(plan, input, segment, &cuts[k])) {
                return problem_set(problem, PROBLEM_PLAN_TOO_LONG, text_of("kernel"),
                                   plan->capacity, 0);
            }
        }
        mapped_end = end;
    }
    return true;
}

/* Adds RAM of [from, to), by the largest leaves but for what lies below 2 MiB. */
static bool add_ram(struct plan *plan, uint64_t from, uint64_t to)
{
    while (from < to) {
        const bool low = from < LOW_LIMIT_BYTES;
        const uint64_t end = low && to > LOW_LIMIT_BYTES ? LOW_LIMIT_BYTES : to;
        const struct hoist_extent extent = {{PLAN_DIRECT_MAP + from}, {from}, end - from};

        if (add(plan, &extent, hoist_kernel_data(), low ? HOIST_LEAF_4K : HOIST_LEAF_1G,
                "direct map") == NULL) {
            return false;
        }
        from = end;
    }
    return true;
}

/* The framebuffer is left out: one frame must not be mapped with two cache types. */
static bool add_direct_map(struct plan *plan, const struct plan_input *input,
                           struct problem *problem)
{
    const uint64_t hole = input->framebuffer.pa;
    const uint64_t hole_end = hole + input->framebuffer.size_bytes;
    struct memory_range ram;
    size_t cursor = 0;

    while (memory_map_next_ram(input->memory, &cursor, &ram)) {
        const uint64_t end = ram.base + ram.size_bytes;
        const bool has_hole = hole < hole_end && hole < end && hole_end > ram.base;
        const uint64_t first_end = has_hole ? (hole > ram.base ? hole : ram.base) : end;
        const uint64_t second = has_hole ? hole_end : end;

        if (end > DIRECT_MAP_LIMIT_BYTES) {
            return problem_set_all(problem, &(struct problem){.kind = PROBLEM_PLAN_BEYOND,
                                                              .numbers = {ram.base, ram.size_bytes,
                                                                          DIRECT_MAP_LIMIT_BYTES}});
        }
        if (!add_ram(plan, ram.base, first_end) || !add_ram(plan, second, end)) {
            return problem_set(problem, PROBLEM_PLAN_TOO_LONG, text_of("direct map"),
                               plan->capacity, 0);
        }
    }
    return true;
}

static bool touches_kernel(const struct elf_image *kernel, uint64_t start, uint64_t size_bytes)
{
    const uint64_t last = start + (size_bytes - 1);
    const uint64_t kernel_last = kernel->va_base + (kernel->size_bytes - 1);

    return start <= kernel_last && kernel->va_base <= last;
}

/*
 * The highest whole gigabytes below `end` that the kernel does not touch. 0: there are none, and
 * *problem says that the kernel is in the way of `what`.
 */
static uint64_t find_window(const struct elf_image *kernel, uint64_t end, uint64_t size_bytes,
                            const char *what, struct problem *problem)
{
    for (uint64_t start = end - size_bytes; start >= WINDOW_LOWEST; start -= GIB_BYTES) {
        if (!touches_kernel(kernel, start, size_bytes)) {
            return start;
        }
    }
    problem_set_all(problem, &(struct problem){.kind = PROBLEM_PLAN_TAKEN,
                                               .name = text_of(what),
                                               .other = text_of("kernel"),
                                               .numbers = {WINDOW_LOWEST, kernel->va_base}});
    return 0;
}

/* A window for the framebuffer below the other one. */
static uint64_t find_screen(const struct plan_input *input, uint64_t window,
                            struct problem *problem)
{
    const uint64_t size_bytes = input->framebuffer.size_bytes;
    const uint64_t limit_bytes = window - WINDOW_LOWEST - HOIST_SIZE_2M;

    if (window == WINDOW_LOWEST || size_bytes > limit_bytes) {
        problem_set(problem, PROBLEM_PLAN_TOO_LARGE, text_of("framebuffer"), size_bytes,
                    window == WINDOW_LOWEST ? 0 : limit_bytes);
        return 0;
    }
    return find_window(input->kernel, window,
                       (size_bytes + HOIST_SIZE_2M + GIB_BYTES - 1) & ~(GIB_BYTES - 1),
                       "framebuffer", problem);
}

/* Stack and hand-off, each with an unmapped page before it, in one gigabyte. */
static bool add_window(struct plan *plan, const struct plan_input *input,
                       struct plan_places *places, uint64_t window)
{
    const uint64_t stack_va = window + MEMORY_PAGE_BYTES;
    const uint64_t handoff_va = stack_va + input->stack.size_bytes + MEMORY_PAGE_BYTES;
    const struct hoist_extent stack = {{stack_va}, {input->stack.pa}, input->stack.size_bytes};
    const struct hoist_extent handoff = {
        {handoff_va}, {input->handoff.pa}, input->handoff.size_bytes};

    places->stack_va = stack_va;
    places->handoff_va = handoff_va;
    return add(plan, &stack, hoist_kernel_data(), HOIST_LEAF_4K, "stack") != NULL &&
           add(plan, &handoff, hoist_kernel_rodata(), HOIST_LEAF_4K, "hand-off") != NULL;
}

/* Exactly its pages, placed so that large leaves fit as well as its physical address allows. */
static bool add_framebuffer(struct plan *plan, const struct plan_input *input,
                            struct plan_places *places, uint64_t window)
{
    const uint64_t offset = input->framebuffer.pa & (HOIST_SIZE_2M - 1);
    const struct hoist_extent extent = {
        {window + offset}, {input->framebuffer.pa}, input->framebuffer.size_bytes};
    const struct hoist_access access =
        hoist_access_of(HOIST_READ | HOIST_WRITE, input->framebuffer_cache);

    places->framebuffer_va = extent.va.value;
    return add(plan, &extent, access, HOIST_LEAF_2M, "framebuffer") != NULL;
}

static bool add_loader_ranges(struct plan *plan, const struct plan_input *input,
                              struct plan_places *places, struct problem *problem)
{
    const struct hoist_extent trampoline = {
        {input->trampoline.pa}, {input->trampoline.pa}, input->trampoline.size_bytes};
    const uint64_t window =
        find_window(input->kernel, PLAN_LOADER_WINDOW + GIB_BYTES, GIB_BYTES, "stack", problem);
    const bool has_screen = input->framebuffer.size_bytes != 0;
    const uint64_t screen = window != 0 && has_screen ? find_screen(input, window, problem) : 0;

    if (window == 0 || (has_screen && screen == 0)) {
        return false;
    }
    if (add(plan, &trampoline, hoist_kernel_text(), HOIST_LEAF_4K, "trampoline") == NULL ||
        !add_window(plan, input, places, window) ||
        (has_screen && !add_framebuffer(plan, input, places, screen))) {
        return problem_set(problem, PROBLEM_PLAN_TOO_LONG, text_of("stack"), plan->capacity, 0);
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

static bool check(const struct plan *plan, struct problem *problem)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_range *range = &plan->ranges[i];
        const struct plan_range *next = i + 1 < plan->count ? &plan->ranges[i + 1] : NULL;
        const uint8_t both = HOIST_WRITE | HOIST_EXECUTE;

        if ((range->access.rights & both) == both) {
            return problem_set(problem, PROBLEM_PLAN_RIGHTS, text_of(range->name), range->va, 0);
        }
        if (next != NULL && next->va - range->va < range->size_bytes) {
            return problem_set_all(problem, &(struct problem){.kind = PROBLEM_PLAN_OVERLAP,
                                                              .name = text_of(range->name),
                                                              .other = text_of(next->name),
                                                              .numbers = {next->va}});
        }
    }
    return true;
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

size_t plan_capacity(size_t segment_count, size_t memory_range_count)
{
    return segment_count + memory_range_count + PLAN_EXTRA_RANGES;
}

bool plan_make(struct plan *plan, const struct plan_input *input, struct plan_places *places,
               struct problem *problem)
{
    *places = (struct plan_places){0};
    plan->count = 0;
    if (!add_kernel(plan, input, problem) || !add_direct_map(plan, input, problem) ||
        !add_loader_ranges(plan, input, places, problem)) {
        return false;
    }
    sort_by_va(plan);
    return check(plan, problem);
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

        if (is_direct_map(range) && range->pa + range->size_bytes > end) {
            end = range->pa + range->size_bytes;
        }
    }
    return end;
}
