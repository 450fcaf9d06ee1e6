/* SPDX-License-Identifier: BSD-2-Clause */
/* Intel VT-d, sections 10.4.4 and 10.4.5; AMD I/O virtualization, section 3.4.2. */
#include "firmware.h"

#include "iommu.h"

#include "acpi.h"
#include "iommu_tables.h"

/* In units of 4 bytes. */
#define VTD_COMMAND 6u
#define VTD_STATUS  7u
#define AMD_CONTROL 6u

/* What of the status is to be written again: all but what is done once. */
#define VTD_KEPT       UINT32_C(0x96ffffff)
#define VTD_TRANSLATES (UINT32_C(1) << 31)
#define VTD_REMAPS     (UINT32_C(1) << 25)

#define AMD_ENABLED UINT32_C(1)
/* Events, requests of peripherals, and guests' interrupts, each with its interrupt. */
#define AMD_LOGS     (UINT32_C(3) << 2 | UINT32_C(3) << 13 | UINT32_C(3) << 28)
#define AMD_COMMANDS (UINT32_C(1) << 12)

#define WAIT_LIMIT 1000000u

static void add(uint32_t *list, size_t *count, uint64_t pa)
{
    if (*count < IOMMU_LIMIT && pa != 0 && pa <= UINT32_MAX) {
        list[(*count)++] = (uint32_t)pa;
    }
}

void iommu_find(struct iommu *iommu, uint64_t rsdp)
{
    size_t size_bytes;
    size_t cursor = 0;
    uint64_t pa;
    const uint8_t *table = acpi_find_table(rsdp, "DMAR", &size_bytes);

    *iommu = (struct iommu){.vtd_count = 0};
    while (iommu_next_vtd(table, size_bytes, &cursor, &pa)) {
        add(iommu->vtd, &iommu->vtd_count, pa);
    }
    cursor = 0;
    table = acpi_find_table(rsdp, "IVRS", &size_bytes);
    while (iommu_next_amd(table, size_bytes, &cursor, &pa)) {
        add(iommu->amd, &iommu->amd_count, pa);
    }
}

/* One thing at a time, each confirmed. */
static void stop_vtd(volatile uint32_t *registers, uint32_t what)
{
    const uint32_t status = registers[VTD_STATUS];

    if ((status & what) != 0) {
        registers[VTD_COMMAND] = status & VTD_KEPT & ~what;
        for (unsigned i = 0; i < WAIT_LIMIT && (registers[VTD_STATUS] & what) != 0; i++) {
            __builtin_ia32_pause();
        }
    }
}

void iommu_disable(const struct iommu *iommu)
{
    for (size_t i = 0; i < iommu->vtd_count; i++) {
        volatile uint32_t *registers = (volatile uint32_t *)(uintptr_t)iommu->vtd[i];

        stop_vtd(registers, VTD_TRANSLATES);
        stop_vtd(registers, VTD_REMAPS);
    }
    for (size_t i = 0; i < iommu->amd_count; i++) {
        volatile uint32_t *control = (volatile uint32_t *)(uintptr_t)iommu->amd[i] + AMD_CONTROL;

        *control &= ~(AMD_COMMANDS | AMD_LOGS);
        *control &= ~AMD_ENABLED;
    }
}
