/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The block of memory that the kernel is handed: the GDT it is entered with, the hoist_handoff
 * structure, and all that the structure points to, laid out one behind the other.
 *
 * The loader writes the block at its physical address; the pointers in it are those of its place in
 * the kernel's address space.
 */
#ifndef HANDOFF_H
#define HANDOFF_H

#include "hoist.h"
#include "plan.h"
#include "text.h"

#include <stddef.h>
#include <stdint.h>

#define HANDOFF_GDT_ENTRIES 7u
/* Behind them: an available task of base 0 and limit 0, two entries long, for who is to have none. */
#define HANDOFF_GDT_WITH_TASK 9u

/* How much the block must hold; upper bounds, where the real numbers are not known yet. */
struct handoff_room {
    size_t mapping_count;
    size_t memory_range_count;
    size_t command_line_bytes;
    size_t module_count;
    size_t module_text_bytes; /* their paths and command lines, without terminators */
};

/* The pieces of a block, as the loader reaches them. */
struct handoff {
    struct hoist_handoff *body;
    struct hoist_memory_range *memory_map; /* room for room.memory_range_count */
    struct hoist_mapped_range *mappings;
    struct hoist_mapping_detail *details; /* all 0 at first */
    struct hoist_module *modules;
    unsigned char *block;
    uint64_t strings; /* where the next string goes, from the block's start */
    uint64_t va;      /* of the block, for the kernel */
    uint64_t gdt_va;  /* HANDOFF_GDT_ENTRIES entries */
    uint64_t body_va;
};

/* Bytes that the block takes, in whole pages. */
uint64_t handoff_size(const struct handoff_room *room);

/*
 * Lays the block out in zeroed memory of handoff_size() bytes that the kernel will see at `va`.
 * Fills in the GDT, the names, the command line and what is fixed; the lists are empty.
 */
void handoff_lay_out(struct handoff *handoff, void *memory, uint64_t va,
                     const struct handoff_room *room, struct text command_line);

/* Copies the plan's ranges, sorted as they are, into the list of mappings. */
void handoff_set_mappings(struct handoff *handoff, const struct plan *plan);

/* A module in its frames; pa and va are 0 for an empty file. */
struct handoff_module {
    uint64_t pa;
    uint64_t va;
    uint64_t size_bytes;
    struct text path;
    struct text command_line;
};

/* Adds a module behind those that are there already; the room must have counted it. */
void handoff_add_module(struct handoff *handoff, const struct handoff_module *module);

/* The memory map as the firmware leaves it behind. */
void handoff_set_memory_map(struct handoff *handoff, const struct memory_map *map);

#endif
