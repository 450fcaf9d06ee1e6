/* SPDX-License-Identifier: BSD-2-Clause */
/* What to do to an address space next. */
#include "space_operation.h"

#include <inttypes.h>
#include <stdio.h>

#include "property.h"
#include "space_request.h"

static const char *const names[OPERATION_KINDS] = {
    "map",   "map empty", "map page", "remap",      "protect",        "unmap",
    "split", "merge",     "collapse", "cursor map", "cursor protect", "cursor unmap",
    "give",  "take",      "flush",    "narrow",     "clear",          "destroy"};

/* How often each kind is chosen. */
static const uint8_t weights[OPERATION_KINDS] = {10, 3, 4, 12, 10, 9, 6, 8, 3,
                                                 5,  4, 4, 4,  4,  3, 2, 1, 1};

static enum operation_kind random_kind(void)
{
    unsigned sum = 0;
    unsigned choice;
    unsigned kind = 0;

    for (unsigned i = 0; i < OPERATION_KINDS; i++) {
        sum += weights[i];
    }
    for (choice = (unsigned)random_below(sum); choice >= weights[kind]; kind++) {
        choice -= weights[kind];
    }
    return (enum operation_kind)kind;
}

/* Makes the range all that some table covers, or all but a page, or a few tables. */
static void aim_at_table(struct operation *operation)
{
    const struct table *table = &model.tables[random_below(model.table_count)];

    if (table->level > 3 || table->level == model.cpu.levels) {
        return;
    }
    operation->va = model_table_first(table);
    operation->size = model_bytes_of(table->level) * 512;
    if (one_in(6)) {
        operation->size *= 1 + random_below(3);
    }
    if (one_in(8)) {
        operation->size -= KIB4;
    }
    if (one_in(8)) {
        operation->va += KIB4;
    }
}

/* Makes the range part of what is mapped in one stretch, or all of it. */
static void aim_at_stretch(struct operation *operation)
{
    const struct stretch *stretch = &model.stretches[random_below(model.stretch_count)];
    const uint64_t page_count = (stretch->last - stretch->first) / KIB4 + 1;
    const uint64_t leaf_count =
        (stretch->last - stretch->first) / model_bytes_of(stretch->level) + 1;

    operation->va = stretch->first;
    operation->size = stretch->last - stretch->first + 1;
    if (one_in(2)) {
        const uint64_t first = random_below(leaf_count);

        operation->va += first * model_bytes_of(stretch->level);
        operation->size = (1 + random_below(leaf_count - first)) * model_bytes_of(stretch->level);
    }
    if (one_in(2)) {
        const uint64_t first = random_below(page_count);

        operation->va = stretch->first + first * KIB4;
        operation->size =
            (1 + random_below(page_count - first < 700 ? page_count - first : 700)) * KIB4;
    }
}

/* The page beside the one that the cursor was at last, or near it. */
static void aim_at_last(struct operation *operation)
{
    static uint64_t last_va;

    if (!one_in(3) && last_va < model_lower_end()) {
        operation->va = last_va + random_below(3) * KIB4;
    } else if (!one_in(3) && last_va >= model_upper_start()) {
        operation->va = last_va - random_below(3) * KIB4;
    }
    if (operation->va >= model_lower_end() && operation->va < model_upper_start()) {
        operation->va = last_va & (model_lower_end() - 1);
    }
    last_va = operation->va;
}

static void keep_in_half(struct operation *operation)
{
    if (operation->size > request_room_above(operation->va)) {
        operation->size = request_room_above(operation->va);
    }
}

/* A page of the size in `largest` near the address, and a frame of that size. */
static void make_page(struct operation *operation)
{
    const uint64_t mask = ~(model_bytes_of(operation->largest) - 1);

    operation->va &= mask;
    operation->size = model_bytes_of(operation->largest);
    operation->pa = request_pa(operation->va, operation->size) & mask;
}

/* The pages that are given are usually what is taken. */
static void aim_at_given(struct operation *operation)
{
    for (unsigned tries = 0; model.stretch_count != 0 && tries < 20; tries++) {
        const struct stretch *stretch = &model.stretches[random_below(model.stretch_count)];

        if ((stretch->access.software & HOIST_SOFTWARE_OWNED) != 0) {
            operation->va = stretch->first;
            return;
        }
    }
}

static void aim(struct operation *operation)
{
    switch (operation->kind) {
    case OPERATION_PROTECT:
    case OPERATION_SPLIT:
        if (model.stretch_count != 0 && !one_in(5)) {
            aim_at_stretch(operation);
        }
        break;
    case OPERATION_UNMAP:
    case OPERATION_MERGE:
    case OPERATION_COLLAPSE:
        if (model.table_count != 0 && !one_in(3)) {
            aim_at_table(operation);
        } else if (model.stretch_count != 0 && one_in(2)) {
            aim_at_stretch(operation);
        }
        break;
    case OPERATION_CURSOR_MAP:
    case OPERATION_CURSOR_PROTECT:
    case OPERATION_CURSOR_UNMAP:
        aim_at_last(operation);
        operation->largest = 1;
        make_page(operation);
        break;
    case OPERATION_MAP_PAGE:
    case OPERATION_GIVE:
        operation->largest = 1 + (unsigned)random_below(model.cpu.has_1g_pages ? 3 : 2);
        make_page(operation);
        break;
    case OPERATION_TAKE: aim_at_given(operation); break;
    case OPERATION_NARROW: operation->largest = 1 + (unsigned)random_below(4); break;
    default: break;
    }
    keep_in_half(operation);
}

/* Now and then the one that was had before: for pages beside one another, and what is there. */
static struct hoist_access make_access(enum operation_kind kind, uint64_t va)
{
    struct hoist_access access = request_access(va);

    if (kind == OPERATION_PROTECT && one_in(3)) {
        access.rights ^= (uint8_t)(one_in(2) ? HOIST_WRITE : HOIST_GLOBAL);
    }
    if (kind == OPERATION_GIVE) {
        access.software &= ~HOIST_SOFTWARE_OWNED;
    }
    return access;
}

struct operation operation_make(void)
{
    static bool collects; /* for a while, so that lists grow long */
    const struct request request = request_make();
    struct operation operation = {.kind = random_kind(),
                                  .va = request.extent.va.value,
                                  .pa = request.extent.pa.value,
                                  .size = request.extent.size_bytes,
                                  .largest = request.largest,
                                  .use = one_in(3) ? HOIST_RANGE_LIVE : HOIST_RANGE_IDLE,
                                  .tables = one_in(3) ? HOIST_KEEP_TABLES : HOIST_DROP_TABLES,
                                  .collects = collects,
                                  .reserves = one_in(4),
                                  .keeps_links = one_in(8)};

    collects = collects != one_in(8);
    aim(&operation);
    operation.access = make_access(operation.kind, operation.va);
    operation.salt = random_number();
    return operation;
}

const char *operation_name(enum operation_kind kind)
{
    return names[kind];
}

void operation_print(const struct operation *operation)
{
    printf("#   %-14s va %016" PRIx64 " pa %013" PRIx64 " size %10" PRIx64
           " largest %u rights %02x cache %u key %u software %03" PRIx32 "%s%s%s%s%s\n",
           names[operation->kind], operation->va, operation->pa, operation->size,
           operation->largest, operation->access.rights, operation->access.cache,
           operation->access.protection_key, operation->access.software,
           operation->use == HOIST_RANGE_LIVE ? " live" : "",
           operation->tables == HOIST_KEEP_TABLES ? " keep-tables" : "",
           operation->collects ? " collects" : "", operation->reserves ? " reserves" : "",
           operation->keeps_links ? " keeps-links" : "");
}
