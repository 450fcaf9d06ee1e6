/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the processor reads from memory: TSS, gates, and the operand of LGDT and LIDT. SDM volume 3,
 * figures 8-11, 6-8 and 2-6.
 */
#ifndef STUB_DESCRIPTOR_LAYOUT_H
#define STUB_DESCRIPTOR_LAYOUT_H

#include <stdint.h>

struct descriptors_task {
    uint32_t reserved_0;
    uint64_t ring_stack[3];
    uint64_t reserved_1;
    uint64_t interrupt_stack[7];
    uint64_t reserved_2;
    uint16_t reserved_3;
    uint16_t port_map_offset;
} __attribute__((packed));

struct descriptors_gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t stack;
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};

struct descriptors_register {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

_Static_assert(sizeof(struct descriptors_task) == 104, "the processor fixes its layout");
_Static_assert(sizeof(struct descriptors_gate) == 16, "the processor fixes its layout");
_Static_assert(sizeof(struct descriptors_register) == 10, "the processor fixes its layout");

#endif
