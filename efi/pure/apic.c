/* SPDX-License-Identifier: BSD-2-Clause */
/* Modes and entries. */
#include "apic.h"

bool apic_choose_mode(const struct apic_facts *facts, bool is_wished, bool *uses_x2apic)
{
    *uses_x2apic = is_wished && facts->has_x2apic;
    return *uses_x2apic || !facts->is_on ||
           (!facts->is_locked && facts->highest_id <= APIC_NARROW_LAST);
}

static bool is_of_mode(uint32_t entry, bool with_nmi)
{
    const uint32_t mode = entry & APIC_MODE;

    return mode <= APIC_MODE_LOWEST ||
           (with_nmi && (mode == APIC_MODE_NMI || mode == APIC_MODE_EXTINT));
}

uint32_t apic_masked(uint32_t entry, bool with_nmi)
{
    return is_of_mode(entry, with_nmi) ? entry | APIC_MASKED : entry;
}

/* Where the flags say "as the bus has it", an NMI is active high and edge-triggered. */
uint32_t apic_nmi_line(uint32_t entry, uint16_t flags)
{
    if (!is_of_mode(entry, true)) {
        return entry;
    }
    entry &= ~(APIC_MODE | APIC_POLARITY_LOW | APIC_TRIGGER_LEVEL);
    return entry | APIC_MASKED | APIC_MODE_NMI | ((flags & 3) == 3 ? APIC_POLARITY_LOW : 0) |
           ((flags >> 2 & 3) == 3 ? APIC_TRIGGER_LEVEL : 0);
}
