/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where I/O memory management units are: the ACPI tables DMAR (Intel VT-d, section 8.1) and IVRS (AMD
 * I/O virtualization, section 5.2).
 */
#ifndef IOMMU_TABLES_H
#define IOMMU_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Go through the units of a whole table, header included; *cursor is 0 at first. Give the physical address
 * of the next one's registers; false: there is none left, or what follows makes no sense. With NULL and 0
 * there is none.
 */
bool iommu_next_vtd(const uint8_t *dmar, size_t size_bytes, size_t *cursor, uint64_t *pa);
bool iommu_next_amd(const uint8_t *ivrs, size_t size_bytes, size_t *cursor, uint64_t *pa);

#endif
