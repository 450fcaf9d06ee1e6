/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The primitives. Each engine below is inlined into its three callers with the level as a constant,
 * so every page size has a code path of its own.
 */
#include "chain.h"

#include "build.h"
#include "fill.h"
#include "listing.h"

/* What the handles of all three sizes hold. */
struct table {
    uint64_t *entries;
    uint64_t first_va;
    uint64_t grants;
};

/* Empty tables from the level below the step down to `target`, linked by one store. */
HOIST_INLINE void link_chain(struct hoist_space *space, struct hoist_reserve *reserve,
                             const struct hoist_step *step, uint64_t va, struct hoist_access access,
                             const unsigned target)
{
    uint64_t child = 0;

    for (unsigned level = target; level < step->level; level++) {
        uint64_t pa;
        uint64_t *table = hoist_supply_take(space, reserve, &pa);

        hoist_clear_entries(table, hoist_table_entries());
        if (child != 0) {
            table[hoist_index(va, level)] = child;
        }
        child = pa | hoist_link_flags(space, level + 1, access);
    }
    hoist_store(step->entry, child);
}

/* The leaf in the way becomes pieces, one size at a time. */
HOIST_INLINE void split_chain(struct hoist_space *space, struct hoist_reserve *reserve,
                              struct hoist_step step, uint64_t va, struct hoist_access access,
                              const unsigned target)
{
    const struct hoist_flush_range pages =
        hoist_pages_of_entry(hoist_linear(space, va), step.level);
    const uint64_t leaf = step.value;
    struct hoist_flush own;
    struct hoist_flush *flush = hoist_list_begin(space, &own);

    while (step.level != target) {
        hoist_split_entry(space, reserve, &step, hoist_needed_grants(access));
        step = hoist_walk(space, va, step.level - 1);
    }
    space->change_number++;
    hoist_list_pages(space, flush, &pages, leaf);
    hoist_list_end(space, flush);
}

/*
 * Adds the tables of level `target` and above that are missing below the entry where the walk
 * stopped.
 */
HOIST_INLINE enum hoist_result extend(struct hoist_space *space, const struct hoist_step *step,
                                      uint64_t va, struct hoist_access access,
                                      const unsigned target)
{
    struct hoist_count count = {0};
    struct hoist_supply supply;
    enum hoist_result result;

    for (unsigned level = target; level < step->level; level++) {
        count.of_level[level] = 1;
        count.frame_count++;
    }
    result = hoist_supply_get(space, &count, &supply);
    if (result != HOIST_OK) {
        return result;
    }
    if (step->value == 0) {
        link_chain(space, supply.reserve, step, va, access, target);
    } else {
        split_chain(space, supply.reserve, *step, va, access, target);
    }
    return HOIST_OK;
}

/*
 * For tables that somebody else has made; the one helper here that is told the size. Makes every
 * link on the way to a table of level `target` grant what is needed; all links exist. What the
 * highest changed link covers is to be flushed, for the rights of all of it may have been kept.
 */
static __attribute__((noinline)) void widen_links(struct hoist_space *space, uint64_t va,
                                                  uint64_t needed, unsigned target)
{
    unsigned highest = 0;

    for (unsigned level = space->cpu.levels; level > target; level--) {
        const struct hoist_step step = hoist_walk(space, va, level);
        const uint64_t wide = hoist_widened(step.value, needed);

        if (wide != step.value) {
            hoist_store(step.entry, wide);
            highest = highest != 0 ? highest : level;
        }
    }
    if (highest != 0) {
        const struct hoist_flush_range pages =
            hoist_pages_of_entry(hoist_linear(space, va), highest);
        struct hoist_flush own;
        struct hoist_flush *flush = hoist_list_begin(space, &own);

        hoist_list_pages(space, flush, &pages, HOIST_ENTRY_GLOBAL);
        hoist_list_end(space, flush);
    }
}

/* Whether a page of the upper half may get tables while that half is shared. */
static enum hoist_result check_shared(const struct hoist_space *space, uint64_t va, uint64_t needed)
{
    const uint64_t link = hoist_walk(space, va, space->cpu.levels).value;

    if (!hoist_is_upper(space, va)) {
        return HOIST_OK;
    }
    if (space->upper_half == HOIST_UPPER_LENT && link != 0 && hoist_widened(link, needed) == link) {
        return HOIST_OK;
    }
    return HOIST_SHARED_HALF;
}

HOIST_INLINE enum hoist_result ensure_chain(struct hoist_space *space, uint64_t va,
                                            struct hoist_access access, struct table *table,
                                            const unsigned target)
{
    const uint64_t needed = hoist_needed_grants(access);
    enum hoist_result result = hoist_check_access(space, access);
    struct hoist_step step;
    bool is_narrow;

    if (result != HOIST_OK) {
        return result;
    }
    step = hoist_walk(space, va, target);
    is_narrow = (step.grants & needed) != needed;
    if (space->upper_half != HOIST_UPPER_OWN) {
        result = check_shared(space, va, needed);
    }
    if (result == HOIST_OK && is_narrow && space->keep_links) {
        result = HOIST_NARROW_LINK;
    }
    if (result == HOIST_OK && step.level != target) {
        result = extend(space, &step, va, access, target);
    }
    if (result != HOIST_OK) {
        return result;
    }
    step = hoist_walk(space, va, target);
    if ((step.grants & needed) != needed) {
        hoist_flush_now(space); /* a leaf may have been split, and sizes change alone */
        widen_links(space, va, needed, target);
        step = hoist_walk(space, va, target);
    }
    table->entries = step.entry - hoist_index(va, target);
    table->first_va = va & ~(hoist_entry_span(target + 1) - 1);
    table->grants = step.grants;
    return HOIST_OK;
}

HOIST_INLINE uint64_t count_chain(const struct hoist_space *space, uint64_t va,
                                  const unsigned target)
{
    return hoist_walk(space, va, target).level - target;
}

HOIST_INLINE enum hoist_result set_leaf(struct hoist_space *space, const struct table *table,
                                        const struct hoist_extent *leaf, struct hoist_access access,
                                        const unsigned level)
{
    const uint64_t needed = hoist_needed_grants(access);
    const uint64_t wanted = leaf->pa.value | hoist_encode_leaf(access, level, space->cpu.has_nx);
    uint64_t *entry = &table->entries[hoist_index(leaf->va.value, level)];
    enum hoist_result result;
    uint64_t found;

    if (leaf->va.value - table->first_va >= hoist_entry_span(level + 1)) {
        return HOIST_TABLE_OF_OTHER_PAGE;
    }
    result = hoist_check_access(space, access);
    if (result != HOIST_OK) {
        return result;
    }
    if ((table->grants & needed) != needed) {
        return HOIST_NARROW_LINK;
    }
    found = hoist_load(entry);
    if (!hoist_entry_is_present(found)) {
        hoist_store(entry, wanted);
        return HOIST_OK;
    }
    if (!hoist_entry_is_leaf(found, level)) {
        return hoist_table_in_the_way(level);
    }
    return ((found ^ wanted) & ~HOIST_ENTRY_STATE) == 0 ? HOIST_OK : HOIST_ALREADY_MAPPED;
}

enum hoist_result hoist_ensure_chain_4k(struct hoist_space *space, struct hoist_page_4k page,
                                        struct hoist_access access, struct hoist_pt *pt)
{
    struct table table = {0};
    const enum hoist_result result = ensure_chain(space, page.va, access, &table, HOIST_LEVEL_PT);

    *pt = (struct hoist_pt){table.entries, table.first_va, table.grants};
    return result;
}

enum hoist_result hoist_ensure_chain_2m(struct hoist_space *space, struct hoist_page_2m page,
                                        struct hoist_access access, struct hoist_pd *pd)
{
    struct table table = {0};
    const enum hoist_result result = ensure_chain(space, page.va, access, &table, HOIST_LEVEL_PD);

    *pd = (struct hoist_pd){table.entries, table.first_va, table.grants};
    return result;
}

enum hoist_result hoist_ensure_chain_1g(struct hoist_space *space, struct hoist_page_1g page,
                                        struct hoist_access access, struct hoist_pdpt *pdpt)
{
    struct table table = {0};
    const enum hoist_result result = ensure_chain(space, page.va, access, &table, HOIST_LEVEL_PDPT);

    *pdpt = (struct hoist_pdpt){table.entries, table.first_va, table.grants};
    return result;
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
    const struct table table = {pt.entries, pt.first_va, pt.grants};
    const struct hoist_extent leaf = {{page.va}, {frame.pa}, hoist_entry_span(HOIST_LEVEL_PT)};

    return set_leaf(space, &table, &leaf, access, HOIST_LEVEL_PT);
}

enum hoist_result hoist_set_leaf_2m(struct hoist_space *space, struct hoist_pd pd,
                                    struct hoist_page_2m page, struct hoist_frame_2m frame,
                                    struct hoist_access access)
{
    const struct table table = {pd.entries, pd.first_va, pd.grants};
    const struct hoist_extent leaf = {{page.va}, {frame.pa}, hoist_entry_span(HOIST_LEVEL_PD)};

    return set_leaf(space, &table, &leaf, access, HOIST_LEVEL_PD);
}

enum hoist_result hoist_set_leaf_1g(struct hoist_space *space, struct hoist_pdpt pdpt,
                                    struct hoist_page_1g page, struct hoist_frame_1g frame,
                                    struct hoist_access access)
{
    const struct table table = {pdpt.entries, pdpt.first_va, pdpt.grants};
    const struct hoist_extent leaf = {{page.va}, {frame.pa}, hoist_entry_span(HOIST_LEVEL_PDPT)};

    if (!space->cpu.has_1g_pages) {
        return HOIST_NO_1G_PAGES;
    }
    return set_leaf(space, &table, &leaf, access, HOIST_LEVEL_PDPT);
}
