/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GDT, TSS and IDT. Every fault switches to a stack of its own through the interrupt stack table,
 * so that a fault is told even when the stack that the loader gave is what is wrong.
 */
#include "descriptors.h"

#include <stddef.h>
#include <stdint.h>

#include "descriptor_layout.h"
#include "fault.h"

#define DESCRIPTORS_CODE 0x08
#define DESCRIPTORS_DATA 0x10
#define DESCRIPTORS_TASK 0x18

#define DESCRIPTORS_CODE_VALUE UINT64_C(0x00209a0000000000) /* present, 64-bit code, readable */
#define DESCRIPTORS_DATA_VALUE UINT64_C(0x0000920000000000) /* present, data, writable */
#define DESCRIPTORS_TASK_TYPE  UINT64_C(0x89)               /* present, available 64-bit TSS */
#define DESCRIPTORS_GATE_TYPE  0x8e                         /* present, interrupt gate */

#define DESCRIPTORS_FAULT_STACK       1
#define DESCRIPTORS_FAULT_STACK_BYTES 8192

static uint8_t fault_stack[DESCRIPTORS_FAULT_STACK_BYTES] __attribute__((aligned(16)));
static struct descriptors_task task;
static struct descriptors_gate gates[FAULT_VECTOR_COUNT];
static uint64_t segments[] = {0, DESCRIPTORS_CODE_VALUE, DESCRIPTORS_DATA_VALUE, 0, 0};

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
                     : "m"(gdtr), "i"(DESCRIPTORS_CODE), "i"(DESCRIPTORS_DATA)
                     : "rax", "memory");
}

static void descriptors_load_task(void)
{
    uint64_t base = (uint64_t)&task;
    uint64_t limit = sizeof(task) - 1;

    task.interrupt_stack[DESCRIPTORS_FAULT_STACK - 1] =
        (uint64_t)(fault_stack + sizeof(fault_stack));
    task.port_map_offset = sizeof(task);
    segments[DESCRIPTORS_TASK / 8] =
        limit | (base & 0xffffff) << 16 | DESCRIPTORS_TASK_TYPE << 40 | (base >> 24 & 0xff) << 56;
    segments[DESCRIPTORS_TASK / 8 + 1] = base >> 32;
    __asm__ volatile("ltr %w0" : : "r"(DESCRIPTORS_TASK) : "memory");
}

static void descriptors_load_gates(void)
{
    struct descriptors_register idtr = {sizeof(gates) - 1, (uint64_t)gates};

    for (size_t vector = 0; vector < FAULT_VECTOR_COUNT; vector++) {
        uint64_t address = fault_entries[vector];

        gates[vector] = (struct descriptors_gate){
            .offset_low = (uint16_t)address,
            .selector = DESCRIPTORS_CODE,
            .stack = DESCRIPTORS_FAULT_STACK,
            .type = DESCRIPTORS_GATE_TYPE,
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

void descriptors_drop_interrupts(void)
{
    struct descriptors_register idtr = {0, 0};

    __asm__ volatile("lidt %0" : : "m"(idtr) : "memory");
}
