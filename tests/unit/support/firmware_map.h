/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A memory map as firmware returns it, for tests: raw descriptors with any stride, the bytes between them full of
 * rubbish, and nothing readable behind the last one.
 */
#ifndef TEST_FIRMWARE_MAP_H
#define TEST_FIRMWARE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "memory_map.h"

/* UEFI 7.2, table 7-10, written out once more rather than taken from the loader. */
enum test_memory_type {
    TYPE_RESERVED = 0,
    TYPE_LOADER_CODE,
    TYPE_LOADER_DATA,
    TYPE_BOOT_CODE,
    TYPE_BOOT_DATA,
    TYPE_RUNTIME_CODE,
    TYPE_RUNTIME_DATA,
    TYPE_CONVENTIONAL,
    TYPE_UNUSABLE,
    TYPE_ACPI_RECLAIM,
    TYPE_ACPI_NVS,
    TYPE_MMIO,
    TYPE_MMIO_PORTS,
    TYPE_PAL_CODE,
    TYPE_PERSISTENT,
    TYPE_UNACCEPTED
};

struct firmware_map {
    unsigned char *bytes; /* exactly size_bytes of them, on the heap */
    size_t size_bytes;
    size_t stride;
    size_t count;
};

/* The orderly map, and what it was read into: lists of exactly the capacity that is asked for. */
struct read_map {
    struct memory_map map;
    struct memory_map scratch;
};

void firmware_map_open(struct firmware_map *firmware, size_t stride);
void firmware_map_close(struct firmware_map *firmware);
void firmware_map_add(struct firmware_map *firmware, uint32_t type, uint64_t base,
                      uint64_t page_count);
struct memory_source firmware_map_source(const struct firmware_map *firmware);

/* Whether every page in [base, end) is in a descriptor of RAM, and no byte in a descriptor of anything else. */
bool firmware_map_is_ram(const struct firmware_map *firmware, uint64_t base, uint64_t end);

void read_map_open(struct read_map *lists, size_t capacity);
void read_map_close(struct read_map *lists);

#endif
