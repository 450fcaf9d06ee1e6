/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an address space should be: a flat model, for property tests.
 *
 * A sorted list of stretches (addresses, frames, access, leaf size) and a set of tables with what
 * their links grant. A forecast says, before an operation, how it ends and which tables it makes;
 * applying it changes the model. There is one model and one forecast in a program.
 */
#ifndef TEST_SPACE_MODEL_H
#define TEST_SPACE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "hoist_paging.h"

#define STRETCH_LIMIT 8192u
#define TABLE_LIMIT   512u
#define FRAME_BUDGET  40u /* tables that one operation may take */
#define PIECES_LIMIT  8192u

#define KIB4 UINT64_C(0x1000)
#define MIB2 UINT64_C(0x200000)
#define GIB1 UINT64_C(0x40000000)

/* Mapped memory of one leaf size; `last` is inclusive, for the end of the address space. */
struct stretch {
    uint64_t first;
    uint64_t last;
    uint64_t pa;
    struct hoist_access access;
    unsigned level;
};

enum { LINK_WRITE = 1, LINK_USER = 2, LINK_EXECUTE = 4 };

struct table {
    uint64_t number; /* which of all possible tables of its level */
    unsigned level;
    unsigned rights; /* of the link to it */
};

struct model {
    struct hoist_cpu cpu;
    struct stretch stretches[STRETCH_LIMIT];
    unsigned stretch_count;
    struct table tables[TABLE_LIMIT];
    unsigned table_count;
};

/* One leaf-sized part of what an operation wants. */
struct piece {
    uint64_t va;
    uint64_t pa;
    unsigned level;
    bool is_there;
};

/* What an operation is predicted to do. */
struct forecast {
    enum hoist_result result;
    struct piece pieces[PIECES_LIMIT];
    unsigned piece_count;
    struct table new_tables[TABLE_LIMIT];
    unsigned new_count;
    uint64_t of_level[6];
    bool is_too_large; /* more than is worth doing */
};

extern struct model model;
extern struct forecast forecast;

/* Bytes behind an entry of a table of this level. */
uint64_t model_bytes_of(unsigned level);

/* Where the lower half ends, and the upper one starts. */
uint64_t model_lower_end(void);
uint64_t model_upper_start(void);

/* The table of this level above an address, or NULL. */
struct table *model_table(uint64_t va, unsigned level);

/* The first address that a table covers; 0 for the root. */
uint64_t model_table_first(const struct table *table);

void model_add_table(uint64_t va, unsigned level, unsigned rights);

/* What a link must grant for the access to be of use, and what a new link grants. */
unsigned model_needed_rights(struct hoist_access access);
unsigned model_granted_rights(struct hoist_access access);

/* As the model's CPU sees them: without NX everything can be executed. */
bool model_is_same_access(struct hoist_access a, struct hoist_access b);

/* The first stretch that ends at or after va; stretch_count where there is none. */
unsigned model_stretch_from(uint64_t va);

/* The stretch that va lies in, or NULL. */
struct stretch *model_stretch_at(uint64_t va);

/* Cuts the stretch there, if there is one, so that another begins at va. */
void model_cut_before(uint64_t va);

/* Takes away what is mapped from first to last, both inclusive. */
void model_remove(uint64_t first, uint64_t last);

void model_forecast_begin(void);

/* What hoist_map will do. */
void model_forecast_map(uint64_t va, uint64_t pa, uint64_t size, struct hoist_access access,
                        unsigned largest);
void model_apply_map(struct hoist_access access);

/* What ensure_chain will do for a page of level `target`; how many leaves are split is returned. */
void model_forecast_chain(uint64_t va, unsigned target, struct hoist_access access);
unsigned model_apply_chain(uint64_t va, unsigned target, struct hoist_access access);

/* What set_leaf will answer; model_add_leaf where it is HOIST_OK and nothing was there. */
enum hoist_result model_forecast_leaf(uint64_t va, uint64_t pa, unsigned target,
                                      struct hoist_access access);
void model_add_leaf(uint64_t va, uint64_t pa, unsigned level, struct hoist_access access);

/* The error when the n-th allocation of the forecast fails: they go from the root down. */
enum hoist_result model_lacking(uint64_t n);

/* The same for any numbers of tables by level; [0] is unused. */
enum hoist_result model_lacking_of(const uint64_t of_level[], uint64_t n);

#endif
