/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes of an address space that need not be the current one: read, written and copied through its
 * tables, across pages. The rights of the mappings are not asked.
 *
 * HOIST_NOT_MAPPED, HOIST_NOT_CANONICAL, HOIST_BAD_ENTRY, or what the hooks answer: then the first
 * *done bytes are done, and the others are not.
 */
#ifndef HOIST_TREE_BYTES_H
#define HOIST_TREE_BYTES_H

#include "tree.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Reads what is mapped from an address on into a buffer. */
HOIST_MUST_CHECK enum hoist_result hoist_tree_read(const struct hoist_tree *tree,
                                                   struct hoist_va from, void *bytes,
                                                   uint64_t size_bytes, uint64_t *done);

/* Writes a buffer into what is mapped from an address on. */
HOIST_MUST_CHECK enum hoist_result hoist_tree_write(struct hoist_tree *tree, struct hoist_va to,
                                                    const void *bytes, uint64_t size_bytes,
                                                    uint64_t *done);

/* One end of a copy. The trees may be one; ranges that overlap there are not allowed. */
struct hoist_tree_place {
    struct hoist_tree *tree;
    struct hoist_va va;
};

/* From one address space into another, by way of a small buffer on the stack. */
HOIST_MUST_CHECK enum hoist_result hoist_tree_copy(const struct hoist_tree_place *to,
                                                   const struct hoist_tree_place *from,
                                                   uint64_t size_bytes, uint64_t *done);

#ifdef __cplusplus
}
#endif

#endif
