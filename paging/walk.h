/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one way down the tables, to one address or along a range. Internal to the library.
 *
 * A walk goes from the root pointer towards a wanted level and stops there, or earlier at an entry
 * that is absent or a large leaf. A traversal walks down and along: it stops at stretches of
 * entries, and what is done there is its step. The root pointer counts as an entry one level above
 * the root table, so that an empty space needs no special case.
 */
#ifndef HOIST_PAGING_WALK_H
#define HOIST_PAGING_WALK_H

#include "space.h"

/* Where a walk stopped. */
struct hoist_step {
    uint64_t value;  /* what the entry holds; 0 where it is absent */
    uint64_t *entry; /* the space's root pointer or an entry of a table */
    uint64_t grants; /* of all links above; bit 63 turned round, so that 1 means executable */
    unsigned level;  /* of the table that the entry lies in; levels + 1 for the root pointer */
};

HOIST_INLINE uint64_t *hoist_reach(const struct hoist_space *space, uint64_t pa)
{
    const struct hoist_frame_4k frame = {pa};

    if (space->hooks->table_at == NULL) {
        return (uint64_t *)(uintptr_t)pa;
    }
    return space->hooks->table_at(space->context, frame);
}

/*
 * One 64-bit store that the compiler neither splits nor moves before what it has written earlier.
 */
HOIST_INLINE void hoist_store(uint64_t *entry, uint64_t value)
{
    __asm__ volatile("" ::: "memory");
    *(volatile uint64_t *)entry = value;
}

HOIST_INLINE uint64_t hoist_load(const uint64_t *entry)
{
    return *(const volatile uint64_t *)entry;
}

/* What a link leaves of the rights above it, in the form of hoist_step.grants. */
HOIST_INLINE uint64_t hoist_grants_below(uint64_t grants, uint64_t link)
{
    return grants & (link ^ HOIST_ENTRY_NX);
}

/* Whether an entry of a table of this level points to a table. */
HOIST_INLINE bool hoist_entry_is_link(uint64_t entry, unsigned level)
{
    return hoist_entry_is_present(entry) && !hoist_entry_is_leaf(entry, level);
}

/* The root pointer as the entry that it is to a walk. Reading walks never write to it. */
HOIST_INLINE uint64_t *hoist_root_entry(const struct hoist_space *space)
{
    return (uint64_t *)(uintptr_t)&space->root;
}

HOIST_INLINE struct hoist_step hoist_walk(const struct hoist_space *space, uint64_t va,
                                          const unsigned target)
{
    struct hoist_step step = {space->root, hoist_root_entry(space), ~UINT64_C(0),
                              space->cpu.levels + 1u};

    while (step.level != target && hoist_entry_is_link(step.value, step.level)) {
        uint64_t *table = hoist_reach(space, hoist_table_pa(step.value));

        step.grants = hoist_grants_below(step.grants, step.value);
        step.level--;
        step.entry = &table[hoist_index(va, step.level)];
        step.value = hoist_load(step.entry);
    }
    if (!hoist_entry_is_present(step.value)) {
        step.value = 0;
    }
    return step;
}

/*
 * A traversal counts addresses without the bits above the translated ones, so the canonical hole is
 * no special case either.
 */
HOIST_INLINE uint64_t hoist_linear(const struct hoist_space *space, uint64_t va)
{
    return va & (hoist_entry_span(space->cpu.levels + 1u) - 1);
}

/* The address that the bits above the translated ones belong to. */
HOIST_INLINE uint64_t hoist_canonical(const struct hoist_space *space, uint64_t linear)
{
    const unsigned unused_bits = 64 - hoist_level_shift(space->cpu.levels + 1u);

    if (!HOIST_FORMAT.is_sign_extended) {
        return linear;
    }
    return (uint64_t)((int64_t)(linear << unused_bits) >> unused_bits);
}

/* Entries that are read by hooks->read_entry at one go. */
#define HOIST_BUFFER_ENTRIES 16u

/* What is gone through: from `first` to `last`, both linear, both inside. */
struct hoist_tour {
    struct hoist_space *space;
    uint64_t first;
    uint64_t last;
    void *context;    /* for the steps */
    uint64_t *buffer; /* for entries that hooks->read_entry reads; NULL: it is not used */
};

/* Entries of one table, from where the traversal stands to the end of the table or of the tour. */
struct hoist_place {
    uint64_t *entries;
    uint64_t entry_count; /* at least 1 */
    uint64_t first;       /* where the tour begins in the first entry; linear */
    uint64_t last;        /* where the tour ends, here or further on */
    uint64_t grants;      /* as in struct hoist_step */
    unsigned level;
    unsigned shift; /* of the level */
};

/* A table that the traversal has come out of. */
struct hoist_exit {
    uint64_t *link; /* that points to it */
    uint64_t *table;
    uint64_t first; /* linear; of all that it covers */
    unsigned level;
};

/* How many of the place's entries the tour covers whole, starting from the first. */
HOIST_INLINE uint64_t hoist_whole_entries(const struct hoist_place *place)
{
    const uint64_t mask = (UINT64_C(1) << place->shift) - 1;
    const uint64_t whole = (place->last + 1 - place->first) >> place->shift;

    if ((place->first & mask) != 0) {
        return 0;
    }
    return whole < place->entry_count ? whole : place->entry_count;
}

/* The last byte of the tour that the place's first entry covers. */
HOIST_INLINE uint64_t hoist_last_of_entry(const struct hoist_place *place)
{
    const uint64_t last = place->first | ((UINT64_C(1) << place->shift) - 1);

    return last < place->last ? last : place->last;
}

/*
 * The tables that the traversal is in, by level, and where it begins. A table is its address, or
 * its physical address where entries are read by a hook.
 */
struct hoist_trail {
    uint64_t tables[HOIST_LEVELS_MAX + 2];
    uint64_t grants[HOIST_LEVELS_MAX + 2];
    unsigned level; /* the lowest that is known: the traversal begins there */
};

/* Begins at the root pointer. */
HOIST_INLINE void hoist_trail_begin(struct hoist_trail *trail, const struct hoist_space *space)
{
    trail->level = space->cpu.levels + 1u;
    trail->tables[trail->level] = (uintptr_t)hoist_root_entry(space);
    trail->grants[trail->level] = ~UINT64_C(0);
}

/* The link made wide enough for what is needed, in the form of hoist_step.grants. */
HOIST_INLINE uint64_t hoist_widened(uint64_t link, uint64_t needed)
{
    return (link | (needed & (HOIST_ENTRY_WRITABLE | HOIST_ENTRY_USER))) &
           ~(needed & HOIST_ENTRY_NX);
}

/*
 * Goes down as long as there is only one way: a link that is wide enough, around all of the tour
 * and more. Going through the tour once more can begin there.
 */
HOIST_INLINE void hoist_trail_to_fork(struct hoist_trail *trail, const struct hoist_tour *tour,
                                      uint64_t needed)
{
    const uint64_t fork = tour->first ^ tour->last;
    unsigned level = trail->level;
    unsigned shift = hoist_level_shift(level);
    uint64_t grants = trail->grants[level];
    const uint64_t *table = (const uint64_t *)(uintptr_t)trail->tables[level];

    while (fork >> shift == 0) {
        const uint64_t link =
            hoist_load(&table[(tour->first >> shift) & (hoist_table_entries() - 1)]);

        if (!hoist_entry_is_link(link, level) || hoist_widened(link, needed) != link ||
            (tour->last - tour->first + 1) >> shift != 0) {
            break;
        }
        level--;
        shift -= HOIST_FORMAT.index_bits;
        grants = hoist_grants_below(grants, link);
        table = hoist_reach(tour->space, hoist_table_pa(link));
        trail->grants[level] = grants;
        trail->tables[level] = (uintptr_t)table;
    }
    trail->level = level;
}

/* Makes place->entries by hooks->read_entry: as many as could be read, but at least one. */
static inline enum hoist_result hoist_read_place(const struct hoist_tour *tour, uint64_t table_pa,
                                                 struct hoist_place *place)
{
    const uint64_t first_pa = table_pa + hoist_index(place->first, place->level) * sizeof(uint64_t);
    const uint64_t most = place->level == HOIST_LEVEL_PT ? HOIST_BUFFER_ENTRIES : 1;
    enum hoist_result result = HOIST_OK;
    uint64_t count = 0;

    while (count < place->entry_count && count < most) {
        const struct hoist_pa pa = {first_pa + count * sizeof(uint64_t)};

        result = tour->space->hooks->read_entry(tour->space->context, pa, &tour->buffer[count]);
        if (result != HOIST_OK) {
            break;
        }
        count++;
    }
    place->entries = tour->buffer;
    place->entry_count = count;
    return count != 0 ? HOIST_OK : result;
}

/* Comes out of the table that the place was in; place->first is the address after what was done. */
HOIST_INLINE void hoist_leave(const struct hoist_trail *trail, const struct hoist_place *place,
                              void (*const leave)(void *context, const struct hoist_exit *from),
                              void *context)
{
    const uint64_t before = place->first - 1;
    const unsigned above = place->level + 1;
    const uint64_t first = before & ~(hoist_entry_span(above) - 1);
    const struct hoist_exit from = {
        (uint64_t *)(uintptr_t)trail->tables[above] + hoist_index(before, above),
        (uint64_t *)(uintptr_t)trail->tables[place->level], first, place->level};

    leave(context, &from);
}

/*
 * The traversal. `step` is called for each place; it says in *done how many entries it has dealt
 * with, or leaves 0 there to go down the link that is the first. `leave`, where it is not NULL, is
 * called for each table after all of the tour in it. A step's answer but HOIST_OK ends the
 * traversal.
 *
 * Steps are constants, so all of it is compiled into one loop.
 */
HOIST_INLINE enum hoist_result hoist_traverse(
    const struct hoist_tour *tour, struct hoist_trail *trail,
    enum hoist_result (*const step)(void *context, struct hoist_place *place, uint64_t *done),
    void (*const leave)(void *context, const struct hoist_exit *from))
{
    const unsigned root_level = tour->space->cpu.levels;
    const unsigned index_mask = hoist_table_entries() - 1;
    struct hoist_place place = {NULL,
                                0,
                                tour->first,
                                tour->last,
                                trail->grants[trail->level],
                                trail->level,
                                hoist_level_shift(trail->level)};

    for (;;) {
        const uint64_t number = place.first >> place.shift;
        const uint64_t to_end = (place.last >> place.shift) - number;
        const unsigned index = (unsigned)number & index_mask;
        enum hoist_result result = HOIST_OK;
        uint64_t done = 0;

        place.entry_count = (to_end < index_mask - index ? to_end : index_mask - index) + 1;
        if (tour->buffer != NULL && place.level <= root_level) {
            result = hoist_read_place(tour, trail->tables[place.level], &place);
        } else {
            place.entries = (uint64_t *)(uintptr_t)trail->tables[place.level] + index;
        }
        if (result == HOIST_OK) {
            result = step(tour->context, &place, &done);
        }
        if (result != HOIST_OK) {
            return result;
        }
        if (done == 0) {
            const uint64_t link = hoist_load(place.entries);
            const uint64_t pa = hoist_table_pa(link);

            place.level--;
            place.shift -= HOIST_FORMAT.index_bits;
            place.grants = hoist_grants_below(place.grants, link);
            trail->tables[place.level] =
                tour->buffer != NULL ? pa : (uintptr_t)hoist_reach(tour->space, pa);
            trail->grants[place.level] = place.grants;
            continue;
        }
        place.first = (number + done) << place.shift;
        while (done > to_end ? leave != NULL && place.level <= root_level
                             : (place.first >> place.shift & index_mask) == 0) {
            if (leave != NULL) {
                hoist_leave(trail, &place, leave, tour->context);
            }
            place.level++;
            place.shift += HOIST_FORMAT.index_bits;
        }
        if (done > to_end) {
            return HOIST_OK;
        }
        place.grants = trail->grants[place.level];
    }
}

#endif
