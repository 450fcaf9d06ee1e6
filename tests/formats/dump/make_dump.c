/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes memory with tables of the named format to standard output, as it would lie from 1 MiB on,
 * and to standard error the address of the root and what was mapped, a line for each mapping.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format_list.h"
#include "table_entry.h"
#include "tree_change.h"

#define BASE       UINT64_C(0x100000)
#define SIZE_BYTES (UINT64_C(4) << 20)

static uint8_t *memory;
static uint64_t used;

static bool allocate(void *context, uint64_t size_bytes, struct hoist_pa *table)
{
    (void)context;
    used = (used + (size_bytes - 1)) & ~(size_bytes - 1);
    table->value = BASE + used;
    used += size_bytes;
    return used <= SIZE_BYTES;
}

static void *at(void *context, struct hoist_pa pa)
{
    (void)context;
    return memory + (pa.value - BASE);
}

static const struct hoist_tree_hooks hooks = {.allocate_table = allocate, .memory_at = at};

static void map(struct hoist_tree *tree, uint64_t linear, uint64_t pa, uint64_t size_bytes,
                uint8_t rights)
{
    const struct hoist_table_format *format = tree->format;
    const struct hoist_extent extent = {{hoist_format_va(format, linear)}, {pa}, size_bytes};

    if (hoist_tree_map(tree, &extent, hoist_access_of(rights, HOIST_WRITE_BACK), 0) != HOIST_OK) {
        fprintf(stderr, "not mapped: %" PRIx64 "\n", extent.va.value);
        exit(1);
    }
    fprintf(stderr, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %x\n", extent.va.value, extent.pa.value,
            size_bytes, rights);
}

int main(int count, char **words)
{
    const struct hoist_table_format *format = hoist_format_named(count > 1 ? words[1] : "");
    struct hoist_tree tree;
    uint64_t page;
    uint64_t large;

    memory = calloc(1, SIZE_BYTES);
    if (format == NULL || memory == NULL ||
        hoist_tree_init(&tree, format, NULL, &hooks, NULL) != HOIST_OK) {
        return 1;
    }
    page = hoist_format_span(format, 1);
    large = hoist_format_span(format, 2);
    map(&tree, 3 * page, 0x40000000 + 7 * page, 2 * page, HOIST_READ | HOIST_WRITE | HOIST_EXECUTE);
    map(&tree, large, 0x40000000, large + 5 * page, HOIST_READ | HOIST_EXECUTE | HOIST_USER);
    map(&tree, hoist_format_last_linear(format) + 1 - page, 0x30000000, page,
        HOIST_READ | HOIST_EXECUTE);
    fprintf(stderr, "root %" PRIx64 "\n", tree.root.value);
    return fwrite(memory, 1, SIZE_BYTES, stdout) == SIZE_BYTES ? 0 : 1;
}
