/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking tables up (ACPI 6.5, section 5.2). */
#include "firmware.h"

#include "acpi.h"

#include "bytes.h"

#define RSDP_REVISION_OFFSET 15u
#define RSDP_RSDT_OFFSET     16u
#define RSDP_XSDT_OFFSET     24u
#define REVISION_WITH_XSDT   2u

#define TABLE_HEADER_BYTES  36u
#define TABLE_LENGTH_OFFSET 4u
#define SIGNATURE_BYTES     4u

/* No table of tables is larger: whatever says so is damaged. */
#define TABLE_LIMIT_BYTES 0x10000u

static const uint8_t *read_pointer(const uint8_t *bytes, bool is_wide)
{
    return (const uint8_t *)(uintptr_t)(is_wide ? bytes_64(bytes) : bytes_32(bytes));
}

/* 0: not of this signature, or no table. */
static size_t table_size(const uint8_t *table, const char *signature)
{
    const uint64_t size_bytes = bytes_32(table + TABLE_LENGTH_OFFSET);

    return __builtin_memcmp(table, signature, SIGNATURE_BYTES) == 0 &&
                   size_bytes >= TABLE_HEADER_BYTES && size_bytes <= TABLE_LIMIT_BYTES
               ? (size_t)size_bytes
               : 0;
}

bool acpi_open(struct acpi_tables *tables, uint64_t rsdp, bool is_wide)
{
    const uint8_t *pointer = (const uint8_t *)(uintptr_t)rsdp;

    if (rsdp == 0 || (is_wide && pointer[RSDP_REVISION_OFFSET] < REVISION_WITH_XSDT)) {
        return false;
    }
    *tables = (struct acpi_tables){
        .root = read_pointer(pointer + (is_wide ? RSDP_XSDT_OFFSET : RSDP_RSDT_OFFSET), is_wide),
        .offset_bytes = TABLE_HEADER_BYTES,
        .is_wide = is_wide};
    tables->size_bytes =
        tables->root == NULL ? 0 : table_size(tables->root, is_wide ? "XSDT" : "RSDT");
    return tables->size_bytes != 0;
}

const uint8_t *acpi_next(struct acpi_tables *tables)
{
    const size_t width = tables->is_wide ? sizeof(uint64_t) : sizeof(uint32_t);

    while (tables->offset_bytes + width <= tables->size_bytes) {
        const uint8_t *table = read_pointer(tables->root + tables->offset_bytes, tables->is_wide);

        tables->offset_bytes += width;
        if (table != NULL) {
            return table;
        }
    }
    return NULL;
}

const uint8_t *acpi_find_table(uint64_t rsdp, const char *signature, size_t *size_bytes)
{
    struct acpi_tables tables;
    const uint8_t *table;

    *size_bytes = 0;
    if (!acpi_open(&tables, rsdp, true) && !acpi_open(&tables, rsdp, false)) {
        return NULL;
    }
    while ((table = acpi_next(&tables)) != NULL) {
        *size_bytes = table_size(table, signature);
        if (*size_bytes != 0) {
            return table;
        }
    }
    return NULL;
}
