/* SPDX-License-Identifier: BSD-2-Clause */
/* GDT, IDT and TSS that bring the kernel's early faults to the reporter. */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <stdint.h>

#include "layout.h"

/* Selectors before REPORTER_TASK_SELECTOR. */
#define DESCRIPTORS_SEGMENTS (REPORTER_TASK_SELECTOR / 8)

/* Virtual addresses in the kernel's address space. */
struct descriptors_places {
    uint64_t entries;
    uint64_t data; /* struct reporter_data */
    uint64_t stacks;
};

/*
 * Fills in all of *data but its configuration; `segments` are the DESCRIPTORS_SEGMENTS descriptors
 * that the kernel is entered with. The task's descriptor is that of a busy task, as LTR leaves it.
 */
void descriptors_fill(struct reporter_data *data, const struct descriptors_places *places,
                      const uint64_t *segments);

/*
 * Copies the GDT with an available task. LTR wants one, and writes to it; then the GDT that is
 * mapped read-only can be loaded, for TR keeps what it has read.
 */
void descriptors_copy_available(uint64_t *copy, const uint64_t *gdt);

#endif
