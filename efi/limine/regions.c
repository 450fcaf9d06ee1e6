/* SPDX-License-Identifier: BSD-2-Clause */
/* The base revisions' words about memory, as tables. */
#include "regions.h"

#define GIB_BYTES UINT64_C(0x40000000)

#define BIT(kind) (UINT32_C(1) << (kind))

/* Usable, bootloader reclaimable, executable and modules, framebuffers: mapped by all revisions. */
#define ALWAYS                                                                       \
    (BIT(MEMORY_FREE) | BIT(MEMORY_BOOT) | BIT(MEMORY_LOADER) | BIT(MEMORY_KERNEL) | \
     BIT(MEMORY_MODULE) | BIT(MEMORY_FRAMEBUFFER))
#define ACPI    (BIT(MEMORY_ACPI_TABLES) | BIT(MEMORY_ACPI_NVS))
#define RUNTIME (BIT(MEMORY_RUNTIME_DATA) | BIT(MEMORY_RUNTIME_CODE))

/* Up to revision 2 the first 4 GiB are mapped whatever they are. */
struct plan_direct_map limine_direct_map(unsigned base_revision, bool wx_strict)
{
    static const uint32_t kinds[LIMINE_NEWEST_BASE_REVISION + 1] = {
        UINT32_MAX,
        ALWAYS | ACPI,
        ALWAYS | ACPI,
        ALWAYS,
        ALWAYS | ACPI | BIT(MEMORY_TABLES),
        ALWAYS | ACPI | BIT(MEMORY_TABLES) | RUNTIME,
        ALWAYS | ACPI | BIT(MEMORY_TABLES) | RUNTIME,
    };

    return (struct plan_direct_map){.kinds = kinds[base_revision],
                                    .whole_bytes = base_revision <= 2 ? 4 * GIB_BYTES : 0,
                                    .is_executable = !wx_strict,
                                    .has_identity = base_revision == 0};
}

enum limine_memory_type limine_memory_type(enum memory_kind kind, unsigned base_revision)
{
    switch (kind) {
    case MEMORY_FREE: return LIMINE_MEMORY_USABLE;
    case MEMORY_BOOT:
    case MEMORY_LOADER: return LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE;
    case MEMORY_KERNEL:
    case MEMORY_MODULE: return LIMINE_MEMORY_EXECUTABLE_AND_MODULES;
    case MEMORY_ACPI_TABLES: return LIMINE_MEMORY_ACPI_RECLAIMABLE;
    case MEMORY_ACPI_NVS: return LIMINE_MEMORY_ACPI_NVS;
    case MEMORY_BAD: return LIMINE_MEMORY_BAD;
    case MEMORY_FRAMEBUFFER: return LIMINE_MEMORY_FRAMEBUFFER;
    case MEMORY_RUNTIME_DATA:
    case MEMORY_RUNTIME_CODE:
    case MEMORY_TABLES:
        return base_revision >= (kind == MEMORY_TABLES ? 4 : 5) ? LIMINE_MEMORY_RESERVED_MAPPED
                                                                : LIMINE_MEMORY_RESERVED;
    default: return LIMINE_MEMORY_RESERVED;
    }
}

size_t limine_hand_over(const struct memory_map *map, unsigned base_revision,
                        struct limine_memmap_entry *entries)
{
    size_t count = 0;

    for (size_t i = 0; i < map->count; i++) {
        const struct memory_range *range = &map->ranges[i];
        const uint64_t type = limine_memory_type(range->kind, base_revision);
        struct limine_memmap_entry *last = count == 0 ? NULL : &entries[count - 1];

        if (last != NULL && last->type == type && last->base + last->length == range->base) {
            last->length += range->size_bytes;
        } else {
            entries[count++] = (struct limine_memmap_entry){range->base, range->size_bytes, type};
        }
    }
    return count;
}

/* Of RAM that the firmware gives up nothing is promised to stay. */
static bool is_kept(enum memory_kind kind, unsigned base_revision)
{
    const enum limine_memory_type type = limine_memory_type(kind, base_revision);

    return type == LIMINE_MEMORY_ACPI_RECLAIMABLE || type == LIMINE_MEMORY_ACPI_NVS ||
           type == LIMINE_MEMORY_RESERVED_MAPPED;
}

bool regions_next_unmapped(const struct memory_map *map, unsigned base_revision,
                           struct memory_range *rest, struct memory_range *run)
{
    *run = (struct memory_range){rest->base, rest->size_bytes, rest->kind};
    for (size_t i = 0; i < map->count && run->size_bytes != 0; i++) {
        const struct memory_range *range = &map->ranges[i];
        const uint64_t end = range->base + range->size_bytes;

        if (!is_kept(range->kind, base_revision) || end <= run->base) {
            continue;
        }
        if (range->base > run->base) {
            if (range->base - run->base < run->size_bytes) {
                run->size_bytes = range->base - run->base;
            }
            break;
        }
        run->size_bytes =
            end - run->base < run->size_bytes ? run->size_bytes - (end - run->base) : 0;
        run->base = end;
    }
    rest->size_bytes -= run->base + run->size_bytes - rest->base;
    rest->base = run->base + run->size_bytes;
    return run->size_bytes != 0;
}
