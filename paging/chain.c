/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The primitives. Each engine below is inlined into its three callers with the level as a constant,
 * so every page size has a code path of its own.
 */
#include "chain.h"

#include "build.h"

/*
 * Adds the tables of level `target` and above that are missing below the entry where the walk
 * stopped.
 */
HOIST_INLINE enum hoist_result extend(struct hoist_space *space, const struct hoist_step *old,
                                      uint64_t va, struct hoist_access access,
                                      const unsigned target)
{
    /*
     * The pieces of a split user leaf stay reachable for user code, whatever the new page asks for.
     */
    struct hoist_branch branch = {*old, va,
                                  hoist_link_grants(access) | (old->value & HOIST_ENTRY_USER), 0};
    uint64_t of_level[HOIST_LEVELS_MAX + 1] = {0};
    struct hoist_reserve reserve;
    enum hoist_result result;
    uint64_t *lowest;

    for (unsigned level = target; level < old->level; level++) {
        of_level[level] = 1;
    }
    result = hoist_reserve_fill(space, of_level, &reserve);
    if (result != HOIST_OK) {
        return result;
    }
    lowest = hoist_reserve_take(space, &reserve, &branch.child_pa);
    hoist_fill_from_old(lowest, &branch, target);
    hoist_link_branch(space, &reserve, &branch, target);
    if (old->value != 0 && space->hooks->flush != NULL) {
        const uint64_t span = hoist_entry_span(old->level);

        space->hooks->flush(space->context, hoist_va_of(va & ~(span - 1)), span);
    }
    return HOIST_OK;
}

HOIST_INLINE enum hoist_result ensure_chain(struct hoist_space *space, uint64_t va,
                                            struct hoist_access access, uint64_t **entries,
                                            const unsigned target)
{
    const uint64_t needed = hoist_needed_grants(access);
    enum hoist_result result = hoist_check_access(space, access);
    struct hoist_step step;

    if (result != HOIST_OK) {
        return result;
    }
    step = hoist_walk(space, va, target);
    if (step.level != target) {
        result = extend(space, &step, va, access, target);
        if (result != HOIST_OK) {
            return result;
        }
    }
    if ((step.grants & needed) != needed) {
        hoist_widen_links(space, va, target, access);
    }
    step = hoist_walk(space, va, target);
    *entries = hoist_step_table(&step, va);
    return HOIST_OK;
}

HOIST_INLINE uint64_t count_chain(const struct hoist_space *space, uint64_t va,
                                  const unsigned target)
{
    return hoist_walk(space, va, target).level - target;
}

HOIST_INLINE enum hoist_result set_leaf(struct hoist_space *space, uint64_t *entry, uint64_t pa,
                                        struct hoist_access access, const unsigned level)
{
    const enum hoist_result result = hoist_check_access(space, access);
    const uint64_t wanted = pa | hoist_encode_leaf(access, level, space->cpu.has_nx);
    const uint64_t found = hoist_load(entry);

    if (result != HOIST_OK) {
        return result;
    }
    if (!hoist_entry_is_present(found)) {
        hoist_store(entry, wanted);
        return HOIST_OK;
    }
    if (!hoist_entry_is_leaf(found, level)) {
        return level == HOIST_LEVEL_PD ? HOIST_TABLE_IN_THE_WAY_OF_2M
                                       : HOIST_TABLE_IN_THE_WAY_OF_1G;
    }
    return ((found ^ wanted) & ~HOIST_ENTRY_STATE) == 0 ? HOIST_OK : HOIST_ALREADY_MAPPED;
}

/* The first address that a table of this level covers when it covers va. */
HOIST_INLINE uint64_t first_va_of_table(uint64_t va, const unsigned level)
{
    return va & ~(hoist_entry_span(level + 1) - 1);
}

void hoist_widen_links(struct hoist_space *space, uint64_t va, unsigned target,
                       struct hoist_access access)
{
    const uint64_t remove = (access.rights & HOIST_EXECUTE) != 0 ? HOIST_ENTRY_NX : 0;
    uint64_t span = 0;

    for (unsigned level = space->cpu.levels; level > target; level--) {
        const struct hoist_step step = hoist_walk(space, va, level);
        const uint64_t wide = (step.value | hoist_link_grants(access)) & ~remove;

        if (wide == step.value) {
            continue;
        }
        hoist_store(step.entry, wide);
        span = span != 0 ? span : hoist_entry_span(level);
    }
    if (span != 0 && space->hooks->flush != NULL) {
        space->hooks->flush(space->context, hoist_va_of(va & ~(span - 1)), span);
    }
}

enum hoist_result hoist_ensure_chain_4k(struct hoist_space *space, struct hoist_page_4k page,
                                        struct hoist_access access, struct hoist_pt *pt)
{
    pt->first_va = first_va_of_table(page.va, HOIST_LEVEL_PT);
    return ensure_chain(space, page.va, access, &pt->entries, HOIST_LEVEL_PT);
}

enum hoist_result hoist_ensure_chain_2m(struct hoist_space *space, struct hoist_page_2m page,
                                        struct hoist_access access, struct hoist_pd *pd)
{
    pd->first_va = first_va_of_table(page.va, HOIST_LEVEL_PD);
    return ensure_chain(space, page.va, access, &pd->entries, HOIST_LEVEL_PD);
}

enum hoist_result hoist_ensure_chain_1g(struct hoist_space *space, struct hoist_page_1g page,
                                        struct hoist_access access, struct hoist_pdpt *pdpt)
{
    pdpt->first_va = first_va_of_table(page.va, HOIST_LEVEL_PDPT);
    return ensure_chain(space, page.va, access, &pdpt->entries, HOIST_LEVEL_PDPT);
}

uint64_t hoist_count_chain_4k(const struct hoist_space *space, struct hoist_page_4k page)
{
    return count_chain(space, page.va, HOIST_LEVEL_PT);
}

uint64_t hoist_count_chain_2m(const struct hoist_space *space, struct hoist_page_2m page)
{
    return count_chain(space, page.va, HOIST_LEVEL_PD);
}

uint64_t hoist_count_chain_1g(const struct hoist_space *space, struct hoist_page_1g page)
{
    return count_chain(space, page.va, HOIST_LEVEL_PDPT);
}

enum hoist_result hoist_set_leaf_4k(struct hoist_space *space, struct hoist_pt pt,
                                    struct hoist_page_4k page, struct hoist_frame_4k frame,
                                    struct hoist_access access)
{
    if (first_va_of_table(page.va, HOIST_LEVEL_PT) != pt.first_va) {
        return HOIST_TABLE_OF_OTHER_PAGE;
    }
    return set_leaf(space, &pt.entries[hoist_index(page.va, HOIST_LEVEL_PT)], frame.pa, access,
                    HOIST_LEVEL_PT);
}

enum hoist_result hoist_set_leaf_2m(struct hoist_space *space, struct hoist_pd pd,
                                    struct hoist_page_2m page, struct hoist_frame_2m frame,
                                    struct hoist_access access)
{
    if (first_va_of_table(page.va, HOIST_LEVEL_PD) != pd.first_va) {
        return HOIST_TABLE_OF_OTHER_PAGE;
    }
    return set_leaf(space, &pd.entries[hoist_index(page.va, HOIST_LEVEL_PD)], frame.pa, access,
                    HOIST_LEVEL_PD);
}

enum hoist_result hoist_set_leaf_1g(struct hoist_space *space, struct hoist_pdpt pdpt,
                                    struct hoist_page_1g page, struct hoist_frame_1g frame,
                                    struct hoist_access access)
{
    if (!space->cpu.has_1g_pages) {
        return HOIST_NO_1G_PAGES;
    }
    if (first_va_of_table(page.va, HOIST_LEVEL_PDPT) != pdpt.first_va) {
        return HOIST_TABLE_OF_OTHER_PAGE;
    }
    return set_leaf(space, &pdpt.entries[hoist_index(page.va, HOIST_LEVEL_PDPT)], frame.pa, access,
                    HOIST_LEVEL_PDPT);
}
