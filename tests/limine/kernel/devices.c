/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt controllers: nothing may interrupt a kernel before it wants that. */
#include "kernel.h"

#define STRICT_REVISION   5
#define MSR_APIC_BASE     0x1bu
#define APIC_ENABLED      (UINT64_C(1) << 11)
#define APIC_X2           (UINT64_C(1) << 10)
#define APIC_ADDRESS      UINT64_C(0x000ffffffffff000)
#define APIC_VERSION      0x30u
#define APIC_TASK         0x80u
#define APIC_SPURIOUS     0xf0u
#define APIC_CMCI         0x2f0u
#define APIC_TIMER        0x320u
#define APIC_THERMAL      0x330u
#define APIC_COUNTER      0x340u
#define APIC_LINT0        0x350u
#define APIC_ERROR        0x370u
#define SPURIOUS_PROMISED 0x1ffu
#define MASKED            (1u << 16)
#define MODE_NMI          0x400u
#define MODE_MASK         0x700u
#define IO_VERSION        1u
#define IO_FIRST_LINE     0x10u
#define MADT_IO_APIC      1
#define MADT_LOCAL_NMI    4
#define EVERY_PROCESSOR   0xff

static uint8_t in(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %w1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

/* Fixed and lowest priority; from base revision 5 on NMI and ExtINT, too. */
static bool may_interrupt(uint32_t entry)
{
    unsigned mode = entry >> 8 & 7;

    if ((entry & MASKED) != 0) {
        return false;
    }
    return mode <= 1 || (base_revision >= STRICT_REVISION && (mode == 4 || mode == 7));
}

static void check_io_apic(uint32_t address)
{
    volatile uint32_t *registers = reach(address, true);
    unsigned lines;

    registers[0] = IO_VERSION;
    lines = (registers[4] >> 16 & 0xff) + 1;
    for (unsigned i = 0; i < lines; i++) {
        registers[0] = IO_FIRST_LINE + 2 * i;
        hold("line", !may_interrupt(registers[4]), i);
    }
}

/* 0: the MADT says nothing of this line of this processor. */
static uint32_t promised_nmi(uint32_t processor_id, unsigned line)
{
    const uint8_t *table = madt();

    for (uint32_t at = MADT_FIRST_ENTRY; at + 2 <= madt_bytes() && table[at + 1] >= 2;
         at += table[at + 1]) {
        const uint8_t *one = table + at;

        if (one[0] == MADT_LOCAL_NMI && one[5] == line &&
            (one[2] == EVERY_PROCESSOR || one[2] == processor_id)) {
            unsigned flags = one[3];
            uint32_t low = (flags & 3) == 3 ? 1u << 13 : 0;
            uint32_t level = (flags >> 2 & 3) == 3 ? 1u << 15 : 0;

            return MODE_NMI | MASKED | low | level;
        }
    }
    return 0;
}

void check_local_apic(uint32_t processor_id)
{
    static const uint16_t entries[] = {APIC_TIMER, APIC_THERMAL,    APIC_COUNTER,
                                       APIC_LINT0, APIC_LINT0 + 16, APIC_ERROR};
    uint64_t base = read_msr(MSR_APIC_BASE);
    volatile uint32_t *local;

    check("the local APIC is on, in the mode of the first one",
          (base & (APIC_ENABLED | APIC_X2)) == APIC_ENABLED);
    local = reach(base & APIC_ADDRESS, true);
    if (base_revision < STRICT_REVISION) {
        return;
    }
    check_equal("SVR is 1ff", local[APIC_SPURIOUS / 4], SPURIOUS_PROMISED);
    check_equal("TPR is 0", local[APIC_TASK / 4], 0);
    for (unsigned i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        hold("entry", !may_interrupt(local[entries[i] / 4]), entries[i]);
    }
    if ((local[APIC_VERSION / 4] >> 16 & 0xff) >= 6) {
        hold("CMCI", !may_interrupt(local[APIC_CMCI / 4]), APIC_CMCI);
    }
    conclude("the local APIC's entries are masked");
    for (unsigned line = 0; line < 2; line++) {
        uint32_t promised = promised_nmi(processor_id, line);
        uint32_t entry = local[(APIC_LINT0 + 16 * line) / 4];

        hold("line", promised == 0 || ((entry ^ promised) & (MODE_MASK | MASKED | 0xa000)) == 0,
             entry);
    }
    conclude("LINT0 and LINT1 are set as the MADT's NMI entries say");
}

void check_devices(void)
{
    const uint8_t *table = madt();

    check_equal("the first PIC is masked", in(0x21), 0xff);
    check_equal("the second PIC is masked", in(0xa1), 0xff);
    if (table == NULL) {
        return;
    }
    for (uint32_t at = MADT_FIRST_ENTRY; at + 2 <= madt_bytes() && table[at + 1] >= 2;
         at += table[at + 1]) {
        if (table[at] == MADT_IO_APIC) {
            check_io_apic(*(const uint32_t *)(table + at + 4));
        }
    }
    conclude("the I/O APICs' lines are masked");
}
