/* SPDX-License-Identifier: BSD-2-Clause */
/* Runtime services by chance. */
#include "plan_runtime.h"

#include "property.h"

#define READ_ONLY  (UINT64_C(1) << 17)
#define NO_EXECUTE (UINT64_C(1) << 14)
#define RUNTIME    (UINT64_C(1) << 63)

static bool is_code_or_data(enum memory_kind kind)
{
    return kind == MEMORY_RUNTIME_CODE || kind == MEMORY_RUNTIME_DATA;
}

static void add(struct runtime_pieces *pieces, uint64_t first, uint64_t pages)
{
    static const uint64_t words[] = {0, READ_ONLY, NO_EXECUTE, READ_ONLY | NO_EXECUTE};

    if (pieces->count < RUNTIME_PIECES && pages != 0) {
        pieces->list[pieces->count++] =
            (struct memory_descriptor){.physical_start = first,
                                       .page_count = pages,
                                       .attribute = RUNTIME | words[random_below(4)]};
    }
}

/* Pieces of a range, with gaps between them, in ascending order. */
static void cut(const struct memory_range *range, struct runtime_pieces *pieces)
{
    uint64_t at = range->base;
    const uint64_t end = range->base + range->size_bytes;

    while (at < end) {
        const uint64_t left = (end - at) / PAGE;
        const uint64_t pages = 1 + random_below(one_in(2) || left < 4 ? left : 4);

        if (!one_in(3)) {
            add(pieces, at, pages);
        }
        at += pages * PAGE;
    }
}

static struct memory_source list_of(const struct runtime_pieces *pieces)
{
    return (struct memory_source){.descriptors = pieces->list,
                                  .size_bytes = pieces->count * sizeof(pieces->list[0]),
                                  .descriptor_size_bytes = sizeof(pieces->list[0])};
}

void machine_begin_runtime(void)
{
    machine.input.runtime = NULL;
    machine_runtime.attributes.count = 0;
    machine_runtime.devices.count = 0;
    if (!one_in(3)) {
        return;
    }
    for (size_t i = 0; i < machine.memory.count; i++) {
        struct memory_range *range = &machine.ranges[i];

        if ((is_code_or_data(range->kind) || range->kind == MEMORY_DEVICE) &&
            range->size_bytes > RUNTIME_RANGE_PAGES * PAGE) {
            range->kind = MEMORY_BAD;
        }
        if (is_code_or_data(range->kind) && one_in(2)) {
            cut(range, &machine_runtime.attributes);
        } else if (range->kind == MEMORY_DEVICE) {
            cut(range, &machine_runtime.devices);
        }
    }
    machine_runtime.source =
        (struct runtime_source){.memory = &machine.memory,
                                .raw = list_of(&machine_runtime.devices),
                                .attributes = list_of(&machine_runtime.attributes)};
    machine.input.runtime = &machine_runtime.source;
}
