/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fault reporter as the loader sees it: a piece of code that it carries along, copies to frames
 * of its own, and tells of the kernel. See efi/reporter/layout.h.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include "hoist.h"
#include "plan.h"
#include "text.h"

#include <stdint.h>

/* What the processor is to load. Virtual addresses; 0: without a reporter. */
struct faults_tables {
    uint64_t gdt;
    uint64_t task_gdt; /* the same for LTR, which writes to it */
    uint64_t idt;
    uint16_t gdt_limit;
    uint16_t idt_limit;
    uint32_t reserved;
};

/* How large its pieces are; the frames are the caller's to take, reporter->frames.size_bytes. */
void faults_measure(struct plan_reporter *reporter);

/*
 * Copies the reporter to its frames and fills in what it is to know: the hand-off, whose pointers
 * are virtual and whose list of mappings is complete; the segments of the GDT; the kernel's name.
 */
struct faults_tables faults_install(const struct plan_reporter *reporter, uint64_t va,
                                    const struct hoist_handoff *handoff, const uint64_t *segments,
                                    struct text kernel_name);

#endif
