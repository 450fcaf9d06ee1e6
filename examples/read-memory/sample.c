/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes a small machine's memory to a file: `sample FILE`. Frame 0x1000 * n is the n-th page of an
 * array. Prints CR3.
 */
#include <inttypes.h>
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

int main(int argc, char **argv)
{
    static struct memory memory;
    const struct hoist_hooks hooks = {.allocate_table = allocate, .table_at = reach};
    const struct hoist_cpu cpu = {
        .levels = 4, .physical_bits = 40, .has_1g_pages = true, .has_nx = true};
    const struct hoist_extent ram = {{0xffff800000000000}, {0}, 4 * HOIST_SIZE_1G};
    const struct hoist_extent text = {{0xffffffff80000000}, {0x200000}, 3 * HOIST_SIZE_2M};
    const struct hoist_range constants = {{0xffffffff80001000}, 2 * HOIST_SIZE_4K};
    FILE *file = argc == 2 ? fopen(argv[1], "wb") : NULL;
    struct hoist_space space;
    struct hoist_frame_4k root;

    if (file == NULL) {
        fprintf(stderr, "usage: sample FILE, which must be writable\n");
        return 2;
    }
    if (hoist_space_init(&space, &cpu, &hooks, &memory) != HOIST_OK ||
        hoist_map(&space, &ram, hoist_kernel_data(), HOIST_LEAF_1G) != HOIST_OK ||
        hoist_map(&space, &text, hoist_kernel_text(), HOIST_LEAF_2M) != HOIST_OK ||
        hoist_protect(&space, &constants, hoist_kernel_rodata()) != HOIST_OK ||
        hoist_space_root(&space, &root) != HOIST_OK) {
        return 1;
    }
    if (fwrite(memory.bytes, sizeof memory.bytes, 1, file) != 1 || fclose(file) != 0) {
        fprintf(stderr, "sample: %s cannot be written\n", argv[1]);
        return 1;
    }
    printf("CR3 %#" PRIx64 "\n", root.pa);
    return 0;
}
