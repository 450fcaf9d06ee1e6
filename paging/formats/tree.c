/* SPDX-License-Identifier: BSD-2-Clause */
/* A tree: what it is at first, and what its CPU can express. */
#include "tree.h"

#include "tree_memory.h"

/* Levels of leaves: some of the format's, from 2 on without a gap; bit 1 says nothing. */
static bool are_levels_sound(const struct hoist_table_format *format, uint8_t large_levels)
{
    const unsigned large = large_levels & ~3u;

    return (large & ~(unsigned)format->large_levels) == 0 && (large & (large + 4)) == 0;
}

enum hoist_result hoist_tree_init(struct hoist_tree *tree, const struct hoist_table_format *format,
                                  const struct hoist_tree_cpu *cpu,
                                  const struct hoist_tree_hooks *hooks, void *context)
{
    const struct hoist_tree_cpu all = {0};
    const struct hoist_tree made = {format, hooks, context, {0}, false, cpu != NULL ? *cpu : all};

    *tree = made;
    format = hoist_format_of(tree);
    if (tree->cpu.physical_bits > format->physical_bits ||
        !are_levels_sound(format, tree->cpu.large_levels)) {
        return HOIST_BAD_CPU;
    }
    if (tree->cpu.physical_bits == 0) {
        tree->cpu.physical_bits = format->physical_bits;
    }
    if (tree->cpu.large_levels == 0) {
        tree->cpu.large_levels = format->large_levels;
    }
    if (tree->cpu.cache_types == 0) {
        tree->cpu.cache_types = UINT8_MAX;
    }
    return HOIST_OK;
}

enum hoist_result hoist_tree_open(struct hoist_tree *tree, struct hoist_pa root)
{
    const struct hoist_table_format *format = hoist_format_of(tree);

    const uint64_t bytes =
        (uint64_t)hoist_format_entries(format, format->levels) * format->entry_bytes;

    if ((root.value & (bytes - 1)) != 0) {
        return HOIST_UNALIGNED_FRAME;
    }
    if (root.value >> tree->cpu.physical_bits != 0) {
        return HOIST_PA_TOO_WIDE;
    }
    tree->root = root;
    tree->has_root = true;
    return HOIST_OK;
}

enum hoist_result hoist_tree_check_access(const struct hoist_tree *tree, struct hoist_access access)
{
    uint64_t flags;
    const enum hoist_result result = hoist_make_flags(hoist_format_of(tree), access, 1, &flags);

    if (result != HOIST_OK) {
        return result;
    }
    if ((tree->cpu.cache_types >> access.cache & 1) == 0) {
        return HOIST_NOT_EXPRESSIBLE;
    }
    return tree->cpu.has_no_no_execute && (access.rights & HOIST_EXECUTE) == 0 ? HOIST_NO_NX
                                                                               : HOIST_OK;
}
