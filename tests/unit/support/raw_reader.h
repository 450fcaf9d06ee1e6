/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second opinion on page tables. It shares no code and no constant with paging/; its bits were taken from the
 * Intel SDM, volume 3, section 4.5 (tables 4-14 to 4-20) and section 4.6 (rights) once more.
 */
#ifndef TEST_RAW_READER_H
#define TEST_RAW_READER_H

#include <stdbool.h>
#include <stdint.h>

struct raw_leaf {
    uint64_t va;
    uint64_t pa;
    uint64_t size_bytes;
    uint64_t entry;
    bool writable; /* by itself */
    bool user;
    bool executable;
    bool global;
    bool may_be_written; /* with all links above */
    bool may_be_used_by_user;
    bool may_be_executed;
    unsigned pat_index;
    unsigned protection_key;
    unsigned software; /* bits 11:9 lowest, then bits 58:52 */
    unsigned level;
};

struct raw_table {
    uint64_t va;
    uint64_t pa;
    unsigned level;
    bool writable; /* what the link to it says; all true for the root */
    bool user;
    bool executable;
};

struct raw_reader {
    /* Where a table can be read. */
    const uint64_t *(*at)(void *context, uint64_t pa);
    void (*leaf)(void *context, const struct raw_leaf *leaf);    /* may be NULL */
    void (*table)(void *context, const struct raw_table *table); /* may be NULL */
    void *context;
    unsigned levels;
    unsigned physical_bits;
    bool has_nx;
    bool has_1g_pages;
    uint64_t reserved_count; /* entries for which this CPU would raise a reserved-bit fault */
};

/* All leaves and tables, ascending. */
void raw_read_all(struct raw_reader *reader, uint64_t root_pa);

/* What one canonical address means; false: nothing. */
bool raw_read_one(struct raw_reader *reader, uint64_t root_pa, uint64_t va, struct raw_leaf *leaf);

#endif
