/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What it costs to read tables back, to judge them and to show them as text:
 * `workloads WORKLOAD library REPETITIONS warm`, as tests/bench/measure.py calls it.
 *
 * Prints the seconds of the last run in nanoseconds per leaf, the leaves, and the table frames.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mapping_text.h"

#define FRAME_BYTES  UINT64_C(4096)
#define TABLES_PA    UINT64_C(0x1000000)
#define TABLES_MOST  600u
#define ENTRIES      512u
#define PRESENT      UINT64_C(0x8000000000000001) /* and not to be executed */
#define LARGE        UINT64_C(0x80)
#define MIB          UINT64_C(0x100000)
#define GIB          UINT64_C(0x40000000)
#define PIECES       120u
#define MTRR_SOMEHOW 8u

enum order {
    ASCENDING, /* all frames in a row: one range */
    REVERSED,  /* the last first: no two leaves merge */
    SCATTERED  /* nor are their frames in any order */
};

static const struct workload {
    const char *name;
    unsigned level; /* of the leaves: 1 for 4 KiB, 3 for 1 GiB */
    uint64_t leaf_count;
    enum order order;
} workloads[] = {
    {"1T", 3, 1024, ASCENDING},           {"1T-apart", 3, 1024, SCATTERED},
    {"1G", 1, 262144, ASCENDING},         {"1G-reversed", 1, 262144, REVERSED},
    {"1G-apart", 1, 262144, SCATTERED},   {"16M", 1, 4096, ASCENDING},
    {"64M-reversed", 1, 16384, REVERSED}, {"64M-apart", 1, 16384, SCATTERED},
};

static uint64_t (*tables)[ENTRIES];
static unsigned table_count;
static struct mapping mapping;
static uint32_t *order;
static struct memory_range pieces[PIECES];
static struct memory_map map = {pieces, PIECES, PIECES, 0};
static struct mtrr mtrr = {.default_type = 0xc06, .physical_bits = 40, .count = MTRR_SOMEHOW};
static const struct plan_range plan = {.name = "direct map",
                                       .part = PLAN_PART_DIRECT_MAP,
                                       .size_bytes = GIB,
                                       .largest = HOIST_LEAF_1G};
static uint64_t character_count;

static const uint64_t *table_of(void *context, uint64_t pa, unsigned level)
{
    (void)context;
    (void)level;
    return tables[(pa - TABLES_PA) / FRAME_BYTES];
}

static unsigned new_table(void)
{
    if (table_count == TABLES_MOST) {
        fprintf(stderr, "workloads: too many tables\n");
        exit(1);
    }
    return table_count++;
}

static uint64_t *entry_of(uint64_t va, unsigned level)
{
    unsigned table = 0;

    for (unsigned at = 4;; at--) {
        uint64_t *entry = &tables[table][va >> (12 + 9 * (at - 1)) & (ENTRIES - 1)];

        if (at == level) {
            return entry;
        }
        if (*entry == 0) {
            *entry = (TABLES_PA + new_table() * FRAME_BYTES) | 7;
        }
        table = (unsigned)(((*entry & ~UINT64_C(0xfff)) - TABLES_PA) / FRAME_BYTES);
    }
}

/* A number from 0 on for each, all different: an odd factor permutes what a power of two counts. */
static uint64_t frame_of(const struct workload *workload, uint64_t number)
{
    switch (workload->order) {
    case REVERSED: return workload->leaf_count - 1 - number;
    case SCATTERED: return number * 40503 % workload->leaf_count;
    default: return number;
    }
}

static void make_tables(const struct workload *workload)
{
    const uint64_t size_bytes = UINT64_C(1) << (12 + 9 * (workload->level - 1));

    new_table();
    for (uint64_t i = 0; i < workload->leaf_count; i++) {
        *entry_of(i * size_bytes, workload->level) =
            frame_of(workload, i) * size_bytes | PRESENT | (workload->level > 1 ? LARGE : 0);
    }
}

/* A memory map as long as firmware's are, and MTRRs for what lies below 4 GiB. */
static void make_facts(void)
{
    for (unsigned i = 0; i < PIECES; i++) {
        const uint64_t size_bytes = i + 1 < PIECES ? 8 * MIB : 1100 * GIB;

        pieces[i] = (struct memory_range){i * 8 * MIB, size_bytes, i % 3 == 0 ? MEMORY_BOOT : 0};
    }
    for (unsigned i = 0; i < MTRR_SOMEHOW; i++) {
        mtrr.registers[i] =
            (struct mtrr_register){(1400 + i) * GIB, ((UINT64_C(1) << 40) - GIB) | UINT64_C(0x800)};
    }
    mapping.facts = (struct mapping_facts){.levels = 4,
                                           .physical_bits = 40,
                                           .has_1g_pages = true,
                                           .has_nx = true,
                                           .wx_strict = true,
                                           .cr3 = TABLES_PA,
                                           .pat = MAPPING_PAT_AFTER_RESET,
                                           .mtrr = &mtrr,
                                           .memory = &map,
                                           .plan = &plan,
                                           .plan_count = 1,
                                           .tables_pa = TABLES_PA,
                                           .table_frame_count = table_count};
}

static void say(void *context, const struct mapping_line *line)
{
    (void)context;
    character_count += strlen(line->text);
}

/* What is counted: callgrind knows it by this name. */
static __attribute__((noinline)) void run_once(void)
{
    const struct mapping_memory memory = {.table = table_of};
    struct finding findings[RULE_COUNT];

    mapping_read(&mapping, &memory);
    rules_judge(&mapping, order, findings);
    mapping_text(&mapping, findings, say, NULL);
}

static void measure(const struct workload *workload, unsigned repetitions)
{
    struct timespec start;
    struct timespec end;

    make_tables(workload);
    make_facts();
    mapping.range_capacity = workload->leaf_count;
    mapping.table_capacity = TABLES_MOST;
    mapping.ranges = calloc(mapping.range_capacity, sizeof *mapping.ranges);
    mapping.tables = calloc(mapping.table_capacity, sizeof *mapping.tables);
    order = calloc(mapping.range_capacity, sizeof *order);
    for (unsigned i = 0; i < repetitions; i++) {
        clock_gettime(CLOCK_MONOTONIC, &start);
        run_once();
        clock_gettime(CLOCK_MONOTONIC, &end);
    }
    printf("%.4f %" PRIu64 " %u\n",
           ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) /
               (double)workload->leaf_count,
           workload->leaf_count, table_count);
}

int main(int argc, char **argv)
{
    tables = calloc(TABLES_MOST, sizeof *tables);
    for (size_t i = 0; argc == 5 && i < sizeof workloads / sizeof workloads[0]; i++) {
        if (strcmp(argv[1], workloads[i].name) == 0) {
            measure(&workloads[i], (unsigned)strtoul(argv[3], NULL, 10));
            return 0;
        }
    }
    fprintf(stderr, "usage: workloads WORKLOAD library REPETITIONS warm\n");
    return 1;
}
