/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random operations of every kind on random address spaces, each held against a flat model
 * (space_change.h) with every one of its frames lacking, and against a CPU that forgets nothing
 * before it is told to (stale_cpu.h).
 *
 * The operations are carried out by a child process. Where one fails or dies, the list of those on
 * its space is carried out again and again with one left out, until no more can be, and what is
 * left is printed.
 *
 * Environment: HOIST_SEED (any number), HOIST_OPERATIONS (how many, 80000).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "property.h"
#include "space_trial.h"

#define LIST_LIMIT 96u

/* What was done to one space from its beginning. */
struct story {
    struct hoist_cpu cpu;
    unsigned count;
    struct operation operations[LIST_LIMIT];
};

static struct hoist_cpu random_cpu(void)
{
    static const uint8_t widths[] = {36, 40, 46, 52};
    const struct hoist_cpu cpu = {one_in(3) ? 5 : 4, widths[random_below(4)], !one_in(3),
                                  !one_in(4), one_in(2)};

    return cpu;
}

/* Carries the operations out and notes each beforehand where the parent finds it. */
static void run_all(struct story *story)
{
    unsigned left_in_space = 0;

    trial_open();
    for (; property.operation < property.operation_count; property.operation++) {
        if (left_in_space-- == 0 || trial_is_large()) {
            left_in_space = 10 + (unsigned)random_below(LIST_LIMIT - 20);
            story->cpu = random_cpu();
            story->count = 0;
            trial_begin(&story->cpu);
        }
        story->operations[story->count] = operation_make();
        story->count++;
        trial_run(&story->operations[story->count - 1]);
    }
}

static void print_tally(void)
{
    printf("# %" PRIu64 " operations on %" PRIu64 " spaces, %" PRIu64 " left out as too large\n",
           property.operation_count, tally.spaces, tally.skipped);
    printf("# %" PRIu64 " frames taken, %" PRIu64 " times one was lacking, %" PRIu64
           " flushes, %" PRIu64 " translations\n",
           tally.frames, tally.shortages, tally.flushes, tally.translations);
    for (unsigned i = 0; i < OPERATION_KINDS; i++) {
        printf("# %-14s %6" PRIu64 " done %6" PRIu64 " refused\n",
               operation_name((enum operation_kind)i), tally.done[i], tally.refused[i]);
    }
}

/* Runs a story from its beginning in a process of its own. Whether it fails. */
static bool fails(const struct story *story, bool is_shown)
{
    const pid_t child = fork();
    int status = 0;

    if (child == 0) {
        const int nowhere = open("/dev/null", O_WRONLY);

        if (!is_shown) {
            dup2(nowhere, STDOUT_FILENO);
            dup2(nowhere, STDERR_FILENO);
        }
        trial_open();
        trial_begin(&story->cpu);
        for (unsigned i = 0; i < story->count; i++) {
            property.operation = i;
            trial_run(&story->operations[i]);
        }
        _exit(0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status != 0;
}

static struct story without(const struct story *story, unsigned left_out)
{
    struct story shorter = *story;

    shorter.count--;
    memmove(&shorter.operations[left_out], &shorter.operations[left_out + 1],
            (shorter.count - left_out) * sizeof shorter.operations[0]);
    return shorter;
}

/* Leaves out one operation after the other, until every one that is left is needed. */
static void shrink(struct story *story)
{
    bool is_shorter = true;

    while (is_shorter) {
        is_shorter = false;
        for (unsigned i = story->count; i-- > 0;) {
            const struct story shorter = without(story, i);

            if (fails(&shorter, false)) {
                *story = shorter;
                is_shorter = true;
            }
        }
    }
}

static void report(struct story *story)
{
    printf("# the last space had %u operations", story->count);
    fflush(stdout);
    if (!fails(story, false)) {
        printf(", which do not fail by themselves\n");
        return;
    }
    shrink(story);
    printf("; these still fail, on a CPU with %u levels, %u bits,%s 1G pages,%s NX%s:\n",
           story->cpu.levels, story->cpu.physical_bits, story->cpu.has_1g_pages ? "" : " no",
           story->cpu.has_nx ? "" : " no", story->cpu.accept_missing_nx ? " (accepted)" : "");
    for (unsigned i = 0; i < story->count; i++) {
        operation_print(&story->operations[i]);
    }
    printf("# the last of them says:\n");
    fflush(stdout);
    (void)fails(story, true);
}

int main(void)
{
    struct story *story =
        mmap(NULL, sizeof *story, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const char *name;
    pid_t child;
    int status = 0;

    if (story == MAP_FAILED) {
        return 1;
    }
    property_begin("operations on address spaces agree with a flat model", 80000);
    name = property.name;
    property.name = NULL;
    child = fork();
    if (child == 0) {
        run_all(story);
        print_tally();
        fflush(stdout);
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
        printf("not ok 1 - %s\n", name);
        report(story);
        return 1;
    }
    printf("ok 1 - %s\n", name);
    return 0;
}
