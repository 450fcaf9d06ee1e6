/* SPDX-License-Identifier: BSD-2-Clause */
/* The columns of the mapping dump. Boot tests read them, so a change here is a change there. */
#include "dump.h"

#include "print.h"
#include "problem_names.h"

/* Three counts of 20 digits, three sizes, spaces. */
#define LEAVES_CAPACITY 80

/* "2x1G 3x2M 17x4K", without the sizes that do not occur. */
static void leaf_counts(const struct plan_range *range, char *buffer, size_t capacity)
{
    static const char *const names[] = {"", "4K", "2M", "1G"};
    size_t length = 0;

    buffer[0] = '\0';
    for (unsigned size = HOIST_LEAF_1G; size >= HOIST_LEAF_4K; size--) {
        if (range->leaf_count[size] != 0) {
            length += print_to(buffer + length, capacity - length, "%s%" PRINT_64 "ux%s",
                               length == 0 ? "" : " ", range->leaf_count[size], names[size]);
        }
    }
}

/*
 * No line is longer than 79 characters as long as names and leaf counts are short: consoles wrap at
 * 80.
 */
size_t dump_heading(char *buffer, size_t capacity)
{
    return print_to(buffer, capacity, "%-16s %-12s %10s %-13s %-3s %-3s %s", "virtual", "physical",
                    "size", "leaves", "may", "is", "name");
}

size_t dump_memory(const struct memory_range *range, char *buffer, size_t capacity)
{
    char size[PRINT_SIZE_CAPACITY];

    print_size(size, sizeof(size), range->size_bytes);
    return print_to(buffer, capacity, "%016" PRINT_64 "x %016" PRINT_64 "x %12s  %s", range->base,
                    range->base + (range->size_bytes - 1), size, memory_kind_name(range->kind));
}

size_t dump_range(const struct plan_range *range, char *buffer, size_t capacity)
{
    const uint8_t rights = range->access.rights;
    const char *cache = problem_cache_name(range->access.cache);
    char size[PRINT_SIZE_CAPACITY];
    char leaves[LEAVES_CAPACITY];

    print_size(size, sizeof(size), range->size_bytes);
    leaf_counts(range, leaves, sizeof(leaves));
    return print_to(
        buffer, capacity, "%016" PRINT_64 "x %012" PRINT_64 "x %10s %-13s r%c%c %-3s %s", range->va,
        range->pa, size, leaves, (rights & HOIST_WRITE) != 0 ? 'w' : '-',
        (rights & HOIST_EXECUTE) != 0 ? 'x' : '-', cache == NULL ? "?" : cache, range->name);
}
