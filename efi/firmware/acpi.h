/* SPDX-License-Identifier: BSD-2-Clause */
/* ACPI tables, where the firmware put them. */
#ifndef ACPI_H
#define ACPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The table of tables, and where a walk over it has got to. */
struct acpi_tables {
    const uint8_t *root; /* the XSDT or the RSDT */
    size_t size_bytes;
    size_t offset_bytes;
    bool is_wide; /* the XSDT */
};

/* Begins a walk over the one or the other; false: there is none. The firmware's own tables must be in use. */
bool acpi_open(struct acpi_tables *tables, uint64_t rsdp, bool is_wide);

/* The next table; NULL: there is no more. */
const uint8_t *acpi_next(struct acpi_tables *tables);

/*
 * The first table of this signature of four letters, by way of the XSDT or the RSDT, and its size
 * with the header; NULL and 0: there is none. The firmware's own tables must be in use.
 */
const uint8_t *acpi_find_table(uint64_t rsdp, const char *signature, size_t *size_bytes);

#endif
