/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host program with an address space in an array: frame 0x1000 * n is the array's n-th page. It
 * maps 4 GiB by 1 GiB leaves, splits one to protect 12 KiB of it, unmaps a page, and prints what
 * is left. See the Makefile; paging/README.md explains the calls.
 */
#include <stdio.h>

#include "hoist_paging.h"

#define FRAMES 16u
#define PAGE   4096u

struct memory {
    _Alignas(PAGE) unsigned char bytes[FRAMES][PAGE];
    unsigned used; /* frames handed out; frame 0 is none */
};

static bool allocate(void *context, struct hoist_frame_4k *frame)
{
    struct memory *memory = context;

    if (memory->used + 1 >= FRAMES) {
        return false;
    }
    memory->used++;
    frame->pa = (uint64_t)memory->used * PAGE;
    return true;
}

static void *reach(void *context, struct hoist_frame_4k frame)
{
    struct memory *memory = context;

    return memory->bytes[frame.pa / PAGE];
}

static enum hoist_result print_run(void *context, const struct hoist_run *run)
{
    (void)context;
    printf("%016llx -> %09llx %8llu KiB %s\n", (unsigned long long)run->va.value,
           (unsigned long long)run->pa.value, (unsigned long long)run->size_bytes / 1024,
           (run->effective.rights & HOIST_EXECUTE) != 0 ? "r-x" : "rw-");
    return HOIST_OK;
}

int main(void)
{
    static struct memory memory;
    const struct hoist_hooks hooks = {.allocate_table = allocate, .table_at = reach};
    const struct hoist_cpu cpu = {
        .levels = 4, .physical_bits = 40, .has_1g_pages = true, .has_nx = true};
    const struct hoist_extent ram = {{0xffff800000000000}, {0}, 4 * HOIST_SIZE_1G};
    const struct hoist_range text = {{0xffff800040201000}, 3 * HOIST_SIZE_4K};
    const struct hoist_range hole = {{0xffff800040000000}, HOIST_SIZE_4K};
    const struct hoist_visitor visitor = {.run = print_run};
    struct hoist_space space;
    enum hoist_result result = hoist_space_init(&space, &cpu, &hooks, &memory);

    if (result == HOIST_OK) {
        result = hoist_map(&space, &ram, hoist_kernel_data(), HOIST_LEAF_1G);
    }
    if (result == HOIST_OK) {
        result = hoist_protect(&space, &text, hoist_kernel_text());
    }
    if (result == HOIST_OK) {
        result = hoist_unmap(&space, &hole, HOIST_KEEP_TABLES);
    }
    if (result == HOIST_OK) {
        result = hoist_visit(&space, hoist_va_of(0), hoist_va_of(UINT64_MAX), &visitor);
    }
    printf("%u table frames: %s\n", memory.used, hoist_result_text(result));
    return result == HOIST_OK ? 0 : 1;
}
