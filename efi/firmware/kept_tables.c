/* SPDX-License-Identifier: BSD-2-Clause */
/* ACPI 6.5, sections 5.2.5 to 5.2.10; SMBIOS 3.7, section 5.2; UEFI 4.3. */
#include "firmware.h"

#include "kept_tables.h"

#include "acpi.h"
#include "bytes.h"
#include "system_tables.h"

#define RSDP_BYTES    36u
#define HEADER_BYTES  36u
#define LENGTH_OFFSET 4u
#define FACS_OFFSET   36u
#define DSDT_OFFSET   40u
#define X_FACS_OFFSET 132u
#define X_DSDT_OFFSET 140u

#define SMBIOS_LENGTH_OFFSET   5u
#define SMBIOS_SIZE_OFFSET     0x16u
#define SMBIOS_TABLE_OFFSET    0x18u
#define SMBIOS_3_LENGTH_OFFSET 6u
#define SMBIOS_3_SIZE_OFFSET   0x0cu
#define SMBIOS_3_TABLE_OFFSET  0x10u

struct visitor {
    void (*visit)(void *context, uint64_t pa, uint64_t size_bytes);
    void *context;
};

static const uint8_t *at(uint64_t pa)
{
    return (const uint8_t *)(uintptr_t)pa;
}

static void visit(const struct visitor *visitor, uint64_t pa, uint64_t size_bytes)
{
    if (pa != 0) {
        visitor->visit(visitor->context, pa, size_bytes);
    }
}

/* A table of ACPI's, whose length stands in it. */
static void visit_table(const struct visitor *visitor, uint64_t pa)
{
    if (pa != 0) {
        visit(visitor, pa, bytes_32(at(pa) + LENGTH_OFFSET));
    }
}

static void visit_fixed(const struct visitor *visitor, const uint8_t *table, size_t size_bytes)
{
    if (size_bytes >= DSDT_OFFSET + sizeof(uint32_t)) {
        visit_table(visitor, bytes_32(table + FACS_OFFSET));
        visit_table(visitor, bytes_32(table + DSDT_OFFSET));
    }
    if (size_bytes >= X_DSDT_OFFSET + sizeof(uint64_t)) {
        visit_table(visitor, bytes_64(table + X_FACS_OFFSET));
        visit_table(visitor, bytes_64(table + X_DSDT_OFFSET));
    }
}

static void visit_acpi(const struct visitor *visitor, uint64_t rsdp)
{
    struct acpi_tables tables;
    const uint8_t *table;
    size_t size_bytes;

    if (rsdp == 0) {
        return;
    }
    visit(visitor, rsdp, RSDP_BYTES);
    for (unsigned is_wide = 0; is_wide < 2; is_wide++) {
        if (!acpi_open(&tables, rsdp, is_wide != 0)) {
            continue;
        }
        visit(visitor, (uint64_t)(uintptr_t)tables.root, tables.size_bytes);
        while ((table = acpi_next(&tables)) != NULL) {
            visit_table(visitor, (uint64_t)(uintptr_t)table);
        }
    }
    table = acpi_find_table(rsdp, "FACP", &size_bytes);
    if (table != NULL) {
        visit_fixed(visitor, table, size_bytes);
    }
}

static void visit_smbios(const struct visitor *visitor, const struct hoist_handoff *tables)
{
    const uint8_t *entry = at(tables->smbios_physical);
    const uint8_t *entry_3 = at(tables->smbios3_physical);

    if (entry != NULL) {
        visit(visitor, tables->smbios_physical, entry[SMBIOS_LENGTH_OFFSET]);
        visit(visitor, bytes_32(entry + SMBIOS_TABLE_OFFSET), bytes_16(entry + SMBIOS_SIZE_OFFSET));
    }
    if (entry_3 != NULL) {
        visit(visitor, tables->smbios3_physical, entry_3[SMBIOS_3_LENGTH_OFFSET]);
        visit(visitor, bytes_64(entry_3 + SMBIOS_3_TABLE_OFFSET),
              bytes_32(entry_3 + SMBIOS_3_SIZE_OFFSET));
    }
}

static void visit_efi(const struct visitor *visitor)
{
    const EFI_SYSTEM_TABLE *table = firmware.system_table;
    const CHAR16 *vendor = table->FirmwareVendor;
    uint64_t vendor_units = 1;

    while (vendor != NULL && vendor[vendor_units - 1] != 0) {
        vendor_units++;
    }
    visit(visitor, (uint64_t)(uintptr_t)table, table->Hdr.HeaderSize);
    visit(visitor, (uint64_t)(uintptr_t)vendor, vendor_units * sizeof(*vendor));
    visit(visitor, (uint64_t)(uintptr_t)table->RuntimeServices,
          table->RuntimeServices->Hdr.HeaderSize);
    visit(visitor, (uint64_t)(uintptr_t)table->ConfigurationTable,
          table->NumberOfTableEntries * sizeof(*table->ConfigurationTable));
}

void kept_tables_visit(bool with_others,
                       void (*visit_one)(void *context, uint64_t pa, uint64_t size_bytes),
                       void *context)
{
    const struct visitor visitor = {visit_one, context};
    struct hoist_handoff tables = {0};

    system_tables_hand_over(&tables);
    visit_acpi(&visitor, tables.rsdp_physical);
    if (with_others) {
        visit_smbios(&visitor, &tables);
        visit_efi(&visitor);
    }
}
