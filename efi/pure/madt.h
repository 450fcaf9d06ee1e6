/* SPDX-License-Identifier: BSD-2-Clause */
/* The ACPI table of interrupt controllers (ACPI 6.5, section 5.2.12). */
#ifndef MADT_H
#define MADT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A whole table, header included; NULL and 0: there is none. */
struct madt {
    const uint8_t *table;
    size_t size_bytes;
};

/*
 * Goes through the I/O APICs; *cursor is 0 at first. Gives the
 * physical address of the next one's registers; false: there is none left, or what follows makes no
 * sense.
 */
bool madt_next_io_apic(const struct madt *madt, size_t *cursor, uint32_t *pa);

/* A processor: its UID in ACPI, and its local APIC's number. */
struct madt_processor {
    uint32_t acpi_uid;
    uint32_t apic_id;
};

/* Likewise, through the processors that are enabled. */
bool madt_next_processor(const struct madt *madt, size_t *cursor, struct madt_processor *processor);

/* A line of local APICs that NMIs come by. */
struct madt_nmi {
    uint32_t acpi_uid; /* of the processor, unless it is all */
    uint16_t flags;    /* MPS INTI flags: ACPI 6.5, table 5.26 */
    uint8_t line;      /* LINT0 or LINT1 */
    bool is_for_all;
};

/* Likewise, through these lines. */
bool madt_next_nmi(const struct madt *madt, size_t *cursor, struct madt_nmi *nmi);

#endif
