/* SPDX-License-Identifier: BSD-2-Clause */
/* Both tables have a header of 48 bytes, and entries with a length in their third and fourth byte. */
#include "iommu_tables.h"

#include "bytes.h"

#define HEADER_BYTES 48u
#define ENTRY_BYTES  16u /* of those with registers; the others begin alike */
#define ENTRY_LEAST  4u
#define REGISTERS    8u
#define DMAR_UNIT    UINT32_C(0)
#define IVRS_UNIT_10 UINT32_C(0x10)
#define IVRS_UNIT_11 UINT32_C(0x11)
#define IVRS_UNIT_40 UINT32_C(0x40)

/* The next entry of any type; NULL: none. */
static const uint8_t *next_entry(const uint8_t *table, size_t size_bytes, size_t *cursor)
{
    const size_t offset = *cursor == 0 ? HEADER_BYTES : *cursor;
    size_t length;

    if (offset + ENTRY_LEAST > size_bytes) {
        return NULL;
    }
    length = bytes_16(table + offset + 2);
    if (length < ENTRY_LEAST || length > size_bytes - offset) {
        return NULL;
    }
    *cursor = offset + length;
    return table + offset;
}

bool iommu_next_vtd(const uint8_t *dmar, size_t size_bytes, size_t *cursor, uint64_t *pa)
{
    const uint8_t *entry;

    while ((entry = next_entry(dmar, size_bytes, cursor)) != NULL) {
        if (bytes_16(entry) == DMAR_UNIT && bytes_16(entry + 2) >= ENTRY_BYTES) {
            *pa = bytes_64(entry + REGISTERS);
            return true;
        }
    }
    return false;
}

bool iommu_next_amd(const uint8_t *ivrs, size_t size_bytes, size_t *cursor, uint64_t *pa)
{
    const uint8_t *entry;

    while ((entry = next_entry(ivrs, size_bytes, cursor)) != NULL) {
        if ((entry[0] == IVRS_UNIT_10 || entry[0] == IVRS_UNIT_11 || entry[0] == IVRS_UNIT_40) &&
            bytes_16(entry + 2) >= ENTRY_BYTES) {
            *pa = bytes_64(entry + REGISTERS);
            return true;
        }
    }
    return false;
}
