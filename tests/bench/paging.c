/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the page-table library costs: `workloads WORKLOAD library|bound REPETITIONS warm|cold`.
 *
 * Prints the median of nanoseconds per leaf (or per look-up), what was divided by, and the frames used.
 * Frames come from an arena of pre-faulted frames that are not zero; a physical address is a pointer. The
 * bound of a build is the stores of the finished tree and nothing else; of a look-up, the loads and tests
 * of a bare walk; of a visit, one load of every entry.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <emmintrin.h>

#include "hoist_paging.h"
#include "regions.h"

#define ARENA_FRAMES    1024u
#define CACHE_LINE      64u
#define STRETCHES_MAX   4096u
#define LOOK_UPS        65536u
#define REPETITIONS_MAX 1000u
#define ENTRIES         512u
#define ENTRY_ADDRESS   UINT64_C(0x000ffffffffff000)

/* Part of a table whose entries grow by a constant; with a first of 0, entries to be cleared. */
struct stretch {
    uint64_t *entries;
    uint64_t count;
    uint64_t first;
    uint64_t step;
};

struct runs {
    uint64_t va;
    uint64_t pa;
    uint64_t end;
    struct hoist_access access;
    uint64_t leaf_count;
    uint64_t run_count;
};

enum kind { KIND_MAP, KIND_QUERY, KIND_VISIT };

struct workload {
    const char *name;
    enum kind kind;
    void (*make_regions)(void);
    enum hoist_leaf_size largest;
    uint64_t leaf_count;
};

static uint8_t *arena;
static size_t frames_used;
static struct stretch stretches[STRETCHES_MAX];
static size_t stretch_count;
static uint64_t addresses[LOOK_UPS];
static struct hoist_space space;
static volatile uint64_t sink;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "workloads: %s\n", what);
    exit(1);
}

static bool take(void *context, struct hoist_frame_4k *frame)
{
    (void)context;
    if (frames_used == ARENA_FRAMES) {
        return false;
    }
    frame->pa = (uintptr_t)(arena + frames_used * HOIST_SIZE_4K);
    frames_used++;
    return true;
}

static void give_back(void *context, struct hoist_frame_4k frame)
{
    (void)context;
    (void)frame;
}

static const struct hoist_hooks hooks = {take, give_back, NULL, NULL};
static const struct hoist_cpu cpu = {
    .levels = 4, .physical_bits = 48, .has_1g_pages = true, .has_nx = true};

static const struct workload workloads[] = {
    {"W1", KIND_MAP, regions_4k, HOIST_LEAF_4K, 262144},
    {"W2", KIND_MAP, regions_2m, HOIST_LEAF_2M, 32768},
    {"W3", KIND_MAP, regions_1g, HOIST_LEAF_1G, 4096},
    {"W4", KIND_MAP, regions_odd, HOIST_LEAF_1G, 85445},
    {"W5-W1", KIND_QUERY, regions_4k, HOIST_LEAF_4K, 262144},
    {"W5-W4", KIND_QUERY, regions_odd, HOIST_LEAF_1G, 85445},
    {"W8-W1", KIND_VISIT, regions_4k, HOIST_LEAF_4K, 262144},
    {"W8-W4", KIND_VISIT, regions_odd, HOIST_LEAF_1G, 85445},
};

/* ---- the library ---- */

static void map_all(const struct workload *workload)
{
    frames_used = 0;
    if (hoist_space_init(&space, &cpu, &hooks, NULL) != HOIST_OK) {
        fail("no space");
    }
    for (size_t i = 0; i < region_count; i++) {
        if (hoist_map(&space, &regions[i], hoist_kernel_data(), workload->largest) != HOIST_OK) {
            fail("hoist_map");
        }
    }
}

static void query_all(const struct workload *workload)
{
    struct hoist_translation found;
    uint64_t sum = 0;

    (void)workload;
    for (size_t i = 0; i < LOOK_UPS; i++) {
        if (hoist_query(&space, hoist_va_of(addresses[i]), &found) != HOIST_OK) {
            fail("hoist_query");
        }
        sum += found.pa.value;
    }
    sink = sum;
}

static bool is_same_access(struct hoist_access a, struct hoist_access b)
{
    return a.rights == b.rights && a.cache == b.cache && a.protection_key == b.protection_key &&
           a.software == b.software;
}

static enum hoist_result merge(void *context, const struct hoist_leaf *leaf)
{
    struct runs *runs = context;
    const uint64_t va = leaf->va.value;

    runs->leaf_count++;
    if (va != runs->end || leaf->pa.value - va != runs->pa - runs->va ||
        !is_same_access(leaf->effective, runs->access)) {
        runs->run_count++;
        runs->va = va;
        runs->pa = leaf->pa.value;
        runs->access = leaf->effective;
    }
    runs->end = va + (HOIST_SIZE_4K << (9 * ((unsigned)leaf->size - 1)));
    return HOIST_OK;
}

static void visit_all(const struct workload *workload)
{
    struct runs runs = {0};
    const struct hoist_visitor visitor = {merge, NULL, &runs, 0};

    if (hoist_visit(&space, hoist_va_of(0), hoist_va_of(~UINT64_C(0)), &visitor) != HOIST_OK) {
        fail("hoist_visit");
    }
    if (runs.leaf_count != workload->leaf_count || runs.run_count != region_count) {
        fail("hoist_visit saw other leaves than were mapped");
    }
}

/* ---- the bounds ---- */

/* Cuts every table of the finished tree into stretches. */
static void read_tree(void)
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

static void store_tree(const struct workload *workload)
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

static void walk_all(const struct workload *workload)
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

static void load_tree(const struct workload *workload)
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

/* ---- measuring ---- */

static double now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Puts the whole arena out of every cache. */
static void empty_caches(void)
{
    for (size_t i = 0; i < ARENA_FRAMES * HOIST_SIZE_4K; i += CACHE_LINE) {
        _mm_clflush(arena + i);
    }
    _mm_mfence();
}

static void measure(const struct workload *workload, bool bound, unsigned repetitions, bool cold)
{
    static void (*const of_library[])(const struct workload *) = {map_all, query_all, visit_all};
    static void (*const of_bound[])(const struct workload *) = {store_tree, walk_all, load_tree};
    void (*const run)(const struct workload *) =
        bound ? of_bound[workload->kind] : of_library[workload->kind];
    const uint64_t parts = workload->kind == KIND_QUERY ? LOOK_UPS : workload->leaf_count;
    double times[REPETITIONS_MAX];

    for (unsigned i = 0; i < repetitions; i++) {
        if (cold) {
            empty_caches();
        }
        times[i] = now_ns();
        run(workload);
        times[i] = now_ns() - times[i];
    }
    qsort(times, repetitions, sizeof(times[0]), compare);
    printf("%.4f %" PRIu64 " %zu\n", times[repetitions / 2] / (double)parts, parts, frames_used);
}

int main(int argc, char **argv)
{
    const unsigned repetitions = argc == 5 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;

    if (repetitions == 0 || repetitions > REPETITIONS_MAX) {
        fail("usage: workloads WORKLOAD library|bound REPETITIONS warm|cold");
    }
    arena = aligned_alloc(HOIST_SIZE_4K, ARENA_FRAMES * HOIST_SIZE_4K);
    if (arena == NULL) {
        fail("no memory");
    }
    memset(arena, 0xa5, ARENA_FRAMES * HOIST_SIZE_4K);
    for (size_t i = 0; i < sizeof(workloads) / sizeof(workloads[0]); i++) {
        if (strcmp(argv[1], workloads[i].name) == 0) {
            workloads[i].make_regions();
            map_all(&workloads[i]);
            regions_choose_addresses(addresses, LOOK_UPS);
            read_tree();
            measure(&workloads[i], strcmp(argv[2], "bound") == 0, repetitions,
                    strcmp(argv[4], "cold") == 0);
            return 0;
        }
    }
    fail("no such workload");
}
