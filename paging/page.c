/* SPDX-License-Identifier: BSD-2-Clause */
/* One page at a time. */
#include "page.h"

#include "build.h"
#include "listing.h"

/*
 * What may stand in the way of mapping one page is looked at first; the rest is a range of one
 * page.
 */
HOIST_INLINE enum hoist_result map_page(struct hoist_space *space,
                                        const struct hoist_extent *extent,
                                        struct hoist_access access, const unsigned level)
{
    const struct hoist_step step = hoist_walk(space, extent->va.value, level);

    if (step.level == level && hoist_entry_is_link(step.value, level)) {
        const enum hoist_result result = hoist_check_access(space, access);

        if (result != HOIST_OK) {
            return result;
        }
        return hoist_table_in_the_way(level);
    }
    return hoist_map(space, extent, access, (enum hoist_leaf_size)level);
}

enum hoist_result hoist_map_4k(struct hoist_space *space, struct hoist_page_4k page,
                               struct hoist_frame_4k frame, struct hoist_access access)
{
    const struct hoist_extent extent = {{page.va}, {frame.pa}, hoist_entry_span(HOIST_LEVEL_PT)};

    return hoist_map(space, &extent, access, HOIST_LEAF_4K);
}

enum hoist_result hoist_map_2m(struct hoist_space *space, struct hoist_page_2m page,
                               struct hoist_frame_2m frame, struct hoist_access access)
{
    const struct hoist_extent extent = {{page.va}, {frame.pa}, hoist_entry_span(HOIST_LEVEL_PD)};

    return map_page(space, &extent, access, HOIST_LEVEL_PD);
}

enum hoist_result hoist_map_1g(struct hoist_space *space, struct hoist_page_1g page,
                               struct hoist_frame_1g frame, struct hoist_access access)
{
    const struct hoist_extent extent = {{page.va}, {frame.pa}, hoist_entry_span(HOIST_LEVEL_PDPT)};

    if (!space->cpu.has_1g_pages) {
        return HOIST_NO_1G_PAGES;
    }
    return map_page(space, &extent, access, HOIST_LEVEL_PDPT);
}

enum hoist_result hoist_remap_4k(struct hoist_space *space, struct hoist_page_4k page,
                                 struct hoist_frame_4k frame, struct hoist_access access,
                                 enum hoist_use use)
{
    const struct hoist_extent extent = {{page.va}, {frame.pa}, hoist_entry_span(HOIST_LEVEL_PT)};

    return hoist_remap(space, &extent, access, HOIST_LEAF_4K, use);
}

enum hoist_result hoist_remap_2m(struct hoist_space *space, struct hoist_page_2m page,
                                 struct hoist_frame_2m frame, struct hoist_access access,
                                 enum hoist_use use)
{
    const struct hoist_extent extent = {{page.va}, {frame.pa}, hoist_entry_span(HOIST_LEVEL_PD)};

    return hoist_remap(space, &extent, access, HOIST_LEAF_2M, use);
}

enum hoist_result hoist_remap_1g(struct hoist_space *space, struct hoist_page_1g page,
                                 struct hoist_frame_1g frame, struct hoist_access access,
                                 enum hoist_use use)
{
    const struct hoist_extent extent = {{page.va}, {frame.pa}, hoist_entry_span(HOIST_LEVEL_PDPT)};

    if (!space->cpu.has_1g_pages) {
        return HOIST_NO_1G_PAGES;
    }
    return hoist_remap(space, &extent, access, HOIST_LEAF_1G, use);
}

enum hoist_result hoist_protect_4k(struct hoist_space *space, struct hoist_page_4k page,
                                   struct hoist_access access)
{
    const struct hoist_range range = {{page.va}, hoist_entry_span(HOIST_LEVEL_PT)};
    const uint64_t needed = hoist_needed_grants(access);
    const enum hoist_result result = hoist_check_access(space, access);
    const struct hoist_step step = hoist_walk(space, page.va, HOIST_LEVEL_PT);
    uint64_t wanted;

    if (result != HOIST_OK || step.level != HOIST_LEVEL_PT || step.value == 0 ||
        (step.grants & needed) != needed || hoist_is_borrowed(space, page.va)) {
        return hoist_protect(space, &range, access);
    }
    wanted = (step.value & (HOIST_ENTRY_ADDRESS | HOIST_ENTRY_STATE)) |
             hoist_encode_leaf(access, HOIST_LEVEL_PT, space->cpu.has_nx);
    if (wanted != step.value) {
        hoist_store(step.entry, wanted);
        hoist_list_one(space, page.va, step.value, HOIST_LEVEL_PT);
    }
    return HOIST_OK;
}

enum hoist_result hoist_protect_2m(struct hoist_space *space, struct hoist_page_2m page,
                                   struct hoist_access access)
{
    const struct hoist_range range = {{page.va}, hoist_entry_span(HOIST_LEVEL_PD)};

    return hoist_protect(space, &range, access);
}

enum hoist_result hoist_protect_1g(struct hoist_space *space, struct hoist_page_1g page,
                                   struct hoist_access access)
{
    const struct hoist_range range = {{page.va}, hoist_entry_span(HOIST_LEVEL_PDPT)};

    return hoist_protect(space, &range, access);
}

HOIST_INLINE enum hoist_result unmap_page(struct hoist_space *space, uint64_t va, uint64_t *pa,
                                          const unsigned level)
{
    const struct hoist_range range = {{va}, hoist_entry_span(level)};
    const struct hoist_step step = hoist_walk(space, va, level);
    enum hoist_result result = HOIST_OK;

    if (step.value == 0) {
        return HOIST_NOT_MAPPED;
    }
    if (hoist_entry_is_link(step.value, step.level)) {
        return hoist_table_in_the_way(level);
    }
    if (step.level != level || hoist_is_borrowed(space, va)) {
        result = hoist_unmap(space, &range, HOIST_KEEP_TABLES);
    } else {
        hoist_store(step.entry, 0);
        hoist_list_one(space, va, step.value, level);
    }
    if (result == HOIST_OK) {
        *pa = hoist_leaf_pa(step.value, step.level) | (va & (hoist_entry_span(step.level) - 1));
    }
    return result;
}

enum hoist_result hoist_unmap_4k(struct hoist_space *space, struct hoist_page_4k page,
                                 struct hoist_frame_4k *frame)
{
    return unmap_page(space, page.va, &frame->pa, HOIST_LEVEL_PT);
}

enum hoist_result hoist_unmap_2m(struct hoist_space *space, struct hoist_page_2m page,
                                 struct hoist_frame_2m *frame)
{
    return unmap_page(space, page.va, &frame->pa, HOIST_LEVEL_PD);
}

enum hoist_result hoist_unmap_1g(struct hoist_space *space, struct hoist_page_1g page,
                                 struct hoist_frame_1g *frame)
{
    return unmap_page(space, page.va, &frame->pa, HOIST_LEVEL_PDPT);
}
