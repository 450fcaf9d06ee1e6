/* SPDX-License-Identifier: BSD-2-Clause */
/* Trees of small formats: few entries to a table, all else as it is. */
#ifndef FORMATS_TREE_H
#define FORMATS_TREE_H

#include "tree.h"

/*
 * Makes the small form of a format: four entries to a table; where large leaves have flags in the
 * way, tables as large as they are, but four in the root.
 */
void formats_make_small(struct hoist_table_format *small, const struct hoist_table_format *format);

/* An empty tree of the small form, in memory (formats_memory.h) that is all free. */
void formats_tree_small(struct hoist_tree *tree, const struct hoist_table_format *format,
                        const struct hoist_tree_hooks *hooks);

#endif
