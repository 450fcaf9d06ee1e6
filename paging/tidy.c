/* SPDX-License-Identifier: BSD-2-Clause */
/* Fewer tables for the same mappings. */
#include "tidy.h"

#include "build.h"
#include "fill.h"
#include "listing.h"
#include "owned.h"

struct tidying {
    struct hoist_space *space;
    struct hoist_flush *flush;
    uint64_t first; /* linear, of the range */
    uint64_t last;
    void (*free_page)(void *context, struct hoist_pa pa, enum hoist_leaf_size size);
};

/*
 * Writes an entry in the place of a link, and puts the table aside until the flush. Putting it
 * aside overwrites its first entry: where the table mapped something that stays mapped, a CPU must
 * not know it any more by then.
 */
static void put_aside(struct tidying *tidying, const struct hoist_exit *from, uint64_t entry)
{
    const struct hoist_flush_range pages = hoist_pages_of_entry(from->first, from->level + 1);
    const struct hoist_frame_4k frame = {hoist_table_pa(hoist_load(from->link))};

    hoist_store(from->link, entry);
    if (entry != 0) {
        hoist_flush_between(tidying->space, tidying->flush, &pages, HOIST_ENTRY_GLOBAL);
    } else {
        hoist_list_pages(tidying->space, tidying->flush, &pages, HOIST_ENTRY_GLOBAL);
    }
    hoist_reserve_add(tidying->space, &tidying->flush->freed, frame);
    tidying->space->change_number++;
}

/* Goes down every link, past everything else. */
static enum hoist_result descend_step(void *context, struct hoist_place *place, uint64_t *done)
{
    const uint64_t entry = hoist_load(place->entries);

    (void)context;
    if (place->level == HOIST_LEVEL_PT) {
        *done = place->entry_count;
    } else if (!hoist_entry_is_link(entry, place->level)) {
        *done = 1;
    }
    return HOIST_OK;
}

/* ---- collapse ---- */

static void leave_empty(void *context, const struct hoist_exit *from)
{
    struct tidying *tidying = context;

    if (from->level < tidying->space->cpu.levels &&
        hoist_count_absent(from->table, hoist_table_entries()) == hoist_table_entries() &&
        !hoist_is_lent(tidying->space, from->level + 1, from->first)) {
        put_aside(tidying, from, 0);
    }
}

/* ---- merge ---- */

/* The large leaf that a table could be, or 0. */
static uint64_t merged(const struct hoist_exit *from)
{
    const uint64_t leaf = hoist_load(&from->table[0]);
    const uint64_t span = hoist_entry_span(from->level);
    uint64_t state = 0;

    if (!hoist_entry_is_present(leaf) || !hoist_entry_is_leaf(leaf, from->level) ||
        (hoist_leaf_pa(leaf, from->level) & (hoist_entry_span(from->level + 1) - 1)) != 0 ||
        hoist_count_equal(from->table, hoist_table_entries(), leaf, span) !=
            hoist_table_entries()) {
        return 0;
    }
    for (unsigned i = 0; i < hoist_table_entries(); i++) {
        state |= hoist_load(&from->table[i]) & HOIST_ENTRY_STATE;
    }
    return hoist_merge_leaf(leaf, from->level) | state;
}

static void leave_uniform(void *context, const struct hoist_exit *from)
{
    struct tidying *tidying = context;
    const unsigned largest = tidying->space->cpu.has_1g_pages ? HOIST_LEVEL_PDPT : HOIST_LEVEL_PD;
    const uint64_t last = from->first + (hoist_entry_span(from->level + 1) - 1);
    uint64_t leaf;

    if (from->level >= largest || from->level >= tidying->space->cpu.levels ||
        from->first < tidying->first || last > tidying->last) {
        return;
    }
    leaf = merged(from);
    /* A link that restricts its table would no longer do so. */
    if (leaf != 0 &&
        hoist_widened(hoist_load(from->link), leaf ^ HOIST_ENTRY_NX) == hoist_load(from->link)) {
        put_aside(tidying, from, leaf);
    }
}

/* ---- clear ---- */

static enum hoist_result hand_back_step(void *context, struct hoist_place *place, uint64_t *done)
{
    struct tidying *tidying = context;
    const uint64_t entry = hoist_load(place->entries);

    if (!hoist_entry_is_present(entry)) {
        *done = hoist_count_absent(place->entries, place->entry_count);
        return HOIST_OK;
    }
    if (hoist_entry_is_leaf(entry, place->level)) {
        const struct hoist_access access = hoist_decode_leaf(entry, place->level);

        *done = 1;
        if ((access.software & HOIST_SOFTWARE_OWNED) != 0 && tidying->free_page != NULL) {
            tidying->free_page(tidying->space->context,
                               hoist_pa_of(hoist_leaf_pa(entry, place->level)),
                               (enum hoist_leaf_size)place->level);
        }
    }
    return HOIST_OK;
}

/* Hands the owned pages back and drops all tables below the first entries of the root. */
static void clear_root_entries(struct tidying *tidying, unsigned count)
{
    const unsigned level = tidying->space->cpu.levels;
    const struct hoist_tour tour = {tidying->space, 0, count * hoist_entry_span(level) - 1, tidying,
                                    NULL};
    uint64_t *root = hoist_reach(tidying->space, hoist_table_pa(tidying->space->root));
    struct hoist_trail trail;
    enum hoist_result result;

    hoist_trail_begin(&trail, tidying->space);
    result = hoist_traverse(&tour, &trail, hand_back_step, NULL);
    (void)result; /* handing back never fails */
    for (unsigned i = 0; i < count; i++) {
        const uint64_t entry = hoist_load(&root[i]);

        hoist_store(&root[i], 0);
        if (hoist_entry_is_link(entry, level)) {
            hoist_drop_tables(tidying->space, tidying->flush, entry, level - 1);
        }
    }
    tidying->space->change_number++;
}

/* ---- what callers see ---- */

/* Goes through a range, down every link, for what is done on the way out of each table. */
HOIST_INLINE enum hoist_result tidy(struct hoist_space *space, const struct hoist_range *range,
                                    void (*const leave)(void *context,
                                                        const struct hoist_exit *from))
{
    const uint64_t first = hoist_linear(space, range->va.value);
    struct hoist_flush own;
    struct tidying tidying = {
        .space = space, .first = first, .last = first + (range->size_bytes - 1)};
    const struct hoist_tour tour = {space, tidying.first, tidying.last, &tidying, NULL};
    enum hoist_result result = hoist_check_range(space, range);
    struct hoist_trail trail;

    if (result == HOIST_OK) {
        tidying.flush = hoist_list_begin(space, &own);
        hoist_trail_begin(&trail, space);
        result = hoist_traverse(&tour, &trail, descend_step, leave);
        hoist_list_end(space, tidying.flush);
    }
    return result;
}

enum hoist_result hoist_collapse(struct hoist_space *space, const struct hoist_range *range)
{
    return tidy(space, range, leave_empty);
}

enum hoist_result hoist_merge(struct hoist_space *space, const struct hoist_range *range)
{
    return tidy(space, range, leave_uniform);
}

static bool is_root_in_use(const struct hoist_space *space)
{
    const struct hoist_frame_4k root = {hoist_table_pa(space->root)};

    return space->hooks->is_root_in_use != NULL &&
           space->hooks->is_root_in_use(space->context, root);
}

/*
 * The first entries of the root table, and where asked the root itself. Nothing of it is walked by
 * a CPU any more, so the flush can come first, and everything may be reused as soon as it was
 * handed back.
 */
static void clear(struct hoist_space *space, unsigned root_entries, bool with_root,
                  void (*free_page)(void *context, struct hoist_pa pa, enum hoist_leaf_size size))
{
    const struct hoist_frame_4k root = {hoist_table_pa(space->root)};
    struct hoist_flush flush;
    struct tidying tidying = {.space = space, .flush = &flush, .free_page = free_page};

    hoist_list_clear(&flush);
    flush.is_everything = true;
    flush.has_global = true;
    if (space->hooks->flush != NULL) {
        space->hooks->flush(space->context, &flush);
    }
    hoist_list_clear(&flush);
    clear_root_entries(&tidying, root_entries);
    if (with_root) {
        space->root = 0;
        hoist_reserve_add(space, &flush.freed, root);
    }
    hoist_list_end(space, &flush);
}

enum hoist_result hoist_clear(struct hoist_space *space,
                              void (*free_page)(void *context, struct hoist_pa pa,
                                                enum hoist_leaf_size size))
{
    if (!hoist_entry_is_present(space->root)) {
        return HOIST_OK;
    }
    if (is_root_in_use(space)) {
        return HOIST_SPACE_IN_USE;
    }
    clear(space, hoist_table_entries() / 2, false, free_page);
    return HOIST_OK;
}

enum hoist_result hoist_destroy(struct hoist_space *space,
                                void (*free_page)(void *context, struct hoist_pa pa,
                                                  enum hoist_leaf_size size))
{
    const unsigned own_entries =
        space->upper_half == HOIST_UPPER_OWN ? hoist_table_entries() : hoist_table_entries() / 2;

    if (!hoist_entry_is_present(space->root)) {
        return HOIST_OK;
    }
    if (is_root_in_use(space)) {
        return HOIST_SPACE_IN_USE;
    }
    if (space->upper_half == HOIST_UPPER_LENT) {
        return HOIST_SHARED_HALF;
    }
    clear(space, own_entries, true, free_page);
    return HOIST_OK;
}
