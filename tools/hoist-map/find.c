/* SPDX-License-Identifier: BSD-2-Clause */
/* All that reaches an address. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "mapping_words.h"
#include "numbers.h"

/* Tables shared over and over give more ways to a page than anybody reads. */
#define WAYS_LIMIT   4096u
#define SHARED_DEPTH 8u
#define PAGE_OFFSET  (MEMORY_PAGE_BYTES - 1)

struct search {
    const struct mapping *mapping;
    unsigned ways;
};

/* The table's span in the address space. */
static uint64_t span_of(const struct mapping_table *table)
{
    return UINT64_C(1) << (12 + 9 * table->level);
}

static void print_tables(const struct mapping *mapping, uint64_t va)
{
    for (size_t i = 0; i < mapping->table_count; i++) {
        const struct mapping_table *table = &mapping->tables[i];
        const bool is_root = table->level == mapping->facts.levels;
        char grants[MAPPING_RIGHTS_CAPACITY];

        if (is_root || (va >= table->va && va - table->va < span_of(table))) {
            mapping_rights_text(table->grants, grants);
            printf("  by %-4s %012" PRIx64 ", which grants %s\n", mapping_table_name(table->level),
                   table->pa, grants);
        }
    }
}

static void print_leaf(struct search *search, const struct mapping_range *range, uint64_t va)
{
    const char *name = mapping_range_name(search->mapping, range);
    char rights[MAPPING_RIGHTS_CAPACITY];

    mapping_rights_text(range->rights, rights);
    printf("va %016" PRIx64 " -> pa %012" PRIx64 ", %s, %s, 0x%" PRIx64 " bytes into %s%s\n", va,
           range->pa + (va - range->va), rights, mapping_cache_name(range->cache), va - range->va,
           name[0] == '\0' ? "a range at " : "", name);
    printf("  range %016" PRIx64 "-%016" PRIx64 "\n", range->va,
           range->va + (range->size_bytes - 1));
}

/* Where a shared table shows the same page once more; and where what shares is itself shared. */
static void print_aliases(struct search *search, uint64_t va, unsigned depth)
{
    const struct mapping *mapping = search->mapping;

    for (size_t i = 0; i < mapping->range_count && depth < SHARED_DEPTH; i++) {
        const struct mapping_range *range = &mapping->ranges[i];
        const uint64_t offset_bytes = va - range->shared_va;

        if (range->kind != MAPPING_SHARED || va < range->shared_va ||
            offset_bytes >= range->size_bytes) {
            continue;
        }
        if (++search->ways > WAYS_LIMIT) {
            return;
        }
        printf("va %016" PRIx64 " as well, by the shared table %012" PRIx64 "\n",
               range->va + offset_bytes, range->pa);
        print_aliases(search, range->va + offset_bytes, depth + 1);
    }
}

static bool print_way(struct search *search, const struct mapping_range *range, uint64_t va)
{
    if (++search->ways > WAYS_LIMIT) {
        return false;
    }
    print_leaf(search, range, va);
    print_tables(search->mapping, va);
    print_aliases(search, va, 0);
    return true;
}

static void find_physical(struct search *search, uint64_t pa)
{
    const struct mapping *mapping = search->mapping;

    for (size_t i = 0; i < mapping->table_count; i++) {
        const struct mapping_table *table = &mapping->tables[i];

        if (table->pa == (pa & ~PAGE_OFFSET)) {
            search->ways++;
            printf("pa %012" PRIx64 " lies in a page table of level %u, %u of 512 entries used, "
                   "first reached for va %016" PRIx64 "\n",
                   pa, table->level, table->used, table->va);
        }
    }
    for (size_t i = 0; i < mapping->range_count; i++) {
        const struct mapping_range *range = &mapping->ranges[i];

        if (range->kind == MAPPING_LEAVES && pa >= range->pa &&
            pa - range->pa < range->size_bytes &&
            !print_way(search, range, range->va + (pa - range->pa))) {
            return;
        }
    }
}

static const struct mapping_range *range_at(const struct mapping *mapping, uint64_t va)
{
    for (size_t i = 0; i < mapping->range_count; i++) {
        if (va >= mapping->ranges[i].va &&
            va - mapping->ranges[i].va < mapping->ranges[i].size_bytes) {
            return &mapping->ranges[i];
        }
    }
    return NULL;
}

static void find_virtual(struct search *search, uint64_t va)
{
    const struct mapping_range *range = range_at(search->mapping, va);

    for (unsigned depth = 0; range != NULL && range->kind != MAPPING_LEAVES; depth++) {
        search->ways++;
        printf("va %016" PRIx64 " lies in %s, the table at %012" PRIx64 "\n", va,
               mapping_range_name(search->mapping, range), range->pa);
        if (range->kind != MAPPING_SHARED || depth == SHARED_DEPTH) {
            return;
        }
        va = range->shared_va + (va - range->va);
        range = range_at(search->mapping, va);
    }
    if (range != NULL) {
        print_way(search, range, va);
    }
}

static bool is_canonical(const struct mapping *mapping, uint64_t va)
{
    const uint64_t upper = va >> (mapping->facts.levels == 5 ? 56 : 47);

    return upper == 0 || upper == UINT64_MAX >> (mapping->facts.levels == 5 ? 56 : 47);
}

int command_find(const struct loaded *loaded, const char *address, struct complaint *complaint)
{
    const bool only_pa = strncmp(address, "pa:", 3) == 0;
    const bool only_va = strncmp(address, "va:", 3) == 0;
    struct search search = {&loaded->mapping, 0};
    uint64_t number;

    if (!number_hexadecimal(address + (only_pa || only_va ? 3 : 0), &number)) {
        complain(complaint, "%s: an address is hexadecimal, of 64 bits", address);
        return EXIT_USAGE;
    }
    if (only_va && !is_canonical(&loaded->mapping, number)) {
        complain(complaint, "%s: with %u levels no virtual address is so", address,
                 loaded->mapping.facts.levels);
        return EXIT_USAGE;
    }
    if (!only_va) {
        find_physical(&search, number);
    }
    if (!only_pa) {
        find_virtual(&search, number);
    }
    if (search.ways == 0) {
        printf("nothing reaches %s\n", address);
        return EXIT_FOUND;
    }
    if (search.ways > WAYS_LIMIT) {
        printf("and more: only the first %u are shown\n", WAYS_LIMIT);
    }
    return EXIT_WELL;
}
