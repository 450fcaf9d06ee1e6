/* SPDX-License-Identifier: BSD-2-Clause */
/* SDM volume 3, sections 2.5 (CR8), 3.4.4.1 (KERNEL_GS_BASE) and 17.2 (debug registers). */
#include "firmware.h"

#include "registers.h"

#include "hoist.h"
#include "port.h"

#define MSR_KERNEL_GS_BASE UINT32_C(0xc0000102)

void registers_reset(void)
{
    const uint64_t zero = 0;
    const uint32_t mxcsr = HOIST_ENTRY_MXCSR;

    /* DR7 first: a breakpoint must not be on while its address changes. */
    __asm__ volatile("movq %0, %%dr7" : : "r"((uint64_t)HOIST_ENTRY_DR7));
    __asm__ volatile("movq %0, %%dr6" : : "r"((uint64_t)HOIST_ENTRY_DR6));
    __asm__ volatile("movq %0, %%dr0\n\t"
                     "movq %0, %%dr1\n\t"
                     "movq %0, %%dr2\n\t"
                     "movq %0, %%dr3\n\t"
                     "movq %0, %%cr8"
                     :
                     : "r"(zero));
    write_msr(MSR_KERNEL_GS_BASE, 0);
    /* UEFI 2.3.4 has CR4.OSFXSR set, for code of the firmware's compilers uses SSE. */
    __asm__ volatile("fninit\n\t"
                     "ldmxcsr %0"
                     :
                     : "m"(mxcsr));
}
