/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same work by a step of the library's traversal and by loops written by hand: `visitor_sum
 * visitor|loop` adds up the physical addresses of all 4 KiB leaves of a range.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hoist_paging.h"
#include "walk.h"

#define VA_FIRST   UINT64_C(0xffffffff80000000)
#define SIZE_BYTES (UINT64_C(1) << 30)

struct sum {
    uint64_t of_pa;
    uint64_t leaf_count;
};

static bool allocate(void *context, struct hoist_frame_4k *frame)
{
    (void)context;
    frame->pa = (uintptr_t)aligned_alloc(HOIST_SIZE_4K, HOIST_SIZE_4K);
    return frame->pa != 0;
}

/*
 * Both forms go through the entries of one table in this loop; apart, so that what is compared is
 * how they come to each table.
 */
static __attribute__((noinline)) void add_leaves(struct sum *sum, const uint64_t *entries,
                                                 uint64_t count)
{
    uint64_t of_pa = 0;
    uint64_t leaf_count = 0;

    for (uint64_t i = 0; i < count; i++) {
        const uint64_t entry = hoist_load(&entries[i]);

        if (hoist_entry_is_present(entry)) {
            of_pa += hoist_table_pa(entry);
            leaf_count++;
        }
    }
    sum->of_pa += of_pa;
    sum->leaf_count += leaf_count;
}

static enum hoist_result step(void *context, struct hoist_place *place, uint64_t *done)
{
    if (place->level == HOIST_LEVEL_PT) {
        add_leaves(context, place->entries, place->entry_count);
        *done = place->entry_count;
    } else if (!hoist_entry_is_link(hoist_load(place->entries), place->level)) {
        *done = 1;
    }
    return HOIST_OK;
}

static __attribute__((noinline)) struct sum by_visitor(struct hoist_space *space)
{
    struct sum sum = {0};
    const struct hoist_tour tour = {space, hoist_linear(space, VA_FIRST),
                                    hoist_linear(space, VA_FIRST + (SIZE_BYTES - 1)), &sum, NULL};
    struct hoist_trail trail;

    hoist_trail_begin(&trail, space);
    if (hoist_traverse(&tour, &trail, step, NULL) != HOIST_OK) {
        sum.leaf_count = 0;
    }
    return sum;
}

static const uint64_t *table_below(const uint64_t *table, uint64_t va, unsigned level)
{
    const uint64_t link = hoist_load(&table[hoist_index(va, level)]);

    return hoist_entry_is_link(link, level) ? (const uint64_t *)(uintptr_t)hoist_table_pa(link)
                                            : NULL;
}

static __attribute__((noinline)) struct sum by_loop(const struct hoist_space *space)
{
    const uint64_t *const root = (const uint64_t *)(uintptr_t)hoist_table_pa(space->root);
    struct sum sum = {0};

    for (uint64_t offset = 0; offset < SIZE_BYTES; offset += HOIST_SIZE_2M) {
        const uint64_t va = VA_FIRST + offset;
        const uint64_t *pdpt = table_below(root, va, HOIST_LEVEL_PML4);
        const uint64_t *pd = pdpt != NULL ? table_below(pdpt, va, HOIST_LEVEL_PDPT) : NULL;
        const uint64_t *pt = pd != NULL ? table_below(pd, va, HOIST_LEVEL_PD) : NULL;

        if (pt != NULL) {
            add_leaves(&sum, pt, hoist_table_entries());
        }
    }
    return sum;
}

int main(int argc, char **argv)
{
    static const struct hoist_hooks hooks = {.allocate_table = allocate};
    const struct hoist_cpu cpu = {.levels = 4, .physical_bits = 48, .has_nx = true};
    const struct hoist_extent extent = {{VA_FIRST}, {0x100001000}, SIZE_BYTES};
    const bool visitor = argc == 2 && strcmp(argv[1], "visitor") == 0;
    struct hoist_space space;
    struct sum sum;

    if (argc != 2 || hoist_space_init(&space, &cpu, &hooks, NULL) != HOIST_OK ||
        hoist_map(&space, &extent, hoist_kernel_data(), HOIST_LEAF_4K) != HOIST_OK) {
        return 2;
    }
    sum = visitor ? by_visitor(&space) : by_loop(&space);
    printf("%llu leaves, sum %llx\n", (unsigned long long)sum.leaf_count,
           (unsigned long long)sum.of_pa);
    return 0;
}
