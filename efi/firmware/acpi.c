/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking tables up (ACPI 6.5, section 5.2). */
#include "firmware.h"

#include "acpi.h"

#define RSDP_REVISION_OFFSET 15u
#define RSDP_RSDT_OFFSET     16u
#define RSDP_XSDT_OFFSET     24u
#define REVISION_WITH_XSDT   2u

#define TABLE_HEADER_BYTES  36u
#define TABLE_LENGTH_OFFSET 4u
#define SIGNATURE_BYTES     4u

/* No table of tables is larger: whatever says so is damaged. */
#define TABLE_LIMIT_BYTES 0x10000u

/* Little-endian, and not always aligned. */
static uint64_t read_number(const uint8_t *bytes, size_t size_bytes)
{
    uint64_t number = 0;

    __builtin_memcpy(&number, bytes, size_bytes);
    return number;
}

/* 0: not of this signature, or no table. */
static size_t table_size(const uint8_t *table, const char *signature)
{
    const uint64_t size_bytes = read_number(table + TABLE_LENGTH_OFFSET, sizeof(uint32_t));

    return __builtin_memcmp(table, signature, SIGNATURE_BYTES) == 0 &&
                   size_bytes >= TABLE_HEADER_BYTES && size_bytes <= TABLE_LIMIT_BYTES
               ? (size_t)size_bytes
               : 0;
}

const uint8_t *acpi_find_table(uint64_t rsdp, const char *signature, size_t *size_bytes)
{
    const uint8_t *pointer = (const uint8_t *)(uintptr_t)rsdp;
    const bool is_wide = rsdp != 0 && pointer[RSDP_REVISION_OFFSET] >= REVISION_WITH_XSDT &&
                         read_number(pointer + RSDP_XSDT_OFFSET, sizeof(uint64_t)) != 0;
    const size_t width = is_wide ? sizeof(uint64_t) : sizeof(uint32_t);
    const uint64_t root_pa =
        rsdp == 0 ? 0
                  : read_number(pointer + (is_wide ? RSDP_XSDT_OFFSET : RSDP_RSDT_OFFSET), width);
    const uint8_t *root = (const uint8_t *)(uintptr_t)root_pa;
    const size_t root_bytes = root == NULL ? 0 : table_size(root, is_wide ? "XSDT" : "RSDT");

    for (size_t offset = TABLE_HEADER_BYTES; offset + width <= root_bytes; offset += width) {
        const uint8_t *table = (const uint8_t *)(uintptr_t)read_number(root + offset, width);

        *size_bytes = table == NULL ? 0 : table_size(table, signature);
        if (*size_bytes != 0) {
            return table;
        }
    }
    *size_bytes = 0;
    return NULL;
}
