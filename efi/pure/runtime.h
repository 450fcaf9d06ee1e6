/* SPDX-License-Identifier: BSD-2-Clause */
/* The regions that the firmware's runtime services need, with the rights they need. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include "hoist_paging.h"
#include "memory_map.h"

#include <stdbool.h>
#include <stdint.h>

struct runtime_source {
    const struct memory_map *memory; /* orderly */
    struct memory_source raw;        /* the firmware's own map: it alone tells runtime devices */
    struct memory_source attributes; /* by runtime_read_attributes() */
};

struct runtime_region {
    const char *name;
    uint64_t pa;
    uint64_t size_bytes;
    struct hoist_access access;
};

/*
 * Takes the descriptors of an EFI_MEMORY_ATTRIBUTES_TABLE (UEFI 4.6.4); none where the table is NULL
 * or makes no sense.
 */
struct memory_source runtime_read_attributes(const void *table);

/*
 * The lowest region at or above *cursor, which moves behind it; false: there is no more. Code can be
 * read and executed, data read and written, unless the attributes table knows better; device
 * registers are data that is not cached. None can be both written and executed.
 */
bool runtime_next(const struct runtime_source *source, uint64_t *cursor,
                  struct runtime_region *region);

#endif
