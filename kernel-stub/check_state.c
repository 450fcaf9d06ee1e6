/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor's state at the kernel's first instruction, against what hoist.h documents. */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "entry_state.h"
#include "lookup.h"

/* Bits of a segment descriptor: SDM volume 3A, 3.4.5. */
#define STATE_DESCRIPTOR_KIND    UINT64_C(0x0060980000000000) /* D, L, present, S, code */
#define STATE_DESCRIPTOR_CODE_64 UINT64_C(0x0020980000000000) /* L, present, S, code */
#define STATE_DESCRIPTOR_DATA    UINT64_C(0x0000900000000000) /* present, S */
#define STATE_DESCRIPTOR_USE     UINT64_C(0x0000980000000000) /* present, S, code */

static void state_check_control(const struct hoist_handoff *handoff)
{
    bool five_levels = (entry_state.cr4 & CPU_CR4_LA57) != 0;

    check_equal("CR0 is as documented", HOIST_ENTRY_CR0, entry_state.cr0);
    check_equal("CR3 is the root table that was told", handoff->cr3, entry_state.cr3);
    check_equal("CR4 is as documented", HOIST_ENTRY_CR4 | (five_levels ? HOIST_ENTRY_CR4_LA57 : 0),
                entry_state.cr4);
    check_equal("EFER is as documented",
                HOIST_ENTRY_EFER | (cpu_has_nx() ? HOIST_ENTRY_EFER_NXE : 0),
                cpu_read_msr(CPU_MSR_EFER));
    check_equal("RFLAGS is as documented", HOIST_ENTRY_RFLAGS, entry_state.rflags);
    if (cpu_has_pat()) {
        check_equal("the PAT is as documented", HOIST_ENTRY_PAT, cpu_read_msr(CPU_MSR_PAT));
    } else {
        check_note("this CPU has no PAT");
    }
}

/* RDI is the argument that every other check reads: a wrong one fails the first of them. */
static void state_check_general(void)
{
    static const char *const names[ENTRY_GENERAL_COUNT] = {"RAX", "RCX", "RDX", "RBX", "RSP", "RBP",
                                                           "RSI", "RDI", "R8",  "R9",  "R10", "R11",
                                                           "R12", "R13", "R14", "R15"};

    for (uint32_t i = 0; i < ENTRY_GENERAL_COUNT; i++) {
        if (i != ENTRY_RSP && i != ENTRY_RDI && entry_state.general[i] != 0) {
            check_fail("the other general registers are 0: expected 0, got %lx in %s",
                       entry_state.general[i], names[i]);
            return;
        }
    }
    check_pass("the other general registers are 0");
}

static void state_check_stack(const struct hoist_handoff *handoff)
{
    uint64_t rsp = entry_state.general[ENTRY_RSP];

    if (rsp < handoff->stack_base ||
        rsp - handoff->stack_base > handoff->stack_size_bytes - sizeof(rsp)) {
        check_fail("RSP is in the stack: expected %lx and %lx bytes on, got %lx",
                   handoff->stack_base, handoff->stack_size_bytes, rsp);
        return;
    }
    check_pass("RSP is in the stack (%lx)", rsp);
    check_equal("RSP is 8 above a multiple of 16", 8, rsp % 16);
    check_equal("the return address is 0", 0, *(const volatile uint64_t *)rsp);
}

static void state_check_segments(void)
{
    static const char *const names[ENTRY_SEGMENT_COUNT] = {"ES", "CS", "SS", "DS", "FS", "GS"};

    for (uint32_t i = 0; i < ENTRY_SEGMENT_COUNT; i++) {
        uint16_t expected = i == ENTRY_CS ? HOIST_ENTRY_CS : HOIST_ENTRY_DS;

        if (entry_state.segment[i] != expected) {
            check_fail("the segment registers are as documented: expected %x, got %x in %s",
                       (uint32_t)expected, (uint32_t)entry_state.segment[i], names[i]);
            return;
        }
    }
    check_pass("the segment registers are as documented (CS %x, the others %x)",
               (uint32_t)HOIST_ENTRY_CS, (uint32_t)HOIST_ENTRY_DS);
}

/* The loader's GDT must still be there: the next far return or interrupt reads it. */
static void state_check_tables(const struct hoist_handoff *handoff)
{
    uint64_t base = entry_state.gdtr.base;
    uint64_t size_bytes = (uint64_t)entry_state.gdtr.limit + 1;
    const struct hoist_mapped_range *mapping = lookup_mapping(handoff, base);
    uint64_t code;
    uint64_t data;

    if (mapping == NULL || size_bytes <= HOIST_ENTRY_DS + sizeof(data) - 1 ||
        !probe_is_readable((const void *)base, size_bytes)) {
        check_fail(
            "the loader's GDT is mapped: expected base %lx, limit %lx in a mapping, got none", base,
            size_bytes - 1);
        return;
    }
    code = *(const volatile uint64_t *)(base + HOIST_ENTRY_CS);
    data = *(const volatile uint64_t *)(base + HOIST_ENTRY_DS);
    if ((code & STATE_DESCRIPTOR_KIND) != STATE_DESCRIPTOR_CODE_64 ||
        (data & STATE_DESCRIPTOR_USE) != STATE_DESCRIPTOR_DATA) {
        check_fail("the loader's GDT holds 64-bit code and data: expected %lx, %lx, got %lx, %lx",
                   STATE_DESCRIPTOR_CODE_64, STATE_DESCRIPTOR_DATA, code, data);
        return;
    }
    check_pass("the loader's GDT is mapped and holds the segments (%lx, in \"%s\")", base,
               mapping->name);
}

void check_state(const struct hoist_handoff *handoff)
{
    state_check_control(handoff);
    state_check_general();
    state_check_stack(handoff);
    state_check_segments();
    state_check_tables(handoff);
}
