/* SPDX-License-Identifier: BSD-2-Clause */
/* A tree's format, and its entries in memory. Internal to the library. */
#ifndef HOIST_TREE_MEMORY_H
#define HOIST_TREE_MEMORY_H

#include "table_entry.h"
#include "tree.h"

#ifdef HOIST_TREE_FORMAT
#include "aarch64_formats.h"
#include "armv7_formats.h"
#include "riscv_formats.h"
#include "x86_formats.h"
#endif

HOIST_FOLDED const struct hoist_table_format *hoist_format_of(const struct hoist_tree *tree)
{
#ifdef HOIST_TREE_FORMAT
    (void)tree;
    return &HOIST_TREE_FORMAT;
#else
    return tree->format;
#endif
}

/* Where memory can be pointed at; the tree has no read and write hooks. */
HOIST_FOLDED void *hoist_tree_at(const struct hoist_tree *tree, uint64_t pa)
{
    if (tree->hooks->memory_at == NULL) {
        return (void *)(uintptr_t)pa;
    }
    return tree->hooks->memory_at(tree->context, hoist_pa_of(pa));
}

/*
 * An entry of eight bytes. Where the machine has no store of that size, a CPU that walks the tables
 * meanwhile never sees half of the old and half of the new one: the word that holds the present bit
 * goes last, and is cleared first where both words change.
 */
HOIST_FOLDED void hoist_store_wide(void *at, uint64_t value)
{
#if UINTPTR_MAX < UINT64_MAX
    volatile uint32_t *const words = (volatile uint32_t *)at;
    const uint32_t low = (uint32_t)value;
    const uint32_t high = (uint32_t)(value >> 32);

    if (words[1] != high) {
        if (words[0] != low) {
            words[0] = 0;
        }
        words[1] = high;
    }
    words[0] = low;
#else
    *(volatile uint64_t *)at = value;
#endif
}

static inline enum hoist_result hoist_tree_load(const struct hoist_tree *tree, uint64_t pa,
                                                uint64_t *value)
{
    const bool is_wide = hoist_format_of(tree)->entry_bytes == sizeof(uint64_t);
    uint32_t narrow = 0;
    enum hoist_result result = HOIST_OK;

    if (tree->hooks->read == NULL) {
        const void *at = hoist_tree_at(tree, pa);

        *value = is_wide ? *(const volatile uint64_t *)at : *(const volatile uint32_t *)at;
        return HOIST_OK;
    }
    if (is_wide) {
        return tree->hooks->read(tree->context, hoist_pa_of(pa), value, sizeof(*value));
    }
    result = tree->hooks->read(tree->context, hoist_pa_of(pa), &narrow, sizeof(narrow));
    *value = narrow;
    return result;
}

/* One store, which the compiler does not move before what it has written earlier. */
static inline enum hoist_result hoist_tree_store(const struct hoist_tree *tree, uint64_t pa,
                                                 uint64_t value)
{
    const bool is_wide = hoist_format_of(tree)->entry_bytes == sizeof(uint64_t);
    const uint32_t narrow = (uint32_t)value;

    if (tree->hooks->write != NULL) {
        return is_wide
                   ? tree->hooks->write(tree->context, hoist_pa_of(pa), &value, sizeof(value))
                   : tree->hooks->write(tree->context, hoist_pa_of(pa), &narrow, sizeof(narrow));
    }
    __asm__ volatile("" ::: "memory");
    if (is_wide) {
        hoist_store_wide(hoist_tree_at(tree, pa), value);
    } else {
        *(volatile uint32_t *)hoist_tree_at(tree, pa) = narrow;
    }
    return HOIST_OK;
}

/* Calls the flush hook for `size_bytes` from a linear address on. */
static inline void hoist_tree_flush(const struct hoist_tree *tree, uint64_t linear,
                                    uint64_t size_bytes)
{
    const struct hoist_range range = {hoist_va_of(hoist_format_va(hoist_format_of(tree), linear)),
                                      size_bytes};

    if (tree->hooks->flush != NULL) {
        tree->hooks->flush(tree->context, range);
    }
}

#endif
