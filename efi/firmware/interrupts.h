/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupt controllers, so that a kernel which switches interrupts on gets none that only the
 * firmware knew of.
 */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include "madt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INTERRUPTS_IO_APIC_LIMIT 16u

#define INTERRUPTS_LINES 2u

/* Which of LINT0 and LINT1 NMIs come by. */
struct interrupts_lines {
    uint16_t flags[INTERRUPTS_LINES];
    bool has_nmi[INTERRUPTS_LINES];
};

/* Where the I/O APICs are; the first INTERRUPTS_IO_APIC_LIMIT of them. */
struct interrupts {
    uint32_t io_apics[INTERRUPTS_IO_APIC_LIMIT];
    size_t io_apic_count;
    struct interrupts_lines lines; /* of this processor */
};

/* Reads the ACPI tables, while the firmware is still there. No tables: no I/O APICs. */
void interrupts_find(struct interrupts *interrupts, uint64_t rsdp);

/*
 * Masks all lines of both 8259, stops the timer of this CPU's local APIC, and masks whatever would
 * come with a vector of the firmware's, from the local APIC and from the I/O APICs: delivery modes
 * fixed and lowest priority. SMI, NMI, INIT and ExtINT stay as they are. The firmware is gone, its
 * tables are still in use, and interrupts are off.
 *
 * `is_strict`: NMI and ExtINT are masked too, and the local APIC is as base revision 5 of the Limine
 * protocol lays down: on, with a spurious vector of FF, and with the lines that the MADT names for NMIs.
 */
void interrupts_mask(const struct interrupts *interrupts, bool is_strict);

/* The lines of the processor with this UID. */
struct interrupts_lines interrupts_find_lines(const struct madt *madt, uint32_t acpi_uid);

#endif
