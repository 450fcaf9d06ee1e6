/* SPDX-License-Identifier: BSD-2-Clause */
/* Page by page, with the page table remembered. Whatever is not plain goes the way of page.h. */
#include "cursor.h"

#include "build.h"
#include "listing.h"

/* All of an access in one number, for comparing. */
HOIST_INLINE uint64_t number_of(struct hoist_access access)
{
    uint64_t number;

    _Static_assert(sizeof access == sizeof number, "an access fits one number");
    __builtin_memcpy(&number, &access, sizeof access);
    return number;
}

/* Whether the page's entry lies in the remembered table. */
HOIST_INLINE bool is_remembered(const struct hoist_cursor *cursor, uint64_t va)
{
    return va - cursor->first_va < hoist_entry_span(HOIST_LEVEL_PD) &&
           cursor->change_number == cursor->space->change_number;
}

/* Whether cursor->flags are those of the access, and the links grant it. */
HOIST_INLINE bool is_granted(const struct hoist_cursor *cursor, struct hoist_access access)
{
    return cursor->access == number_of(access);
}

HOIST_INLINE uint64_t *entry_near(const struct hoist_cursor *cursor, uint64_t va)
{
    return &cursor->entries[hoist_index(va, HOIST_LEVEL_PT)];
}

/* Remembers the table above the page, if there is one and the page may be changed through it. */
static void remember(struct hoist_cursor *cursor, uint64_t va)
{
    const struct hoist_step step = hoist_walk(cursor->space, va, HOIST_LEVEL_PT);

    cursor->first_va = HOIST_NOWHERE;
    cursor->access = HOIST_NO_ACCESS;
    if (step.level == HOIST_LEVEL_PT && !hoist_is_borrowed(cursor->space, va)) {
        cursor->entries = step.entry - hoist_index(va, HOIST_LEVEL_PT);
        cursor->first_va = va & ~(hoist_entry_span(HOIST_LEVEL_PD) - 1);
        cursor->grants = step.grants;
        cursor->change_number = cursor->space->change_number;
    }
}

/* The same, and the access if it can be expressed and is granted. */
static void remember_both(struct hoist_cursor *cursor, uint64_t va, struct hoist_access access)
{
    const uint64_t needed = hoist_needed_grants(access);

    if (!is_remembered(cursor, va)) {
        remember(cursor, va);
    }
    if (cursor->first_va != HOIST_NOWHERE && (cursor->grants & needed) == needed &&
        hoist_check_access(cursor->space, access) == HOIST_OK) {
        cursor->access = number_of(access);
        cursor->flags = hoist_encode_leaf(access, HOIST_LEVEL_PT, cursor->space->cpu.has_nx);
    }
}

/* What is not plain goes by page.h, and the cursor follows; apart, so that the plain way is short.
 */
static __attribute__((noinline)) enum hoist_result map_slowly(struct hoist_cursor *cursor,
                                                              struct hoist_page_4k page,
                                                              struct hoist_frame_4k frame,
                                                              struct hoist_access access)
{
    const enum hoist_result result = hoist_map_4k(cursor->space, page, frame, access);

    remember_both(cursor, page.va, access);
    return result;
}

static __attribute__((noinline)) enum hoist_result
protect_slowly(struct hoist_cursor *cursor, struct hoist_page_4k page, struct hoist_access access)
{
    const enum hoist_result result = hoist_protect_4k(cursor->space, page, access);

    remember_both(cursor, page.va, access);
    return result;
}

static __attribute__((noinline)) enum hoist_result
unmap_slowly(struct hoist_cursor *cursor, struct hoist_page_4k page, struct hoist_frame_4k *frame)
{
    const enum hoist_result result = hoist_unmap_4k(cursor->space, page, frame);

    if (!is_remembered(cursor, page.va)) {
        remember(cursor, page.va);
    }
    return result;
}

enum hoist_result hoist_cursor_map(struct hoist_cursor *cursor, struct hoist_page_4k page,
                                   struct hoist_frame_4k frame, struct hoist_access access)
{
    if (is_remembered(cursor, page.va) && is_granted(cursor, access)) {
        uint64_t *entry = entry_near(cursor, page.va);

        if (!hoist_entry_is_present(hoist_load(entry))) {
            hoist_store(entry, frame.pa | cursor->flags);
            return HOIST_OK;
        }
    }
    return map_slowly(cursor, page, frame, access);
}

enum hoist_result hoist_cursor_protect(struct hoist_cursor *cursor, struct hoist_page_4k page,
                                       struct hoist_access access)
{
    if (is_remembered(cursor, page.va) && is_granted(cursor, access) &&
        hoist_list_is_for_nobody(cursor->space)) {
        uint64_t *entry = entry_near(cursor, page.va);
        const uint64_t found = hoist_load(entry);

        if (hoist_entry_is_present(found)) {
            hoist_store(entry, (found & (HOIST_ENTRY_ADDRESS | HOIST_ENTRY_STATE)) | cursor->flags);
            cursor->space->flush_number++;
            return HOIST_OK;
        }
    }
    return protect_slowly(cursor, page, access);
}

enum hoist_result hoist_cursor_unmap(struct hoist_cursor *cursor, struct hoist_page_4k page,
                                     struct hoist_frame_4k *frame)
{
    if (is_remembered(cursor, page.va)) {
        uint64_t *entry = entry_near(cursor, page.va);
        const uint64_t found = hoist_load(entry);

        if (hoist_entry_is_present(found)) {
            hoist_store(entry, 0);
            hoist_list_one(cursor->space, page.va, found, HOIST_LEVEL_PT);
            frame->pa = hoist_leaf_pa(found, HOIST_LEVEL_PT);
            return HOIST_OK;
        }
    }
    return unmap_slowly(cursor, page, frame);
}
