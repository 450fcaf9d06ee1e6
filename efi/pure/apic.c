/* SPDX-License-Identifier: BSD-2-Clause */
/* The choice of a mode. */
#include "apic.h"

bool apic_choose_mode(const struct apic_facts *facts, bool is_wished, bool *uses_x2apic)
{
    *uses_x2apic = is_wished && facts->has_x2apic;
    return *uses_x2apic || !facts->is_on ||
           (!facts->is_locked && facts->highest_id <= APIC_NARROW_LAST);
}
