/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes through tables: one stretch of a page at a time. */
#include "tree_bytes.h"

#include "tree_memory.h"
#include "tree_walk.h"

#define COPY_BYTES 256u

/* Bytes from an address to the end of its smallest page: that much lies together in memory. */
static uint64_t bytes_together(const struct hoist_tree *tree, uint64_t va, uint64_t at_most)
{
    const uint64_t span = hoist_format_span(hoist_format_of(tree), 1);
    const uint64_t rest = span - (va & (span - 1));

    return rest < at_most ? rest : at_most;
}

static void move(void *to, const void *from, uint64_t size_bytes)
{
    uint8_t *target = (uint8_t *)to;
    const uint8_t *source = (const uint8_t *)from;

    for (uint64_t i = 0; i < size_bytes; i++) {
        target[i] = source[i];
    }
}

static enum hoist_result read_memory(const struct hoist_tree *tree, struct hoist_pa pa, void *bytes,
                                     uint64_t size_bytes)
{
    if (tree->hooks->read != NULL) {
        return tree->hooks->read(tree->context, pa, bytes, size_bytes);
    }
    move(bytes, hoist_tree_at(tree, pa.value), size_bytes);
    return HOIST_OK;
}

static enum hoist_result write_memory(const struct hoist_tree *tree, struct hoist_pa pa,
                                      const void *bytes, uint64_t size_bytes)
{
    if (tree->hooks->write != NULL) {
        return tree->hooks->write(tree->context, pa, bytes, size_bytes);
    }
    move(hoist_tree_at(tree, pa.value), bytes, size_bytes);
    return HOIST_OK;
}

enum hoist_result hoist_tree_read(const struct hoist_tree *tree, struct hoist_va from, void *bytes,
                                  uint64_t size_bytes, uint64_t *done)
{
    *done = 0;
    while (*done < size_bytes) {
        const struct hoist_va va = hoist_va_of(from.value + *done);
        const uint64_t part = bytes_together(tree, va.value, size_bytes - *done);
        struct hoist_tree_entry entry;
        enum hoist_result result =
            va.value < from.value ? HOIST_NOT_CANONICAL : hoist_tree_look_up(tree, va, &entry);

        if (result == HOIST_OK) {
            result = read_memory(tree, entry.target, (uint8_t *)bytes + *done, part);
        }
        if (result != HOIST_OK) {
            return result;
        }
        *done += part;
    }
    return HOIST_OK;
}

enum hoist_result hoist_tree_write(struct hoist_tree *tree, struct hoist_va to, const void *bytes,
                                   uint64_t size_bytes, uint64_t *done)
{
    *done = 0;
    while (*done < size_bytes) {
        const struct hoist_va va = hoist_va_of(to.value + *done);
        const uint64_t part = bytes_together(tree, va.value, size_bytes - *done);
        struct hoist_tree_entry entry;
        enum hoist_result result =
            va.value < to.value ? HOIST_NOT_CANONICAL : hoist_tree_look_up(tree, va, &entry);

        if (result == HOIST_OK) {
            result = write_memory(tree, entry.target, (const uint8_t *)bytes + *done, part);
        }
        if (result != HOIST_OK) {
            return result;
        }
        *done += part;
    }
    return HOIST_OK;
}

enum hoist_result hoist_tree_copy(const struct hoist_tree_place *to,
                                  const struct hoist_tree_place *from, uint64_t size_bytes,
                                  uint64_t *done)
{
    uint8_t buffer[COPY_BYTES];

    *done = 0;
    while (*done < size_bytes) {
        const uint64_t rest = size_bytes - *done;
        uint64_t part = 0;
        uint64_t written = 0;
        enum hoist_result read;
        enum hoist_result result;

        read = hoist_tree_read(from->tree, hoist_va_of(from->va.value + *done), buffer,
                               rest < COPY_BYTES ? rest : COPY_BYTES, &part);
        result =
            hoist_tree_write(to->tree, hoist_va_of(to->va.value + *done), buffer, part, &written);
        *done += written;
        if (result != HOIST_OK || read != HOIST_OK) {
            return result != HOIST_OK ? result : read;
        }
    }
    return HOIST_OK;
}
