/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables that the firmware's configuration table names (UEFI 4.6); addresses are physical. */
#ifndef SYSTEM_TABLES_H
#define SYSTEM_TABLES_H

#include "hoist.h"

#include <stdint.h>

/*
 * Fills in rsdp_physical (ACPI 2.0 or later where there is one, else 1.0), smbios_physical,
 * smbios3_physical and efi_system_table_physical; what there is not is 0.
 */
void system_tables_hand_over(struct hoist_handoff *handoff);

/* EFI_MEMORY_ATTRIBUTES_TABLE (UEFI 4.6.4); NULL: there is none. */
const void *system_tables_memory_attributes(void);

#endif
