/* SPDX-License-Identifier: BSD-2-Clause */
/* The last step: the processor state of protocol/hoist.h, the switch of CR3, and the kernel. */
#ifndef ENTER_H
#define ENTER_H

#include <stddef.h>
#include <stdint.h>

/* enter.S knows these offsets. */
struct enter_state {
    uint64_t cr0;
    uint64_t cr3;
    uint64_t cr4;
    uint64_t efer;
    uint64_t pat;   /* 0: the CPU has no PAT */
    uint64_t gdt;   /* from here on: virtual addresses in the kernel's address space */
    uint64_t stack; /* its top, 16-byte aligned */
    uint64_t handoff;
    uint64_t entry;
};

_Static_assert(offsetof(struct enter_state, pat) == 32, "enter.S");
_Static_assert(offsetof(struct enter_state, entry) == 64, "enter.S");

/*
 * The trampoline: one page that holds nothing but enter_kernel, so that nothing else needs an
 * identity mapping. It lies in the program's own code, which the firmware has made executable.
 */
extern const unsigned char enter_page[4096];

/* Interrupts must be off. `state` is read under the firmware's tables. */
_Noreturn void enter_kernel(const struct enter_state *state);

#endif
