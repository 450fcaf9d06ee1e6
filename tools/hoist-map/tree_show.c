/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the page-table library's trees find in a file: for formats that mapping_read.c, which reads
 * x86-64 by itself, does not know.
 */
#include "tree_show.h"

#include <inttypes.h>
#include <stdio.h>

#include "commands.h"
#include "format_list.h"
#include "input_file.h"
#include "table_entry.h"
#include "tree_walk.h"

/* Leaves that go on from one another, all alike. */
struct run {
    uint64_t va;
    uint64_t pa;
    uint64_t size_bytes; /* 0: there is none yet */
    uint64_t leaves[HOIST_TREE_LEVELS_MAX + 1];
    uint8_t rights;
    unsigned cache; /* as access.h numbers them; else CACHE_OTHER */
    bool is_global;
};

#define CACHE_OTHER 6u

static const char *const cache_names[] = {"write-back", "write-through",   "uncached-minus",
                                          "uncached",   "write-protected", "write-combining",
                                          "other"};

struct showing {
    const struct hoist_table_format *format;
    const struct bytes *bytes;
    uint64_t base;       /* physical address of the file's first byte */
    uint64_t unreadable; /* what was asked for and is not there */
    uint64_t tables;
    uint64_t reserved;
    uint64_t leaves;
    struct run run;
};

static enum hoist_result read_file(void *context, struct hoist_pa pa, void *bytes,
                                   uint64_t size_bytes)
{
    struct showing *showing = context;

    if (pa.value < showing->base ||
        !bytes_read(showing->bytes, pa.value - showing->base, bytes, (size_t)size_bytes)) {
        showing->unreadable = pa.value;
        return HOIST_UNREADABLE;
    }
    return HOIST_OK;
}

/* Nothing is written to the file; the tree wants both hooks or none. */
static enum hoist_result write_file(void *context, struct hoist_pa pa, const void *bytes,
                                    uint64_t size_bytes)
{
    (void)context;
    (void)pa;
    (void)bytes;
    (void)size_bytes;
    return HOIST_UNWRITABLE;
}

/* 2097152 as 2M. */
static void print_size(uint64_t bytes)
{
    static const char units[] = "KMGTPE";
    unsigned unit = 0;

    for (bytes /= 1024; bytes >= 1024 && bytes % 1024 == 0; bytes /= 1024) {
        unit++;
    }
    printf("%" PRIu64 "%c", bytes, units[unit]);
}

static void print_rights(const char *who, unsigned rights)
{
    printf(" %s %c%c%c", who, (rights & 1) != 0 ? 'r' : '-', (rights & 2) != 0 ? 'w' : '-',
           (rights & 4) != 0 ? 'x' : '-');
}

static void end_run(struct showing *showing)
{
    const struct run *run = &showing->run;

    if (run->size_bytes == 0) {
        return;
    }
    printf("%016" PRIx64 "-%016" PRIx64 " %012" PRIx64 " ", run->va,
           run->va + (run->size_bytes - 1), run->pa);
    print_size(run->size_bytes);
    for (unsigned level = showing->format->levels; level >= 1; level--) {
        if (run->leaves[level] != 0) {
            printf(" %" PRIu64 "x", run->leaves[level]);
            print_size(hoist_format_span(showing->format, level));
        }
    }
    print_rights("kernel", run->rights & 7u);
    print_rights("user", run->rights >> 3);
    printf(" %s%s\n", cache_names[run->cache], run->is_global ? " global" : "");
}

static struct run run_of(const struct showing *showing, const struct hoist_tree_entry *leaf)
{
    struct run run = {.va = leaf->first.value,
                      .pa = leaf->target.value,
                      .size_bytes = leaf->last.value - leaf->first.value + 1,
                      .rights = leaf->rights,
                      .cache = CACHE_OTHER};
    struct hoist_access access;

    run.leaves[leaf->level] = 1;
    if (hoist_access_of_leaf(showing->format, leaf->value, leaf->level, &access) == HOIST_OK) {
        run.cache = access.cache;
        run.is_global = (access.rights & HOIST_GLOBAL) != 0;
    }
    return run;
}

static enum hoist_result show_leaf(void *context, const struct hoist_tree_entry *leaf)
{
    struct showing *showing = context;
    struct run *open = &showing->run;
    const struct run run = run_of(showing, leaf);

    showing->leaves++;
    if (open->size_bytes != 0 && open->va + open->size_bytes == run.va &&
        open->pa + open->size_bytes == run.pa && open->rights == run.rights &&
        open->cache == run.cache && open->is_global == run.is_global) {
        open->size_bytes += run.size_bytes;
        open->leaves[leaf->level]++;
        return HOIST_OK;
    }
    end_run(showing);
    *open = run;
    return HOIST_OK;
}

static enum hoist_result count_table(void *context, const struct hoist_tree_entry *link)
{
    struct showing *showing = context;

    (void)link;
    showing->tables++;
    return HOIST_OK;
}

static enum hoist_result count_reserved(void *context, const struct hoist_tree_entry *entry)
{
    struct showing *showing = context;

    (void)entry;
    showing->reserved++;
    return HOIST_OK;
}

static int complain_of(const struct showing *showing, const char *name, enum hoist_result result,
                       struct complaint *complaint)
{
    if (result == HOIST_UNREADABLE) {
        complain(complaint, "%s: the tables lead to %" PRIx64 ", which is not in the file", name,
                 showing->unreadable);
    } else {
        complain(complaint, "%s: %s, after %" PRIu64 " tables", name, hoist_result_text(result),
                 showing->tables);
    }
    return EXIT_UNREADABLE;
}

static int show(struct showing *showing, const struct options *options, const char *name,
                struct complaint *complaint)
{
    const struct hoist_tree_hooks hooks = {.read = read_file, .write = write_file};
    /* Every entry that the file has room for, several times over: more are tables in a circle. */
    const struct hoist_tree_visitor visitor = {.context = showing,
                                               .leaf = show_leaf,
                                               .link = count_table,
                                               .reserved = count_reserved,
                                               .budget_entries = showing->bytes->size_bytes + 4096};
    struct hoist_tree tree;
    enum hoist_result result = hoist_tree_init(&tree, showing->format, NULL, &hooks, showing);

    if (result == HOIST_OK) {
        result = hoist_tree_open(&tree, hoist_pa_of(options->cr3.value));
    }
    if (result == HOIST_OK) {
        result = hoist_tree_walk(&tree, hoist_va_of(0), hoist_va_of(UINT64_MAX), &visitor);
    }
    if (result != HOIST_OK) {
        return complain_of(showing, name, result, complaint);
    }
    end_run(showing);
    printf("%s: %" PRIu64 " tables, %" PRIu64 " leaves, %" PRIu64 " reserved entries\n",
           showing->format->name, showing->tables + 1, showing->leaves, showing->reserved);
    return EXIT_WELL;
}

int tree_show(const struct options *options, struct complaint *complaint)
{
    struct input_file file;
    struct showing showing = {.format = hoist_format_named(options->format),
                              .bytes = &file.bytes,
                              .base = options->base.value};
    int status;

    if (!input_file_open(&file, options->words[0], complaint)) {
        return EXIT_UNREADABLE;
    }
    status = show(&showing, options, file.name, complaint);
    input_file_close(&file);
    return status;
}
