/* SPDX-License-Identifier: BSD-2-Clause */
/* A mapping with all that it points to, wherever it came from. */
#ifndef LOADED_H
#define LOADED_H

#include "complaint.h"
#include "mapping.h"
#include "mapping_json.h"
#include "rules.h"

#define LOADED_TEXT_CAPACITY 64

/*
 * Its facts point into the structure itself: it does not move. Begin with all zero; loaded_free()
 * is right at any time after.
 */
struct loaded {
    struct mapping mapping;              /* its arrays are from malloc() */
    struct finding findings[RULE_COUNT]; /* judged by this program */
    bool has_written;                    /* the file had verdicts of its own: */
    struct finding written[RULE_COUNT];

    struct mtrr mtrr;
    struct memory_map memory; /* its array is from malloc() */
    struct plan_range *plan;  /* from malloc() */
    size_t plan_capacity;

    char maker[LOADED_TEXT_CAPACITY];
    char space[LOADED_TEXT_CAPACITY];
    struct mapping_document document; /* these two */
};

/* Judges the rules, into `findings`. */
bool loaded_judge(struct loaded *loaded, struct complaint *complaint);

/*
 * mapping_memory.grow_ranges and .grow_tables: twice as many as before, up to a limit that no sane
 * address space comes near.
 */
bool loaded_grow_ranges(void *context, struct mapping *mapping);
bool loaded_grow_tables(void *context, struct mapping *mapping);

#define LOADED_RANGES_LIMIT (UINT32_C(1) << 20)
#define LOADED_TABLES_LIMIT (UINT32_C(1) << 16)

/* Names the document; both texts are copied. */
void loaded_name(struct loaded *loaded, const char *maker, const char *space);

void loaded_free(struct loaded *loaded);

#endif
