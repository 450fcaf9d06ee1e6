/* SPDX-License-Identifier: BSD-2-Clause */
/* A memory map as firmware returns it, for tests. */
#include "firmware_map.h"

#include <stdlib.h>
#include <string.h>

#define DESCRIPTOR_BYTES 40u
#define PAGE_BYTES       UINT64_C(0x1000)

/* Where the members lie: UEFI 7.2.3. */
#define TYPE_OFFSET       0u
#define START_OFFSET      8u
#define PAGE_COUNT_OFFSET 24u

static void *must(void *memory)
{
    if (memory == NULL) {
        abort();
    }
    return memory;
}

void firmware_map_open(struct firmware_map *firmware, size_t stride)
{
    *firmware = (struct firmware_map){must(malloc(1)), 0, stride, 0};
}

void firmware_map_close(struct firmware_map *firmware)
{
    free(firmware->bytes);
    firmware->bytes = NULL;
}

void firmware_map_add(struct firmware_map *firmware, uint32_t type, uint64_t base,
                      uint64_t page_count)
{
    unsigned char *descriptor;

    firmware->bytes = must(realloc(firmware->bytes, firmware->size_bytes + firmware->stride));
    descriptor = firmware->bytes + firmware->size_bytes;
    memset(descriptor, 0xe5, firmware->stride);
    if (firmware->stride >= DESCRIPTOR_BYTES) {
        memcpy(descriptor + TYPE_OFFSET, &type, sizeof type);
        memcpy(descriptor + START_OFFSET, &base, sizeof base);
        memcpy(descriptor + PAGE_COUNT_OFFSET, &page_count, sizeof page_count);
    }
    firmware->size_bytes += firmware->stride;
    firmware->count++;
}

struct memory_source firmware_map_source(const struct firmware_map *firmware)
{
    return (struct memory_source){
        firmware->bytes, firmware->size_bytes, firmware->stride, 52, NULL, 0};
}

struct descriptor {
    uint32_t type;
    uint64_t physical_start;
    uint64_t page_count;
};

static struct descriptor descriptor_at(const struct firmware_map *firmware, size_t index)
{
    const unsigned char *bytes = firmware->bytes + index * firmware->stride;
    struct descriptor descriptor;

    memcpy(&descriptor.type, bytes + TYPE_OFFSET, sizeof descriptor.type);
    memcpy(&descriptor.physical_start, bytes + START_OFFSET, sizeof descriptor.physical_start);
    memcpy(&descriptor.page_count, bytes + PAGE_COUNT_OFFSET, sizeof descriptor.page_count);
    return descriptor;
}

/* Perhaps more than 64 bits can say. */
static unsigned __int128 end_of(const struct descriptor *descriptor)
{
    return descriptor->physical_start + (unsigned __int128)descriptor->page_count * PAGE_BYTES;
}

static bool is_ram_type(uint32_t type)
{
    return (type >= TYPE_LOADER_CODE && type <= TYPE_BOOT_DATA) || type == TYPE_CONVENTIONAL ||
           type == TYPE_ACPI_RECLAIM || type == TYPE_ACPI_NVS || type == TYPE_PERSISTENT;
}

/* As far as one pass gets; descriptors are in any order. */
static bool cover(const struct firmware_map *firmware, uint64_t *covered, uint64_t end)
{
    const uint64_t before = *covered;

    for (size_t i = 0; i < firmware->count; i++) {
        const struct descriptor descriptor = descriptor_at(firmware, i);
        const unsigned __int128 last = end_of(&descriptor);

        if (is_ram_type(descriptor.type) && *covered < end &&
            descriptor.physical_start <= *covered && last >= *covered + PAGE_BYTES) {
            *covered = last > end ? end : (uint64_t)last / PAGE_BYTES * PAGE_BYTES;
        }
    }
    return *covered != before;
}

bool firmware_map_is_ram(const struct firmware_map *firmware, uint64_t base, uint64_t end)
{
    uint64_t covered = base;

    for (size_t i = 0; i < firmware->count; i++) {
        const struct descriptor descriptor = descriptor_at(firmware, i);

        if (!is_ram_type(descriptor.type) && descriptor.page_count != 0 &&
            descriptor.physical_start < end && end_of(&descriptor) > base) {
            return false;
        }
    }
    while (cover(firmware, &covered, end)) {
    }
    return covered == end;
}

void read_map_open(struct read_map *lists, size_t capacity)
{
    const size_t bytes = capacity * sizeof(struct memory_range);

    lists->map = (struct memory_map){must(malloc(bytes == 0 ? 1 : bytes)), 0, capacity, 0};
    lists->scratch = (struct memory_map){must(malloc(bytes == 0 ? 1 : bytes)), 0, capacity, 0};
    memset(lists->map.ranges, 0xe5, bytes);
    memset(lists->scratch.ranges, 0xe5, bytes);
}

void read_map_close(struct read_map *lists)
{
    free(lists->map.ranges);
    free(lists->scratch.ranges);
}
