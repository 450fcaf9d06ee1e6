/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes of ranges: arguments are checked here, the rest is change.c. */
#include "range.h"

#include "change.h"
#include "steps.h"

static bool is_one_canonical_half(const struct hoist_space *space, uint64_t first, uint64_t last)
{
    return hoist_is_canonical(space, first) && hoist_is_canonical(space, last) &&
           (first >> 63) == (last >> 63);
}

enum hoist_result hoist_check_range(const struct hoist_space *space,
                                    const struct hoist_range *range)
{
    const uint64_t last = range->va.value + (range->size_bytes - 1);

    if (range->size_bytes == 0 || range->size_bytes % HOIST_SIZE_4K != 0) {
        return HOIST_UNALIGNED_SIZE;
    }
    if (range->va.value % HOIST_SIZE_4K != 0) {
        return HOIST_UNALIGNED_PAGE;
    }
    if (last < range->va.value || !is_one_canonical_half(space, range->va.value, last)) {
        return HOIST_NOT_CANONICAL;
    }
    if (hoist_is_borrowed(space, last)) {
        return HOIST_SHARED_HALF;
    }
    return HOIST_OK;
}

static enum hoist_result check_frames(const struct hoist_space *space,
                                      const struct hoist_extent *extent)
{
    const uint64_t last = extent->pa.value + (extent->size_bytes - 1);

    if (extent->pa.value % HOIST_SIZE_4K != 0) {
        return HOIST_UNALIGNED_FRAME;
    }
    if (last < extent->pa.value || (last >> space->cpu.physical_bits) != 0) {
        return HOIST_PA_TOO_WIDE;
    }
    return HOIST_OK;
}

static enum hoist_result check_size(enum hoist_leaf_size largest)
{
    return largest < HOIST_LEAF_4K || largest > HOIST_LEAF_1G ? HOIST_BAD_LEAF_SIZE : HOIST_OK;
}

/* The largest level whose leaves fit both addresses of an extent. */
static unsigned top_of(const struct hoist_space *space, const struct hoist_extent *extent,
                       enum hoist_leaf_size largest)
{
    const uint64_t difference = extent->va.value ^ extent->pa.value;
    unsigned level = (unsigned)largest;

    if (level == HOIST_LEVEL_PDPT &&
        (!space->cpu.has_1g_pages ||
         (difference & (hoist_entry_span(HOIST_LEVEL_PDPT) - 1)) != 0)) {
        level = HOIST_LEVEL_PD;
    }
    if (level == HOIST_LEVEL_PD && (difference & (hoist_entry_span(HOIST_LEVEL_PD) - 1)) != 0) {
        level = HOIST_LEVEL_PT;
    }
    return level;
}

/* All that a change is unless its caller says otherwise. */
static void begin(struct hoist_change *change, struct hoist_space *space, uint64_t va,
                  uint64_t size_bytes)
{
    const struct hoist_count nothing = {0};

    change->space = space;
    change->kind = HOIST_CHANGE_MAP;
    change->traverse = hoist_traverse_to_map;
    change->tables = HOIST_DROP_TABLES;
    change->use = HOIST_RANGE_IDLE;
    change->first = hoist_linear(space, va);
    change->last = change->first + (size_bytes - 1);
    change->needed = 0;
    change->top = HOIST_LEVEL_PDPT;
    change->is_empty = false;
    change->has_met = false;
    change->count = nothing;
}

/* A change that maps frames; all of it is set but the count. */
static enum hoist_result begin_extent(struct hoist_change *change, struct hoist_space *space,
                                      const struct hoist_extent *extent, struct hoist_access access,
                                      enum hoist_leaf_size largest)
{
    const struct hoist_range range = {extent->va, extent->size_bytes};
    enum hoist_result result = check_size(largest);

    if (result == HOIST_OK) {
        result = hoist_check_range(space, &range);
    }
    if (result == HOIST_OK) {
        result = check_frames(space, extent);
    }
    if (result == HOIST_OK) {
        result = hoist_check_access(space, access);
    }
    if (result != HOIST_OK) {
        return result;
    }
    begin(change, space, extent->va.value, extent->size_bytes);
    hoist_change_set_access(change, access);
    change->pa_offset = extent->pa.value - change->first;
    change->top = top_of(space, extent, largest);
    return HOIST_OK;
}

static enum hoist_result begin_range(struct hoist_change *change, struct hoist_space *space,
                                     const struct hoist_range *range, enum hoist_change_kind kind)
{
    const enum hoist_result result = hoist_check_range(space, range);

    if (result == HOIST_OK) {
        begin(change, space, range->va.value, range->size_bytes);
        change->kind = kind;
    }
    return result;
}

static enum hoist_result begin_protect(struct hoist_change *change, struct hoist_space *space,
                                       const struct hoist_range *range, struct hoist_access access)
{
    enum hoist_result result = hoist_check_access(space, access);

    if (result == HOIST_OK) {
        result = begin_range(change, space, range, HOIST_CHANGE_PROTECT);
    }
    if (result == HOIST_OK) {
        change->traverse = hoist_traverse_to_protect;
        hoist_change_set_access(change, access);
    }
    return result;
}

static enum hoist_result begin_split(struct hoist_change *change, struct hoist_space *space,
                                     const struct hoist_range *range, enum hoist_leaf_size largest)
{
    enum hoist_result result = check_size(largest);

    if (result == HOIST_OK) {
        result = begin_range(change, space, range, HOIST_CHANGE_SPLIT);
    }
    change->traverse = hoist_traverse_to_split;
    change->top = (unsigned)largest;
    return result;
}

static enum hoist_result begin_unmap(struct hoist_change *change, struct hoist_space *space,
                                     const struct hoist_range *range)
{
    const enum hoist_result result = begin_range(change, space, range, HOIST_CHANGE_UNMAP);

    change->traverse = hoist_traverse_to_unmap;
    return result;
}

/* The second half of every change that could be begun. */
static enum hoist_result carry_out(struct hoist_change *change, enum hoist_result begun)
{
    enum hoist_result result = begun;

    if (result == HOIST_OK) {
        result = hoist_change_count(change);
    }
    if (result == HOIST_OK) {
        /* Not for remap: what it meets while writing may be the pieces of a leaf it has split. */
        change->is_empty = change->kind == HOIST_CHANGE_MAP && !change->has_met;
        result = hoist_change_write(change);
    }
    return result;
}

/* Counting alone. */
static enum hoist_result count_only(struct hoist_change *change, enum hoist_result begun,
                                    uint64_t *frame_count)
{
    enum hoist_result result = begun;

    if (result == HOIST_OK) {
        result = hoist_change_count(change);
    }
    if (result == HOIST_OK) {
        *frame_count = change->count.frame_count;
    }
    return result;
}

/* Counting reads the space alone. */
static struct hoist_space *to_be_read(const struct hoist_space *space)
{
    return (struct hoist_space *)(uintptr_t)space;
}

enum hoist_result hoist_map(struct hoist_space *space, const struct hoist_extent *extent,
                            struct hoist_access access, enum hoist_leaf_size largest)
{
    struct hoist_change change;

    return carry_out(&change, begin_extent(&change, space, extent, access, largest));
}

enum hoist_result hoist_map_empty(struct hoist_space *space, const struct hoist_extent *extent,
                                  struct hoist_access access, enum hoist_leaf_size largest)
{
    struct hoist_change change;
    const enum hoist_result begun = begin_extent(&change, space, extent, access, largest);

    change.is_empty = true;
    return carry_out(&change, begun);
}

enum hoist_result hoist_remap(struct hoist_space *space, const struct hoist_extent *extent,
                              struct hoist_access access, enum hoist_leaf_size largest,
                              enum hoist_use use)
{
    struct hoist_change change;
    const enum hoist_result begun = begin_extent(&change, space, extent, access, largest);

    change.kind = HOIST_CHANGE_REMAP;
    change.use = use;
    return carry_out(&change, begun);
}

enum hoist_result hoist_protect(struct hoist_space *space, const struct hoist_range *range,
                                struct hoist_access access)
{
    struct hoist_change change;

    return carry_out(&change, begin_protect(&change, space, range, access));
}

enum hoist_result hoist_unmap(struct hoist_space *space, const struct hoist_range *range,
                              enum hoist_tables tables)
{
    struct hoist_change change;
    const enum hoist_result begun = begin_unmap(&change, space, range);

    change.tables = tables;
    return carry_out(&change, begun);
}

enum hoist_result hoist_split(struct hoist_space *space, const struct hoist_range *range,
                              enum hoist_leaf_size largest)
{
    struct hoist_change change;

    return carry_out(&change, begin_split(&change, space, range, largest));
}

enum hoist_result hoist_count_map(const struct hoist_space *space, struct hoist_count *count,
                                  const struct hoist_extent *extent, struct hoist_access access,
                                  enum hoist_leaf_size largest)
{
    struct hoist_change change;
    enum hoist_result result = begin_extent(&change, to_be_read(space), extent, access, largest);

    if (result == HOIST_OK && count->last_va != 0 && extent->va.value <= count->last_va) {
        result = HOIST_OUT_OF_ORDER;
    }
    if (result == HOIST_OK) {
        change.count = *count;
        result = hoist_change_count(&change);
    }
    if (result == HOIST_OK) {
        change.count.last_va = extent->va.value + (extent->size_bytes - 1);
        *count = change.count;
    }
    return result;
}

enum hoist_result hoist_count_remap(const struct hoist_space *space,
                                    const struct hoist_extent *extent, struct hoist_access access,
                                    enum hoist_leaf_size largest, uint64_t *frame_count)
{
    struct hoist_change change;
    const enum hoist_result begun =
        begin_extent(&change, to_be_read(space), extent, access, largest);

    change.kind = HOIST_CHANGE_REMAP;
    return count_only(&change, begun, frame_count);
}

enum hoist_result hoist_count_protect(const struct hoist_space *space,
                                      const struct hoist_range *range, struct hoist_access access,
                                      uint64_t *frame_count)
{
    struct hoist_change change;

    return count_only(&change, begin_protect(&change, to_be_read(space), range, access),
                      frame_count);
}

enum hoist_result hoist_count_unmap(const struct hoist_space *space,
                                    const struct hoist_range *range, uint64_t *frame_count)
{
    struct hoist_change change;

    return count_only(&change, begin_unmap(&change, to_be_read(space), range), frame_count);
}

enum hoist_result hoist_count_split(const struct hoist_space *space,
                                    const struct hoist_range *range, enum hoist_leaf_size largest,
                                    uint64_t *frame_count)
{
    struct hoist_change change;

    return count_only(&change, begin_split(&change, to_be_read(space), range, largest),
                      frame_count);
}
