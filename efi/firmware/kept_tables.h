/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the tables lie that the firmware leaves behind for the system. */
#ifndef KEPT_TABLES_H
#define KEPT_TABLES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Calls `visit` with the place of each ACPI table (RSDP, RSDT, XSDT, all that they point to, FACS and
 * DSDT); `with_others`: also of the SMBIOS entry points and structures, and of the EFI system table and
 * what it points to that stays. One place may come twice. The firmware's own tables must be in use.
 */
void kept_tables_visit(bool with_others,
                       void (*visit)(void *context, uint64_t pa, uint64_t size_bytes),
                       void *context);

#endif
