/* SPDX-License-Identifier: BSD-2-Clause */
/* Switching I/O memory management units off, for kernels that must not find them on. */
#ifndef IOMMU_H
#define IOMMU_H

#include <stddef.h>
#include <stdint.h>

#define IOMMU_LIMIT 32u

/* Physical addresses of registers below 4 GiB, which the firmware's tables map. */
struct iommu {
    uint32_t vtd[IOMMU_LIMIT];
    size_t vtd_count;
    uint32_t amd[IOMMU_LIMIT];
    size_t amd_count;
};

/* Reads the ACPI tables, while the firmware is still there. */
void iommu_find(struct iommu *iommu, uint64_t rsdp);

/*
 * Switches DMA translation and interrupt remapping off. The firmware is gone, and its tables are still in
 * use. A unit that does not obey is left after some time.
 */
void iommu_disable(const struct iommu *iommu);

#endif
