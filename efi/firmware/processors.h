/* SPDX-License-Identifier: BSD-2-Clause */
/* Starting the other processors, and having them wait for the kernel: SDM volume 3, section 9.4. */
#ifndef PROCESSORS_H
#define PROCESSORS_H

#include "firmware.h"

#include "madt.h"
#include "pages.h"
#include "plan.h"
#include "problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROCESSORS_LIMIT 1024u

struct processors {
    struct madt_processor *list; /* the one that runs first, then the others in the MADT's order */
    bool *has_started;           /* for each of the list */
    size_t count;                /* 1 or more; the enabled ones alone */
    bool uses_x2apic;
    uint64_t apic_base; /* this processor's, as it is to be */
    struct madt madt;
    struct plan_frames page; /* where the others wait; a size of 0: there are none */
};

/* What all of them get; virtual addresses, but for CR3. */
struct processors_state {
    uint64_t cr0;
    uint64_t cr3; /* below 4 GiB */
    uint64_t cr4;
    uint64_t efer;
    uint64_t pat;  /* 0: there is none */
    uint64_t gdt;  /* with an available task at selector 38 where has_task; LTR writes to it */
    uint64_t page; /* where the page is mapped for those that wait */
    uint16_t gdt_limit;
    bool has_task;
    bool is_strict; /* local APICs as interrupts_mask() leaves the first one */
    uint64_t *task; /* its descriptor, as the loader reaches it: made available each time */
};

/* The bit of a task's descriptor that LTR sets. */
#define PROCESSORS_TASK_BUSY (UINT64_C(1) << 41)

/* Where one waits. */
struct processors_place {
    uint64_t goto_va;           /* of 8 bytes: 0 until the kernel writes there where to go */
    uint64_t argument_va;       /* what RDI is then */
    uint64_t arrived_va;        /* of 8 bytes that become 1 */
    volatile uint64_t *arrived; /* the same as the loader reaches it */
    uint64_t stack_va;          /* its top, 16-byte aligned */
};

/*
 * Lists the processors, decides about x2APIC, and takes the page below 1 MiB where there is more than
 * one. Fails with PROBLEM_PROCESSORS_X2APIC, or like pages_take().
 */
bool processors_find(struct processors *processors, uint64_t rsdp, bool wants_x2apic,
                     struct pages_map *pages, struct problem *problem);

/*
 * Starts all but the first, one after the other; places[i] is of list[i]. The firmware is gone, and its
 * tables are still in use. Who does not come is left out: has_started says so.
 */
void processors_start(struct processors *processors, const struct processors_state *wanted,
                      void (*place)(void *context, size_t index, struct processors_place *place),
                      void *context, uint64_t tsc_hz);

#endif
