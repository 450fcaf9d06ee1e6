/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One page in one call, by cursor, and given and taken. Where these go on to a range (hoist_map,
 * hoist_protect, hoist_unmap), it may answer anything: what ranges do is another proof's matter.
 */
#include "any.h"

void prove_pages(void);
void prove_cursor(void);
void prove_owned(void);

enum hoist_result hoist_map(struct hoist_space *space, const struct hoist_extent *extent,
                            struct hoist_access access, enum hoist_leaf_size largest)
{
    (void)extent;
    (void)access;
    (void)largest;
    space->change_number = any;
    return (enum hoist_result)any;
}

enum hoist_result hoist_remap(struct hoist_space *space, const struct hoist_extent *extent,
                              struct hoist_access access, enum hoist_leaf_size largest,
                              enum hoist_use use)
{
    (void)use;
    return hoist_map(space, extent, access, largest);
}

enum hoist_result hoist_protect(struct hoist_space *space, const struct hoist_range *range,
                                struct hoist_access access)
{
    (void)range;
    (void)access;
    space->change_number = any;
    return (enum hoist_result)any;
}

enum hoist_result hoist_unmap(struct hoist_space *space, const struct hoist_range *range,
                              enum hoist_tables tables)
{
    (void)range;
    (void)tables;
    space->change_number = any;
    return (enum hoist_result)any;
}

#define PROVE(size)                                                                    \
    static void change_##size(struct hoist_space *space)                               \
    {                                                                                  \
        struct hoist_page_##size page;                                                 \
        struct hoist_frame_##size frame;                                               \
                                                                                       \
        if (hoist_page_##size##_at(space, hoist_va_of(any), &page) != HOIST_OK ||      \
            hoist_frame_##size##_at(space, hoist_pa_of(any), &frame) != HOIST_OK) {    \
            return;                                                                    \
        }                                                                              \
        (void)!hoist_map_##size(space, page, frame, any_access());                     \
        (void)!hoist_remap_##size(space, page, frame, any_access(), HOIST_RANGE_LIVE); \
        (void)!hoist_protect_##size(space, page, any_access());                        \
        (void)!hoist_unmap_##size(space, page, &frame);                                \
    }

PROVE(4k)
PROVE(2m)
PROVE(1g)

void prove_pages(void)
{
    for (uint8_t levels = 4; levels <= 5; levels++) {
        struct hoist_space space = any_space(levels, &any_hooks);

        change_4k(&space);
        change_2m(&space);
        change_1g(&space);
    }
}

static void follow(struct hoist_space *space, struct hoist_cursor cursor, bool is_upper)
{
    struct hoist_page_4k page;
    struct hoist_frame_4k frame;

    if (hoist_page_4k_at(space, any_va(is_upper), &page) != HOIST_OK ||
        hoist_frame_4k_at(space, hoist_pa_of(any), &frame) != HOIST_OK) {
        return;
    }
    switch (any % 3) {
    case 0: (void)!hoist_cursor_map(&cursor, page, frame, any_access()); break;
    case 1: (void)!hoist_cursor_protect(&cursor, page, any_access()); break;
    default: (void)!hoist_cursor_unmap(&cursor, page, &frame); break;
    }
}

void prove_cursor(void)
{
    for (uint8_t levels = 4; levels <= 5; levels++) {
        struct hoist_space space = any_space(levels, &any_hooks);
        const struct hoist_cursor used = {&space, any_table(), any, any, any, any, any};

        follow(&space, hoist_cursor_of(&space), false);
        follow(&space, hoist_cursor_of(&space), true);
        follow(&space, used, false);
        follow(&space, used, true);
    }
}

static void own(uint8_t levels)
{
    struct hoist_space space = any_space(levels, &any_hooks);
    struct hoist_owned page = {{any}, (enum hoist_leaf_size)(any % 5), any_bool()};
    struct hoist_stale stale = {page, any};

    switch (any % 3) {
    case 0: (void)!hoist_give(&space, hoist_va_of(any), &page, any_access()); break;
    case 1: (void)!hoist_take(&space, hoist_va_of(any), &stale); break;
    default: (void)!hoist_stale_release(&space, &stale, &page); break;
    }
}

void prove_owned(void)
{
    own(4);
    own(5);
}
