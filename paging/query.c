/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking one address up. */
#include "query.h"

#include "walk.h"

/* Where a look-up ended. */
struct found {
    uint64_t entry;
    uint64_t grants;
    unsigned level;
};

/*
 * The walk written out level by level, for here the number of instructions counts most: shifts are
 * constants, and whether there is a hook is asked once.
 */
HOIST_INLINE enum hoist_result look_up_directly(const struct hoist_space *space, uint64_t va,
                                                struct found *found)
{
    const unsigned levels = space->cpu.levels;
    uint64_t grants = space->root ^ HOIST_ENTRY_NX;
    uint64_t entry = space->root;

    if (!hoist_entry_is_present(entry)) {
        return HOIST_NOT_MAPPED;
    }
#pragma GCC unroll 5
    for (unsigned level = HOIST_FORMAT.levels_max; level >= HOIST_LEVEL_PT; level--) {
        if (level > HOIST_FORMAT.levels_min && level > levels) {
            continue;
        }
        entry =
            hoist_load((const uint64_t *)(uintptr_t)hoist_table_pa(entry) + hoist_index(va, level));
        if (!hoist_entry_is_present(entry)) {
            return HOIST_NOT_MAPPED;
        }
        if (hoist_entry_is_leaf(entry, level)) {
            *found = (struct found){entry, grants, level};
            return HOIST_OK;
        }
        grants = hoist_grants_below(grants, entry);
    }
    return HOIST_NOT_MAPPED;
}

/* The same through the caller's hooks. */
static enum hoist_result look_up_by_hooks(const struct hoist_space *space, uint64_t va,
                                          struct found *found)
{
    uint64_t entry = space->root;

    found->grants = ~UINT64_C(0);
    found->level = space->cpu.levels + 1u;
    while (hoist_entry_is_link(entry, found->level)) {
        const uint64_t table_pa = hoist_table_pa(entry);
        const unsigned index = hoist_index(va, found->level - 1);

        found->grants = hoist_grants_below(found->grants, entry);
        found->level--;
        if (space->hooks->read_entry != NULL) {
            const struct hoist_pa pa = {table_pa + index * sizeof(uint64_t)};
            const enum hoist_result result = space->hooks->read_entry(space->context, pa, &entry);

            if (result != HOIST_OK) {
                return result;
            }
        } else {
            entry = hoist_load(&hoist_reach(space, table_pa)[index]);
        }
    }
    found->entry = entry;
    return hoist_entry_is_present(entry) ? HOIST_OK : HOIST_NOT_MAPPED;
}

HOIST_INLINE enum hoist_result look_up(const struct hoist_space *space, uint64_t va,
                                       struct found *found)
{
    if (!hoist_is_canonical(space, va)) {
        return HOIST_NOT_CANONICAL;
    }
    if (space->hooks->table_at == NULL && space->hooks->read_entry == NULL) {
        return look_up_directly(space, va, found);
    }
    return look_up_by_hooks(space, va, found);
}

HOIST_INLINE uint64_t pa_of(const struct found *found, uint64_t va)
{
    return hoist_leaf_pa(found->entry, found->level) | (va & (hoist_entry_span(found->level) - 1));
}

enum hoist_result hoist_translate_any(const struct hoist_space *space, struct hoist_va va,
                                      struct hoist_pa *pa)
{
    struct found found;
    const enum hoist_result result = look_up(space, va.value, &found);

    if (result == HOIST_OK) {
        pa->value = pa_of(&found, va.value);
    }
    return result;
}

enum hoist_result hoist_query(const struct hoist_space *space, struct hoist_va va,
                              struct hoist_translation *translation)
{
    struct found found;
    const enum hoist_result result = look_up(space, va.value, &found);

    if (result == HOIST_OK) {
        translation->pa.value = pa_of(&found, va.value);
        translation->size = (enum hoist_leaf_size)found.level;
        translation->leaf = hoist_decode_leaf(found.entry, found.level);
        translation->effective = hoist_effective_access(translation->leaf, found.grants);
        translation->entry = found.entry;
    }
    return result;
}
