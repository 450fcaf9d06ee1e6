/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the processor looked like at the first instruction of the kernel, before any C code ran.
 * entry.S writes it; check_state.c judges it.
 */
#ifndef ENTRY_STATE_H
#define ENTRY_STATE_H

/* Offsets for the assembly, held against the structure by the static asserts below. */
#define ENTRY_STATE_GENERAL 0
#define ENTRY_STATE_RFLAGS  128
#define ENTRY_STATE_RIP     136
#define ENTRY_STATE_TSC     144
#define ENTRY_STATE_CR0     152
#define ENTRY_STATE_CR3     160
#define ENTRY_STATE_CR4     168
#define ENTRY_STATE_SEGMENT 176
#define ENTRY_STATE_GDTR    188
#define ENTRY_STATE_IDTR    198
#define ENTRY_STATE_CR2     208
#define ENTRY_STATE_FS_BASE 216
#define ENTRY_STATE_GS_BASE 224
#define ENTRY_STATE_TASK    232

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

/* Order of the general registers, that of their numbers in the instruction encoding. */
enum entry_general {
    ENTRY_RAX,
    ENTRY_RCX,
    ENTRY_RDX,
    ENTRY_RBX,
    ENTRY_RSP,
    ENTRY_RBP,
    ENTRY_RSI,
    ENTRY_RDI,
    ENTRY_R8,
    ENTRY_R9,
    ENTRY_R10,
    ENTRY_R11,
    ENTRY_R12,
    ENTRY_R13,
    ENTRY_R14,
    ENTRY_R15,
    ENTRY_GENERAL_COUNT
};

/* Order of the segment registers, that of their numbers in the instruction encoding. */
enum entry_segment {
    ENTRY_ES,
    ENTRY_CS,
    ENTRY_SS,
    ENTRY_DS,
    ENTRY_FS,
    ENTRY_GS,
    ENTRY_SEGMENT_COUNT
};

/* What SGDT and SIDT store: SDM volume 3A, 3.5.1. */
struct entry_table_register {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

struct entry_state {
    uint64_t general[ENTRY_GENERAL_COUNT];
    uint64_t rflags;
    uint64_t rip; /* where entry.S really ran, whatever it was linked at */
    uint64_t tsc;
    uint64_t cr0;
    uint64_t cr3;
    uint64_t cr4;
    uint16_t segment[ENTRY_SEGMENT_COUNT];
    struct entry_table_register gdtr;
    struct entry_table_register idtr;
    uint64_t cr2;
    uint64_t fs_base;
    uint64_t gs_base;
    uint16_t task; /* TR's selector */
};

_Static_assert(offsetof(struct entry_state, rflags) == ENTRY_STATE_RFLAGS, "entry.S relies on it");
_Static_assert(offsetof(struct entry_state, rip) == ENTRY_STATE_RIP, "entry.S relies on it");
_Static_assert(offsetof(struct entry_state, tsc) == ENTRY_STATE_TSC, "entry.S relies on it");
_Static_assert(offsetof(struct entry_state, cr0) == ENTRY_STATE_CR0, "entry.S relies on it");
_Static_assert(offsetof(struct entry_state, cr3) == ENTRY_STATE_CR3, "entry.S relies on it");
_Static_assert(offsetof(struct entry_state, cr4) == ENTRY_STATE_CR4, "entry.S relies on it");
_Static_assert(offsetof(struct entry_state, segment) == ENTRY_STATE_SEGMENT,
               "entry.S relies on it");
_Static_assert(offsetof(struct entry_state, gdtr) == ENTRY_STATE_GDTR, "entry.S relies on it");
_Static_assert(offsetof(struct entry_state, idtr) == ENTRY_STATE_IDTR, "entry.S relies on it");
_Static_assert(offsetof(struct entry_state, cr2) == ENTRY_STATE_CR2, "entry.S relies on it");
_Static_assert(offsetof(struct entry_state, fs_base) == ENTRY_STATE_FS_BASE,
               "entry.S relies on it");
_Static_assert(offsetof(struct entry_state, gs_base) == ENTRY_STATE_GS_BASE,
               "entry.S relies on it");
_Static_assert(offsetof(struct entry_state, task) == ENTRY_STATE_TASK, "entry.S relies on it");

extern struct entry_state entry_state;

/* The address that the linker gave to the first instruction. */
extern const uint64_t entry_linked_address;

/* The first instruction of the kernel; not to be called. */
void kernel_entry(void);

#endif
#endif
