/* SPDX-License-Identifier: BSD-2-Clause */
/* What the first address space of the machine has to be. */
#include "plan_extents.h"

#include "plan_runtime.h"
#include "property.h"

#define WINDOW_END    UINT64_C(0xffffffff80000000)
#define WINDOW_LOWEST UINT64_C(0xffffff8000000000)
#define UPPER_HALF_5  UINT64_C(0xff00000000000000)
#define STEP          (512 * GIB)
#define PART_LIMIT    (100 * GIB)

#define NUMBER_OF_RAM 1000u

static void refuse(struct promise *promise, enum problem_kind kind)
{
    CHECK(promise->refusal_count < 4);
    promise->refusals[promise->refusal_count++] = kind;
}

static struct extent *add(struct promise *promise, uint64_t va, uint64_t pa, uint64_t size_bytes)
{
    struct extent *extent = &promise->extents[promise->count];

    CHECK(promise->count < EXTENT_LIMIT);
    *extent = (struct extent){.first = va,
                              .last = va + size_bytes - 1,
                              .pa = pa,
                              .largest_bytes = PAGE,
                              .number = (unsigned)promise->count++};
    return extent;
}

static bool is_relro(uint64_t va)
{
    const struct elf_range *relro = &machine.kernel.relro;

    return va >= relro->va && va < relro->va + relro->size_bytes;
}

/* Pages of one segment, those that are read-only by the kernel's choice apart. */
static void add_segment(struct promise *promise, const struct elf_segment *segment, uint64_t first,
                        uint64_t end)
{
    while (first < end) {
        const bool relro = is_relro(first);
        uint64_t next = machine.kernel.relro.size_bytes == 0 ? end : first + PAGE;
        struct extent *extent;

        while (next < end && is_relro(next) == relro) {
            next += PAGE;
        }
        extent = add(promise, first, machine.input.kernel_pa + first - machine.kernel.va_base,
                     next - first);
        extent->writable = segment->writable && !relro;
        extent->executable = segment->executable && !relro;
        extent->largest_bytes = 2 * MIB;
        first = next;
    }
}

/* Segments meet in pages; those are the first one's. */
static void add_kernel(struct promise *promise)
{
    uint64_t mapped_to = 0;

    for (size_t i = 0; i < machine.kernel.segment_count; i++) {
        const struct elf_segment *segment = &machine.kernel.segments[i];
        const uint64_t end = ((segment->va + segment->size_bytes - 1) / PAGE + 1) * PAGE;
        uint64_t first = segment->va / PAGE * PAGE;

        if (mapped_to > first) {
            first = mapped_to;
        }
        if (first < end) {
            add_segment(promise, segment, first, end);
            mapped_to = end;
        }
    }
}

static bool kernel_lies_in(uint64_t first, uint64_t last)
{
    const uint64_t kernel_last = machine.kernel.va_base + (machine.kernel.size_bytes - 1);

    return !(kernel_last < first || machine.kernel.va_base > last);
}

static bool add_window(struct promise *promise)
{
    const struct plan_input *input = &machine.input;
    const struct plan_frames *screen = &input->framebuffer;
    const struct plan_reporter *reporter = &input->reporter;
    const uint64_t stacks = reporter->text_bytes + reporter->data_bytes;
    const uint64_t handoff = 2 * PAGE + input->stack.size_bytes;
    const uint64_t text = handoff + input->handoff.size_bytes + PAGE;
    const uint64_t reporter_end = text + (stacks == 0 ? 0 : reporter->frames.size_bytes + 2 * PAGE);
    uint64_t size = reporter_end;
    uint64_t window;
    struct extent *extent;

    if (screen->size_bytes != 0) {
        size = (size + 2 * MIB - 1) / (2 * MIB) * (2 * MIB) + screen->pa % (2 * MIB);
        size += screen->size_bytes;
    }
    size = (size + GIB - 1) / GIB * GIB;
    if (input->stack.size_bytes > PART_LIMIT || screen->size_bytes > PART_LIMIT) {
        refuse(promise, PROBLEM_PLAN_TOO_LARGE);
        return false;
    }
    for (window = WINDOW_LOWEST; window + GIB <= WINDOW_END - size; window += GIB) {
    }
    while (window >= WINDOW_LOWEST && kernel_lies_in(window, window + size - 1)) {
        window -= GIB;
    }
    if (window < WINDOW_LOWEST) {
        refuse(promise, PROBLEM_PLAN_TAKEN);
        return false;
    }
    add(promise, window + PAGE, input->stack.pa, input->stack.size_bytes)->writable = true;
    add(promise, window + handoff, input->handoff.pa, input->handoff.size_bytes);
    if (stacks != 0) {
        const uint64_t pa = reporter->frames.pa;

        add(promise, window + text, pa, reporter->text_bytes)->executable = true;
        add(promise, window + text + reporter->text_bytes, pa + reporter->text_bytes,
            reporter->data_bytes);
        add(promise, window + text + stacks + PAGE, pa + stacks,
            reporter->frames.size_bytes - stacks)
            ->writable = true;
    }
    if (screen->size_bytes != 0) {
        uint64_t va = window + reporter_end;

        while (va % (2 * MIB) != 0) {
            va += PAGE;
        }
        va += screen->pa % (2 * MIB);
        extent = add(promise, va, screen->pa, screen->size_bytes);
        extent->writable = true;
        extent->cache = input->framebuffer_cache;
        extent->largest_bytes = 2 * MIB;
    }
    add(promise, input->trampoline.pa, input->trampoline.pa, PAGE)->executable = true;
    return true;
}

static bool is_free(const struct promise *promise, uint64_t first, uint64_t last)
{
    for (size_t i = 0; i < promise->count; i++) {
        if (promise->extents[i].first <= last && promise->extents[i].last >= first) {
            return false;
        }
    }
    return true;
}

/* The lowest place is the first there can be, or just above something that is planned. 0: there is none. */
static uint64_t direct_map_from(const struct promise *promise, uint64_t lowest, uint64_t size)
{
    uint64_t best = 0;

    for (size_t i = 0; i <= promise->count; i++) {
        uint64_t base = lowest;

        if (i > 0) {
            const uint64_t last = promise->extents[i - 1].last;

            if (last / STEP == UINT64_MAX / STEP) {
                continue;
            }
            base = (last / STEP + 1) * STEP;
        }
        if (base >= lowest && size - 1 <= UINT64_MAX - base && (best == 0 || base < best) &&
            is_free(promise, base, base + size - 1)) {
            best = base;
        }
    }
    return best;
}

static bool overlap(const struct extent *one, const struct extent *other)
{
    return one->pa <= other->pa + (other->last - other->first) &&
           other->pa <= one->pa + (one->last - one->first);
}

/* Up to where all pages are planned as `pa` is, and whether that lets RAM be written. */
static bool may_be_written(const struct promise *promise, size_t count, uint64_t pa, uint64_t *end)
{
    bool result = true;

    for (size_t i = 0; i < count && machine.input.wx_strict; i++) {
        const struct extent *extent = &promise->extents[i];
        const uint64_t extent_end = extent->pa + (extent->last - extent->first) + 1;

        if (extent->pa <= pa && pa < extent_end) {
            result = result && extent->writable;
            *end = extent_end < *end ? extent_end : *end;
        } else if (extent->pa > pa && extent->pa < *end) {
            *end = extent->pa;
        }
    }
    return result;
}

static void add_ram(struct promise *promise)
{
    const size_t count = promise->count;

    for (size_t i = 0; i < machine.memory.count; i++) {
        const struct memory_range *range = &machine.ranges[i];
        const uint64_t range_end = range->base + range->size_bytes;
        uint64_t end;

        if (range->kind > MEMORY_ACPI_NVS) {
            continue;
        }
        for (uint64_t pa = range->base; pa < range_end; pa = end) {
            struct extent *extent;
            bool writable;

            end = range_end;
            writable = may_be_written(promise, count, pa, &end);
            extent = add(promise, promise->direct_map_va + pa, pa, end - pa);
            extent->writable = writable;
            extent->largest_bytes = machine.cpu.has_1g_pages ? GIB : 2 * MIB;
            extent->number = NUMBER_OF_RAM;
        }
    }
}

/* Runs of pages that are alike. */
static void add_runtime(struct promise *promise)
{
    for (size_t i = 0; i < machine.memory.count && machine.input.runtime != NULL; i++) {
        const struct memory_range *range = &machine.ranges[i];
        struct extent *extent = NULL;
        struct runtime_page page;

        if (range->kind != MEMORY_RUNTIME_DATA && range->kind != MEMORY_RUNTIME_CODE &&
            range->kind != MEMORY_DEVICE) {
            continue;
        }
        for (uint64_t at = 0; at < range->size_bytes; at += PAGE) {
            const uint64_t pa = range->base + at;

            if (!machine_is_runtime(pa, &page)) {
                extent = NULL;
            } else if (extent != NULL && extent->writable == page.writable &&
                       extent->executable == page.executable) {
                extent->last += PAGE;
            } else {
                extent = add(promise, promise->direct_map_va + pa, pa, PAGE);
                extent->writable = page.writable;
                extent->executable = page.executable;
                extent->cache = page.cache;
            }
        }
    }
}

static void refuse_rights(struct promise *promise)
{
    for (size_t i = 0; i < promise->count; i++) {
        if (promise->extents[i].writable && promise->extents[i].executable) {
            refuse(promise, PROBLEM_PLAN_RIGHTS);
            return;
        }
    }
}

static void refuse_aliases(struct promise *promise)
{
    bool has_two_caches = false;
    bool has_alias = false;

    for (size_t i = 0; i < promise->count; i++) {
        const struct extent *one = &promise->extents[i];

        for (size_t k = 0; k < promise->count; k++) {
            const struct extent *other = &promise->extents[k];

            if (k != i && overlap(one, other)) {
                has_two_caches |= one->cache != other->cache;
                has_alias |= one->writable && other->executable;
            }
        }
    }
    if (has_two_caches) {
        refuse(promise, PROBLEM_PLAN_TWO_CACHES);
    }
    if (has_alias && machine.input.wx_strict) {
        refuse(promise, PROBLEM_PLAN_ALIAS);
    }
}

static void sort(struct promise *promise)
{
    for (size_t i = 1; i < promise->count; i++) {
        for (size_t k = i; k > 0 && promise->extents[k - 1].first > promise->extents[k].first;
             k--) {
            const struct extent swapped = promise->extents[k];

            promise->extents[k] = promise->extents[k - 1];
            promise->extents[k - 1] = swapped;
        }
    }
}

static bool continues(const struct extent *left, const struct extent *right)
{
    return left->last + 1 == right->first &&
           left->pa + (left->last - left->first) + 1 == right->pa &&
           left->writable == right->writable && left->number == right->number;
}

static void merge(struct promise *promise)
{
    size_t merged = 0;

    for (size_t i = 1; i < promise->count; i++) {
        CHECK(promise->extents[i].first > promise->extents[i - 1].last);
        if (continues(&promise->extents[merged], &promise->extents[i])) {
            promise->extents[merged].last = promise->extents[i].last;
        } else {
            promise->extents[++merged] = promise->extents[i];
        }
    }
    promise->count = merged + 1;
}

void machine_promise(struct promise *promise)
{
    const uint64_t ram_end = machine_ram_end();
    const uint64_t runtime_end = machine_runtime_end();
    const uint64_t size = ram_end > runtime_end ? ram_end : runtime_end;

    promise->count = 0;
    promise->refusal_count = 0;
    add_kernel(promise);
    if (!add_window(promise)) {
        return;
    }
    promise->direct_map_va = direct_map_from(promise, DIRECT, size);
    if (promise->direct_map_va == 0 && machine.cpu.levels == 5) {
        promise->direct_map_va = direct_map_from(promise, UPPER_HALF_5, size);
    }
    if (promise->direct_map_va == 0) {
        refuse(promise, PROBLEM_PLAN_DIRECT_MAP);
        return;
    }
    add_ram(promise);
    add_runtime(promise);
    refuse_rights(promise);
    refuse_aliases(promise);
    sort(promise);
    merge(promise);
}

bool machine_can_map(const struct promise *promise)
{
    const unsigned bits = machine.cpu.levels == 5 ? 56 : 47;

    for (size_t i = 0; i < promise->count; i++) {
        const struct extent *extent = &promise->extents[i];
        const uint64_t last_pa = extent->pa + (extent->last - extent->first);

        /* Canonical: the highest bits are all alike. */
        if (last_pa >> machine.cpu.physical_bits != 0 ||
            (extent->last >> bits != 0 && extent->first >> bits != UINT64_MAX >> bits)) {
            return false;
        }
    }
    return true;
}
