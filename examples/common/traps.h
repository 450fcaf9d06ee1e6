/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptor tables of the kernel's own, and page faults that can be answered. */
#ifndef TRAPS_H
#define TRAPS_H

#include <stdbool.h>
#include <stdint.h>

/* Bits of a page fault's error code (SDM volume 3, section 4.7). */
#define TRAPS_PRESENT UINT64_C(1)
#define TRAPS_WRITE   UINT64_C(2)

/*
 * Loads the kernel's own GDT and IDT. From then on none of the loader's is used: its task is still
 * in TR, but without a change of ring and without stacks of the task nothing is read there.
 */
void traps_load(void);

/*
 * Written by each example. True: the page is there now, go on where the fault was. False: it is a
 * fault, which ends the run, or is what probe() answers.
 */
bool page_fault(uint64_t va, uint64_t error_code);

/* Reads a byte at the address. False: that is a fault. */
bool probe(uint64_t va);

#endif
