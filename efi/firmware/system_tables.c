/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking tables up. */
#include "firmware.h"

#include "system_tables.h"

static uint64_t find(const EFI_GUID *guid)
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

void system_tables_hand_over(struct hoist_handoff *handoff)
{
    static const EFI_GUID acpi_2 = ACPI_20_TABLE_GUID;
    static const EFI_GUID acpi_1 = ACPI_TABLE_GUID;
    static const EFI_GUID smbios = SMBIOS_TABLE_GUID;
    static const EFI_GUID smbios_3 = SMBIOS3_TABLE_GUID;
    const uint64_t rsdp = find(&acpi_2);

    handoff->rsdp_physical = rsdp != 0 ? rsdp : find(&acpi_1);
    handoff->smbios_physical = find(&smbios);
    handoff->smbios3_physical = find(&smbios_3);
    handoff->efi_system_table_physical = (uint64_t)(uintptr_t)firmware.system_table;
}

const void *system_tables_memory_attributes(void)
{
    static const EFI_GUID guid = {
        0xdcfa911d, 0x26eb, 0x469f, {0xa2, 0x20, 0x38, 0xb7, 0xdc, 0x46, 0x12, 0x20}};

    return (const void *)(uintptr_t)find(&guid);
}
