/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processor: names for every bit that the stub looks at, and the instructions that C has no
 * words for. Sources: Intel SDM volume 2 (CPUID), volume 3A chapter 2 (control registers), 4.7
 * (page-fault error code).
 */
#ifndef CPU_H
#define CPU_H

#include <stdbool.h>
#include <stdint.h>

#define CPU_CR4_OSFXSR (UINT64_C(1) << 9)
#define CPU_CR4_LA57   (UINT64_C(1) << 12)

#define CPU_MSR_PAT  UINT32_C(0x277)
#define CPU_MSR_EFER UINT32_C(0xc0000080)

#define CPU_MSR_KERNEL_GS_BASE UINT32_C(0xc0000102)

/* Memory types as the PAT encodes them: SDM volume 3A, table 12-10. */
#define CPU_PAT_UNCACHED        UINT64_C(0)
#define CPU_PAT_WRITE_COMBINING UINT64_C(1)
#define CPU_PAT_WRITE_BACK      UINT64_C(6)

#define CPU_VECTOR_BREAKPOINT   UINT64_C(3)
#define CPU_VECTOR_DOUBLE_FAULT UINT64_C(8)
#define CPU_VECTOR_PAGE_FAULT   UINT64_C(14)

/* Page-fault error code. */
#define CPU_FAULT_PRESENT UINT64_C(0x01)
#define CPU_FAULT_WRITE   UINT64_C(0x02)
#define CPU_FAULT_FETCH   UINT64_C(0x10)

#define CPU_PAGE_BYTES UINT64_C(0x1000)

/* Opcode of the near return: what a probe places where it wants to execute. */
#define CPU_OPCODE_RET 0xc3

#define CPU_LEAF_FEATURES        UINT32_C(1)
#define CPU_LEAF_STRUCTURED      UINT32_C(7)
#define CPU_LEAF_EXTENDED        UINT32_C(0x80000000)
#define CPU_LEAF_EXTENDED_BITS   UINT32_C(0x80000001)
#define CPU_FEATURES_EDX_PAT     (UINT32_C(1) << 16)
#define CPU_STRUCTURED_ECX_LA57  (UINT32_C(1) << 16)
#define CPU_EXTENDED_EDX_NX      (UINT32_C(1) << 20)
#define CPU_EXTENDED_EDX_PAGE_1G (UINT32_C(1) << 26)

struct cpu_leaf {
    uint32_t eax;
    uint32_t ebx;
    uint32_t ecx;
    uint32_t edx;
};

static inline struct cpu_leaf cpu_identify(uint32_t leaf)
{
    struct cpu_leaf result;

    __asm__ volatile("cpuid"
                     : "=a"(result.eax), "=b"(result.ebx), "=c"(result.ecx), "=d"(result.edx)
                     : "a"(leaf), "c"(0)
                     : "memory");
    return result;
}

static inline bool cpu_has_nx(void)
{
    return cpu_identify(CPU_LEAF_EXTENDED).eax >= CPU_LEAF_EXTENDED_BITS &&
           (cpu_identify(CPU_LEAF_EXTENDED_BITS).edx & CPU_EXTENDED_EDX_NX) != 0;
}

static inline bool cpu_has_pages_of_1g(void)
{
    return cpu_identify(CPU_LEAF_EXTENDED).eax >= CPU_LEAF_EXTENDED_BITS &&
           (cpu_identify(CPU_LEAF_EXTENDED_BITS).edx & CPU_EXTENDED_EDX_PAGE_1G) != 0;
}

static inline bool cpu_has_five_levels(void)
{
    return cpu_identify(0).eax >= CPU_LEAF_STRUCTURED &&
           (cpu_identify(CPU_LEAF_STRUCTURED).ecx & CPU_STRUCTURED_ECX_LA57) != 0;
}

static inline bool cpu_has_pat(void)
{
    return (cpu_identify(CPU_LEAF_FEATURES).edx & CPU_FEATURES_EDX_PAT) != 0;
}

/*
 * Code that was written through another address runs only after a serialising instruction (SDM 3A,
 * 9.1.3).
 */
static inline void cpu_serialise(void)
{
    (void)cpu_identify(0);
}

static inline uint64_t cpu_read_msr(uint32_t number)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return (uint64_t)high << 32 | low;
}

static inline uint64_t cpu_read_cr2(void)
{
    uint64_t value;

    __asm__ volatile("movq %%cr2, %0" : "=r"(value));
    return value;
}

static inline uint64_t cpu_read_cr4(void)
{
    uint64_t value;

    __asm__ volatile("movq %%cr4, %0" : "=r"(value));
    return value;
}

static inline uint8_t cpu_port_read(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void cpu_port_write(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void cpu_pause(void)
{
    __asm__ volatile("pause");
}

static inline _Noreturn void cpu_halt_forever(void)
{
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}

#endif
