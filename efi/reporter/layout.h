/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the loader and the fault reporter agree on: the reporter's pieces, their place, and the
 * descriptors that bring a fault to it (SDM volume 3, sections 3.4.5, 6.14 and 7.7).
 *
 *     text     the code, from offset 0; it runs wherever it is put, for it knows offsets alone
 *     data     its constants, and behind them struct reporter_data, which the loader fills in
 *     a page that is not mapped
 *     stacks   one page a stack; struct reporter_state lies at the low end of the first
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#define REPORTER_VECTORS     32
#define REPORTER_ENTRY_BYTES 8 /* code of one vector */
#define REPORTER_STACK_BYTES 4096
#define REPORTER_STACKS      6
#define REPORTER_DATA_BYTES  856

/* The selectors before it are the hand-off's. */
#define REPORTER_TASK_SELECTOR 0x38

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

#include "hoist.h"

#define REPORTER_GDT_ENTRIES 9
#define REPORTER_NAME_BYTES  80

/*
 * A fault must not meet the stack of another one that is under way: those that can come while
 * another is delivered have their own.
 */
enum reporter_stack {
    REPORTER_STACK_OTHERS,
    REPORTER_STACK_PAGE_FAULT,
    REPORTER_STACK_DOUBLE_FAULT,
    REPORTER_STACK_PROTECTION,
    REPORTER_STACK_NMI,
    REPORTER_STACK_MACHINE_CHECK,
};

struct reporter_gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t stack; /* number in the interrupt stack table, from 1 */
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};

/* Its addresses are not aligned to 8 bytes. */
struct reporter_address {
    uint32_t low;
    uint32_t high;
};

struct reporter_task {
    uint32_t reserved_1;
    struct reporter_address stacks[3];
    struct reporter_address reserved_2;
    struct reporter_address interrupt_stacks[7];
    struct reporter_address reserved_3;
    uint16_t reserved_4;
    uint16_t port_map_offset;
};

/* What a report needs to know. Addresses are virtual. */
struct reporter_config {
    struct hoist_framebuffer framebuffer; /* address 0: none */
    const struct hoist_mapped_range *mappings;
    uint64_t mapping_count;
    uint64_t stack_base; /* the kernel's */
    uint64_t stack_size_bytes;
    uint64_t has_uart;
    char kernel_name[REPORTER_NAME_BYTES]; /* terminated */
};

struct reporter_data {
    uint64_t gdt[REPORTER_GDT_ENTRIES];
    struct reporter_task task;
    struct reporter_gate gates[REPORTER_VECTORS];
    struct reporter_config config;
};

/* Offsets from the start of the text; the linker writes them in front of the constants. */
struct reporter_header {
    uint32_t constants;
    uint32_t data; /* struct reporter_data */
    uint32_t stacks;
    uint32_t end;
    uint32_t entries; /* REPORTER_ENTRY_BYTES each */
};

_Static_assert(REPORTER_TASK_SELECTOR == HOIST_ENTRY_TR, "hoist.h documents it");
_Static_assert(sizeof(struct reporter_gate) == 16, "SDM volume 3, figure 6-8");
_Static_assert(sizeof(struct reporter_task) == 104, "SDM volume 3, figure 7-11");
_Static_assert(offsetof(struct reporter_task, interrupt_stacks) == 36, "SDM volume 3, figure 7-11");
_Static_assert(sizeof(struct reporter_data) == REPORTER_DATA_BYTES, "entry.S relies on it");

#endif
#endif
