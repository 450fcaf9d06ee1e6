/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree that the CPU uses, and what all checks have in common. HOIST_TREE_FORMAT says which of
 * hoist_x86_32 and hoist_x86_pae it is; what is expected of the CPU is written here by hand.
 */
#ifndef X86_JUDGE_H
#define X86_JUDGE_H

#include "cpu.h"
#include "tree_change.h"
#include "tree_walk.h"
#include "x86_formats.h"

/* Memory for pages, filled by fill_frames; FRAMES_HIGH is behind the first 4 GiB. */
#define FRAMES       UINT32_C(0x01000000)
#define FRAMES_BYTES UINT32_C(0x01000000)
#define FRAMES_HIGH  UINT64_C(0x100000000)

/* A page of frames: where its parts lie. */
#define PLACE_CODE  16u /* INT 80h */
#define PLACE_WRITE 32u
#define PLACE_LAST  0xffcu

extern struct hoist_tree tree;
extern struct hoist_range flushed_last; /* by the library */
extern uint32_t flushed_count;

static inline bool is_pae(void)
{
    return HOIST_TREE_FORMAT.levels == 3;
}

static inline uint32_t large_bytes(void)
{
    return is_pae() ? 0x200000 : 0x400000;
}

/* The first word of a page of frames; the last is its complement. */
static inline uint32_t mark_of(uint64_t pa)
{
    return (uint32_t)(pa >> 12) * 0x9e3779b1u;
}

/* What the program itself needs, mapped at its own place. */
void map_itself(struct hoist_tree *of);

/* Nothing to flush for what was absent; but PAE's root entries are read with CR3 (4.4.1). */
void after_map(void);

/* The tree with the program in it; then paging is on. */
void begin(const struct hoist_tree_cpu *cpu);
void fill_frames(void);

enum hoist_result map_as(uint32_t va, uint64_t pa, uint32_t size_bytes, struct hoist_access access);
void map(uint32_t va, uint64_t pa, uint32_t size_bytes, uint8_t rights);

/* Data of the kernel, and the same for all; PAE's not to be executed. */
#define DATA ((uint8_t)(HOIST_READ | HOIST_WRITE | (is_pae() ? 0 : HOIST_EXECUTE)))

/* The address is mapped to this page of frames: what the kernel reads there says so. */
void check_frame(const char *what, uint32_t va, uint64_t pa);
uint32_t load(uint32_t va);

/* How an access ends. */
void check_through(const char *what, enum who who, enum deed deed, uint32_t va);
void check_fault(const char *what, enum who who, enum deed deed, uint32_t va, uint32_t error);

/* The entry of this level, as it stands in memory. */
uint64_t raw(uint32_t va, unsigned level);

/* The checks for every architecture, in a tree of their own (agreed.c). */
extern const struct hoist_tree_hooks machine_hooks;
void check_agreed(void);
void check_kinds(void);

/* translations.c, rights.c, changes.c, lesser.c, report.c: each in addresses of its own. */
void check_translations(void);
void check_large_leaves(void);
void check_high_memory(void);
void check_rights(void);
void check_links(void);
void check_state(void);
void check_reserved(void);
void check_changes(void);
void check_splits(void);
void check_pages(void);
void check_everywhere(void);
void check_lesser_cpu(void);
void report(void);

#endif
