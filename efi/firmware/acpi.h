/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the firmware's configuration table says that ACPI starts (UEFI 4.6). */
#ifndef ACPI_H
#define ACPI_H

#include <stdint.h>

/* Physical address of the RSDP, the one of ACPI 2.0 or later where both are there; 0: none. */
uint64_t acpi_find_rsdp(void);

#endif
