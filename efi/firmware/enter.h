/* SPDX-License-Identifier: BSD-2-Clause */
/* The last step: the processor state of protocol/hoist.h, the switch of CR3, and the kernel. */
#ifndef ENTER_H
#define ENTER_H

#include <stddef.h>
#include <stdint.h>

#include "faults.h"

/* Of 64-bit code, in the GDT of enter.S's page. */
#define ENTER_SWITCH_CODE UINT32_C(0x10)

/* enter.S knows these offsets. */
struct enter_state {
    uint64_t cr0;
    uint64_t cr3;
    uint64_t cr4; /* with LA57 as the firmware has it */
    uint64_t efer;
    uint64_t pat;   /* 0: the CPU has no PAT */
    uint64_t stack; /* from here on: virtual addresses; its top, 16-byte aligned */
    uint64_t handoff;
    uint64_t entry;
    uint64_t new_cr4; /* with LA57 as the kernel gets it; 0: as the firmware has it */
    uint32_t back;    /* with new_cr4: enter_back in the page's copy */
    uint32_t back_selector;
    struct faults_tables tables;
    uint64_t away; /* what leads from the page to its other address */
    uint64_t root; /* of the root table, whose first entry is cleared there; 0: it stays */
};

_Static_assert(offsetof(struct enter_state, pat) == 32, "enter.S");
_Static_assert(offsetof(struct enter_state, entry) == 56, "enter.S");
_Static_assert(offsetof(struct enter_state, new_cr4) == 64, "enter.S");
_Static_assert(offsetof(struct enter_state, back) == 72, "enter.S");
_Static_assert(offsetof(struct enter_state, tables.gdt) == 80, "enter.S");
_Static_assert(offsetof(struct enter_state, tables.gdt_limit) == 104, "enter.S");
_Static_assert(offsetof(struct enter_state, away) == 112, "enter.S");
_Static_assert(sizeof(struct enter_state) == 128, "enter.S");

/*
 * One page that holds nothing but the way into the kernel, so that nothing else needs an identity
 * mapping. It lies in the program's own code, which the firmware has made executable. Its first byte
 * is entered like a function that is given a state, which it reads under the firmware's tables. With
 * new_cr4 the page is a copy below 4 GiB, and the state is the one in it.
 */
extern const unsigned char enter_page[4096];
extern const unsigned char enter_back[];
extern const unsigned char enter_copied_state[];

#endif
