/* SPDX-License-Identifier: BSD-2-Clause */
/* Two mappings side by side, from one edge of any range to the next. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "mapping_words.h"
#include "print.h"

/* What can differ. */
#define DIFFERS_KIND   0x01u
#define DIFFERS_FRAMES 0x02u
#define DIFFERS_RIGHTS 0x04u
#define DIFFERS_CACHE  0x08u
#define DIFFERS_NAME   0x10u
#define DIFFERS_MARKS  0x20u

/* A stretch of addresses, and the ranges around it; NULL: nothing is mapped there. */
struct stretch {
    uint64_t va;
    uint64_t last;
    const struct mapping_range *old;
    const struct mapping_range *now;
};

struct comparison {
    const struct mapping *old;
    const struct mapping *now;
    uint64_t count; /* stretches that differ */
};

static uint64_t last_of(const struct mapping_range *range)
{
    return range->va + (range->size_bytes - 1);
}

/* Of a table, the table; of memory, the frame behind an address. */
static uint64_t frame_at(const struct mapping_range *range, uint64_t va)
{
    return range->kind == MAPPING_LEAVES ? range->pa + (va - range->va) : range->pa;
}

static unsigned differences(const struct comparison *comparison, const struct stretch *stretch)
{
    const struct mapping_range *old = stretch->old;
    const struct mapping_range *now = stretch->now;

    return (old->kind != now->kind || old->shared_va != now->shared_va ? DIFFERS_KIND : 0) |
           (frame_at(old, stretch->va) != frame_at(now, stretch->va) ? DIFFERS_FRAMES : 0) |
           (old->rights != now->rights ? DIFFERS_RIGHTS : 0) |
           (old->cache != now->cache ? DIFFERS_CACHE : 0) |
           (old->marks != now->marks ||
                    (old->rights == now->rights && old->leaf_rights != now->leaf_rights)
                ? DIFFERS_MARKS
                : 0) |
           (strcmp(mapping_range_name(comparison->old, old),
                   mapping_range_name(comparison->now, now)) != 0
                ? DIFFERS_NAME
                : 0);
}

static void print_range(const struct mapping *mapping, const struct mapping_range *range,
                        uint64_t va)
{
    char rights[MAPPING_RIGHTS_CAPACITY];
    const char *name = mapping_range_name(mapping, range);

    mapping_rights_text(range->rights, rights);
    printf(" %012" PRIx64 " %s %s%s%s", frame_at(range, va), rights,
           mapping_cache_name(range->cache), name[0] == '\0' ? "" : ": ", name);
}

static void print_changes(const struct comparison *comparison, const struct stretch *stretch)
{
    static const char *const words[] = {"kind", "frames", "rights", "cache", "name", "marks"};
    const unsigned changes = differences(comparison, stretch);
    const char *before = " (";

    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if ((changes >> i & 1) != 0) {
            printf("%s%s", before, words[i]);
            before = ", ";
        }
    }
    printf(")");
}

static void report(struct comparison *comparison, const struct stretch *stretch)
{
    const char *word = stretch->old == NULL   ? "added"
                       : stretch->now == NULL ? "removed"
                                              : "changed";
    char size[PRINT_SIZE_CAPACITY] = "256 TiB"; /* of all addresses, which no number holds */

    if (stretch->old != NULL && stretch->now != NULL && differences(comparison, stretch) == 0) {
        return;
    }
    comparison->count++;
    print_size(size, sizeof(size), stretch->last - stretch->va + 1);
    printf("%-7s %016" PRIx64 "-%016" PRIx64 " %10s", word, stretch->va, stretch->last, size);
    if (stretch->old != NULL) {
        print_range(comparison->old, stretch->old, stretch->va);
    }
    if (stretch->old != NULL && stretch->now != NULL) {
        printf(" ->");
    }
    if (stretch->now != NULL) {
        print_range(comparison->now, stretch->now, stretch->va);
    }
    if (stretch->old != NULL && stretch->now != NULL) {
        print_changes(comparison, stretch);
    }
    printf("\n");
}

/* The first range that does not end below the address, from *index on. */
static const struct mapping_range *range_from(const struct mapping *mapping, size_t *index,
                                              uint64_t va)
{
    while (*index < mapping->range_count && last_of(&mapping->ranges[*index]) < va) {
        (*index)++;
    }
    return *index < mapping->range_count ? &mapping->ranges[*index] : NULL;
}

/* Takes the range where it is around the stretch; otherwise the stretch ends below it. */
static const struct mapping_range *take(const struct mapping_range *range, struct stretch *stretch)
{
    if (range == NULL) {
        return NULL;
    }
    if (range->va > stretch->va) {
        stretch->last = stretch->last < range->va - 1 ? stretch->last : range->va - 1;
        return NULL;
    }
    stretch->last = stretch->last < last_of(range) ? stretch->last : last_of(range);
    return range;
}

static void compare_ranges(struct comparison *comparison)
{
    size_t old_index = 0;
    size_t now_index = 0;
    uint64_t va = 0;

    for (;;) {
        const struct mapping_range *old = range_from(comparison->old, &old_index, va);
        const struct mapping_range *now = range_from(comparison->now, &now_index, va);
        struct stretch stretch = {.va = va, .last = UINT64_MAX};

        if (old == NULL && now == NULL) {
            return;
        }
        stretch.old = take(old, &stretch);
        stretch.now = take(now, &stretch);
        if (stretch.old != NULL || stretch.now != NULL) {
            report(comparison, &stretch);
        }
        if (stretch.last == UINT64_MAX) {
            return;
        }
        va = stretch.last + 1;
    }
}

int command_diff(const struct loaded *old, const struct loaded *now)
{
    struct comparison comparison = {&old->mapping, &now->mapping, 0};

    compare_ranges(&comparison);
    for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
        if (old->findings[rule].verdict != now->findings[rule].verdict) {
            comparison.count++;
            printf("rule    %s: %s -> %s\n", rule_name(rule),
                   verdict_text((enum verdict)old->findings[rule].verdict),
                   verdict_text((enum verdict)now->findings[rule].verdict));
        }
    }
    return comparison.count == 0 ? EXIT_WELL : EXIT_FOUND;
}
