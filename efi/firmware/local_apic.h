/* SPDX-License-Identifier: BSD-2-Clause */
/* The registers of this processor's local APIC: SDM volume 3, sections 11.4 and 11.12. */
#ifndef LOCAL_APIC_H
#define LOCAL_APIC_H

#include <stdint.h>

#define LOCAL_APIC_BASE_MSR UINT32_C(0x1b)
#define LOCAL_APIC_FIRST    (UINT64_C(1) << 8) /* this processor is the first */
#define LOCAL_APIC_X2APIC   (UINT64_C(1) << 10)
#define LOCAL_APIC_ENABLED  (UINT64_C(1) << 11)
#define LOCAL_APIC_ADDRESS  UINT64_C(0x000ffffffffff000)

/* Offsets of registers; in x2APIC mode each is an MSR, a sixteenth as far on. */
#define LOCAL_APIC_ID       0x20u
#define LOCAL_APIC_COMMAND  0x300u
#define LOCAL_APIC_SPURIOUS 0xf0u
#define LOCAL_APIC_LINT0    0x350u

/* Switched on by software too, spurious interrupts at FF. */
#define LOCAL_APIC_SPURIOUS_ON UINT32_C(0x1ff)

/* The first MSR of x2APIC mode; a register's is a sixteenth of its offset behind. */
#define LOCAL_APIC_FIRST_MSR UINT32_C(0x800)

/* `base` is the value of LOCAL_APIC_BASE_MSR. The firmware's tables, or none, must be in use. */
uint32_t local_apic_read(uint64_t base, uint32_t offset);
void local_apic_write(uint64_t base, uint32_t offset, uint32_t value);

/* This processor's number. */
uint32_t local_apic_number(uint64_t base);

/* Sends a command to another processor, and waits until it is on its way. */
void local_apic_send(uint64_t base, uint32_t apic_id, uint32_t command);

#endif
