/* SPDX-License-Identifier: BSD-2-Clause */
/* A random machine to boot on. */
#include "plan_chance.h"

#include "plan_machine.h"
#include "plan_runtime.h"

#define HIGHEST_WINDOW UINT64_C(0xffffffff40000000)
#define LOWEST_WINDOW  UINT64_C(0xffffff8000000000)
#define STEP           (512 * GIB)
#define MTRR_VALID     (UINT64_C(1) << 11) /* and of IA32_MTRR_DEF_TYPE: enabled */

/* Besides them there are what is high, and the framebuffer, which cuts one in two. */
#define RANDOM_RANGES 32u

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
    default: return PAGE + pages_below((machine.cpu.has_1g_pages ? 3 * GIB : 200 * MIB) / PAGE);
    }
}

/* Runs of memory of any kind, near the places where something changes; the first of them is RAM. */
static void begin_memory(void)
{
    const uint64_t landmarks[] = {PAGE,    640 * 1024, MIB,       2 * MIB - 3 * PAGE,
                                  2 * MIB, 3 * GIB,    4 * GIB,   4 * GIB - 5 * PAGE,
                                  GIB,     GIB - PAGE, 512 * GIB, 1000 * GIB + 7 * PAGE};
    const bool is_small = one_in(6);
    const uint64_t count = 1 + random_below(is_small ? 6 : one_in(5) ? RANDOM_RANGES - 2 : 8);
    const uint64_t limit = UINT64_C(1) << (one_in(60) ? 52 : machine.cpu.physical_bits);
    uint64_t at = PAGE;

    machine.memory = (struct memory_map){machine.ranges, 1, MACHINE_RANGES, 0};
    machine.ranges[0] = (struct memory_range){0, PAGE, MEMORY_RESERVED};
    for (uint64_t i = 0; i < count && at < limit; i++) {
        const uint64_t landmark = landmarks[random_below(12)];
        struct memory_range *range = &machine.ranges[machine.memory.count];
        uint64_t size = is_small ? PAGE + pages_below(3000) : random_size();

        if (one_in(3) && landmark >= at && landmark < limit) {
            at = landmark;
        } else if (one_in(3)) {
            at += pages_below(600);
        }
        if (at >= limit) {
            break;
        }
        size = size > limit - at ? limit - at : size;
        *range = (struct memory_range){at, size, MEMORY_FREE};
        if (i > 0 && one_in(2)) {
            range->kind = (enum memory_kind)random_below(MEMORY_RESERVED + 1);
        }
        at += range->size_bytes;
        machine.memory.count++;
    }
    /* Where it gets narrow for the direct map. */
    if (one_in(15) && machine.cpu.physical_bits > 45) {
        const uint64_t high = UINT64_C(1) << (45 + random_below(machine.cpu.physical_bits - 44));

        at = high - (one_in(2) ? 8 * PAGE : random_below(high / 4) / PAGE * PAGE + 4 * PAGE);
        machine.ranges[machine.memory.count++] = (struct memory_range){at, 4 * PAGE, MEMORY_FREE};
    }
}

/* In the upper half, which begins earlier with five levels. */
static uint64_t kernel_start(void)
{
    const unsigned bits = machine.cpu.levels == 5 && one_in(2) ? 56 : 47;
    const uint64_t size = UINT64_C(1) << bits;

    switch (random_below(10)) {
    case 0: return DIRECT;
    case 1:
        return DIRECT + (one_in(2) ? machine_ram_end() : 0) +
               pages_below(one_in(2) ? 400 : GIB / PAGE);
    case 2: return LOWEST_WINDOW + pages_below(509 * GIB / PAGE);
    case 3: return HIGHEST_WINDOW - 3 * GIB + pages_below(4 * GIB / PAGE);
    case 4: return -size + pages_below(size / PAGE - 32 * MIB / PAGE);
    case 5: return UINT64_MAX - 20 * MIB + 1;
    case 6: return -size + (1 + random_below(size / STEP - 1)) * STEP - 10 * PAGE;
    default: return UINT64_C(0xffffffff80000000) + pages_below(GIB / PAGE);
    }
}

/* Whole pages of a segment that can be written, or none. */
static struct elf_range random_relro(const struct elf_segment *segment)
{
    const uint64_t first = segment->va / PAGE;
    const uint64_t end = (segment->va + segment->size_bytes - 1) / PAGE + 1;
    const uint64_t from = first + random_below(end - first);

    if (!segment->writable) {
        return (struct elf_range){0, 0};
    }
    return (struct elf_range){from * PAGE, (1 + random_below(end - from)) * PAGE};
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
        segment->executable = one_in(2) && (!segment->writable || one_in(200));
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
    if (one_in(100)) { /* too large to leave room for anything */
        kernel->segments[0].va = LOWEST_WINDOW + pages_below(100);
        kernel->segments[0].size_bytes = 511 * GIB;
        kernel->segments[0].writable = false;
        kernel->segment_count = 1;
    }
    kernel->relro = random_relro(&kernel->segments[random_below(kernel->segment_count)]);
    last = &kernel->segments[kernel->segment_count - 1];
    kernel->va_base = kernel->segments[0].va / PAGE * PAGE;
    kernel->size_bytes = ((last->va + last->size_bytes - 1) / PAGE + 1) * PAGE - kernel->va_base;
}

static uint64_t random_pa(void)
{
    return MIB + pages_below(one_in(4) ? 60 * GIB / PAGE : 64 * MIB / PAGE);
}

/* What has been placed, so that nothing else is placed there. */
static struct plan_frames taken[8];
static size_t taken_count;

static bool is_taken(uint64_t pa, uint64_t size_bytes)
{
    for (size_t i = 0; i < taken_count; i++) {
        if (pa < taken[i].pa + taken[i].size_bytes && taken[i].pa < pa + size_bytes) {
            return true;
        }
    }
    return false;
}

/* In RAM, where nothing else is; `remainder` modulo 2 MiB if that can be, anywhere if nothing can. */
static struct plan_frames place(uint64_t size_bytes, uint64_t remainder)
{
    struct plan_frames frames = {random_pa(), size_bytes};

    for (unsigned i = 0; i < 40; i++) {
        const struct memory_range *range = &machine.ranges[random_below(machine.memory.count)];
        uint64_t pa;

        if (range->kind > MEMORY_ACPI_NVS || range->size_bytes < size_bytes) {
            continue;
        }
        pa = range->base + pages_below((range->size_bytes - size_bytes) / PAGE + 1);
        if (i < 20) {
            pa = pa / (2 * MIB) * (2 * MIB) + remainder;
        }
        if (pa != 0 && machine_is_ram(pa, size_bytes) && !is_taken(pa, size_bytes)) {
            frames.pa = pa;
            taken[taken_count++] = frames;
            return frames;
        }
    }
    machine.is_orderly = false;
    return frames;
}

static void place_all(void)
{
    const uint64_t remainder = machine.kernel.va_base % (2 * MIB);
    struct plan_input *input = &machine.input;

    taken_count = 0;
    machine.is_orderly = true;
    input->kernel_pa =
        place(machine.kernel.size_bytes, one_in(4) ? pages_below(512) : remainder).pa;
    input->stack = place(PAGE + pages_below(40), pages_below(512));
    input->handoff = place(PAGE + pages_below(40), pages_below(512));
    input->trampoline = place(PAGE, pages_below(512));
    input->reporter = (struct plan_reporter){{0, 0}, 0, 0};
    if (one_in(2)) {
        struct plan_reporter *reporter = &input->reporter;

        reporter->text_bytes = PAGE + pages_below(3);
        reporter->data_bytes = PAGE + pages_below(2);
        reporter->frames = place(
            reporter->text_bytes + reporter->data_bytes + PAGE + pages_below(8), pages_below(512));
    }
    if (one_in(20)) { /* two of them in one place */
        input->stack.pa = one_in(2) ? input->kernel_pa + pages_below(300) : input->trampoline.pa;
        machine.is_orderly = false;
    }
    if (one_in(50)) { /* where a space of four levels has no address */
        input->trampoline.pa = (UINT64_C(1) << 47) + pages_below(9);
        machine.is_orderly = false;
    }
}

/* The pages of the framebuffer as a range of the map, whatever was there. */
static void punch(struct plan_frames screen)
{
    struct memory_range old[MACHINE_RANGES];
    const uint64_t end = screen.pa + screen.size_bytes;
    const size_t count = machine.memory.count;
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        old[i] = machine.ranges[i];
    }
    for (size_t i = 0; i < count; i++) { /* below, then the framebuffer, then above */
        if (old[i].base < screen.pa) {
            const uint64_t room = screen.pa - old[i].base;

            machine.ranges[at] = old[i];
            machine.ranges[at++].size_bytes = old[i].size_bytes < room ? old[i].size_bytes : room;
        }
    }
    machine.ranges[at++] = (struct memory_range){screen.pa, screen.size_bytes, MEMORY_FRAMEBUFFER};
    for (size_t i = 0; i < count; i++) {
        const uint64_t old_end = old[i].base + old[i].size_bytes;
        const uint64_t base = old[i].base > end ? old[i].base : end;

        if (old_end > base) {
            machine.ranges[at++] = (struct memory_range){base, old_end - base, old[i].kind};
        }
    }
    machine.memory.count = at;
    CHECK(at <= MACHINE_RANGES);
}

static void begin_framebuffer(void)
{
    struct plan_frames *screen = &machine.input.framebuffer;
    const struct memory_range *near =
        &machine.ranges[machine.memory.count - 1 - random_below(machine.memory.count - 1)];
    const uint64_t limit = UINT64_C(1) << machine.cpu.physical_bits;

    *screen = (struct plan_frames){0, 0};
    machine.is_screen_listed = true;
    if (one_in(3)) {
        return;
    }
    screen->size_bytes = PAGE + pages_below(one_in(8) ? 2 * GIB / PAGE : 4 * MIB / PAGE);
    switch (random_below(4)) {
    case 0: screen->pa = 3 * GIB + (one_in(2) ? 0 : 2 * MIB); break;
    case 1: screen->pa = UINT64_C(0xe0000000) + pages_below(600); break;
    case 2: screen->pa = near->base + random_below(near->size_bytes / PAGE) * PAGE; break;
    default:
        screen->pa = near->base + near->size_bytes;
        screen->pa -= screen->pa > screen->size_bytes ? screen->size_bytes / PAGE / 2 * PAGE : 0;
    }
    if (one_in(100)) {
        screen->size_bytes = one_in(3) ? 100 * GIB + PAGE : 509 * GIB;
    }
    if (screen->pa + screen->size_bytes > limit && !one_in(10)) {
        *screen = (struct plan_frames){limit - PAGE, PAGE};
    }
    machine.is_screen_listed = !one_in(20);
    if (machine.is_screen_listed) {
        punch(*screen);
    }
}

static uint64_t address_bits(void)
{
    return ((UINT64_C(1) << machine.mtrr.physical_bits) - 1) & ~(PAGE - 1);
}

/* What small leaves would be many for. */
static uint64_t total_bytes(void)
{
    uint64_t bytes = machine.input.framebuffer.size_bytes;

    for (size_t i = 0; i < machine.memory.count; i++) {
        bytes += machine.ranges[i].kind <= MEMORY_ACPI_NVS ? machine.ranges[i].size_bytes : 0;
    }
    return bytes;
}

/* Where something changes, or near it. */
static uint64_t random_place(void)
{
    const struct memory_range *range = &machine.ranges[random_below(machine.memory.count)];

    switch (random_below(6)) {
    case 0: return 0;
    case 1: return 3 * GIB;
    case 2: return machine.input.framebuffer.pa;
    case 3: return random_below(8 * GIB);
    case 4: return range->base + range->size_bytes;
    default: return range->base + random_below(range->size_bytes);
    }
}

/* Some bits of the mask cleared, above the lowest one; `lowest` is as small as the tables of that may become. */
static uint64_t with_gap(uint64_t mask, unsigned lowest)
{
    const unsigned bits = machine.mtrr.physical_bits;
    const unsigned size = lowest + (unsigned)random_below(one_in(3) ? bits - lowest - 2 : 6);

    mask = address_bits() & ~((UINT64_C(1) << size) - 1);
    if (one_in(3)) { /* written for a CPU that has fewer bits */
        return mask & ((UINT64_C(1) << (size + 1 + random_below(bits - size - 1))) - 1);
    }
    if (one_in(2)) { /* ranges that are everywhere */
        return (mask & random_number() & random_number()) | UINT64_C(1) << size;
    }
    for (unsigned i = 0; i < 3; i++) {
        mask &= ~(UINT64_C(1) << (size + 1 + random_below(bits - size - 1)));
    }
    return mask;
}

static void begin_mtrr(void)
{
    static const uint8_t types[] = {0, 0, 0, 6, 6, 6, 1, 4, 5};
    const uint64_t total = total_bytes();
    const unsigned lowest_gap = total <= 40 * MIB ? 12 : 21;
    const bool may_have_gaps = one_in(4) && total <= 16 * GIB;
    struct mtrr *mtrr = &machine.mtrr;

    *mtrr = (struct mtrr){.physical_bits = machine.cpu.physical_bits};
    if (one_in(6)) {
        return;
    }
    mtrr->default_type = types[random_below(sizeof types)] | (one_in(8) ? 0 : MTRR_VALID) |
                         (one_in(2) ? UINT64_C(1) << 10 : 0);
    mtrr->count = random_below(one_in(10) ? 40 : 9);
    for (size_t i = 0; i < mtrr->count; i++) {
        const unsigned size = 12 + (unsigned)random_below(one_in(2) ? 12 : 25);
        uint64_t mask = address_bits() & ~((UINT64_C(1) << size) - 1);

        if (may_have_gaps && one_in(2)) {
            mask = with_gap(mask, lowest_gap);
        }
        mtrr->registers[i].base = (random_place() & address_bits() & (one_in(9) ? ~PAGE : mask)) |
                                  types[random_below(sizeof types)];
        mtrr->registers[i].mask = mask | (one_in(9) ? 0 : MTRR_VALID);
    }
}

void machine_begin(void)
{
    begin_cpu();
    begin_memory();
    begin_kernel();
    machine.input = (struct plan_input){
        .kernel = &machine.kernel,
        .memory = &machine.memory,
        .mtrr = &machine.mtrr,
        .levels = machine.cpu.levels,
        .wx_strict = !one_in(4),
        .framebuffer_cache = one_in(4) ? HOIST_UNCACHED : HOIST_WRITE_COMBINING,
    };
    begin_framebuffer();
    if (machine_ram_end() == 0) { /* all was the framebuffer's */
        machine.ranges[machine.memory.count - 1].kind = MEMORY_FREE;
    }
    machine_begin_runtime();
    begin_mtrr();
    place_all();
}
