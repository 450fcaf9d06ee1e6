/* SPDX-License-Identifier: BSD-2-Clause */
/* By memory, or in x2APIC mode by MSRs. */
#include "firmware.h"

#include "local_apic.h"

#include "port.h"

#define COMMAND_HIGH    0x310u
#define COMMAND_PENDING (UINT32_C(1) << 12)
#define ID_SHIFT        24u

static volatile uint32_t *register_at(uint64_t base, uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)((base & LOCAL_APIC_ADDRESS) + offset);
}

uint32_t local_apic_read(uint64_t base, uint32_t offset)
{
    return (base & LOCAL_APIC_X2APIC) != 0 ? (uint32_t)read_msr(LOCAL_APIC_FIRST_MSR + offset / 16)
                                           : *register_at(base, offset);
}

void local_apic_write(uint64_t base, uint32_t offset, uint32_t value)
{
    if ((base & LOCAL_APIC_X2APIC) != 0) {
        write_msr(LOCAL_APIC_FIRST_MSR + offset / 16, value);
    } else {
        *register_at(base, offset) = value;
    }
}

uint32_t local_apic_number(uint64_t base)
{
    const uint32_t number = local_apic_read(base, LOCAL_APIC_ID);

    return (base & LOCAL_APIC_X2APIC) != 0 ? number : number >> ID_SHIFT;
}

void local_apic_send(uint64_t base, uint32_t apic_id, uint32_t command)
{
    if ((base & LOCAL_APIC_X2APIC) != 0) {
        /* This write waits for no store before it (SDM volume 3, section 11.12.3). */
        __asm__ volatile("mfence\n\tlfence" : : : "memory");
        write_msr(LOCAL_APIC_FIRST_MSR + LOCAL_APIC_COMMAND / 16,
                  (uint64_t)apic_id << 32 | command);
        return;
    }
    local_apic_write(base, COMMAND_HIGH, apic_id << ID_SHIFT);
    local_apic_write(base, LOCAL_APIC_COMMAND, command);
    while ((local_apic_read(base, LOCAL_APIC_COMMAND) & COMMAND_PENDING) != 0) {
        __builtin_ia32_pause();
    }
}
