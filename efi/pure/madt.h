/* SPDX-License-Identifier: BSD-2-Clause */
/* The ACPI table of interrupt controllers (ACPI 6.5, section 5.2.12). */
#ifndef MADT_H
#define MADT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Goes through the I/O APICs of a whole table, header included; *cursor is 0 at first. Gives the
 * physical address of the next one's registers; false: there is none left, or what follows makes no
 * sense.
 */
bool madt_next_io_apic(const uint8_t *table, size_t size_bytes, size_t *cursor, uint32_t *pa);

#endif
