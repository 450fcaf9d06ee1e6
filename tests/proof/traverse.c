/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The traversal, over ranges at the edges of tables of every level: each place lies in its table
 * from its first entry to its last. Addresses are constants here, for its loop is bounded by what
 * two of them have in common.
 */
#include "any.h"
#include "walk.h"

void prove_traversal(void);

/* How far down the steps go, and the entries that they ask for at a time. */
static unsigned bottom;

static enum hoist_result touch(void *context, struct hoist_place *place, uint64_t *done)
{
    (void)context;
    *done = 0;
    if (place->level <= bottom) {
        (void)hoist_load(&place->entries[0]);
        (void)hoist_load(&place->entries[place->entry_count - 1]);
        *done = place->entry_count;
    }
    return HOIST_OK;
}

static void come_out(void *context, const struct hoist_exit *from)
{
    (void)context;
    (void)hoist_load(from->link);
    (void)hoist_load(&from->table[511]);
}

static void traverse(uint8_t levels, uint64_t first, uint64_t last)
{
    struct hoist_space space = any_space(levels, &any_hooks);
    const struct hoist_tour tour = {&space, first, last, NULL, NULL};
    struct hoist_trail trail;

    for (bottom = 1; bottom <= levels; bottom++) {
        enum hoist_result result;

        hoist_trail_begin(&trail, &space);
        result = hoist_traverse(&tour, &trail, touch, come_out);
        (void)result;
    }
}

void prove_traversal(void)
{
    for (uint8_t levels = 4; levels <= 5; levels++) {
        const uint64_t end = UINT64_C(1) << (levels == 5 ? 57 : 48);

        traverse(levels, 0, 0xfff);
        traverse(levels, 0x1ff000, 0x200fff);
        traverse(levels, 0x3ffff000, 0x40000fff);
        traverse(levels, UINT64_C(0x7ffffff000), UINT64_C(0x8000000fff));
        traverse(levels, end / 2 - 0x1000, end / 2 + 0xfff);
        traverse(levels, end - 0x1000, end - 1);
        traverse(levels, end - 0x201000, end - 1);
    }
}
