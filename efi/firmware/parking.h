/* SPDX-License-Identifier: BSD-2-Clause */
/* The page of parking.S, which knows these offsets. */
#ifndef PARKING_H
#define PARKING_H

#include <stddef.h>
#include <stdint.h>

#define PARKING_CODE_32 UINT32_C(0x08)
#define PARKING_CODE_64 UINT32_C(0x18)

/* As many as MTRRs, and what else there is. */
#define PARKING_MSR_LIMIT   128u
#define PARKING_WRITE_LIMIT 4u

struct parking_msr {
    uint32_t number;
    uint32_t low;
    uint32_t high;
};

/* To a register of the local APIC. */
struct parking_write {
    uint32_t address;
    uint32_t value;
};

/* Each GDT's limit stands right before its address. */
struct parking_state {
    uint32_t cr0;
    uint32_t cr3;
    uint32_t cr4;
    uint32_t far_32[2];
    uint32_t far_64[2];
    uint16_t unused;
    uint16_t own_gdt_limit;
    uint32_t own_gdt;
    uint16_t has_task;
    uint16_t gdt_limit;
    uint64_t gdt;
    uint64_t goto_va;
    uint64_t argument_va;
    uint64_t stack_va;
    uint64_t arrived_va;
    uint32_t msrs; /* their address */
    uint32_t msr_count;
    uint32_t writes;
    uint32_t write_count;
    uint64_t away; /* what leads from the page to where its code waits */
};

_Static_assert(offsetof(struct parking_state, own_gdt_limit) == 30, "parking.S");
_Static_assert(offsetof(struct parking_state, gdt_limit) == 38, "parking.S");
_Static_assert(offsetof(struct parking_state, has_task) == 36, "parking.S");
_Static_assert(offsetof(struct parking_state, goto_va) == 48, "parking.S");
_Static_assert(offsetof(struct parking_state, arrived_va) == 72, "parking.S");
_Static_assert(offsetof(struct parking_state, msrs) == 80, "parking.S");
_Static_assert(offsetof(struct parking_state, away) == 96, "parking.S");
_Static_assert(sizeof(struct parking_state) == 104, "parking.S");

extern const unsigned char parking_start[];
extern const unsigned char parking_32[];
extern const unsigned char parking_64[];
extern const unsigned char parking_gdt[];
extern const unsigned char parking_state[];
extern const unsigned char parking_end[];

#endif
