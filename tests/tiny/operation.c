/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of the library, listed and made. */
#include "operation.h"

#include <stdio.h>

bool tiny_is_user(unsigned access)
{
    return access != 0;
}

/* Between them every bit of a leaf is on in one and off in the other. */
struct hoist_access tiny_access(unsigned number)
{
    const struct hoist_access user = {HOIST_READ | HOIST_USER | HOIST_EXECUTE | HOIST_GLOBAL, 5, 9,
                                      0x1a5};
    const struct hoist_access kernel = {HOIST_READ | HOIST_WRITE, 2, 6, 0x05a};

    return tiny_is_user(number) ? user : kernel;
}

/* Where tiny_list has got to. */
struct list {
    struct tiny_operation *operations;
    unsigned count;
};

static void add(struct list *list, struct tiny_operation operation)
{
    if (list->operations != NULL) {
        list->operations[list->count] = operation;
    }
    list->count++;
}

/* All that can be done with a range, mapping it by leaves up to `largest`. */
static void add_range(struct list *list, const struct tiny_choice *choice, unsigned first,
                      unsigned end, unsigned largest)
{
    struct tiny_operation next = {.first = (uint8_t)first, .end = (uint8_t)end};

    for (next.access = 0; next.access < TINY_ACCESSES; next.access++) {
        for (next.base = 0; next.base < choice->base_count; next.base++) {
            for (next.largest = 1; next.largest <= largest; next.largest++) {
                next.kind = TINY_MAP;
                add(list, next);
                next.kind = TINY_REMAP;
                add(list, next);
            }
        }
        next.base = 0;
        next.largest = 0;
        next.kind = TINY_PROTECT;
        add(list, next);
    }
    next.access = 0;
    next.kind = TINY_SPLIT;
    for (next.largest = 1; next.largest <= TINY_LEVELS; next.largest++) {
        add(list, next);
    }
    next.largest = 0;
    next.kind = TINY_MERGE;
    add(list, next);
    next.kind = TINY_COLLAPSE;
    add(list, next);
    next.kind = TINY_UNMAP;
    next.tables = HOIST_DROP_TABLES;
    add(list, next);
    next.tables = HOIST_KEEP_TABLES;
    add(list, next);
}

/* The level of the leaf that a range is just large enough for; 0 if there is none. */
static unsigned level_of_page(unsigned first, unsigned end)
{
    unsigned level = TINY_LEVELS;

    while (level != 0 && (end - first != tiny_span(level) || first % tiny_span(level) != 0)) {
        level--;
    }
    return level;
}

unsigned tiny_list(const struct tiny_choice *choice, struct tiny_operation *operations)
{
    struct list list = {operations, 0};

    for (unsigned first = 0; first < TINY_PAGES; first++) {
        for (unsigned end = first + 1; end <= TINY_PAGES; end++) {
            const unsigned level = level_of_page(first, end);

            if (!choice->is_single_page) {
                add_range(&list, choice, first, end, TINY_LEVELS);
            } else if (level != 0) {
                add_range(&list, choice, first, end, level);
            }
        }
    }
    return list.count;
}

uint64_t tiny_product(const struct tiny_choice *choice)
{
    const uint64_t small = TINY_PAGES;
    const uint64_t medium = TINY_PAGES / TINY_ENTRIES;
    const uint64_t large = medium / TINY_ENTRIES;
    const uint64_t ranges = choice->is_single_page ? small + medium + large : TINY_RANGES;
    const uint64_t sized_ranges =
        choice->is_single_page ? small + 2 * medium + 3 * large : TINY_LEVELS * TINY_RANGES;
    const uint64_t mappings = sized_ranges * choice->base_count * TINY_ACCESSES;
    const uint64_t protects = TINY_ACCESSES;
    const uint64_t unmaps = 2;
    const uint64_t splits = TINY_LEVELS;
    const uint64_t merges = 1;
    const uint64_t collapses = 1;

    return 2 * mappings + ranges * (protects + unmaps + splits + merges + collapses);
}

static struct hoist_extent extent_of(const struct tiny_operation *operation)
{
    return hoist_extent_of(hoist_va_of(operation->first * TINY_PAGE_BYTES),
                           hoist_pa_of(tiny_pa(operation->base, operation->first)),
                           (uint64_t)(operation->end - operation->first) * TINY_PAGE_BYTES);
}

static struct hoist_range range_of(const struct tiny_operation *operation)
{
    return hoist_range_of(hoist_va_of(operation->first * TINY_PAGE_BYTES),
                          (uint64_t)(operation->end - operation->first) * TINY_PAGE_BYTES);
}

enum hoist_result tiny_call(struct hoist_space *space, const struct tiny_operation *operation)
{
    const struct hoist_extent extent = extent_of(operation);
    const struct hoist_range range = range_of(operation);
    const struct hoist_access access = tiny_access(operation->access);
    const enum hoist_leaf_size largest = (enum hoist_leaf_size)operation->largest;

    switch ((enum tiny_kind)operation->kind) {
    case TINY_MAP: return hoist_map(space, &extent, access, largest);
    case TINY_REMAP:
        return hoist_remap(space, &extent, access, largest, (enum hoist_use)operation->use);
    case TINY_PROTECT: return hoist_protect(space, &range, access);
    case TINY_UNMAP: return hoist_unmap(space, &range, (enum hoist_tables)operation->tables);
    case TINY_SPLIT: return hoist_split(space, &range, largest);
    case TINY_MERGE: return hoist_merge(space, &range);
    default: return hoist_collapse(space, &range);
    }
}

enum hoist_result tiny_count(const struct hoist_space *space,
                             const struct tiny_operation *operation, struct hoist_count *count)
{
    const struct hoist_extent extent = extent_of(operation);
    const struct hoist_range range = range_of(operation);
    const struct hoist_access access = tiny_access(operation->access);
    const enum hoist_leaf_size largest = (enum hoist_leaf_size)operation->largest;
    uint64_t *frames = &count->frame_count;

    switch ((enum tiny_kind)operation->kind) {
    case TINY_MAP: return hoist_count_map(space, count, &extent, access, largest);
    case TINY_REMAP: return hoist_count_remap(space, &extent, access, largest, frames);
    case TINY_PROTECT: return hoist_count_protect(space, &range, access, frames);
    case TINY_UNMAP: return hoist_count_unmap(space, &range, frames);
    case TINY_SPLIT: return hoist_count_split(space, &range, largest, frames);
    default: return HOIST_OK;
    }
}

const char *tiny_words(const struct tiny_operation *operation)
{
    static const char *const names[] = {"map",   "remap", "protect", "unmap",
                                        "split", "merge", "collapse"};
    static char words[160];

    snprintf(words, sizeof words,
             "%s pages %u to %u (largest %u, base %u, access %u, %s tables, %s)",
             names[operation->kind], operation->first, operation->end - 1u, operation->largest,
             operation->base, operation->access,
             operation->tables == HOIST_KEEP_TABLES ? "keep" : "drop",
             operation->use == HOIST_RANGE_LIVE ? "in use" : "idle");
    return words;
}
