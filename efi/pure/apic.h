/* SPDX-License-Identifier: BSD-2-Clause */
/* What the local APICs are to be: decided from facts alone (SDM volume 3, section 11.12). */
#ifndef APIC_H
#define APIC_H

#include <stdbool.h>
#include <stdint.h>

/* The highest number that a local APIC outside of x2APIC mode can be reached by. */
#define APIC_NARROW_LAST 254u

struct apic_facts {
    bool has_x2apic; /* CPUID.1:ECX.21 */
    bool is_on;      /* the firmware runs in x2APIC mode */
    bool is_locked;  /* IA32_XAPIC_DISABLE_STATUS: the mode cannot be left */
    uint32_t highest_id;
};

/*
 * Whether the processors run in x2APIC mode; the mode is as wished where that can be. False: it is on, it
 * is not wished, and it must stay.
 */
bool apic_choose_mode(const struct apic_facts *facts, bool is_wished, bool *uses_x2apic);

/*
 * A local vector table entry, or the low half of an I/O APIC's redirection entry (SDM volume 3, figure
 * 11-8): its mask and its delivery mode.
 */
#define APIC_MASKED        (UINT32_C(1) << 16)
#define APIC_MODE          (UINT32_C(7) << 8)
#define APIC_MODE_LOWEST   (UINT32_C(1) << 8) /* fixed is 0 */
#define APIC_MODE_NMI      (UINT32_C(4) << 8)
#define APIC_MODE_EXTINT   (UINT32_C(7) << 8)
#define APIC_POLARITY_LOW  (UINT32_C(1) << 13)
#define APIC_TRIGGER_LEVEL (UINT32_C(1) << 15)

/* The entry masked, where it has a vector; `with_nmi`: also where it is NMI or ExtINT. */
uint32_t apic_masked(uint32_t entry, bool with_nmi);

/*
 * LINT0 or LINT1 as an NMI, masked, with polarity and trigger by MPS INTI flags; an entry of another mode
 * than fixed, lowest priority, NMI and ExtINT stays.
 */
uint32_t apic_nmi_line(uint32_t entry, uint16_t flags);

#endif
