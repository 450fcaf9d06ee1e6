/* SPDX-License-Identifier: BSD-2-Clause */
/* Bits of SDM volume 3: section 3.4.5, section 6.14.1 and figure 7-4. */
#include "descriptors.h"

#define TASK_PRESENT_BUSY      UINT64_C(0x8b)
#define TASK_BUSY_BIT          (UINT64_C(1) << 41)
#define GATE_PRESENT_INTERRUPT UINT8_C(0x8e)

/* Which stack a vector has; the others share one. */
static enum reporter_stack stack_of(unsigned vector)
{
    switch (vector) {
    case 2: return REPORTER_STACK_NMI;
    case 8: return REPORTER_STACK_DOUBLE_FAULT;
    case 13: return REPORTER_STACK_PROTECTION;
    case 14: return REPORTER_STACK_PAGE_FAULT;
    case 18: return REPORTER_STACK_MACHINE_CHECK;
    default: return REPORTER_STACK_OTHERS;
    }
}

static void fill_gdt(uint64_t *gdt, const uint64_t *segments, uint64_t task)
{
    const uint64_t limit = sizeof(struct reporter_task) - 1;

    for (unsigned i = 0; i < DESCRIPTORS_SEGMENTS; i++) {
        gdt[i] = segments[i];
    }
    gdt[DESCRIPTORS_SEGMENTS] = limit | (task & UINT64_C(0xffffff)) << 16 |
                                TASK_PRESENT_BUSY << 40 | ((task >> 24) & 0xff) << 56;
    gdt[DESCRIPTORS_SEGMENTS + 1] = task >> 32;
}

void descriptors_fill(struct reporter_data *data, const struct descriptors_places *places,
                      const uint64_t *segments)
{
    fill_gdt(data->gdt, segments, places->data + offsetof(struct reporter_data, task));
    for (unsigned i = 0; i < REPORTER_STACKS; i++) {
        const uint64_t top = places->stacks + (i + 1u) * REPORTER_STACK_BYTES;

        data->task.interrupt_stacks[i] =
            (struct reporter_address){(uint32_t)top, (uint32_t)(top >> 32)};
    }
    data->task.port_map_offset = sizeof(data->task); /* there is none */
    for (unsigned vector = 0; vector < REPORTER_VECTORS; vector++) {
        const uint64_t entry = places->entries + vector * REPORTER_ENTRY_BYTES;

        data->gates[vector] = (struct reporter_gate){
            .offset_low = (uint16_t)entry,
            .selector = HOIST_ENTRY_CS,
            .stack = (uint8_t)(stack_of(vector) + 1u),
            .type = GATE_PRESENT_INTERRUPT,
            .offset_middle = (uint16_t)(entry >> 16),
            .offset_high = (uint32_t)(entry >> 32),
        };
    }
}

void descriptors_copy_available(uint64_t *copy, const uint64_t *gdt)
{
    for (unsigned i = 0; i < REPORTER_GDT_ENTRIES; i++) {
        copy[i] = gdt[i];
    }
    copy[DESCRIPTORS_SEGMENTS] &= ~TASK_BUSY_BIT;
}
