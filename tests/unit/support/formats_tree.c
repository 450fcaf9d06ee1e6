/* SPDX-License-Identifier: BSD-2-Clause */
/* Small formats. */
#include "formats_tree.h"

#include <stdlib.h>

#include "formats_memory.h"
#include "table_entry.h"

void formats_make_small(struct hoist_table_format *small, const struct hoist_table_format *format)
{
    const bool is_narrow = format->entry_bytes == 4;

    *small = *format;
    small->index_bits = is_narrow ? format->index_bits : 2;
    small->root_index_bits = format->root_index_bits < 2 ? format->root_index_bits : 2;
    if (!is_narrow) {
        small->large.address.mask =
            format->page.address.mask &
            ~((hoist_format_span(small, 2) - 1) >> format->page.address.shift_left);
    }
}

void formats_tree_small(struct hoist_tree *tree, const struct hoist_table_format *format,
                        const struct hoist_tree_hooks *hooks)
{
    static struct hoist_table_format small;

    formats_make_small(&small, format);
    memory_begin(&small);
    if (hoist_tree_init(tree, &small, NULL, hooks, NULL) != HOIST_OK) {
        abort();
    }
}
