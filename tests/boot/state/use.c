/* SPDX-License-Identifier: BSD-2-Clause */
/* What a firmware may have in use when it starts a program, and the firmware here has not. */
#include "state.h"

#define MSR_EFER           0xc0000080u
#define MSR_FS_BASE        0xc0000100u
#define MSR_GS_BASE        0xc0000101u
#define MSR_KERNEL_GS_BASE 0xc0000102u
#define EFER_SCE           1u
#define CR0_WP             (UINT64_C(1) << 16)
#define CR0_AM             (UINT64_C(1) << 18)
#define CR4_DE             (UINT64_C(1) << 3)
#define CR4_PGE            (UINT64_C(1) << 7)
#define CR4_OSXSAVE        (UINT64_C(1) << 18)

/* Breakpoint 0 is on, at an address that nothing executes. */
#define DR7_IN_USE UINT64_C(0x402)

#define LOCAL_APIC          UINT64_C(0xfee00000)
#define LOCAL_TIMER         0x320u
#define LOCAL_THERMAL       0x330u
#define LOCAL_COUNTER       0x340u
#define LOCAL_LINT0         0x350u
#define LOCAL_LINT1         0x360u
#define LOCAL_ERROR         0x370u
#define LOCAL_INITIAL_COUNT 0x380u
#define LOCAL_DIVIDE        0x3e0u
#define DIVIDE_BY_128       0xau
#define TIMER_PERIODIC      (1u << 17)
#define IO_APIC             UINT64_C(0xfec00000)
#define MODE_LOWEST         0x100u
#define MODE_SMI            0x200u
#define MODE_NMI            0x400u
#define MODE_EXTERNAL       0x700u
#define VECTOR              0x51u

static uint64_t read_msr(uint32_t number)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return (uint64_t)high << 32 | low;
}

static void write_msr(uint32_t number, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "a"((uint32_t)value), "d"((uint32_t)(value >> 32)), "c"(number));
}

void use_registers(EFI_BOOT_SERVICES *services)
{
    const uint64_t somewhere = UINT64_C(0x7123456789ab);
    const uint16_t control_word = 0x27f;
    const uint32_t mxcsr = 0x9fc0;
    uint64_t cr0;
    uint64_t cr4;

    (void)services;
    __asm__ volatile("movq %0, %%dr0\n\t"
                     "movq %0, %%dr1\n\t"
                     "movq %0, %%dr2\n\t"
                     "movq %0, %%dr3\n\t"
                     "movq %0, %%cr2"
                     :
                     : "r"(somewhere));
    __asm__ volatile("movq %0, %%dr6\n\t"
                     "movq %1, %%dr7"
                     :
                     : "r"(UINT64_C(0xffff4ff1)), "r"(DR7_IN_USE));
    __asm__ volatile("movq %0, %%cr8" : : "r"(UINT64_C(1)));
    write_msr(MSR_FS_BASE, somewhere);
    write_msr(MSR_GS_BASE, somewhere);
    write_msr(MSR_KERNEL_GS_BASE, somewhere);
    write_msr(MSR_EFER, read_msr(MSR_EFER) | EFER_SCE);
    __asm__ volatile("fldcw %0\n\t"
                     "ldmxcsr %1"
                     :
                     : "m"(control_word), "m"(mxcsr));
    __asm__ volatile("movq %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("movq %0, %%cr0" : : "r"((cr0 | CR0_AM) & ~CR0_WP));
    __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("movq %0, %%cr4" : : "r"(cr4 | CR4_DE | CR4_PGE | CR4_OSXSAVE));
}

static void set_local(uint32_t offset, uint32_t value)
{
    *(volatile uint32_t *)(uintptr_t)(LOCAL_APIC + offset) = value;
}

static void set_line(uint32_t line, uint32_t value)
{
    volatile uint32_t *registers = (volatile uint32_t *)(uintptr_t)IO_APIC;

    registers[0] = 0x10 + 2 * line;
    registers[4] = value;
}

/* None of them comes while the loader runs: the timer takes minutes, and no device uses the lines. */
void use_interrupts(EFI_BOOT_SERVICES *services)
{
    (void)services;
    set_local(LOCAL_DIVIDE, DIVIDE_BY_128);
    set_local(LOCAL_TIMER, TIMER_PERIODIC | VECTOR);
    set_local(LOCAL_INITIAL_COUNT, UINT32_MAX);
    set_local(LOCAL_THERMAL, MODE_SMI);
    set_local(LOCAL_COUNTER, VECTOR);
    set_local(LOCAL_LINT0, MODE_EXTERNAL);
    set_local(LOCAL_LINT1, MODE_NMI);
    set_local(LOCAL_ERROR, VECTOR);
    set_line(18, VECTOR);
    set_line(19, MODE_LOWEST | VECTOR);
    set_line(20, MODE_NMI);
    set_line(21, MODE_EXTERNAL);
}
