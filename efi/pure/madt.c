/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the MADT. */
#include "madt.h"

#include "bytes.h"

#define MADT_HEADER_BYTES      44u /* with the local APIC's address and the flags */
#define MADT_ENTRY_BYTES       2u  /* type, length */
#define MADT_TYPE_IO_APIC      1u
#define MADT_IO_APIC_BYTES     12u
#define MADT_IO_APIC_PA_OFFSET 4u

bool madt_next_io_apic(const uint8_t *table, size_t size_bytes, size_t *cursor, uint32_t *pa)
{
    size_t offset = *cursor == 0 ? MADT_HEADER_BYTES : *cursor;

    while (offset + MADT_ENTRY_BYTES <= size_bytes) {
        const uint8_t *entry = table + offset;
        const size_t length = entry[1];

        if (length < MADT_ENTRY_BYTES || length > size_bytes - offset) {
            return false;
        }
        offset += length;
        if (entry[0] == MADT_TYPE_IO_APIC && length >= MADT_IO_APIC_BYTES) {
            *cursor = offset;
            *pa = bytes_32(entry + MADT_IO_APIC_PA_OFFSET);
            return true;
        }
    }
    return false;
}
