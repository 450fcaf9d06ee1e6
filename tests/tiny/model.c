/* SPDX-License-Identifier: BSD-2-Clause */
/* What an operation makes of the pages and the tables. */
#include "model.h"

#include <string.h>

/* Whether the range of the operation covers all pages of an entry of this level. */
static bool covers(const struct tiny_operation *operation, unsigned page, unsigned level)
{
    const unsigned first = tiny_block(page, level);

    return first >= operation->first && first + tiny_span(level) <= operation->end;
}

/* The tables that a leaf of this level needs above it, with links that do not stand in its way. */
static void ensure_tables(struct tiny_state *state, unsigned page, unsigned level, bool is_user)
{
    state->table[tiny_table(page, 3)] = TINY_TABLE_KERNEL;
    for (unsigned above = 2; above >= level; above--) {
        state->table[tiny_table(page, above)] |= is_user ? TINY_TABLE_USER : TINY_TABLE_KERNEL;
    }
}

/* Makes all pages of an entry of this level the same. */
static void set_block(struct tiny_state *state, unsigned page, unsigned level, uint8_t value)
{
    memset(&state->page[tiny_block(page, level)], value, tiny_span(level));
}

/* The leaf that the page lies in gives way to a table of leaves of the next smaller size. */
static void split_leaf(struct tiny_state *state, unsigned page)
{
    const uint8_t old = state->page[page];
    const unsigned level = tiny_level_of(old);
    const unsigned access = tiny_access_of(old);

    set_block(state, page, level, tiny_page(level - 1, tiny_base_of(old), access));
    ensure_tables(state, page, level - 1, tiny_is_user(access));
}

/* The largest leaf that the page may get: within the range, aligned on both sides, wanted. */
static unsigned best_level(const struct tiny_operation *operation, unsigned page)
{
    unsigned level = operation->largest;

    while (level > 1 &&
           !(covers(operation, page, level) && tiny_is_aligned(operation->base, level))) {
        level--;
    }
    return level;
}

static enum hoist_result map(struct tiny_state *state, const struct tiny_operation *operation)
{
    const uint8_t wanted = tiny_page(1, operation->base, operation->access);

    for (unsigned page = operation->first; page < operation->end; page++) {
        if (state->page[page] != 0 && !tiny_is_same_mapping(state->page[page], wanted)) {
            return HOIST_ALREADY_MAPPED;
        }
    }
    for (unsigned page = operation->first; page < operation->end; page++) {
        unsigned level = best_level(operation, page);

        if (state->page[page] != 0) {
            continue;
        }
        while (level > 1 && state->table[tiny_table(page, level - 1)] != 0) {
            level--;
        }
        set_block(state, page, level, tiny_page(level, operation->base, operation->access));
        ensure_tables(state, page, level, tiny_is_user(operation->access));
    }
    return HOIST_OK;
}

/* Removes the tables that a leaf of this level replaces. */
static void remove_tables_below(struct tiny_state *state, unsigned first, unsigned level)
{
    for (unsigned page = first; page < first + tiny_span(level); page++) {
        for (unsigned below = 1; below < level; below++) {
            state->table[tiny_table(page, below)] = 0;
        }
    }
}

static enum hoist_result remap(struct tiny_state *state, const struct tiny_operation *operation)
{
    const uint8_t wanted = tiny_page(1, operation->base, operation->access);

    for (unsigned page = operation->first; page < operation->end;) {
        const unsigned level = best_level(operation, page);
        const uint8_t old = state->page[page];

        if (!tiny_is_same_mapping(old, wanted) || tiny_level_of(old) < level) {
            while (tiny_level_of(state->page[page]) > level) {
                split_leaf(state, page);
            }
            remove_tables_below(state, page, level);
            set_block(state, page, level, tiny_page(level, operation->base, operation->access));
            ensure_tables(state, page, level, tiny_is_user(operation->access));
        }
        page += tiny_span(level);
    }
    return HOIST_OK;
}

/* Splits the leaf that the page lies in until the range covers its pieces whole. */
static void split_at_edge(struct tiny_state *state, const struct tiny_operation *operation,
                          unsigned page)
{
    while (state->page[page] != 0 && !covers(operation, page, tiny_level_of(state->page[page]))) {
        split_leaf(state, page);
    }
}

static enum hoist_result protect(struct tiny_state *state, const struct tiny_operation *operation)
{
    if (memchr(&state->page[operation->first], 0, operation->end - operation->first) != NULL) {
        return HOIST_NOT_MAPPED;
    }
    for (unsigned page = operation->first; page < operation->end; page++) {
        const uint8_t old = state->page[page];

        if (tiny_access_of(old) != operation->access) {
            split_at_edge(state, operation, page);
            state->page[page] =
                tiny_page(tiny_level_of(state->page[page]), tiny_base_of(old), operation->access);
            ensure_tables(state, page, tiny_level_of(state->page[page]),
                          tiny_is_user(operation->access));
        }
    }
    return HOIST_OK;
}

static enum hoist_result unmap(struct tiny_state *state, const struct tiny_operation *operation)
{
    for (unsigned page = operation->first; page < operation->end; page++) {
        split_at_edge(state, operation, page);
        state->page[page] = 0;
    }
    if (operation->tables == HOIST_DROP_TABLES) {
        for (unsigned page = operation->first; page < operation->end; page++) {
            for (unsigned level = 1; level < TINY_LEVELS; level++) {
                if (covers(operation, page, level + 1)) {
                    state->table[tiny_table(page, level)] = 0;
                }
            }
        }
    }
    return HOIST_OK;
}

static enum hoist_result split(struct tiny_state *state, const struct tiny_operation *operation)
{
    for (unsigned page = operation->first; page < operation->end; page++) {
        while (tiny_level_of(state->page[page]) > operation->largest) {
            split_leaf(state, page);
        }
    }
    return HOIST_OK;
}

/* Makes a leaf of this level of the table in its place, if it can be one. */
static void merge_table(struct tiny_state *state, unsigned first, unsigned level)
{
    const uint8_t old = state->page[first];

    if (tiny_level_of(old) != level - 1 || !tiny_is_aligned(tiny_base_of(old), level)) {
        return;
    }
    for (unsigned page = first; page < first + tiny_span(level); page++) {
        if (state->page[page] != old) {
            return;
        }
    }
    set_block(state, first, level, tiny_page(level, tiny_base_of(old), tiny_access_of(old)));
    state->table[tiny_table(first, level - 1)] = 0;
}

static enum hoist_result merge(struct tiny_state *state, const struct tiny_operation *operation)
{
    for (unsigned level = 2; level <= TINY_LEVELS; level++) {
        for (unsigned page = 0; page < TINY_PAGES; page += tiny_span(level)) {
            if (covers(operation, page, level)) {
                merge_table(state, page, level);
            }
        }
    }
    return HOIST_OK;
}

/* Whether the table has no leaf below it and no table either. */
static bool is_empty_table(const struct tiny_state *state, unsigned first, unsigned level)
{
    bool is_empty = true;

    for (unsigned page = first; page < first + tiny_span(level + 1); page++) {
        is_empty = is_empty && state->page[page] == 0 &&
                   (level == 1 || state->table[tiny_table(page, level - 1)] == 0);
    }
    return is_empty;
}

static enum hoist_result collapse(struct tiny_state *state, const struct tiny_operation *operation)
{
    for (unsigned level = 1; level < TINY_LEVELS; level++) {
        for (unsigned page = operation->first; page < operation->end; page++) {
            if (is_empty_table(state, tiny_block(page, level + 1), level)) {
                state->table[tiny_table(page, level)] = 0;
            }
        }
    }
    return HOIST_OK;
}

static void count_new_tables(const struct tiny_state *before, struct tiny_forecast *forecast)
{
    memset(forecast->new_tables, 0, sizeof forecast->new_tables);
    if (memcmp(before->table, forecast->after.table, TINY_TABLES) == 0) {
        return;
    }
    for (unsigned table = 0; table < TINY_TABLES; table++) {
        const unsigned level = table == 0 ? 3 : table <= TINY_ENTRIES ? 2 : 1;
        const bool is_new = forecast->after.table[table] != 0 && before->table[table] == 0;

        forecast->new_tables[level] += is_new;
        forecast->new_tables[0] += is_new;
    }
}

void tiny_predict(const struct tiny_state *before, const struct tiny_operation *operation,
                  struct tiny_forecast *forecast)
{
    static enum hoist_result (*const rules[])(struct tiny_state *,
                                              const struct tiny_operation *) = {
        map, remap, protect, unmap, split, merge, collapse};

    forecast->after = *before;
    forecast->result = rules[operation->kind](&forecast->after, operation);
    count_new_tables(before, forecast);
}
