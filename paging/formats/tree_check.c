/* SPDX-License-Identifier: BSD-2-Clause */
/* Arguments of changes, checked. */
#include "tree_check.h"

enum hoist_result hoist_tree_check_range(const struct hoist_tree *tree,
                                         const struct hoist_range *range)
{
    const struct hoist_table_format *format = hoist_format_of(tree);
    const uint64_t mask = hoist_format_span(format, 1) - 1;
    const uint64_t last = range->va.value + (range->size_bytes - 1);

    if (range->size_bytes == 0 || (range->size_bytes & mask) != 0) {
        return HOIST_UNALIGNED_SIZE;
    }
    if ((range->va.value & mask) != 0) {
        return HOIST_UNALIGNED_PAGE;
    }
    if (last < range->va.value || !hoist_format_has(format, range->va.value) ||
        !hoist_format_has(format, last) || last >> 63 != range->va.value >> 63) {
        return HOIST_NOT_CANONICAL;
    }
    return HOIST_OK;
}

enum hoist_result hoist_tree_check_extent(const struct hoist_tree *tree,
                                          const struct hoist_extent *extent)
{
    const struct hoist_range range = {extent->va, extent->size_bytes};
    const uint64_t last = extent->pa.value + (extent->size_bytes - 1);
    const enum hoist_result result = hoist_tree_check_range(tree, &range);

    if (result != HOIST_OK) {
        return result;
    }
    if ((extent->pa.value & (hoist_format_span(hoist_format_of(tree), 1) - 1)) != 0) {
        return HOIST_UNALIGNED_FRAME;
    }
    return last < extent->pa.value || last >> tree->cpu.physical_bits != 0 ? HOIST_PA_TOO_WIDE
                                                                           : HOIST_OK;
}

unsigned hoist_tree_top(const struct hoist_tree *tree, uint64_t difference, unsigned limit)
{
    const struct hoist_table_format *format = hoist_format_of(tree);
    unsigned top = 1;

    while (top < format->levels && (limit == 0 || top < limit) &&
           (tree->cpu.large_levels >> (top + 1) & 1) != 0 &&
           (difference & (hoist_format_span(format, top + 1) - 1)) == 0) {
        top++;
    }
    return top;
}

bool hoist_covers_group(const struct hoist_tree *tree, const struct hoist_tree_spot *leaf,
                        uint64_t first, uint64_t last)
{
    const uint64_t mask = hoist_group_bytes(hoist_format_of(tree), leaf->value, leaf->level) - 1;

    return (leaf->first & ~mask) >= first && (leaf->first | mask) <= last;
}

/* Tables of `level` and below; those below `level` where leaves do not do it. */
static uint64_t tables_for(const struct hoist_table_format *format,
                           const struct hoist_tree_spot *part, unsigned level, unsigned top)
{
    uint64_t count = 1;

    for (unsigned below = level - 1; below >= 1; below--) {
        const unsigned shift = hoist_format_shift(format, below + 1);
        const uint64_t mask = (UINT64_C(1) << shift) - 1;
        const uint64_t blocks = (part->last >> shift) - (part->first >> shift) + 1;

        if (below + 1 > top) {
            count += blocks;
        } else { /* blocks that are covered in part: the first, the last */
            const bool is_first_cut = (part->first & mask) != 0;
            const bool is_last_cut = (part->last & mask) != mask;

            count += blocks == 1 ? (is_first_cut || is_last_cut ? 1u : 0u)
                                 : (is_first_cut ? 1u : 0u) + (is_last_cut ? 1u : 0u);
        }
    }
    return count;
}

uint64_t hoist_tables_for(const struct hoist_tree *tree, const struct hoist_tree_spot *spot,
                          unsigned top)
{
    return tables_for(hoist_format_of(tree), spot, spot->level - 1, top);
}

uint64_t hoist_tables_of_empty(const struct hoist_tree *tree, uint64_t first, uint64_t last,
                               unsigned top)
{
    const struct hoist_table_format *format = hoist_format_of(tree);
    const struct hoist_tree_spot all = {0, 0, first, last, format->levels, 0};

    return tables_for(format, &all, format->levels, top) - 1;
}
