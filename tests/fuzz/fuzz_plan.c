/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Throws machines at the plan: a firmware's memory map of any bytes, MTRRs, a kernel's segments and a
 * framebuffer. Each goes the loader's way, from memory_map_read() to tables built in exactly the frames
 * that were counted, and is judged as tests/property/plan_model.c judges its own; and the direct map
 * holds nothing that a descriptor of the firmware does not call RAM.
 *
 * The input: see plan_input.h.
 */
#include <string.h>

#include "firmware_map.h"
#include "framebuffer.h"
#include "plan_input.h"
#include "plan_judge.h"
#include "plan_mtrr.h"
#include "plan_tables.h"
#include "property.h"
#include "require.h"
#include "require_sentence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DESCRIPTORS_MOST 100u
#define LEAVES_MOST      60000u

struct property property = {.name = "plan"};

static const uint8_t *input;
static size_t input_size;
static struct header header;

_Noreturn void property_fail(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s: %s:%d: not so: %s\n", property.step, file, line, condition);
    abort();
}

/* What the input does not have is zero. */
static void take(void *bytes, size_t size)
{
    const size_t count = size < input_size ? size : input_size;

    memset(bytes, 0, size);
    if (count != 0) {
        memcpy(bytes, input, count);
    }
    input += count;
    input_size -= count;
}

static void begin_cpu(void)
{
    machine.cpu = (struct hoist_cpu){
        (header.flags & FIVE_LEVELS) != 0 ? 5 : 4, (uint8_t)(36 + header.width % 17),
        (header.flags & HAS_1G_PAGES) != 0, (header.flags & HAS_NX) != 0, true};
    machine.input = (struct plan_input){
        .kernel = &machine.kernel,
        .memory = &machine.memory,
        .mtrr = &machine.mtrr,
        .levels = machine.cpu.levels,
        .wx_strict = (header.flags & STRICT) != 0,
        .framebuffer_cache = (header.flags & NO_PAT) != 0 ? HOIST_UNCACHED : HOIST_WRITE_COMBINING,
    };
}

static void begin_mtrr(void)
{
    static const uint8_t types[] = {0, 1, 4, 5, 6};
    const uint64_t width = (UINT64_C(1) << machine.cpu.physical_bits) - 1;
    struct mtrr *mtrr = &machine.mtrr;

    *mtrr =
        (struct mtrr){.physical_bits = machine.cpu.physical_bits, .count = header.pair_count % 16};
    mtrr->default_type = types[(header.default_type & 0xff) % 5] | (header.default_type & 0xc00);
    for (size_t i = 0; i < mtrr->count; i++) {
        struct pair pair;
        uint64_t mask;

        take(&pair, sizeof pair);
        mask = ~((UINT64_C(1) << (12 + pair.size % 40)) - 1) & ~((uint64_t)pair.gap << 12) & width;
        mtrr->registers[i].base = (pair.base & width & ~(PAGE - 1)) | types[pair.type % 5];
        mtrr->registers[i].mask = mask | (pair.is_off == 0 ? UINT64_C(0x800) : 0);
    }
}

static void begin_relro(void)
{
    struct elf_image *kernel = &machine.kernel;
    const struct elf_segment *segment =
        &kernel->segments[header.relro_first % kernel->segment_count];
    const uint64_t first = segment->va / PAGE;
    const uint64_t end = (segment->va + segment->size_bytes - 1) / PAGE + 1;
    const uint64_t from = first + header.relro_first / 8 % (end - first);

    if (segment->writable && header.relro_pages != 0) {
        kernel->relro =
            (struct elf_range){from * PAGE, (header.relro_pages % (end - from) + 1) * PAGE};
    }
}

/* As elf.h promises it, but that a segment may be writable and executable. */
static void begin_kernel(void)
{
    const bool is_low = machine.cpu.levels == 5 && (header.flags & LOW_KERNEL) != 0;
    const uint64_t end = -2 * PAGE;
    const uint64_t wanted = header.kernel_va | (is_low ? UINT64_C(0xff00000000000000) : DIRECT);
    uint64_t va = wanted < end - PAGE ? wanted : end - PAGE;
    struct elf_image *kernel = &machine.kernel;

    memset(kernel, 0, sizeof *kernel);
    for (unsigned i = 0; i <= header.segment_count % 8u && va < end; i++) {
        struct elf_segment *segment = &kernel->segments[i];
        struct segment wish;

        take(&wish, sizeof wish);
        *segment = (struct elf_segment){.va = va,
                                        .size_bytes = wish.size_bytes % (2 * MIB) + 1,
                                        .writable = (wish.rights & 1) != 0,
                                        .executable = (wish.rights & 2) != 0,
                                        .index = i};
        if (segment->size_bytes > end - va) {
            segment->size_bytes = end - va;
        }
        if (i > 0 && va / PAGE == (segment[-1].va + segment[-1].size_bytes - 1) / PAGE) {
            segment->writable = segment[-1].writable;
            segment->executable = segment[-1].executable;
        }
        kernel->segment_count++;
        va += segment->size_bytes;
        if (wish.is_on_page != 0) {
            va = (va + PAGE - 1) / PAGE * PAGE + wish.pages_before * PAGE;
        }
    }
    kernel->va_base = kernel->segments[0].va / PAGE * PAGE;
    kernel->size_bytes = kernel->segments[kernel->segment_count - 1].va +
                         kernel->segments[kernel->segment_count - 1].size_bytes - kernel->va_base;
    kernel->size_bytes = (kernel->size_bytes + PAGE - 1) / PAGE * PAGE;
    begin_relro();
}

/* Reads the firmware's map with so many claims, in lists with no room to spare, into the machine. */
static bool read_map(const struct firmware_map *firmware, const struct memory_range *claims,
                     size_t claim_count, struct problem *problem)
{
    struct memory_source source = firmware_map_source(firmware);
    struct read_map lists;
    bool done;

    source.physical_bits = machine.cpu.physical_bits;
    source.claims = claims;
    source.claim_count = claim_count;
    read_map_open(&lists, memory_map_capacity(firmware->count + claim_count));
    done = memory_map_read(&lists.map, &lists.scratch, &source, problem);
    if (done) {
        REQUIRE(lists.map.count <= MACHINE_RANGES);
        memcpy(machine.ranges, lists.map.ranges, lists.map.count * sizeof *machine.ranges);
        machine.memory = (struct memory_map){machine.ranges, lists.map.count, MACHINE_RANGES, 0};
    }
    read_map_close(&lists);
    return done;
}

/* The descriptors are what is left of the input, each byte of them in its own memory. */
static bool begin_firmware(struct firmware_map *firmware)
{
    const size_t stride = 33 + header.stride % 64u;
    size_t count = input_size / stride;

    count = count < DESCRIPTORS_MOST ? count : DESCRIPTORS_MOST;
    *firmware = (struct firmware_map){malloc(count * stride + 1), count * stride, stride, count};
    REQUIRE(firmware->bytes != NULL);
    take(firmware->bytes, firmware->size_bytes);
    return stride >= MEMORY_DESCRIPTOR_BYTES;
}

/* A framebuffer that cannot be is left out, with a sentence. */
static size_t claim_screen(struct memory_range *claim)
{
    const struct hoist_framebuffer screen = {.physical_base = header.screen_base,
                                             .size_bytes = header.screen_bytes};
    struct problem problem = {.kind = PROBLEM_NONE};

    if ((header.flags & HAS_SCREEN) == 0 || header.screen_bytes == 0) {
        return 0;
    }
    if (!framebuffer_pages(&screen, &machine.memory, machine.cpu.physical_bits, claim, &problem)) {
        require_sentence(&problem, "", "{}");
        return 0;
    }
    REQUIRE(claim->base % PAGE == 0 && claim->size_bytes % PAGE == 0 && claim->base != 0);
    REQUIRE(claim->base <= screen.physical_base && screen.physical_base - claim->base < PAGE);
    REQUIRE(claim->size_bytes - (screen.physical_base - claim->base) - screen.size_bytes < PAGE);
    machine.input.framebuffer = (struct plan_frames){claim->base, claim->size_bytes};
    return 1;
}

static bool pick(uint64_t size_bytes, uint64_t lowest, struct plan_frames *frames)
{
    const struct memory_request request = {.size_bytes = size_bytes,
                                           .alignment_bytes = PAGE,
                                           .lowest = lowest,
                                           .end = MEMORY_END_BYTES,
                                           .from_top = header.width % 2 == 0};

    frames->size_bytes = size_bytes;
    if (!memory_map_pick(&machine.memory, &request, &frames->pa)) {
        return false;
    }
    memory_map_take(&machine.memory, frames->pa, size_bytes);
    return true;
}

/* Where 2 MiB leaves fit, if there is such a place. */
static bool pick_kernel(struct memory_range *claim)
{
    struct memory_request request = {.size_bytes = machine.kernel.size_bytes,
                                     .alignment_bytes = 2 * MIB,
                                     .remainder_bytes = machine.kernel.va_base % (2 * MIB),
                                     .lowest = MEMORY_LOWEST_BYTES,
                                     .end = MEMORY_END_BYTES};

    if (!memory_map_pick(&machine.memory, &request, &machine.input.kernel_pa)) {
        request.alignment_bytes = PAGE;
        request.remainder_bytes = 0;
        if (!memory_map_pick(&machine.memory, &request, &machine.input.kernel_pa)) {
            return false;
        }
    }
    *claim = (struct memory_range){machine.input.kernel_pa, request.size_bytes, MEMORY_KERNEL};
    return true;
}

static bool pick_rest(void)
{
    const uint64_t lowest = (header.flags & HAS_LOW_START) != 0 ? PAGE : MEMORY_LOWEST_BYTES;
    struct plan_reporter *reporter = &machine.input.reporter;

    if (header.reporter_pages != 0) {
        reporter->text_bytes = (1 + header.reporter_pages % 3) * PAGE;
        reporter->data_bytes = (1 + header.reporter_pages / 3 % 2) * PAGE;
        if (!pick(reporter->text_bytes + reporter->data_bytes +
                      (1 + header.reporter_pages / 6) * PAGE,
                  MEMORY_LOWEST_BYTES, &reporter->frames)) {
            return false;
        }
    }
    return pick((1 + header.stack_pages) * PAGE, MEMORY_LOWEST_BYTES, &machine.input.stack) &&
           pick((1 + header.handoff_pages) * PAGE, MEMORY_LOWEST_BYTES, &machine.input.handoff) &&
           pick(PAGE, lowest, &machine.input.trampoline);
}

/* The way to the plan's input; false: nothing can be planned on this machine. */
static bool begin_memory(const struct firmware_map *firmware)
{
    struct memory_range claims[2];
    struct problem problem = {.kind = PROBLEM_NONE};
    size_t claim_count;

    if (!read_map(firmware, NULL, 0, &problem)) {
        require_sentence(&problem, "", "{}");
        return false;
    }
    claim_count = claim_screen(&claims[0]);
    if (claim_count != 0 && !read_map(firmware, claims, claim_count, &problem)) {
        require_sentence(&problem, "", "{}");
        return false;
    }
    if (!pick_kernel(&claims[claim_count])) {
        return false;
    }
    REQUIRE(read_map(firmware, claims, claim_count + 1, &problem));
    for (size_t i = 0; i < machine.memory.count; i++) {
        const struct memory_range *range = &machine.ranges[i];

        if (range->kind <= MEMORY_ACPI_NVS) {
            REQUIRE(range->base >= PAGE);
            REQUIRE(firmware_map_is_ram(firmware, range->base, range->base + range->size_bytes));
        }
    }
    machine.is_orderly = true;
    return pick_rest();
}

/* Maps of terabytes in pieces would keep the fuzzer busy: their plans are judged, not their tables. */
static bool is_small(void)
{
    const uint64_t large = machine.cpu.has_1g_pages && !machine_has_a_gap() ? GIB : 2 * MIB;
    const uint64_t least = machine_has_small_gaps() ? PAGE : large;
    uint64_t leaves = 0;

    for (size_t i = 0; i < machine.memory.count; i++) {
        const struct memory_range *range = &machine.ranges[i];
        const uint64_t pages = range->size_bytes / PAGE;

        if (range->kind <= MEMORY_ACPI_NVS || range->kind == MEMORY_FRAMEBUFFER) {
            leaves += (pages < 1536 ? pages : 1536) + range->size_bytes / least;
        }
    }
    return leaves < LEAVES_MOST;
}

static void judge(void)
{
    static struct promise promise;

    property.step = "plan";
    machine_promise(&promise);
    if (!built_make()) {
        require_sentence(&built.problem, "", "{}");
        judge_refusal(&promise);
        return;
    }
    judge_plan(&promise);
    if (!is_small()) {
        return;
    }
    property.step = "build";
    if (!built_map()) {
        require_sentence(&built.problem, "", "{}");
        CHECK(!machine_can_map(&promise) && built.problem.kind == PROBLEM_TABLES_COUNT);
        return;
    }
    CHECK(machine_can_map(&promise));
    built_read();
    judge_tables(&promise);
    property.step = "rules";
    judge_mapping();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct firmware_map firmware;

    input = data;
    input_size = size;
    take(&header, sizeof header);
    begin_cpu();
    begin_mtrr();
    begin_kernel();
    if (begin_firmware(&firmware)) {
        if (begin_memory(&firmware)) {
            judge();
            built_end();
        }
    } else {
        struct problem problem = {.kind = PROBLEM_NONE};

        REQUIRE(!read_map(&firmware, NULL, 0, &problem));
        require_sentence(&problem, "", "{}");
    }
    free(firmware.bytes);
    return 0;
}
