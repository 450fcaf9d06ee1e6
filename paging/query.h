/* SPDX-License-Identifier: BSD-2-Clause */
/* What one virtual address means. */
#ifndef HOIST_PAGING_QUERY_H
#define HOIST_PAGING_QUERY_H

#include "range.h"
#include "space.h"

/* What hoist_query tells of an address. */
struct hoist_translation {
    struct hoist_pa pa;            /* with the offset into the page */
    enum hoist_leaf_size size;     /* of the leaf that maps it */
    struct hoist_access leaf;      /* what the leaf says by itself */
    struct hoist_access effective; /* what is left of its rights after the links above it */
    uint64_t entry;                /* the leaf as it stands in the table */
};

/*
 * Looks one address up, as the CPU would, without changing anything. NOT_CANONICAL; NOT_MAPPED: an
 * entry on the way is not present; what hooks->read_entry answered. On an error the translation is
 * not written.
 */
HOIST_MUST_CHECK enum hoist_result hoist_query(const struct hoist_space *space, struct hoist_va va,
                                               struct hoist_translation *translation);

/* hoist_translate for every space. */
HOIST_MUST_CHECK enum hoist_result hoist_translate_any(const struct hoist_space *space,
                                                       struct hoist_va va, struct hoist_pa *pa);

/*
 * The same where the physical address is all that is wanted; on an error *pa means nothing. Four
 * levels that are reached at their own addresses are walked here, without a call; the root pointer
 * says so by a bit (HOIST_ROOT_IS_PLAIN), so that nothing else is asked.
 */
HOIST_MUST_CHECK static inline enum hoist_result
hoist_translate(const struct hoist_space *space, struct hoist_va va, struct hoist_pa *pa)
{
    const unsigned bits = hoist_level_shift(HOIST_LEVEL_PML5);
    uint64_t entry = space->root;

    /* Canonical addresses lie less than half of all translated ones from 0, in both directions. */
    if ((entry & HOIST_ROOT_IS_PLAIN) == 0 ||
        (va.value + (UINT64_C(1) << (bits - 1))) >> bits != 0) {
        return hoist_translate_any(space, va, pa);
    }
    entry = ((const uint64_t *)(uintptr_t)hoist_table_pa(
        entry))[hoist_index(va.value, HOIST_LEVEL_PML4)];
    if (!hoist_entry_is_present(entry)) {
        return HOIST_NOT_MAPPED;
    }
#pragma GCC unroll 2
    for (unsigned level = HOIST_LEVEL_PDPT; level > HOIST_LEVEL_PT; level--) {
        entry = ((const uint64_t *)(uintptr_t)hoist_table_pa(entry))[hoist_index(va.value, level)];
        /* One test for two bits: present and not large makes both 0. */
        if (((entry - HOIST_ENTRY_PRESENT) & (HOIST_ENTRY_PRESENT | HOIST_ENTRY_LARGE)) != 0) {
            pa->value = hoist_leaf_pa(entry, level) | (va.value & (hoist_entry_span(level) - 1));
            return hoist_entry_is_present(entry) ? HOIST_OK : HOIST_NOT_MAPPED;
        }
    }
    entry =
        ((const uint64_t *)(uintptr_t)hoist_table_pa(entry))[hoist_index(va.value, HOIST_LEVEL_PT)];
    if (!hoist_entry_is_present(entry)) {
        return HOIST_NOT_MAPPED;
    }
    pa->value = (entry & HOIST_ENTRY_ADDRESS) | (va.value & (HOIST_SIZE_4K - 1));
    return HOIST_OK;
}

#endif
