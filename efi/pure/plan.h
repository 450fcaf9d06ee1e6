/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's first address space as plain data: a list of named ranges.
 *
 * The same list is counted, mapped, verified, printed and handed to the kernel, so none of them can
 * say something else than the others.
 *
 *     0000000000000000   the trampoline's one page, at its physical address; nothing else
 *     ffff800000000000   direct map: RAM, and RAM alone, at this plus its physical address; higher,
 *                        in steps of 512 GiB, where the kernel is in the way
 *     ffffffff40000000   the loader's window: guard page, stack, guard page, hand-off, guard page,
 *                        fault reporter, guard page, framebuffer; lower, by whole gigabytes, where the kernel is in the way or
 *                        one gigabyte is too small
 *     the kernel         where it was linked, plus the slide where it can be moved
 *
 * Pages that any range maps without the right to write are read-only in the direct map too.
 *
 * For a kernel of another protocol the direct map is as plan_input.direct_map says, and what has no
 * frames in the plan's input has no place in the window.
 */
#ifndef PLAN_H
#define PLAN_H

#include "elf.h"
#include "hoist.h"
#include "hoist_paging.h"
#include "memory_map.h"
#include "mtrr.h"
#include "plan_range.h"
#include "problem.h"
#include "runtime.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_DIRECT_MAP_LOWEST UINT64_C(0xffff800000000000)
#define PLAN_WINDOW_HIGHEST    UINT64_C(0xffffffff40000000)

/* Sorted by va once plan_make() has succeeded. The array is the caller's. */
struct plan {
    struct plan_range *ranges;
    size_t count;
    size_t capacity;
};

/* Frames, all in whole pages; a size of 0 says that there is no such thing. */
struct plan_frames {
    uint64_t pa;
    uint64_t size_bytes;
};

/*
 * The fault reporter: text, data and stacks, whole pages one behind the other. Behind the data one
 * page is left out of the address space.
 */
struct plan_reporter {
    struct plan_frames frames;
    uint64_t text_bytes;
    uint64_t data_bytes;
};

/* What another boot protocol has in its direct map, and where. */
struct plan_direct_map {
    uint64_t base;        /* virtual address of physical address 0; 0: the lowest place that fits */
    uint64_t whole_bytes; /* up to here everything is mapped, listed or not */
    uint32_t kinds;       /* of memory, a bit for each enum memory_kind: these are mapped */
    bool is_executable;
    bool has_identity; /* all of it but page 0 at its physical address too */
};

struct plan_input {
    const struct elf_image *kernel;
    uint64_t kernel_pa;              /* of the image's first page */
    const struct memory_map *memory; /* the framebuffer is no RAM in it */
    const struct mtrr *mtrr;
    unsigned levels; /* of the page tables: 4 or 5 */
    bool wx_strict;  /* what is read-only, or executable, is so in the direct map too */
    const struct plan_direct_map *direct_map; /* NULL: RAM alone */
    const struct runtime_source *runtime;     /* NULL: runtime services are not mapped */
    struct plan_frames stack;
    struct plan_frames handoff;
    struct plan_reporter reporter;
    struct plan_frames trampoline;
    struct plan_frames parking; /* where other processors wait, at its physical address too */
    struct plan_frames framebuffer;
    uint8_t framebuffer_cache; /* HOIST_WRITE_COMBINING, or HOIST_UNCACHED on a CPU without PAT */
};

/* Where the plan has put what has no address of its own. */
struct plan_places {
    uint64_t direct_map_va;
    uint64_t stack_va;
    uint64_t handoff_va;
    uint64_t reporter_va; /* of its text; 0: there is no reporter */
    uint64_t framebuffer_va;
    /* Other addresses of the pages that run at their own; of another protocol's kernel alone. */
    uint64_t trampoline_va;
    uint64_t parking_va;
};

/* Ranges that a plan may take: room for plan->ranges. */
size_t plan_capacity(const struct plan_input *input);

/*
 * Makes the plan, sorts it, and holds it against the rules: no two ranges overlap, nothing is both
 * writable and executable, nothing has two cache types. Fails with a PROBLEM_PLAN_ kind that names
 * the ranges.
 */
bool plan_make(struct plan *plan, const struct plan_input *input, struct plan_places *places,
               struct problem *problem);

/*
 * Counts the table frames that the plan takes in an empty space: exactly those that plan_build()
 * uses.
 */
bool plan_count(const struct plan *plan, const struct hoist_space *space, uint64_t *frame_count,
                struct problem *problem);

/* Maps every range of the plan. */
bool plan_build(const struct plan *plan, struct hoist_space *space, struct problem *problem);

/* The end of the highest RAM, counted from physical address 0. */
uint64_t plan_direct_map_size(const struct plan *plan);

#endif
