/* SPDX-License-Identifier: BSD-2-Clause */
/* The loader's fault reporter, as the registers at the entry lead to it, or that there is none. */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "descriptor_layout.h"
#include "entry_state.h"
#include "lookup.h"

#define REPORTER_TASK_KIND UINT64_C(0x8b) /* present, busy 64-bit TSS */
#define REPORTER_GATE_KIND 0x8e           /* present, interrupt gate */
#define REPORTER_VECTORS   32
#define REPORTER_STACKS    7

/* GDT limits: seven segments, and with the reporter a task of two entries. */
#define REPORTER_GDT_LIMIT_WITHOUT 55
#define REPORTER_GDT_LIMIT         71

/* Vectors that come while another fault is delivered, or with a stack that cannot be used. */
static const uint8_t own_stack[] = {2, CPU_VECTOR_DOUBLE_FAULT, 13, CPU_VECTOR_PAGE_FAULT, 18};

static void reporter_check_absent(void)
{
    if (entry_state.idtr.base == 0 && entry_state.idtr.limit == 0) {
        check_pass("the IDT is empty");
    } else {
        check_fail("the IDT is empty: expected base 0, limit 0, got %lx, %x", entry_state.idtr.base,
                   (uint32_t)entry_state.idtr.limit);
    }
    check_equal("the GDT's limit is as documented", REPORTER_GDT_LIMIT_WITHOUT,
                entry_state.gdtr.limit);
}

/* The task's address by the descriptor that TR names. 0: it is none. */
static uint64_t reporter_task(void)
{
    const volatile uint64_t *gdt = (const volatile uint64_t *)entry_state.gdtr.base;
    const uint64_t low = gdt[HOIST_ENTRY_TR / 8];

    if ((low >> 40 & 0xff) != REPORTER_TASK_KIND ||
        (low & 0xffff) != sizeof(struct descriptors_task) - 1) {
        return 0;
    }
    return (low >> 16 & 0xffffff) | (low >> 56) << 24 | gdt[HOIST_ENTRY_TR / 8 + 1] << 32;
}

static uint64_t reporter_entry(const struct descriptors_gate *gate)
{
    return gate->offset_low | (uint64_t)gate->offset_middle << 16 |
           (uint64_t)gate->offset_high << 32;
}

static void reporter_check_gates(const struct hoist_handoff *handoff)
{
    const struct descriptors_gate *gates = (const struct descriptors_gate *)entry_state.idtr.base;

    for (uint32_t vector = 0; vector < REPORTER_VECTORS; vector++) {
        if (gates[vector].selector != HOIST_ENTRY_CS || gates[vector].type != REPORTER_GATE_KIND ||
            gates[vector].stack == 0 || gates[vector].stack > REPORTER_STACKS ||
            !lookup_has_rights(handoff, reporter_entry(&gates[vector]), 1, HOIST_MAPPING_EXECUTE)) {
            check_fail("each gate of the IDT leads to code: expected one with a stack, got another "
                       "for vector %u (%lx)",
                       vector, reporter_entry(&gates[vector]));
            return;
        }
    }
    check_pass("each gate of the IDT leads to code, and has a stack (%u gates)", REPORTER_VECTORS);
    for (uint32_t i = 0; i < sizeof(own_stack); i++) {
        for (uint32_t vector = 0; vector < REPORTER_VECTORS; vector++) {
            if (vector != own_stack[i] && gates[vector].stack == gates[own_stack[i]].stack) {
                check_fail("five vectors have stacks of their own: vectors %u and %u share one",
                           vector, (uint32_t)own_stack[i]);
                return;
            }
        }
    }
    check_pass("five vectors have stacks of their own");
}

/* Each stack in use is written to at its ends alone: that is where the next fault goes. */
static void reporter_check_stacks(const struct hoist_handoff *handoff, uint64_t task_base)
{
    const struct descriptors_task *task = (const struct descriptors_task *)task_base;
    const struct hoist_mapped_range *stacks = NULL;

    for (uint32_t i = 0; i < REPORTER_STACKS; i++) {
        const uint64_t top = task->interrupt_stack[i];

        if (top == 0) {
            continue;
        }
        if (!lookup_has_rights(handoff, top - CPU_PAGE_BYTES, CPU_PAGE_BYTES,
                               HOIST_MAPPING_WRITE)) {
            check_fail("the reporter's stacks can be written: expected a page below %lx, got none",
                       top);
            return;
        }
        stacks = lookup_mapping(handoff, top - 1);
    }
    if (stacks == NULL || lookup_mapping(handoff, stacks->virtual_base - 1) != NULL ||
        lookup_mapping(handoff, stacks->virtual_base + stacks->size_bytes) != NULL) {
        check_fail("the reporter's stacks have guard pages: expected gaps around them, got none");
        return;
    }
    check_pass("the reporter's stacks can be written and have guard pages (%lx bytes at %lx)",
               stacks->size_bytes, stacks->virtual_base);
}

static void reporter_check_present(const struct hoist_handoff *handoff)
{
    uint64_t task;

    check_equal("the GDT's limit is as documented", REPORTER_GDT_LIMIT, entry_state.gdtr.limit);
    check_equal("the IDT's limit is as documented",
                REPORTER_VECTORS * sizeof(struct descriptors_gate) - 1, entry_state.idtr.limit);
    check_equal("TR is as documented", HOIST_ENTRY_TR, entry_state.task);
    if (entry_state.gdtr.limit < REPORTER_GDT_LIMIT ||
        !lookup_has_rights(handoff, entry_state.gdtr.base, REPORTER_GDT_LIMIT + 1, 0) ||
        !lookup_has_rights(handoff, entry_state.idtr.base,
                           REPORTER_VECTORS * sizeof(struct descriptors_gate), 0)) {
        check_fail("GDT and IDT are mapped read-only: expected %lx, %lx in such mappings, got none",
                   entry_state.gdtr.base, entry_state.idtr.base);
        return;
    }
    task = reporter_task();
    if (task == 0 || !lookup_has_rights(handoff, task, sizeof(struct descriptors_task), 0)) {
        check_fail("TR names a busy task that is mapped read-only: got its base %lx", task);
        return;
    }
    check_pass("GDT, IDT and the task in TR are mapped read-only (%lx, %lx, %lx)",
               entry_state.gdtr.base, entry_state.idtr.base, task);
    reporter_check_gates(handoff);
    reporter_check_stacks(handoff, task);
}

void check_reporter(const struct hoist_handoff *handoff)
{
    if (handoff->version >= 2 && (handoff->flags & HOIST_FLAG_EARLY_FAULTS) != 0) {
        reporter_check_present(handoff);
    } else {
        reporter_check_absent();
    }
}
