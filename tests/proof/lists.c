/* SPDX-License-Identifier: BSD-2-Clause */
/* What is to be flushed, frames that wait, and tables that are made of them. */
#include "any.h"
#include "build.h"
#include "listing.h"

void prove_lists(void);
void prove_tables(void);

static struct hoist_flush any_list(void)
{
    struct hoist_flush flush = {.range_count = (unsigned)(any % (HOIST_FLUSH_RANGES + 1)),
                                .is_everything = any_bool(),
                                .has_global = any_bool(),
                                .freed = {any, any % 3}};

    for (unsigned i = 0; i < HOIST_FLUSH_RANGES; i++) {
        flush.ranges[i] = (struct hoist_flush_range){any, any, any};
    }
    return flush;
}

static void list(uint8_t levels)
{
    struct hoist_space space = any_space(levels, &any_hooks);
    struct hoist_flush flush = any_list();
    const struct hoist_flush_range pages = {any, any, any};

    (void)hoist_flush_page_count(&flush);
    hoist_list_pages(&space, &flush, &pages, any);
    hoist_list_page(&space, any, any, 1 + (unsigned)(any % 3));
    space.flush = &flush;
    hoist_list_page(&space, any, any, 1 + (unsigned)(any % 3));
    if (any_bool()) {
        hoist_flush_now(&space);
    } else {
        hoist_flush_done(&space);
    }
}

void prove_lists(void)
{
    list(4);
    list(5);
}

static void share(uint8_t levels)
{
    struct hoist_space space = any_space(levels, &any_hooks);
    struct hoist_space other;
    struct hoist_frame_4k root;

    (void)!hoist_space_open(&space, (struct hoist_frame_4k){any});
    (void)!hoist_space_root(&space, &root);
    (void)!hoist_space_init_sharing(&other, &space);
    (void)!hoist_fill_upper_root(&space);
}

static void split(void)
{
    struct hoist_space space = any_space(4, &any_hooks);
    struct hoist_reserve reserve = {any, any};
    const struct hoist_step pd = {any, &first_table[any % 512], any, 2};
    const struct hoist_step pdpt = {any, &first_table[any % 512], any, 3};

    hoist_split_entry(&space, &reserve, &pd, any);
    hoist_split_entry(&space, &reserve, &pdpt, any);
}

void prove_tables(void)
{
    share(4);
    share(5);
    split();
}
