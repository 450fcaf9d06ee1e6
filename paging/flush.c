/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of what CPUs may still know. */
#include "flush.h"

#include "listing.h"

uint64_t hoist_flush_page_count(const struct hoist_flush *flush)
{
    uint64_t page_count = 0;

    if (flush->is_everything) {
        return UINT64_MAX;
    }
    for (unsigned i = 0; i < flush->range_count; i++) {
        page_count += flush->ranges[i].page_count;
    }
    return page_count;
}

void hoist_list_pages(const struct hoist_space *space, struct hoist_flush *flush,
                      const struct hoist_flush_range *pages, uint64_t entry)
{
    const struct hoist_flush_range next = {hoist_canonical(space, pages->va), pages->page_count,
                                           pages->page_bytes};
    struct hoist_flush_range *last =
        flush->range_count == 0 ? NULL : &flush->ranges[flush->range_count - 1];

    flush->has_global = flush->has_global || (entry & HOIST_ENTRY_GLOBAL) != 0;
    if (last != NULL && last->page_bytes == next.page_bytes) {
        const uint64_t offset = next.va - last->va;
        const uint64_t last_bytes = last->page_count * last->page_bytes;

        if (offset < last_bytes && next.page_count * next.page_bytes <= last_bytes - offset) {
            return; /* listed already */
        }
        if (offset == last_bytes && next.va != 0) { /* not across the top of the address space */
            last->page_count += next.page_count;
            return;
        }
    }
    if (flush->range_count == HOIST_FLUSH_RANGES) {
        flush->is_everything = true;
    } else {
        flush->ranges[flush->range_count++] = next;
    }
}

struct hoist_flush *hoist_list_begin(struct hoist_space *space, struct hoist_flush *own)
{
    if (space->flush != NULL) {
        return space->flush;
    }
    hoist_list_clear(own);
    return own;
}

/* What waited is free; the list is empty again. */
static void forget(struct hoist_space *space, struct hoist_flush *flush)
{
    struct hoist_frame_4k frame;

    while (hoist_reserve_take(space, &flush->freed, &frame)) {
        space->hooks->free_table(space->context, frame);
    }
    hoist_list_clear(flush);
    space->flush_number++;
}

static void flush_list(struct hoist_space *space, struct hoist_flush *flush)
{
    if (hoist_flush_is_needed(flush) && space->hooks->flush != NULL) {
        space->hooks->flush(space->context, flush);
    }
    forget(space, flush);
}

void hoist_list_end(struct hoist_space *space, struct hoist_flush *flush)
{
    if (flush == space->flush) {
        return;
    }
    if (hoist_flush_is_needed(flush) || flush->freed.frame_count != 0) {
        flush_list(space, flush);
    } else {
        space->flush_number++;
    }
}

void hoist_list_page(struct hoist_space *space, uint64_t va, uint64_t entry, unsigned level)
{
    const struct hoist_flush_range page = {hoist_linear(space, va) & ~(hoist_entry_span(level) - 1),
                                           1, hoist_entry_span(level)};
    struct hoist_flush own;
    struct hoist_flush *flush = hoist_list_begin(space, &own);

    hoist_list_pages(space, flush, &page, entry);
    hoist_list_end(space, flush);
}

void hoist_flush_between(struct hoist_space *space, struct hoist_flush *flush,
                         const struct hoist_flush_range *pages, uint64_t entry)
{
    struct hoist_flush own;

    if (space->hooks->flush == NULL) {
        hoist_list_pages(space, flush, pages, entry);
        return;
    }
    hoist_list_clear(&own);
    hoist_list_pages(space, &own, pages, entry);
    space->hooks->flush(space->context, &own);
}

void hoist_flush_now(struct hoist_space *space)
{
    if (space->flush != NULL) {
        flush_list(space, space->flush);
    }
}

void hoist_flush_done(struct hoist_space *space)
{
    if (space->flush != NULL) {
        forget(space, space->flush);
    }
}
