/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GDT, TSS and IDT: SDM volume 3, chapters 3, 6 and 8. Faults have a stack of their own, and single
 * steps another one, for what looks at memory between two steps may fault.
 */
#include "descriptors.h"

#include <stddef.h>
#include <stdint.h>

#include "kernel-stub/descriptor_layout.h"
#include "kernel-stub/fault.h"
#include "selectors.h"

#define DESCRIPTORS_CODE      UINT64_C(0x00209a0000000000) /* present, 64-bit code, readable */
#define DESCRIPTORS_DATA      UINT64_C(0x0000920000000000) /* present, data, writable */
#define DESCRIPTORS_CODE_32   UINT64_C(0x00cf9a000000ffff) /* the same code in 32 bits, 4 GiB */
#define DESCRIPTORS_RING_3    UINT64_C(0x0000600000000000)
#define DESCRIPTORS_TASK_TYPE UINT64_C(0x89) /* present, available 64-bit TSS */
#define DESCRIPTORS_GATE      0x8e           /* present, interrupt gate */
#define DESCRIPTORS_USER_GATE 0xee           /* that ring 3 may use */

#define DESCRIPTORS_FAULT_STACK 1
#define DESCRIPTORS_STEP_STACK  2
#define DESCRIPTORS_STACK_BYTES 8192

#define DESCRIPTORS_VECTOR_STEP       1
#define DESCRIPTORS_VECTOR_BREAKPOINT 3

static uint8_t stacks[2][DESCRIPTORS_STACK_BYTES] __attribute__((aligned(16)));
static struct descriptors_task task;
static struct descriptors_gate gates[FAULT_VECTOR_COUNT];
static uint64_t segments[] = {
    0,
    DESCRIPTORS_CODE,
    DESCRIPTORS_DATA,
    0,
    0,
    DESCRIPTORS_CODE_32,
    DESCRIPTORS_DATA | DESCRIPTORS_RING_3,
    DESCRIPTORS_CODE | DESCRIPTORS_RING_3,
};

_Static_assert(sizeof(segments) == SELECTOR_USER_CODE + 8, "a slot for each selector");

static void descriptors_load_segments(void)
{
    struct descriptors_register gdtr = {sizeof(segments) - 1, (uint64_t)segments};

    __asm__ volatile("lgdt %0\n\t"
                     "pushq %1\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:\n\t"
                     "movl %2, %%eax\n\t"
                     "movw %%ax, %%ds\n\t"
                     "movw %%ax, %%es\n\t"
                     "movw %%ax, %%ss\n\t"
                     "movw %%ax, %%fs\n\t"
                     "movw %%ax, %%gs"
                     :
                     : "m"(gdtr), "i"(SELECTOR_CODE), "i"(SELECTOR_DATA)
                     : "rax", "memory");
}

static void descriptors_load_task(void)
{
    const uint64_t base = (uint64_t)&task;
    const uint64_t limit = sizeof(task) - 1;

    task.interrupt_stack[DESCRIPTORS_FAULT_STACK - 1] = (uint64_t)stacks[1];
    task.interrupt_stack[DESCRIPTORS_STEP_STACK - 1] = (uint64_t)(stacks + 2);
    task.port_map_offset = sizeof(task);
    segments[SELECTOR_TASK / 8] =
        limit | (base & 0xffffff) << 16 | DESCRIPTORS_TASK_TYPE << 40 | (base >> 24 & 0xff) << 56;
    segments[SELECTOR_TASK / 8 + 1] = base >> 32;
    __asm__ volatile("ltr %w0" : : "r"(SELECTOR_TASK) : "memory");
}

static void descriptors_load_gates(void)
{
    struct descriptors_register idtr = {sizeof(gates) - 1, (uint64_t)gates};

    for (size_t vector = 0; vector < FAULT_VECTOR_COUNT; vector++) {
        const uint64_t address = fault_entries[vector];

        gates[vector] = (struct descriptors_gate){
            .offset_low = (uint16_t)address,
            .selector = SELECTOR_CODE,
            .stack = vector == DESCRIPTORS_VECTOR_STEP ? DESCRIPTORS_STEP_STACK
                                                       : DESCRIPTORS_FAULT_STACK,
            .type =
                vector == DESCRIPTORS_VECTOR_BREAKPOINT ? DESCRIPTORS_USER_GATE : DESCRIPTORS_GATE,
            .offset_middle = (uint16_t)(address >> 16),
            .offset_high = (uint32_t)(address >> 32),
        };
    }
    __asm__ volatile("lidt %0" : : "m"(idtr) : "memory");
}

void descriptors_load(void)
{
    descriptors_load_segments();
    descriptors_load_task();
    descriptors_load_gates();
}
