/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same work without a library: of a build the stores of the finished tree; of a look-up the
 * loads and tests of a bare walk; of an unmapping the clearing of the leaves; of protecting the
 * pieces of what is split and the changed ones once more; of a visit one load of every entry.
 */
#include "workload.h"

#define STRETCHES_MAX 4096u

/* Part of a table whose entries grow by a constant; with a first of 0, entries to be cleared. */
struct stretch {
    uint64_t *entries;
    uint64_t count;
    uint64_t first;
    uint64_t step;
};

static struct stretch stretches[STRETCHES_MAX];
static size_t stretch_count;

/* Cuts every table of the finished tree into stretches. */
void bound_read_tree(void)
{
    uint64_t *const tables = (uint64_t *)(void *)arena;

    for (size_t i = 0; i < frames_used * ENTRIES;) {
        const size_t end = (i / ENTRIES + 1) * ENTRIES;
        uint64_t step = 0;
        size_t next = i + 1;

        if (tables[i] != 0 && next < end && tables[next] != 0) {
            step = tables[next] - tables[i];
        }
        while (next < end && tables[next] - tables[next - 1] == step &&
               (tables[next] != 0) == (tables[i] != 0)) {
            next++;
        }
        if (stretch_count == STRETCHES_MAX) {
            fail("too many stretches");
        }
        stretches[stretch_count++] = (struct stretch){&tables[i], next - i, tables[i], step};
        i = next;
    }
}

static void clear_stretch(volatile uint64_t *entry, uint64_t count)
{
    for (; count >= 4; count -= 4, entry += 4) {
        entry[0] = 0;
        entry[1] = 0;
        entry[2] = 0;
        entry[3] = 0;
    }
    for (; count != 0; count--) {
        *entry++ = 0;
    }
}

static void store_stretch(volatile uint64_t *entry, uint64_t count, uint64_t value, uint64_t step)
{
    for (; count >= 4; count -= 4, entry += 4) {
        entry[0] = value;
        entry[1] = value += step;
        entry[2] = value += step;
        entry[3] = value += step;
        value += step;
    }
    for (; count != 0; count--, value += step) {
        *entry++ = value;
    }
}

void bound_store_tree(const struct workload *workload)
{
    (void)workload;
    for (size_t i = 0; i < stretch_count; i++) {
        const struct stretch *stretch = &stretches[i];

        if (stretch->first == 0) {
            clear_stretch(stretch->entries, stretch->count);
        } else {
            store_stretch(stretch->entries, stretch->count, stretch->first, stretch->step);
        }
    }
}

/* The page table above an address. */
static bool table_of(uint64_t va, struct hoist_pa *table)
{
    uint64_t entry = space.root;

    for (unsigned level = 4; level != 1; level--) {
        entry =
            ((const uint64_t *)(uintptr_t)(entry & ENTRY_ADDRESS))[(va >> (3 + 9 * level)) & 511];
        if ((entry & 1) == 0) {
            return false;
        }
    }
    table->value = entry & ENTRY_ADDRESS;
    return true;
}

void bound_walk_all(const struct workload *workload)
{
    uint64_t sum = 0;

    (void)workload;
    for (size_t i = 0; i < LOOK_UPS; i++) {
        const uint64_t va = addresses[i];
        uint64_t entry = space.root;
        unsigned shift = 48;

#pragma GCC unroll 4
        for (unsigned level = 4; level != 0; level--) {
            shift = 3 + 9 * level;
            entry = ((const uint64_t *)(uintptr_t)(entry & ENTRY_ADDRESS))[(va >> shift) & 511];
            if ((entry & 1) == 0) {
                fail("a hole");
            }
            if ((entry & 0x80) != 0) {
                break;
            }
        }
        sum += (entry & ENTRY_ADDRESS) + (va & ((UINT64_C(1) << shift) - 1));
    }
    sink = sum;
}

void bound_load_tree(const struct workload *workload)
{
    const uint64_t *entry = (const uint64_t *)(void *)arena;
    const uint64_t *const end = entry + frames_used * ENTRIES;
    uint64_t sum = 0;

    (void)workload;
    while (entry != end) {
#pragma GCC unroll 32
        for (unsigned i = 0; i < 32; i++) {
            sum |= entry[i];
        }
        entry += 32;
    }
    sink = sum;
}

/* The leaves' tables alone: the first of them was made after those above. */
void bound_clear_leaves(const struct workload *workload)
{
    struct hoist_pa table;

    (void)workload;
    for (uint64_t va = regions[0].va.value; va - regions[0].va.value < regions[0].size_bytes;
         va += HOIST_SIZE_2M) {
        if (!table_of(va, &table)) {
            fail("a hole");
        }
        clear_stretch((uint64_t *)(uintptr_t)table.value, ENTRIES);
    }
}

/* The pieces of every leaf, and then every second of them once more. */
void bound_store_pieces(const struct workload *workload)
{
    uint64_t *const tables = (uint64_t *)(void *)(arena + frames_used * HOIST_SIZE_4K);
    const uint64_t table_count = regions[0].size_bytes / HOIST_SIZE_2M;

    (void)workload;
    for (uint64_t i = 0; i < table_count; i++) {
        volatile uint64_t *entry = tables + i * ENTRIES;
        uint64_t value = (i << 21) | 3;

        store_stretch(entry, ENTRIES, value, HOIST_SIZE_4K);
        for (unsigned k = 0; k < ENTRIES; k += 8, value += 8 * HOIST_SIZE_4K) {
            entry[k] = value - 2;
            entry[k + 2] = value + 2 * HOIST_SIZE_4K - 2;
            entry[k + 4] = value + 4 * HOIST_SIZE_4K - 2;
            entry[k + 6] = value + 6 * HOIST_SIZE_4K - 2;
        }
    }
}
