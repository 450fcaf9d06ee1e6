/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers and interrupt controllers that a firmware uses, and that a kernel wants to find at rest. */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "entry_state.h"

#define REGISTERS_PIC_FIRST_MASK  0x21
#define REGISTERS_PIC_SECOND_MASK 0xa1

#define REGISTERS_READ(register, target) __asm__ volatile("movq %%" register ", %0" : "=r"(target))

static uint16_t registers_ldtr(void)
{
    uint16_t selector;

    __asm__ volatile("sldt %0" : "=r"(selector));
    return selector;
}

static uint64_t registers_cr8(void)
{
    uint64_t value;

    REGISTERS_READ("cr8", value);
    return value;
}

static uint16_t registers_fcw(void)
{
    uint16_t value;

    __asm__ volatile("fnstcw %0" : "=m"(value));
    return value;
}

/* STMXCSR wants CR4.OSFXSR, which is clear at entry. */
static uint32_t registers_mxcsr(void)
{
    uint64_t cr4 = cpu_read_cr4();
    uint32_t value;

    __asm__ volatile("movq %1, %%cr4\n\t"
                     "stmxcsr %0\n\t"
                     "movq %2, %%cr4"
                     : "=m"(value)
                     : "r"(cr4 | CPU_CR4_OSFXSR), "r"(cr4));
    return value;
}

static void registers_check_debug(void)
{
    uint64_t breakpoints[4];
    uint64_t dr6;
    uint64_t dr7;

    REGISTERS_READ("dr0", breakpoints[0]);
    REGISTERS_READ("dr1", breakpoints[1]);
    REGISTERS_READ("dr2", breakpoints[2]);
    REGISTERS_READ("dr3", breakpoints[3]);
    REGISTERS_READ("dr6", dr6);
    REGISTERS_READ("dr7", dr7);
    check_equal("DR0 to DR3 are 0", 0,
                breakpoints[0] | breakpoints[1] | breakpoints[2] | breakpoints[3]);
    check_equal("DR6 is as documented", HOIST_ENTRY_DR6, dr6);
    check_equal("DR7 is as documented", HOIST_ENTRY_DR7, dr7);
}

void check_registers(void)
{
    check_equal("CR2 is 0", 0, entry_state.cr2);
    check_equal("CR8 is 0", 0, registers_cr8());
    check_equal("the LDT is null", 0, registers_ldtr());
    check_equal("the bases of FS and GS are 0", 0, entry_state.fs_base | entry_state.gs_base);
    check_equal("KERNEL_GS_BASE is 0", 0, cpu_read_msr(CPU_MSR_KERNEL_GS_BASE));
    registers_check_debug();
    check_equal("the x87 control word is as documented", HOIST_ENTRY_FCW, registers_fcw());
    check_equal("MXCSR is as documented", HOIST_ENTRY_MXCSR, registers_mxcsr());
    check_equal("all lines of both 8259 are masked", 0xffff,
                (uint64_t)cpu_port_read(REGISTERS_PIC_SECOND_MASK) << 8 |
                    cpu_port_read(REGISTERS_PIC_FIRST_MASK));
}
