/* SPDX-License-Identifier: BSD-2-Clause */
/* A memory map as firmware returns it, for tests. */
#include "firmware_map.h"

#include <stdlib.h>
#include <string.h>

#define DESCRIPTOR_BYTES 40u

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
