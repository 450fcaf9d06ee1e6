/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the MADT. */
#include "madt.h"

#include "bytes.h"

#define MADT_HEADER_BYTES      44u /* with the local APIC's address and the flags */
#define MADT_ENTRY_BYTES       2u  /* type, length */
#define MADT_TYPE_IO_APIC      1u
#define MADT_IO_APIC_BYTES     12u
#define MADT_IO_APIC_PA_OFFSET 4u

#define MADT_TYPE_LOCAL_APIC    0u
#define MADT_TYPE_LOCAL_X2APIC  9u
#define MADT_LOCAL_APIC_BYTES   8u
#define MADT_LOCAL_X2APIC_BYTES 16u
#define MADT_PROCESSOR_ENABLED  UINT32_C(1)

#define MADT_TYPE_NMI    4u
#define MADT_TYPE_X2NMI  10u
#define MADT_NMI_BYTES   6u
#define MADT_X2NMI_BYTES 12u
#define MADT_NMI_ALL     UINT8_C(0xff)
#define MADT_X2NMI_ALL   UINT32_MAX

/* The next entry of one of two types, at least so long; NULL: there is none, or it makes no sense. */
static const uint8_t *next_entry(const struct madt *madt, size_t *cursor, const uint8_t types[2],
                                 size_t least_bytes)
{
    size_t offset = *cursor == 0 ? MADT_HEADER_BYTES : *cursor;

    while (offset + MADT_ENTRY_BYTES <= madt->size_bytes) {
        const uint8_t *entry = madt->table + offset;
        const size_t length = entry[1];

        if (length < MADT_ENTRY_BYTES || length > madt->size_bytes - offset) {
            return NULL;
        }
        offset += length;
        if ((entry[0] == types[0] || entry[0] == types[1]) && length >= least_bytes) {
            *cursor = offset;
            return entry;
        }
    }
    return NULL;
}

bool madt_next_io_apic(const struct madt *madt, size_t *cursor, uint32_t *pa)
{
    static const uint8_t types[2] = {MADT_TYPE_IO_APIC, MADT_TYPE_IO_APIC};
    const uint8_t *entry = next_entry(madt, cursor, types, MADT_IO_APIC_BYTES);

    *pa = entry == NULL ? 0 : bytes_32(entry + MADT_IO_APIC_PA_OFFSET);
    return entry != NULL;
}

bool madt_next_processor(const struct madt *madt, size_t *cursor, struct madt_processor *processor)
{
    static const uint8_t types[2] = {MADT_TYPE_LOCAL_APIC, MADT_TYPE_LOCAL_X2APIC};
    const uint8_t *entry;

    while ((entry = next_entry(madt, cursor, types, MADT_LOCAL_APIC_BYTES)) != NULL) {
        uint32_t flags = bytes_32(entry + 4);

        *processor = (struct madt_processor){entry[2], entry[3]};
        if (entry[0] == MADT_TYPE_LOCAL_X2APIC) {
            if (entry[1] < MADT_LOCAL_X2APIC_BYTES) {
                continue;
            }
            *processor = (struct madt_processor){bytes_32(entry + 12), bytes_32(entry + 4)};
            flags = bytes_32(entry + 8);
        }
        if ((flags & MADT_PROCESSOR_ENABLED) != 0) {
            return true;
        }
    }
    return false;
}

bool madt_next_nmi(const struct madt *madt, size_t *cursor, struct madt_nmi *nmi)
{
    static const uint8_t types[2] = {MADT_TYPE_NMI, MADT_TYPE_X2NMI};
    const uint8_t *entry;

    while ((entry = next_entry(madt, cursor, types, MADT_NMI_BYTES)) != NULL) {
        if (entry[0] == MADT_TYPE_NMI) {
            *nmi = (struct madt_nmi){entry[2], bytes_16(entry + 3), entry[5],
                                     entry[2] == MADT_NMI_ALL};
            return true;
        }
        if (entry[1] >= MADT_X2NMI_BYTES) {
            const uint32_t uid = bytes_32(entry + 4);

            *nmi = (struct madt_nmi){uid, bytes_16(entry + 2), entry[8], uid == MADT_X2NMI_ALL};
            return true;
        }
    }
    return false;
}
