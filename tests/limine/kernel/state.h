/* SPDX-License-Identifier: BSD-2-Clause */
/* A processor at the first instruction that this kernel has of it. */
#ifndef STATE_H
#define STATE_H

/* Offsets for start.S. */
#define STATE_GENERAL 0
#define STATE_RFLAGS  128
#define STATE_CR0     136
#define STATE_CR3     144
#define STATE_CR4     152
#define STATE_SEGMENT 160
#define STATE_TASK    172
#define STATE_LOCAL   174
#define STATE_GDTR    176
#define STATE_IDTR    186
#define STATE_ENTRY   200

#define ENTRY_OF_FILE      1
#define ENTRY_OF_REQUEST   2
#define ENTRY_OF_PROCESSOR 3

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

/* Numbers of the registers in the instruction encoding. */
enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, GENERAL_COUNT = 16 };
enum { ES, CS, SS, DS, FS, GS, SEGMENT_COUNT };

struct table_register {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

#define MTRR_COUNT 64

struct state {
    uint64_t general[GENERAL_COUNT];
    uint64_t rflags;
    uint64_t cr0;
    uint64_t cr3;
    uint64_t cr4;
    uint16_t segment[SEGMENT_COUNT];
    uint16_t task;
    uint16_t local;
    struct table_register gdtr;
    struct table_register idtr;
    uint32_t padding;
    uint64_t entry;
    /* The rest is read in C. */
    uint64_t cr8;
    uint64_t efer;
    uint64_t pat;
    uint64_t fs_base;
    uint64_t gs_base;
    uint64_t return_address;
    uint64_t mtrr[MTRR_COUNT];
    unsigned mtrr_count;
};

_Static_assert(offsetof(struct state, rflags) == STATE_RFLAGS, "start.S relies on it");
_Static_assert(offsetof(struct state, cr4) == STATE_CR4, "start.S relies on it");
_Static_assert(offsetof(struct state, segment) == STATE_SEGMENT, "start.S relies on it");
_Static_assert(offsetof(struct state, task) == STATE_TASK, "start.S relies on it");
_Static_assert(offsetof(struct state, gdtr) == STATE_GDTR, "start.S relies on it");
_Static_assert(offsetof(struct state, idtr) == STATE_IDTR, "start.S relies on it");
_Static_assert(offsetof(struct state, entry) == STATE_ENTRY, "start.S relies on it");

/* start.S */
void kernel_entry(void);
void kernel_other_entry(void);
void processor_entry(struct mp_info *info); /* extra_argument: its struct state */

_Noreturn void kernel_main(struct state *state);
_Noreturn void processor_main(struct state *state, struct mp_info *info);

#endif
#endif
