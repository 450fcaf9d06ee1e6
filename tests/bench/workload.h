/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the program that measures share: the arena, the space, and the kinds of work.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "hoist_paging.h"
#include "regions.h"

#define ARENA_FRAMES  1024u
#define ENTRIES       512u
#define ENTRY_ADDRESS UINT64_C(0x000ffffffffff000)
#define LOOK_UPS      65536u
#define PROTECTS      8192u

/* What is measured; each but the first two on the finished tree. */
enum kind {
    KIND_MAP,
    KIND_MAP_EMPTY,
    KIND_TRANSLATE,
    KIND_QUERY,
    KIND_UNMAP,
    KIND_DROP,
    KIND_PROTECT,
    KIND_CURSOR,
    KIND_VISIT
};

struct workload {
    const char *name;
    enum kind kind;
    void (*make_regions)(void);
    enum hoist_leaf_size largest;
    uint64_t part_count; /* leaves, look-ups or calls */
};

extern uint8_t *arena;
extern size_t frames_used;
extern uint64_t addresses[LOOK_UPS];
extern struct hoist_space space;
extern volatile uint64_t sink;

_Noreturn void fail(const char *what);

/* By the library (library.c). */
void library_map_all(const struct workload *workload);
void library_map_all_empty(const struct workload *workload);
void library_translate_all(const struct workload *workload);
void library_query_all(const struct workload *workload);
void library_clear_all(const struct workload *workload);
void library_drop_all(const struct workload *workload);
void library_protect_all(const struct workload *workload);
void library_protect_all_by_cursor(const struct workload *workload);
void library_visit_all(const struct workload *workload);

/* Only what no library can avoid (bounds.c). bound_read_tree comes before bound_store_tree. */
void bound_read_tree(void);
void bound_store_tree(const struct workload *workload);
void bound_walk_all(const struct workload *workload);
void bound_load_tree(const struct workload *workload);
void bound_clear_leaves(const struct workload *workload);
void bound_store_pieces(const struct workload *workload);

#endif
