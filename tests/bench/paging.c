/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the page-table library costs: `workloads WORKLOAD library|bound REPETITIONS warm|cold`.
 *
 * Prints the median of nanoseconds per leaf (look-up, call), what was divided by, and the frames
 * used. Frames come from an arena of pre-faulted frames that are not zero.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <emmintrin.h>

#include "workload.h"

#define CACHE_LINE      64u
#define REPETITIONS_MAX 1000u

uint8_t *arena;
size_t frames_used;
uint64_t addresses[LOOK_UPS];
struct hoist_space space;
volatile uint64_t sink;

_Noreturn void fail(const char *what)
{
    fprintf(stderr, "workloads: %s\n", what);
    exit(1);
}

static const struct workload workloads[] = {
    {"W1", KIND_MAP, regions_4k, HOIST_LEAF_4K, 262144},
    {"W2", KIND_MAP, regions_2m, HOIST_LEAF_2M, 32768},
    {"W3", KIND_MAP, regions_1g, HOIST_LEAF_1G, 4096},
    {"W4", KIND_MAP, regions_odd, HOIST_LEAF_1G, 85445},
    {"W4e", KIND_MAP_EMPTY, regions_odd, HOIST_LEAF_1G, 85445},
    {"W5-W1", KIND_TRANSLATE, regions_4k, HOIST_LEAF_4K, LOOK_UPS},
    {"W5-W4", KIND_TRANSLATE, regions_odd, HOIST_LEAF_1G, LOOK_UPS},
    {"W5q-W1", KIND_QUERY, regions_4k, HOIST_LEAF_4K, LOOK_UPS},
    {"W6", KIND_UNMAP, regions_4k, HOIST_LEAF_4K, 262144},
    {"W6f", KIND_DROP, regions_4k, HOIST_LEAF_4K, 262144},
    {"W7", KIND_CURSOR, regions_64m, HOIST_LEAF_2M, PROTECTS},
    {"W7p", KIND_PROTECT, regions_64m, HOIST_LEAF_2M, PROTECTS},
    {"W8-W1", KIND_VISIT, regions_4k, HOIST_LEAF_4K, 262144},
    {"W8-W4", KIND_VISIT, regions_odd, HOIST_LEAF_1G, 85445},
};

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

/* How a kind is measured: `is_used_up` where the tree has to be made anew before each run. */
struct method {
    void (*library)(const struct workload *);
    void (*bound)(const struct workload *);
    bool is_used_up;
};

static const struct method methods[] = {
    [KIND_MAP] = {library_map_all, bound_store_tree, false},
    [KIND_MAP_EMPTY] = {library_map_all_empty, bound_store_tree, false},
    [KIND_TRANSLATE] = {library_translate_all, bound_walk_all, false},
    [KIND_QUERY] = {library_query_all, bound_walk_all, false},
    [KIND_UNMAP] = {library_clear_all, bound_clear_leaves, true},
    [KIND_DROP] = {library_drop_all, bound_clear_leaves, true},
    [KIND_PROTECT] = {library_protect_all, bound_store_pieces, true},
    [KIND_CURSOR] = {library_protect_all_by_cursor, bound_store_pieces, true},
    [KIND_VISIT] = {library_visit_all, bound_load_tree, false},
};

/* The noise of making the tree anew is kept out of what callgrind counts by this function's name.
 */
static __attribute__((noinline)) double run_once(void (*run)(const struct workload *),
                                                 const struct workload *workload)
{
    const double start = now_ns();

    run(workload);
    return now_ns() - start;
}

static void measure(const struct workload *workload, bool bound, unsigned repetitions, bool cold)
{
    const struct method *method = &methods[workload->kind];
    void (*const run)(const struct workload *) = bound ? method->bound : method->library;
    double times[REPETITIONS_MAX];
    size_t frames = frames_used;

    for (unsigned i = 0; i < repetitions; i++) {
        if (method->is_used_up) {
            library_map_all(workload);
        }
        if (cold) {
            empty_caches();
        }
        times[i] = run_once(run, workload);
        frames = frames_used;
    }
    qsort(times, repetitions, sizeof(times[0]), compare);
    printf("%.4f %" PRIu64 " %zu\n", times[repetitions / 2] / (double)workload->part_count,
           workload->part_count, frames);
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
            library_map_all(&workloads[i]);
            regions_choose_addresses(addresses, LOOK_UPS);
            bound_read_tree();
            measure(&workloads[i], strcmp(argv[2], "bound") == 0, repetitions,
                    strcmp(argv[4], "cold") == 0);
            return 0;
        }
    }
    fail("no such workload");
}
