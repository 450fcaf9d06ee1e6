/* SPDX-License-Identifier: BSD-2-Clause */
/* What is runtime, and what each piece of it may be used for. */
#include "runtime.h"

/* Attributes of a descriptor (UEFI 7.2). */
#define ATTRIBUTE_XP      (UINT64_C(1) << 14)
#define ATTRIBUTE_RO      (UINT64_C(1) << 17)
#define ATTRIBUTE_RUNTIME (UINT64_C(1) << 63)

#define TABLE_HEADER_BYTES 16u
#define TABLE_ENTRY_LIMIT  65536u

/* The part of a descriptor that is read, with the end instead of the number of pages. */
struct piece {
    uint64_t start;
    uint64_t end;
    uint64_t attributes;
};

/*
 * The piece of the source with one of the attributes that holds `pa`, or else the first one above
 * it. Pieces that are no whole pages, or reach too far, are passed over.
 */
static bool find(const struct memory_source *source, uint64_t pa, uint64_t attributes,
                 struct piece *found)
{
    const uint64_t stride = source->descriptor_size_bytes;
    const uint64_t count = stride == 0 ? 0 : source->size_bytes / stride;

    *found = (struct piece){.start = UINT64_MAX};
    for (uint64_t i = 0; i < count; i++) {
        const struct memory_descriptor descriptor = memory_source_at(source, i);
        const uint64_t page_count = descriptor.page_count;
        struct piece piece = {.start = descriptor.physical_start,
                              .attributes = descriptor.attribute};

        if ((piece.attributes & attributes) == 0 || piece.start % MEMORY_PAGE_BYTES != 0 ||
            piece.start >= MEMORY_END_BYTES || page_count > MEMORY_END_BYTES / MEMORY_PAGE_BYTES) {
            continue;
        }
        piece.end = piece.start + page_count * MEMORY_PAGE_BYTES;
        if (piece.end > pa && piece.end > piece.start && piece.start < found->start) {
            *found = piece;
        }
    }
    return found->start != UINT64_MAX;
}

struct memory_source runtime_read_attributes(const void *table)
{
    const uint8_t *bytes = table;
    uint32_t header[TABLE_HEADER_BYTES / sizeof(uint32_t)]; /* version, entries, size, flags */

    if (table == NULL) {
        return (struct memory_source){0};
    }
    __builtin_memcpy(header, bytes, sizeof(header));
    if (header[1] > TABLE_ENTRY_LIMIT || header[2] < MEMORY_DESCRIPTOR_BYTES ||
        header[2] > MEMORY_PAGE_BYTES) {
        return (struct memory_source){0};
    }
    return (struct memory_source){.descriptors = bytes + sizeof(header),
                                  .size_bytes = (uint64_t)header[1] * header[2],
                                  .descriptor_size_bytes = header[2]};
}

static bool next_device(const struct runtime_source *source, uint64_t end,
                        struct runtime_region *region)
{
    struct piece piece;

    if (!find(&source->raw, region->pa, ATTRIBUTE_RUNTIME, &piece) || piece.start >= end) {
        return false;
    }
    region->name = "runtime device";
    region->pa = piece.start > region->pa ? piece.start : region->pa;
    region->size_bytes = (piece.end < end ? piece.end : end) - region->pa;
    region->access = hoist_access_of(HOIST_READ | HOIST_WRITE, HOIST_UNCACHED);
    return true;
}

static void next_memory(const struct runtime_source *source, bool is_code, uint64_t end,
                        struct runtime_region *region)
{
    uint8_t rights = is_code ? HOIST_READ | HOIST_EXECUTE : HOIST_READ | HOIST_WRITE;
    struct piece piece;

    if (find(&source->attributes, region->pa, UINT64_MAX, &piece)) {
        const bool is_inside = piece.start <= region->pa;
        const uint64_t limit = is_inside ? piece.end : piece.start;

        end = limit < end ? limit : end;
        if (is_inside && (piece.attributes & (ATTRIBUTE_RO | ATTRIBUTE_XP)) != 0) {
            rights = HOIST_READ;
            rights |= (piece.attributes & ATTRIBUTE_RO) == 0 ? HOIST_WRITE : 0;
            rights |= (piece.attributes & ATTRIBUTE_XP) == 0 ? HOIST_EXECUTE : 0;
        }
    }
    region->name = is_code ? "runtime code" : "runtime data";
    region->size_bytes = end - region->pa;
    region->access = hoist_access_of(rights, HOIST_WRITE_BACK);
}

bool runtime_next(const struct runtime_source *source, uint64_t *cursor,
                  struct runtime_region *region)
{
    for (size_t i = 0; i < source->memory->count; i++) {
        const struct memory_range *range = &source->memory->ranges[i];
        const uint64_t end = range->base + range->size_bytes;
        const bool is_code = range->kind == MEMORY_RUNTIME_CODE;

        if (end <= *cursor) {
            continue;
        }
        region->pa = range->base > *cursor ? range->base : *cursor;
        if (is_code || range->kind == MEMORY_RUNTIME_DATA) {
            next_memory(source, is_code, end, region);
        } else if (range->kind != MEMORY_DEVICE || !next_device(source, end, region)) {
            continue;
        }
        *cursor = region->pa + region->size_bytes;
        return true;
    }
    return false;
}
