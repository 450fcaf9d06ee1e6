/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking the RSDP up. */
#include "firmware.h"

#include "acpi.h"

static uint64_t find_table(const EFI_GUID *guid)
{
    const EFI_SYSTEM_TABLE *table = firmware.system_table;

    for (UINTN i = 0; i < table->NumberOfTableEntries; i++) {
        const EFI_CONFIGURATION_TABLE *entry = &table->ConfigurationTable[i];

        if (__builtin_memcmp(&entry->VendorGuid, guid, sizeof(*guid)) == 0) {
            return (uint64_t)(uintptr_t)entry->VendorTable;
        }
    }
    return 0;
}

uint64_t acpi_find_rsdp(void)
{
    static const EFI_GUID acpi_2 = ACPI_20_TABLE_GUID;
    static const EFI_GUID acpi_1 = ACPI_TABLE_GUID;
    const uint64_t rsdp = find_table(&acpi_2);

    return rsdp != 0 ? rsdp : find_table(&acpi_1);
}
