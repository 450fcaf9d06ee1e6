/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For proofs: values of which nothing is known, and a space whose tables can hold anything.
 *
 * The library reads entries by volatile loads, and a volatile load is taken to give any value
 * whatever. So what is proven holds for all tables, sensible or not.
 */
#ifndef PROOF_ANY_H
#define PROOF_ANY_H

#include "hoist_paging.h"

/* A new number at each look. */
extern volatile uint64_t any;

/*
 * All that table_at hands out; each is an object of its own, so that not even a neighbour of it may
 * be touched.
 */
extern uint64_t first_table[512];
extern uint64_t other_table[512];

/* A macro, for the analysis goes through what follows once for each answer of a function. */
#define any_bool() ((any & 1) != 0)

static inline uint64_t *any_table(void)
{
    uint64_t *const tables[] = {first_table, other_table};

    return tables[any % 2];
}

static inline struct hoist_access any_access(void)
{
    const struct hoist_access access = {(uint8_t)any, (uint8_t)any, (uint16_t)any, (uint32_t)any};

    return access;
}

static inline bool any_allocate_table(void *context, struct hoist_frame_4k *frame)
{
    (void)context;
    frame->pa = any;
    return any_bool();
}

static inline void any_free_table(void *context, struct hoist_frame_4k frame)
{
    (void)context;
    (void)frame;
}

static inline void *any_table_at(void *context, struct hoist_frame_4k frame)
{
    (void)context;
    (void)frame;
    return any_table();
}

static inline void any_flush(void *context, const struct hoist_flush *what)
{
    (void)context;
    (void)what;
}

static inline enum hoist_result any_read_entry(void *context, struct hoist_pa pa, uint64_t *entry)
{
    (void)context;
    (void)pa;
    if (any_bool()) {
        return HOIST_UNREADABLE;
    }
    *entry = any;
    return HOIST_OK;
}

static const struct hoist_hooks any_hooks = {.allocate_table = any_allocate_table,
                                             .free_table = any_free_table,
                                             .table_at = any_table_at,
                                             .flush = any_flush};

static const struct hoist_hooks any_reading_hooks = {.allocate_table = any_allocate_table,
                                                     .free_table = any_free_table,
                                                     .table_at = any_table_at,
                                                     .read_entry = any_read_entry};

/* Any root but none that says that tables lie at their own addresses (HOIST_ROOT_IS_PLAIN). */
static inline struct hoist_space any_space(uint8_t levels, const struct hoist_hooks *hooks)
{
    const struct hoist_cpu cpu = {levels, (uint8_t)(32 + any % 21), any_bool(), any_bool(),
                                  any_bool()};
    const struct hoist_space space = {.root = any << 12 | (any_bool() ? 7 : 0),
                                      .cpu = cpu,
                                      .hooks = hooks,
                                      .root_flags = 7,
                                      .keep_links = any_bool(),
                                      .upper_half = (enum hoist_upper_half)(any % 3),
                                      .flush_number = any,
                                      .change_number = any};

    return space;
}

/* Any address of the lower or the upper half, and some in the hole. */
static inline struct hoist_va any_va(bool is_upper)
{
    return hoist_va_of(is_upper ? ~(any >> 7) : any >> 7);
}

#endif
