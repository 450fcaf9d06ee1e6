/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks that are the same for every architecture: tables are made by the library and used by the
 * CPU, which must agree with what the library says of them.
 */
#ifndef BARE_AGREE_H
#define BARE_AGREE_H

#include "machine.h"

#define AGREE_CODE 64u /* where the code of agree_page stands */

/* Where the checks may map; each takes less than 512 MiB from there. */
struct agree_places {
    uint64_t base;           /* pages */
    uint64_t large;          /* leaves above level 1: 4 times the largest of them */
    unsigned refused_rights; /* of the 16 combinations, as many as the format has no bits for */
};

extern struct hoist_tree agree_tree;

/* An empty tree, and all of the checks below. */
void agree_on_all(const struct agree_places *places);

/* Maps and lets the CPU use it. */
enum hoist_result agree_map(uint64_t va, uint64_t pa, uint64_t size_bytes, uint8_t rights);

/* The same, and it must succeed. */
void agree_mapped(uint64_t va, uint64_t pa, uint64_t size_bytes, uint8_t rights);

/* What the kernel reads there; 0 with a complaint where it may not. */
uint32_t agree_load(uint64_t va);

/* The access faulted as it should, at this address. */
void agree_fault(const char *what, enum outcome found, enum outcome expected, uint64_t va);

/* A page with a number in it, and code; its physical address. */
uint64_t agree_page(uint32_t number);

/* Physical memory. */
uint32_t agree_read(uint64_t pa);

#endif
