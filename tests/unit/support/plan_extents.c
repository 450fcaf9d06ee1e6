/* SPDX-License-Identifier: BSD-2-Clause */
/* What the first address space of the machine has to be. */
#include "plan_extents.h"

#include "property.h"

#define HIGHEST_WINDOW UINT64_C(0xffffffff40000000)
#define LOWEST_WINDOW  UINT64_C(0xffffff8000000000)

static bool kernel_lies_in(uint64_t first, uint64_t last)
{
    const uint64_t kernel_last = machine.kernel.va_base + (machine.kernel.size_bytes - 1);

    return !(kernel_last < first || machine.kernel.va_base > last);
}

/* The highest place of so many gigabytes below `end` without the kernel; 0: none. */
static uint64_t gigabytes_below(uint64_t end, uint64_t count)
{
    for (uint64_t first = end; first >= LOWEST_WINDOW; first -= GIB) {
        if (end - first >= count * GIB && !kernel_lies_in(first, first + count * GIB - 1)) {
            return first;
        }
    }
    return 0;
}

static int add(struct extent *extents, int count, struct extent extent)
{
    CHECK(count < (int)EXTENT_LIMIT);
    extents[count] = extent;
    return count + 1;
}

static int add_frames(struct extent *extents, int count, uint64_t va, struct plan_frames frames)
{
    return add(extents, count,
               (struct extent){.first = va, .last = va + frames.size_bytes - 1, .pa = frames.pa});
}

/* Page by page, for segments meet in pages. */
static int add_kernel(struct extent *extents, int count)
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
            count = add(extents, count,
                        (struct extent){first, end - 1,
                                        machine.input.kernel_pa + first - machine.kernel.va_base,
                                        segment->writable, segment->executable, 0});
            mapped_to = end;
        }
    }
    return count;
}

static int add_ram(struct extent *extents, int count)
{
    const struct plan_frames *screen = &machine.input.framebuffer;

    for (size_t i = 0; i < machine.memory.count; i++) {
        const struct memory_range *range = &machine.ranges[i];
        const uint64_t ends[2] = {range->base, range->base + range->size_bytes};
        uint64_t cuts[4] = {ends[0], screen->pa, screen->pa + screen->size_bytes, ends[1]};

        for (unsigned k = 1; k < 3; k++) { /* into the range */
            cuts[k] = cuts[k] < ends[0] ? ends[0] : cuts[k] > ends[1] ? ends[1] : cuts[k];
        }
        for (unsigned k = 0; k < 3; k++) {
            if (cuts[k] < cuts[k + 1] && machine_maps_page(cuts[k])) {
                count = add(extents, count,
                            (struct extent){DIRECT + cuts[k], DIRECT + cuts[k + 1] - 1, cuts[k],
                                            true, false, 0});
            }
        }
    }
    return count;
}

static void sort(struct extent *extents, int count)
{
    for (int i = 1; i < count; i++) {
        for (int k = i; k > 0 && extents[k - 1].first > extents[k].first; k--) {
            const struct extent swapped = extents[k];

            extents[k] = extents[k - 1];
            extents[k - 1] = swapped;
        }
    }
}

static bool continues(const struct extent *left, const struct extent *right)
{
    return left->last + 1 == right->first &&
           left->pa + (left->last - left->first) + 1 == right->pa &&
           left->writable == right->writable && left->executable == right->executable &&
           left->cache == right->cache;
}

int machine_extents(struct extent *extents)
{
    const struct plan_input *input = &machine.input;
    const uint64_t window = gigabytes_below(HIGHEST_WINDOW + GIB, 1);
    const uint64_t size = input->framebuffer.size_bytes;
    int count = 0;
    int merged = 0;

    for (size_t i = 0; i < machine.memory.count; i++) {
        const struct memory_range *range = &machine.ranges[i];

        if (range->kind <= MEMORY_ACPI_NVS && range->base + range->size_bytes > UINT64_C(1) << 47) {
            return EXTENT_BEYOND;
        }
    }
    if (window == 0) {
        return EXTENT_NO_PLACE;
    }
    count = add_frames(extents, count, input->trampoline.pa, input->trampoline);
    extents[0].executable = true;
    count = add_frames(extents, count, window + PAGE, input->stack);
    extents[1].writable = true;
    count = add_frames(extents, count, window + 2 * PAGE + input->stack.size_bytes, input->handoff);
    if (size != 0) {
        const uint64_t screen = gigabytes_below(window, (size + 2 * MIB + GIB - 1) / GIB);

        if (screen == 0) {
            return EXTENT_NO_PLACE;
        }
        count = add_frames(extents, count, screen + input->framebuffer.pa % (2 * MIB),
                           input->framebuffer);
        extents[count - 1].writable = true;
        extents[count - 1].cache = input->framebuffer_cache;
    }
    count = add_ram(extents, add_kernel(extents, count));
    sort(extents, count);
    for (int i = 1; i < count; i++) {
        if (extents[i].first <= extents[i - 1].last) {
            return EXTENT_OVERLAP;
        }
    }
    for (int i = 1; i < count; i++) {
        if (continues(&extents[merged], &extents[i])) {
            extents[merged].last = extents[i].last;
        } else {
            extents[++merged] = extents[i];
        }
    }
    return merged + 1;
}

bool machine_can_map(const struct extent *extents, int count)
{
    const unsigned lower_bits = machine.cpu.levels == 5 ? 56 : 47;

    for (int i = 0; i < count; i++) {
        const uint64_t last_pa = extents[i].pa + (extents[i].last - extents[i].first);

        if (last_pa >> machine.cpu.physical_bits != 0 ||
            (extents[i].first < DIRECT && extents[i].last >> lower_bits != 0)) {
            return false;
        }
    }
    return true;
}
