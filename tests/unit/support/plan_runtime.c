/* SPDX-License-Identifier: BSD-2-Clause */
/* What the runtime services need, page by page. */
#include "plan_runtime.h"

#define READ_ONLY  (UINT64_C(1) << 17)
#define NO_EXECUTE (UINT64_C(1) << 14)

struct machine_runtime machine_runtime;

static const struct memory_descriptor *find(const struct runtime_pieces *pieces, uint64_t pa)
{
    for (size_t i = 0; i < pieces->count; i++) {
        const struct memory_descriptor *one = &pieces->list[i];

        if (pa >= one->physical_start && (pa - one->physical_start) / PAGE < one->page_count) {
            return one;
        }
    }
    return NULL;
}

static bool is_code_or_data(enum memory_kind kind)
{
    return kind == MEMORY_RUNTIME_CODE || kind == MEMORY_RUNTIME_DATA;
}

static enum memory_kind kind_at(uint64_t pa)
{
    for (size_t i = 0; i < machine.memory.count; i++) {
        if (pa >= machine.ranges[i].base &&
            pa - machine.ranges[i].base < machine.ranges[i].size_bytes) {
            return machine.ranges[i].kind;
        }
    }
    return MEMORY_RESERVED;
}

bool machine_is_runtime(uint64_t pa, struct runtime_page *page)
{
    const enum memory_kind kind = kind_at(pa);
    const struct memory_descriptor *known = find(&machine_runtime.attributes, pa);

    if (machine.input.runtime == NULL) {
        return false;
    }
    if (kind == MEMORY_DEVICE) {
        *page = (struct runtime_page){true, false, HOIST_UNCACHED};
        return find(&machine_runtime.devices, pa) != NULL;
    }
    *page = (struct runtime_page){kind == MEMORY_RUNTIME_DATA, kind == MEMORY_RUNTIME_CODE,
                                  HOIST_WRITE_BACK};
    if (known != NULL && (known->attribute & (READ_ONLY | NO_EXECUTE)) != 0) {
        page->writable = (known->attribute & READ_ONLY) == 0;
        page->executable = (known->attribute & NO_EXECUTE) == 0;
    }
    return is_code_or_data(kind);
}

uint64_t machine_runtime_end(void)
{
    uint64_t end = 0;

    for (size_t i = 0; i < machine.memory.count && machine.input.runtime != NULL; i++) {
        const struct memory_range *range = &machine.ranges[i];
        struct runtime_page page;

        for (uint64_t pa = range->base; range->size_bytes <= RUNTIME_RANGE_PAGES * PAGE &&
                                        pa < range->base + range->size_bytes;
             pa += PAGE) {
            if (machine_is_runtime(pa, &page) && pa + PAGE > end) {
                end = pa + PAGE;
            }
        }
    }
    return end;
}
