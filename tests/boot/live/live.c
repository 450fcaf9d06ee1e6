/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine: what the CPU can do, and what the loader says that it mapped. */
#include "live.h"

#include "kernel-stub/cpu.h"
#include "kernel-stub/print.h"

#define LIVE_SMEP      (UINT32_C(1) << 7)
#define LIVE_SMAP      (UINT32_C(1) << 20)
#define LIVE_LEAF_BITS UINT32_C(0x80000008)

struct live live;

void live_identify(const struct hoist_handoff *handoff)
{
    const struct cpu_leaf structured = cpu_identify(CPU_LEAF_STRUCTURED);

    live.handoff = handoff;
    live.cpu = (struct hoist_cpu){
        .levels = handoff->command_line[0] == '5' ? 5 : 4,
        .physical_bits = (uint8_t)cpu_identify(LIVE_LEAF_BITS).eax,
        .has_1g_pages = cpu_has_pages_of_1g(),
        .has_nx = cpu_has_nx(),
        .accept_missing_nx = true,
    };
    live.has_smep = (structured.ebx & LIVE_SMEP) != 0;
    live.has_smap = (structured.ebx & LIVE_SMAP) != 0;
    print("live: cpu: %u levels, nx %u, 1g %u, smep %u, smap %u, %u physical bits\n",
          (uint32_t)live.cpu.levels, (uint32_t)live.cpu.has_nx, (uint32_t)live.cpu.has_1g_pages,
          (uint32_t)live.has_smep, (uint32_t)live.has_smap, (uint32_t)live.cpu.physical_bits);
}

enum hoist_leaf_size live_largest(void)
{
    return live.cpu.has_1g_pages ? HOIST_LEAF_1G : HOIST_LEAF_2M;
}

uint64_t live_image_pa(const void *place)
{
    return (uint64_t)place - live.handoff->kernel_virtual_base + live.handoff->kernel_physical_base;
}

struct hoist_extent live_mapping_extent(const struct hoist_mapped_range *mapping)
{
    return live_extent(mapping->virtual_base, mapping->physical_base, mapping->size_bytes);
}

struct hoist_access live_mapping_access(const struct hoist_mapped_range *mapping)
{
    static const uint8_t caches[] = {HOIST_WRITE_BACK, HOIST_WRITE_COMBINING, HOIST_UNCACHED};
    struct hoist_access access = live_access(0);

    access.cache = caches[mapping->cache];
    if ((mapping->rights & HOIST_MAPPING_WRITE) != 0) {
        access.rights |= HOIST_WRITE;
    }
    if ((mapping->rights & HOIST_MAPPING_EXECUTE) != 0) {
        access.rights |= HOIST_EXECUTE;
    }
    return access;
}
