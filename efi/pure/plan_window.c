/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the loader adds beside kernel and RAM: the trampoline at its physical address, and a window
 * of whole gigabytes with everything that the kernel is handed. An unmapped page lies before each
 * part of the window, so that none can run into another.
 */
#include "plan_parts.h"

#define GIB_BYTES UINT64_C(0x40000000)

/* No window is looked for below the top 512 GiB, so that it shares the kernel's tables. */
#define WINDOW_LOWEST UINT64_C(0xffffff8000000000)

/* No part may be larger; all parts together fit below that many bytes four times over. */
#define WINDOW_LIMIT_BYTES (100 * GIB_BYTES)

static uint64_t align_up(uint64_t value, uint64_t alignment_bytes)
{
    return (value + (alignment_bytes - 1)) & ~(alignment_bytes - 1);
}

/* Where the parts lie in the window. */
struct layout {
    uint64_t stack;
    uint64_t handoff;
    uint64_t reporter;
    uint64_t framebuffer;
    uint64_t trampoline; /* and the page of waiting processors behind it */
    uint64_t size_bytes;
};

/* Whose lower half is to be empty, and whose direct map cannot be executed. */
static bool needs_aliases(const struct plan_input *input)
{
    return input->direct_map != NULL && !input->direct_map->has_identity &&
           !input->direct_map->is_executable;
}

/*
 * The framebuffer's offset is congruent to its physical address modulo 2 MiB, so that large leaves
 * fit as well as that allows.
 */
static struct layout lay_out(const struct plan_input *input)
{
    struct layout layout = {0};

    layout.stack = MEMORY_PAGE_BYTES;
    layout.handoff = layout.stack + input->stack.size_bytes + MEMORY_PAGE_BYTES;
    layout.size_bytes = layout.handoff + input->handoff.size_bytes + MEMORY_PAGE_BYTES;
    if (input->reporter.frames.size_bytes != 0) {
        layout.reporter = layout.size_bytes;
        layout.size_bytes += input->reporter.frames.size_bytes + 2 * MEMORY_PAGE_BYTES;
    }
    if (input->framebuffer.size_bytes != 0) {
        layout.framebuffer = align_up(layout.size_bytes, HOIST_SIZE_2M) +
                             (input->framebuffer.pa & (HOIST_SIZE_2M - 1));
        layout.size_bytes = layout.framebuffer + input->framebuffer.size_bytes;
    }
    if (needs_aliases(input)) {
        layout.trampoline = layout.size_bytes + MEMORY_PAGE_BYTES;
        layout.size_bytes = layout.trampoline + 2 * MEMORY_PAGE_BYTES;
    }
    layout.size_bytes = align_up(layout.size_bytes, GIB_BYTES);
    return layout;
}

static bool touches_kernel(const struct elf_image *kernel, uint64_t start, uint64_t size_bytes)
{
    const uint64_t last = start + (size_bytes - 1);
    const uint64_t kernel_last = kernel->va_base + (kernel->size_bytes - 1);

    return start <= kernel_last && kernel->va_base <= last;
}

/* Before any sum is made of the sizes. */
static bool check_size(const struct plan_frames *frames, const char *name, struct problem *problem)
{
    return frames->size_bytes <= WINDOW_LIMIT_BYTES ||
           problem_set(problem, PROBLEM_PLAN_TOO_LARGE, text_of(name), frames->size_bytes,
                       WINDOW_LIMIT_BYTES);
}

/* The highest whole gigabytes that the kernel does not touch. 0: there are none. */
static uint64_t find_window(const struct plan_input *input, uint64_t size_bytes,
                            struct problem *problem)
{
    const uint64_t end = PLAN_WINDOW_HIGHEST + GIB_BYTES;

    for (uint64_t start = end - size_bytes; start >= WINDOW_LOWEST; start -= GIB_BYTES) {
        if (!touches_kernel(input->kernel, start, size_bytes)) {
            return start;
        }
    }
    problem_set_all(problem, &(struct problem){.kind = PROBLEM_PLAN_TAKEN,
                                               .name = text_of("loader's window"),
                                               .other = text_of("kernel"),
                                               .numbers = {WINDOW_LOWEST, input->kernel->va_base}});
    return 0;
}

/* Nothing where there are no frames. */
static bool add(struct plan *plan, const struct plan_input *input, const struct plan_frames *frames,
                struct plan_range range, struct problem *problem)
{
    range.pa = frames->pa;
    range.size_bytes = frames->size_bytes;
    return frames->size_bytes == 0 || plan_add(plan, input, &range, problem);
}

/* A part of its own for each of its rights, and a guard page before the stacks. */
static bool add_reporter(struct plan *plan, const struct plan_input *input, uint64_t va,
                         struct problem *problem)
{
    const struct plan_reporter *reporter = &input->reporter;
    const uint64_t data = reporter->text_bytes;
    const uint64_t stacks = data + reporter->data_bytes;
    const struct plan_range pieces[] = {
        {.name = "reporter text",
         .va = va,
         .pa = 0,
         .size_bytes = data,
         .access = hoist_kernel_text()},
        {.name = "reporter data",
         .va = va + data,
         .pa = data,
         .size_bytes = reporter->data_bytes,
         .access = hoist_kernel_rodata()},
        {.name = "reporter stacks",
         .va = va + stacks + MEMORY_PAGE_BYTES,
         .pa = stacks,
         .size_bytes = reporter->frames.size_bytes - stacks,
         .access = hoist_kernel_data()},
    };

    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        struct plan_range piece = pieces[i];

        piece.part = PLAN_PART_REPORTER;
        piece.pa += reporter->frames.pa;
        piece.largest = HOIST_LEAF_4K;
        if (reporter->frames.size_bytes != 0 && !plan_add(plan, input, &piece, problem)) {
            return false;
        }
    }
    return true;
}

/* The pages that run before the kernel does: the trampoline, and that of waiting processors. */
static bool add_running(struct plan *plan, const struct plan_input *input, const uint64_t vas[2],
                        struct problem *problem)
{
    return add(plan, input, &input->trampoline,
               (struct plan_range){.name = "trampoline",
                                   .part = PLAN_PART_TRAMPOLINE,
                                   .va = vas[0],
                                   .access = hoist_kernel_text(),
                                   .largest = HOIST_LEAF_4K},
               problem) &&
           add(plan, input, &input->parking,
               (struct plan_range){.name = "waiting processors",
                                   .part = PLAN_PART_TRAMPOLINE,
                                   .va = vas[1],
                                   .access = hoist_kernel_text(),
                                   .largest = HOIST_LEAF_4K},
               problem);
}

bool plan_add_window(struct plan *plan, const struct plan_input *input, struct plan_places *places,
                     struct problem *problem)
{
    /* An identity map that can be executed has the pages that run there. */
    const bool has_running = input->direct_map != NULL && input->direct_map->has_identity &&
                             input->direct_map->is_executable;
    const uint64_t own_places[2] = {input->trampoline.pa, input->parking.pa};
    uint64_t other_places[2];
    struct layout layout;
    uint64_t window;

    if (!check_size(&input->stack, "stack", problem) ||
        !check_size(&input->framebuffer, "framebuffer", problem)) {
        return false;
    }
    layout = lay_out(input);
    window = find_window(input, layout.size_bytes, problem);
    if (window == 0) {
        return false;
    }
    places->stack_va = window + layout.stack;
    places->handoff_va = window + layout.handoff;
    places->reporter_va = input->reporter.frames.size_bytes == 0 ? 0 : window + layout.reporter;
    places->framebuffer_va = input->framebuffer.size_bytes == 0 ? 0 : window + layout.framebuffer;
    places->trampoline_va = window + layout.trampoline;
    places->parking_va = places->trampoline_va + MEMORY_PAGE_BYTES;
    other_places[0] = places->trampoline_va;
    other_places[1] = places->parking_va;
    return (has_running || add_running(plan, input, own_places, problem)) &&
           (!needs_aliases(input) || add_running(plan, input, other_places, problem)) &&
           add(plan, input, &input->stack,
               (struct plan_range){.name = "stack",
                                   .part = PLAN_PART_STACK,
                                   .va = places->stack_va,
                                   .access = hoist_kernel_data(),
                                   .largest = HOIST_LEAF_4K},
               problem) &&
           add(plan, input, &input->handoff,
               (struct plan_range){.name = "hand-off",
                                   .part = PLAN_PART_HANDOFF,
                                   .va = places->handoff_va,
                                   .access = hoist_kernel_rodata(),
                                   .largest = HOIST_LEAF_4K},
               problem) &&
           add_reporter(plan, input, places->reporter_va, problem) &&
           add(plan, input, &input->framebuffer,
               (struct plan_range){
                   .name = "framebuffer",
                   .part = PLAN_PART_FRAMEBUFFER,
                   .va = places->framebuffer_va,
                   .access = hoist_access_of(HOIST_READ | HOIST_WRITE, input->framebuffer_cache),
                   .largest = HOIST_LEAF_2M},
               problem);
}
