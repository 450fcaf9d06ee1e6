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

#endif
