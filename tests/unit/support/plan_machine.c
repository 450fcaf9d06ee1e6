/* SPDX-License-Identifier: BSD-2-Clause */
/* A random machine to boot on. */
#include "plan_machine.h"

#include "property.h"

#define HIGHEST_WINDOW UINT64_C(0xffffffff40000000)
#define LOWEST_WINDOW  UINT64_C(0xffffff8000000000)

struct machine machine;

static uint64_t pages_below(uint64_t limit)
{
    return random_below(limit) * PAGE;
}

static void begin_cpu(void)
{
    static const uint8_t widths[] = {36, 40, 46, 48, 52, 52};

    machine.cpu =
        (struct hoist_cpu){one_in(4) ? 5 : 4, widths[random_below(6)], one_in(2), !one_in(4), true};
}

static uint64_t random_size(void)
{
    switch (random_below(5)) {
    case 0: return PAGE + pages_below(8);
    case 1: return PAGE + pages_below(2000);
    case 2: return (1 + random_below(40)) * 2 * MIB;
    case 3: return machine.cpu.has_1g_pages ? GIB + pages_below(GIB * 600 / PAGE) : 64 * MIB;
    default: return PAGE + pages_below(3 * GIB / PAGE);
    }
}

/* Runs of memory of any kind, near the places where something changes. */
static void begin_memory(void)
{
    const uint64_t landmarks[] = {PAGE,    640 * 1024, MIB,       2 * MIB - 3 * PAGE,
                                  2 * MIB, 3 * GIB,    4 * GIB,   4 * GIB - 5 * PAGE,
                                  GIB,     GIB - PAGE, 512 * GIB, 1000 * GIB + 7 * PAGE};
    const uint64_t count = 1 + random_below(MACHINE_RANGES - 2);
    uint64_t at = PAGE;

    machine.memory = (struct memory_map){machine.ranges, 1, MACHINE_RANGES};
    machine.ranges[0] = (struct memory_range){0, PAGE, MEMORY_RESERVED};
    for (uint64_t i = 0; i < count; i++) {
        const uint64_t landmark = landmarks[random_below(12)];
        struct memory_range *range = &machine.ranges[machine.memory.count++];

        if (one_in(3) && landmark >= at) {
            at = landmark;
        } else if (one_in(3)) {
            at += pages_below(600);
        }
        *range = (struct memory_range){at, random_size(), MEMORY_FREE};
        if (one_in(2)) {
            range->kind = (enum memory_kind)random_below(MEMORY_RESERVED + 1);
        }
        at += range->size_bytes;
    }
    if (one_in(60)) { /* too high for any direct map, or only for this CPU */
        at = (UINT64_C(1) << (one_in(2) ? 47 : 45)) - pages_below(3);
        machine.ranges[machine.memory.count++] = (struct memory_range){at, 4 * PAGE, MEMORY_FREE};
    }
}

static uint64_t kernel_start(void)
{
    switch (random_below(8)) {
    case 0: return DIRECT + pages_below(4 * GIB / PAGE);
    case 1: return LOWEST_WINDOW + pages_below(509 * GIB / PAGE);
    case 2: return HIGHEST_WINDOW - 3 * GIB + pages_below(4 * GIB / PAGE);
    case 3: return DIRECT + pages_below((UINT64_C(1) << 47) / PAGE - 32 * MIB / PAGE);
    case 4: return UINT64_MAX - 20 * MIB + 1;
    default: return UINT64_C(0xffffffff80000000) + pages_below(GIB / PAGE);
    }
}

/* Up to eight segments, some in one page with the one before, if their rights are the same. */
static void begin_kernel(void)
{
    struct elf_image *kernel = &machine.kernel;
    const struct elf_segment *last;
    const uint64_t count = 1 + random_below(8);
    uint64_t va = kernel_start() + (one_in(2) ? random_below(PAGE) : 0);
    uint64_t left = 16 * MIB;

    kernel->segment_count = 0;
    for (uint64_t i = 0; i < count; i++) {
        struct elf_segment *segment = &kernel->segments[i];
        uint64_t size = one_in(3) ? 1 + random_below(5 * MIB) : 1 + random_below(6 * PAGE);

        size = size > left / 2 ? left / 2 : size;
        *segment = (struct elf_segment){.va = va, .size_bytes = size, .index = (unsigned)i * 3};
        segment->writable = one_in(3);
        segment->executable = !segment->writable && one_in(2);
        if (i > 0 && va % PAGE != 0 &&
            va / PAGE == (segment[-1].va + segment[-1].size_bytes - 1) / PAGE) {
            segment->writable = segment[-1].writable;
            segment->executable = segment[-1].executable;
        }
        kernel->segment_count++;
        va += size;
        left -= size;
        if (one_in(3)) {
            va += random_below(100);
        } else {
            va = (va + PAGE - 1) / PAGE * PAGE + (one_in(3) ? pages_below(40) : 0);
        }
        left -= left > 200 * PAGE ? 42 * PAGE : 0;
        if (left < 400 * PAGE) {
            break;
        }
    }
    last = &kernel->segments[kernel->segment_count - 1];
    kernel->va_base = kernel->segments[0].va / PAGE * PAGE;
    kernel->size_bytes = ((last->va + last->size_bytes - 1) / PAGE + 1) * PAGE - kernel->va_base;
}

static uint64_t random_pa(void)
{
    return MIB + pages_below(one_in(4) ? 64 * GIB / PAGE - 20000 : 64 * MIB / PAGE);
}

static void begin_framebuffer(void)
{
    struct plan_frames *screen = &machine.input.framebuffer;
    const struct memory_range *near = &machine.ranges[random_below(machine.memory.count)];

    *screen = (struct plan_frames){0, 0};
    if (one_in(3)) {
        return;
    }
    screen->size_bytes = PAGE + pages_below(one_in(8) ? 2 * GIB / PAGE : 4 * MIB / PAGE);
    switch (random_below(4)) {
    case 0: screen->pa = UINT64_C(0xc0000000); break;
    case 1: screen->pa = UINT64_C(0xe0000000) + pages_below(600); break;
    case 2: screen->pa = near->base + random_below(near->size_bytes / PAGE) * PAGE; break;
    default:
        screen->pa = near->base + near->size_bytes;
        screen->pa -= screen->pa > screen->size_bytes ? screen->size_bytes / PAGE / 2 * PAGE : 0;
    }
    if (one_in(100)) {
        screen->size_bytes = 509 * GIB;
    }
}

void machine_begin(void)
{
    begin_cpu();
    begin_memory();
    begin_kernel();
    machine.input = (struct plan_input){
        .kernel = &machine.kernel,
        .kernel_pa = random_pa(),
        .memory = &machine.memory,
        .stack = {random_pa(), PAGE + pages_below(40)},
        .handoff = {random_pa(), PAGE + pages_below(40)},
        .trampoline = {random_pa(), PAGE},
        .framebuffer_cache = one_in(4) ? HOIST_UNCACHED : HOIST_WRITE_COMBINING,
    };
    if (one_in(2)) { /* so that 2 MiB leaves fit */
        machine.input.kernel_pa =
            machine.input.kernel_pa / (2 * MIB) * (2 * MIB) + machine.kernel.va_base % (2 * MIB);
    }
    if (one_in(50)) { /* where a space of four levels has no address */
        machine.input.trampoline.pa = (UINT64_C(1) << 47) + pages_below(9);
    }
    begin_framebuffer();
}

bool machine_maps_page(uint64_t pa)
{
    const struct plan_frames *screen = &machine.input.framebuffer;

    if (pa >= screen->pa && pa - screen->pa < screen->size_bytes) {
        return false;
    }
    for (size_t i = 0; i < machine.memory.count; i++) {
        const struct memory_range *range = &machine.ranges[i];

        if (pa >= range->base && pa - range->base < range->size_bytes) {
            return range->kind <= MEMORY_ACPI_NVS;
        }
    }
    return false;
}
