/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages that belong to somebody. */
#include "owned.h"

#include "build.h"
#include "listing.h"

enum hoist_result hoist_give(struct hoist_space *space, struct hoist_va va,
                             struct hoist_owned *page, struct hoist_access access)
{
    const unsigned level = (unsigned)page->size;
    struct hoist_access marked = access;
    struct hoist_extent extent = {va, page->pa, 0};
    struct hoist_step step;
    enum hoist_result result;

    if (!page->is_held) {
        return HOIST_NOT_OWNED;
    }
    if (level < HOIST_LEVEL_PT || level > HOIST_LEVEL_PDPT) {
        return HOIST_BAD_LEAF_SIZE;
    }
    if (level == HOIST_LEVEL_PDPT && !space->cpu.has_1g_pages) {
        return HOIST_NO_1G_PAGES;
    }
    if ((access.software & HOIST_SOFTWARE_OWNED) != 0) {
        return HOIST_BAD_ACCESS;
    }
    extent.size_bytes = hoist_entry_span(level);
    if ((va.value & (extent.size_bytes - 1)) != 0) {
        return HOIST_UNALIGNED_PAGE;
    }
    if ((page->pa.value & (extent.size_bytes - 1)) != 0) {
        return HOIST_UNALIGNED_FRAME;
    }
    /* The same page twice would be owned twice: here even the same mapping is in the way. */
    step = hoist_walk(space, va.value, level);
    if (hoist_is_canonical(space, va.value) && step.value != 0) {
        if (!hoist_entry_is_link(step.value, step.level)) {
            return HOIST_ALREADY_MAPPED;
        }
        return hoist_table_in_the_way(level);
    }
    marked.software |= HOIST_SOFTWARE_OWNED;
    result = hoist_map(space, &extent, marked, page->size);
    if (result == HOIST_OK) {
        page->is_held = false;
    }
    return result;
}

enum hoist_result hoist_take(struct hoist_space *space, struct hoist_va va,
                             struct hoist_stale *stale)
{
    struct hoist_step step;

    if (!hoist_is_canonical(space, va.value)) {
        return HOIST_NOT_CANONICAL;
    }
    if (hoist_is_borrowed(space, va.value)) {
        return HOIST_SHARED_HALF;
    }
    step = hoist_walk(space, va.value, HOIST_LEVEL_PT);
    if (step.value == 0) {
        return HOIST_NOT_MAPPED;
    }
    if ((hoist_decode_leaf(step.value, step.level).software & HOIST_SOFTWARE_OWNED) == 0) {
        return HOIST_NOT_OWNED;
    }
    if ((va.value & (hoist_entry_span(step.level) - 1)) != 0) {
        return HOIST_UNALIGNED_PAGE;
    }
    stale->page.pa = hoist_pa_of(hoist_leaf_pa(step.value, step.level));
    stale->page.size = (enum hoist_leaf_size)step.level;
    stale->page.is_held = true;
    stale->flush_number = space->flush_number;
    hoist_store(step.entry, 0);
    hoist_list_one(space, va.value, step.value, step.level);
    return HOIST_OK;
}

enum hoist_result hoist_stale_release(const struct hoist_space *space, struct hoist_stale *stale,
                                      struct hoist_owned *page)
{
    if (!stale->page.is_held) {
        return HOIST_NOT_OWNED;
    }
    if (stale->flush_number == space->flush_number) {
        return HOIST_NOT_FLUSHED;
    }
    *page = stale->page;
    stale->page.is_held = false;
    return HOIST_OK;
}
