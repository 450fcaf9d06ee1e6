/* SPDX-License-Identifier: BSD-2-Clause */
/* ACPI tables, where the firmware put them. */
#ifndef ACPI_H
#define ACPI_H

#include <stddef.h>
#include <stdint.h>

/*
 * The first table of this signature of four letters, by way of the XSDT or the RSDT, and its size
 * with the header; NULL and 0: there is none. The firmware's own tables must be in use.
 */
const uint8_t *acpi_find_table(uint64_t rsdp, const char *signature, size_t *size_bytes);

#endif
