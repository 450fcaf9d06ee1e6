/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan of the machine (plan_machine.h), its tables, and what the independent reader finds in them. */
#ifndef TEST_PLAN_TABLES_H
#define TEST_PLAN_TABLES_H

#include <stddef.h>
#include <stdint.h>

#include "frames.h"
#include "plan_machine.h"
#include "raw_reader.h"
#include "rules.h"

#define LEAF_LIMIT  200000u
#define TABLE_LIMIT 4000u
#define RANGE_LIMIT 60000u

struct built {
    struct plan plan; /* of exactly the capacity that plan_capacity() asks for */
    struct plan_places places;
    struct problem problem;
    struct hoist_space space;
    struct frames frames;
    struct {
        uint64_t pa;
        uint64_t frame_count;
    } tables; /* the frames that they were counted and taken for */
    uint64_t root_pa;
    struct raw_leaf leaves[LEAF_LIMIT];
    size_t leaf_count;
    struct raw_table list[TABLE_LIMIT];
    size_t table_count;
    struct mapping mapping; /* what the loader's own reader finds */
    struct finding findings[RULE_COUNT];
    uint32_t faults; /* rules that these tables break without being damaged, as bits */
};

extern struct built built;

/* Makes the machine's plan, in a list with no room to spare. */
bool built_make(void);

/* Counts, and builds in exactly what was counted. False: it cannot be counted. */
bool built_map(void);

/* Reads all leaves and tables. */
void built_read(void);

/* Reads the tables back by the loader's own reader, and judges them. The rules that fail, as bits. */
uint32_t built_judge(void);

void built_end(void);

#endif
