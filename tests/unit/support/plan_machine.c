/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine, and what is RAM in it. */
#include "plan_machine.h"

struct machine machine;

bool machine_is_ram(uint64_t pa, uint64_t size_bytes)
{
    const uint64_t end = pa + size_bytes;

    for (size_t i = 0; i < machine.memory.count && pa < end; i++) {
        const struct memory_range *range = &machine.ranges[i];

        if (range->kind <= MEMORY_ACPI_NVS && pa >= range->base &&
            pa < range->base + range->size_bytes) {
            pa = range->base + range->size_bytes;
        }
    }
    return pa >= end;
}

uint64_t machine_ram_end(void)
{
    uint64_t end = 0;

    for (size_t i = 0; i < machine.memory.count; i++) {
        const struct memory_range *range = &machine.ranges[i];

        if (range->kind <= MEMORY_ACPI_NVS && range->base + range->size_bytes > end) {
            end = range->base + range->size_bytes;
        }
    }
    return end;
}
