/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables of the firmware: ACPI (ACPI 6.4, 5.2), SMBIOS (3.4, 5.2), EFI's system table (UEFI, 4.3). */
#include "kernel.h"

#define SYSTEM_TABLE_SIGNATURE UINT64_C(0x5453595320494249) /* "IBI SYST" */
#define FIXED_TABLE            0x50434146u                  /* "FACP" */
#define MADT_TABLE             0x43495041u                  /* "APIC" */
#define HEADER_BYTES           36u
#define LISTED                 (TYPE(ACPI_RECLAIMABLE) | TYPE(ACPI_NVS) | TYPE(RESERVED_MAPPED))
#define ACPI_REVISION          4 /* from here on the tables are in listed memory */
#define FIRMWARE_REVISION      5 /* and SMBIOS and EFI's tables, too */

static const uint8_t *madt_table;

const uint8_t *madt(void)
{
    return madt_table;
}

/* An address that the loader states: physical in some revisions. */
static const uint8_t *stated(uint64_t address, bool is_physical)
{
    if (is_physical) {
        hold("not physical", address < memory.offset, address);
        return (const uint8_t *)reach(address, false);
    }
    hold("not in the direct map", address >= memory.offset, address);
    return (const uint8_t *)address;
}

static uint64_t physical_of(uint64_t address, bool is_physical)
{
    return is_physical ? address : address - memory.offset;
}

static const uint8_t *acpi(uint64_t pa)
{
    return base_revision == 3 ? (const uint8_t *)reach(pa, false)
                              : (const uint8_t *)(memory.offset + pa);
}

static uint32_t word_32(const uint8_t *at)
{
    uint32_t value;

    __builtin_memcpy(&value, at, sizeof(value));
    return value;
}

static uint64_t word_64(const uint8_t *at)
{
    return word_32(at) | (uint64_t)word_32(at + 4) << 32;
}

static void expect_listed(uint64_t pa, uint64_t size_bytes)
{
    if (base_revision >= ACPI_REVISION) {
        hold("not in listed memory", lies_in(pa, size_bytes, LISTED), pa);
    }
}

static void check_table(uint64_t pa)
{
    const uint8_t *table = acpi(pa);
    uint32_t size = word_32(table + 4);

    hold("table", size >= HEADER_BYTES && sum_of(table, size) == 0, pa);
    expect_listed(pa, size);
    if (word_32(table) == MADT_TABLE) {
        madt_table = table;
    }
    if (word_32(table) == FIXED_TABLE) {
        uint64_t facs =
            size >= 140 && word_64(table + 132) != 0 ? word_64(table + 132) : word_32(table + 36);
        uint64_t dsdt =
            size >= 148 && word_64(table + 140) != 0 ? word_64(table + 140) : word_32(table + 40);

        expect_listed(facs, facs != 0 ? word_32(acpi(facs) + 4) : 0);
        expect_listed(word_32(table + 40), HEADER_BYTES);
        hold("DSDT", sum_of(acpi(dsdt), word_32(acpi(dsdt) + 4)) == 0, dsdt);
        expect_listed(dsdt, word_32(acpi(dsdt) + 4));
    }
}

static void check_acpi(const struct number_response *answer)
{
    bool is_physical = base_revision == 3;
    const uint8_t *rsdp = stated(answer->number, is_physical);
    uint64_t list;
    unsigned step = 8;

    hold("signature", same_bytes(rsdp, "RSD PTR ", 8), answer->number);
    hold("checksum", sum_of(rsdp, 20) == 0, answer->number);
    hold("checksum", rsdp[15] < 2 || sum_of(rsdp, word_32(rsdp + 20)) == 0, answer->number);
    expect_listed(physical_of(answer->number, is_physical), rsdp[15] < 2 ? 20 : 36);
    if (word_32(rsdp + 16) != 0) {
        check_table(word_32(rsdp + 16));
    }
    list = rsdp[15] >= 2 ? word_64(rsdp + 24) : 0;
    if (list == 0) {
        list = word_32(rsdp + 16);
        step = 4;
    }
    check_table(list);
    for (uint32_t at = HEADER_BYTES; at < word_32(acpi(list) + 4); at += step) {
        const uint8_t *one = acpi(list) + at;

        check_table(step == 8 ? word_64(one) : word_32(one));
    }
    conclude("the RSDP is given by the right kind of address, and ACPI's tables are whole");
    check("there is a MADT", madt_table != NULL);
}

static void check_smbios(const struct smbios_response *answer)
{
    bool is_physical = base_revision == 3 || base_revision == 4;

    hold("no entry point", answer->entry_32 != 0 || answer->entry_64 != 0, 0);
    if (answer->entry_32 != 0) {
        const uint8_t *entry = stated(answer->entry_32, is_physical);

        hold("32-bit", same_bytes(entry, "_SM_", 4) && sum_of(entry, entry[5]) == 0,
             answer->entry_32);
        hold("32-bit, not in listed memory",
             base_revision < FIRMWARE_REVISION ||
                 (lies_in(physical_of(answer->entry_32, is_physical), entry[5],
                          TYPE(RESERVED_MAPPED)) &&
                  lies_in(word_32(entry + 24), word_32(entry + 20) >> 16, TYPE(RESERVED_MAPPED))),
             answer->entry_32);
    }
    if (answer->entry_64 != 0) {
        const uint8_t *entry = stated(answer->entry_64, is_physical);

        hold("64-bit", same_bytes(entry, "_SM3_", 5) && sum_of(entry, entry[6]) == 0,
             answer->entry_64);
        hold("64-bit, not in listed memory",
             base_revision < FIRMWARE_REVISION ||
                 (lies_in(physical_of(answer->entry_64, is_physical), entry[6],
                          TYPE(RESERVED_MAPPED)) &&
                  lies_in(word_64(entry + 16), word_32(entry + 12), TYPE(RESERVED_MAPPED))),
             answer->entry_64);
    }
    print("smbios:");
    print_value("entry-32", answer->entry_32);
    print_value("entry-64", answer->entry_64);
    print("\n");
    conclude("SMBIOS is given by the right kind of address");
}

static void check_system_table(const struct number_response *answer)
{
    bool is_physical = base_revision == 3 || base_revision == 4;
    const uint8_t *table = stated(answer->number, is_physical);
    uint32_t size = word_32(table + 12);

    hold("signature", word_64(table) == SYSTEM_TABLE_SIGNATURE, answer->number);
    hold("checksum",
         size >= 120 && size < PAGE_BYTES && crc_of(table, size, 16) == word_32(table + 16), size);
    if (base_revision >= FIRMWARE_REVISION) {
        uint64_t vendor = word_64(table + 24);

        hold("system table", lies_in(answer->number - memory.offset, size, TYPE(RESERVED_MAPPED)),
             answer->number);
        hold("vendor", lies_in(vendor, 2, TYPE(RESERVED_MAPPED)), vendor);
        hold("runtime services", lies_in(word_64(table + 88), 136, TYPE(RESERVED_MAPPED)),
             word_64(table + 88));
        hold("configuration table",
             lies_in(word_64(table + 112), 24 * word_64(table + 104), TYPE(RESERVED_MAPPED)),
             word_64(table + 112));
        /* All of it by the direct map. */
        hold("vendor", *(const uint16_t *)(memory.offset + vendor) != 0, vendor);
    }
    conclude("EFI's system table is given by the right kind of address, with its checksum");
}

void check_firmware(void)
{
    const struct number_response *rsdp = response_to(RSDP);
    const struct smbios_response *smbios = response_to(SMBIOS);
    const struct number_response *system_table = response_to(EFI_SYSTEM_TABLE);

    if (rsdp != NULL) {
        check_acpi(rsdp);
    }
    if (smbios != NULL) {
        check_smbios(smbios);
    }
    if (system_table != NULL) {
        check_system_table(system_table);
    }
}
