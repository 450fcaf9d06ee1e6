/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cmocka programs about the plan and its tables share: a machine with memory and a kernel, its plan, and the
 * tables of that plan. Include cmocka.h first.
 */
#ifndef TEST_PLAN_FIXTURE_H
#define TEST_PLAN_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "frames.h"
#include "plan.h"

#define KIB  UINT64_C(0x400)
#define MIB  UINT64_C(0x100000)
#define GIB  UINT64_C(0x40000000)
#define PAGE UINT64_C(0x1000)

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Addresses of plan.h, written out once more. */
#define DIRECT     UINT64_C(0xffff800000000000)
#define WINDOW     UINT64_C(0xffffffff40000000)
#define TOP_512G   UINT64_C(0xffffff8000000000)
#define KERNEL     UINT64_C(0xffffffff80000000)
#define KERNEL_PA  (2 * MIB)
#define STACK_PA   (64 * MIB)
#define HANDOFF_PA (65 * MIB)
#define LANDING    (66 * MIB) /* the trampoline's page */

struct fixture {
    struct elf_image kernel;
    struct memory_range ranges[8];
    struct memory_map memory;
    struct plan_input input;
    struct plan plan; /* of exactly the capacity that plan_capacity() asks for */
    struct plan_places places;
    struct problem problem;
    struct hoist_cpu cpu;
    struct mtrr mtrr; /* none */
    struct frames frames;
    struct hoist_space space;
    struct {
        uint64_t pa;
        uint64_t frame_count;
    } tables; /* the frames that they were counted and taken for */
};

static inline void add_segment(struct fixture *f, uint64_t va, uint64_t size_bytes,
                               const char *rights)
{
    struct elf_image *kernel = &f->kernel;
    const uint64_t end = (va + size_bytes + PAGE - 1) / PAGE * PAGE;
    const unsigned index = (unsigned)kernel->segment_count;

    if (kernel->segment_count == 0) {
        kernel->va_base = va / PAGE * PAGE;
    }
    kernel->segments[kernel->segment_count++] =
        (struct elf_segment){.va = va,
                             .size_bytes = size_bytes,
                             .writable = strchr(rights, 'w') != NULL,
                             .executable = strchr(rights, 'x') != NULL,
                             .index = index};
    kernel->size_bytes = end - kernel->va_base;
}

static inline void add_memory(struct fixture *f, uint64_t from, uint64_t to, enum memory_kind kind)
{
    assert_true(f->memory.count < LENGTH(f->ranges));
    f->ranges[f->memory.count++] = (struct memory_range){from, to - from, kind};
}

/* A kernel of three segments on a machine with 128 MiB. */
static inline int plan_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    f->memory = (struct memory_map){f->ranges, 0, LENGTH(f->ranges), 0};
    add_memory(f, 0, PAGE, MEMORY_RESERVED);
    add_memory(f, PAGE, 640 * KIB, MEMORY_FREE);
    add_memory(f, MIB, 128 * MIB, MEMORY_FREE);
    add_segment(f, KERNEL, 2 * PAGE, "x");
    add_segment(f, KERNEL + 2 * PAGE, PAGE - 8, "");
    add_segment(f, KERNEL + 3 * PAGE, 3 * PAGE, "w");
    f->input = (struct plan_input){.kernel = &f->kernel,
                                   .kernel_pa = KERNEL_PA,
                                   .memory = &f->memory,
                                   .mtrr = &f->mtrr,
                                   .levels = 4,
                                   .wx_strict = true,
                                   .stack = {STACK_PA, 64 * KIB},
                                   .handoff = {HANDOFF_PA, 2 * PAGE},
                                   .trampoline = {LANDING, PAGE},
                                   .framebuffer_cache = HOIST_WRITE_COMBINING};
    f->cpu = (struct hoist_cpu){4, 52, true, true, true};
    *state = f;
    return 0;
}

static inline int plan_teardown(void **state)
{
    struct fixture *f = *state;

    free(f->plan.ranges);
    frames_close(&f->frames);
    free(f);
    return 0;
}

#define test_of(name) cmocka_unit_test_setup_teardown(name, plan_setup, plan_teardown)

/* A kernel and memory of the test's own. */
static inline void forget_kernel(struct fixture *f)
{
    f->kernel.segment_count = 0;
}

static inline void forget_memory(struct fixture *f)
{
    f->memory.count = 1;
}

static inline bool make_with_capacity(struct fixture *f, size_t capacity)
{
    const size_t bytes = capacity * sizeof *f->plan.ranges;

    free(f->plan.ranges);
    f->plan = (struct plan){malloc(bytes == 0 ? 1 : bytes), 77, capacity};
    assert_non_null(f->plan.ranges);
    memset(f->plan.ranges, 0xa5, bytes);
    memset(&f->problem, 0, sizeof f->problem);
    return plan_make(&f->plan, &f->input, &f->places, &f->problem);
}

static inline bool make(struct fixture *f)
{
    return make_with_capacity(f, plan_capacity(&f->input));
}

static inline const char *sentence_of(const struct fixture *f)
{
    static char sentence[PROBLEM_SENTENCE_CAPACITY];

    problem_sentence(&f->problem, sentence, sizeof(sentence));
    return sentence;
}

static inline void must_make(struct fixture *f)
{
    if (!make(f)) {
        fail_msg("no plan: %s", sentence_of(f));
    }
}

/* From plan to tables, in exactly the frames that were counted. */
static inline void must_build(struct fixture *f)
{
    must_make(f);
    frames_close(&f->frames);
    assert_int_equal(hoist_space_init(&f->space, &f->cpu, &frames_hooks, &f->frames), HOIST_OK);
    if (!plan_count(&f->plan, &f->space, &f->tables.frame_count, &f->problem)) {
        fail_msg("not counted: %s", sentence_of(f));
    }
    f->tables.pa = FRAMES_PA;
    frames_open(&f->frames, f->tables.frame_count);
    if (!plan_build(&f->plan, &f->space, &f->problem)) {
        fail_msg("not built: %s", sentence_of(f));
    }
}

static inline struct plan_range *range_at(struct fixture *f, uint64_t va)
{
    for (size_t i = 0; i < f->plan.count; i++) {
        if (f->plan.ranges[i].va == va) {
            return &f->plan.ranges[i];
        }
    }
    fail_msg("nothing is planned from %llx", (unsigned long long)va);
    return NULL;
}

#endif
