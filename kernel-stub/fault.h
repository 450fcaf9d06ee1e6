/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults: those that a probe provokes are recorded and survived, every other one is told in one
 * line and ends the run as failed.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>
#include <stdint.h>

#define FAULT_VECTOR_COUNT 32

/* What faults.S leaves on the stack, lowest address first. */
struct fault_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
    uint64_t vector;
    uint64_t error_code; /* 0 for vectors without one */
    uint64_t rip, cs, rflags, rsp, ss;
};

/* The last fault that a probe met. */
struct fault_record {
    bool happened;
    uint64_t vector;
    uint64_t error_code;
    uint64_t cr2;
    uint64_t rip;
};

/*
 * Where a fault of a probe goes on, and with which stack; 0: no probe is under way. Set by
 * probe_access.S.
 */
struct fault_recovery {
    uint64_t rip;
    uint64_t rsp;
};

extern struct fault_recovery fault_recovery;
extern struct fault_record fault_record;

/* Addresses of the entries in faults.S. */
extern const uint64_t fault_entries[FAULT_VECTOR_COUNT];

/* Called by faults.S. Returns only when a probe announced where to go on. */
void fault_handle(struct fault_frame *frame);

#endif
