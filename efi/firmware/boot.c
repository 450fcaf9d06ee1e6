/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of a boot. */
#include "boot.h"

#include "clock.h"
#include "console.h"
#include "faults.h"
#include "framebuffer.h"
#include "graphics.h"
#include "leave.h"
#include "mapping_details.h"
#include "port.h"
#include "system_tables.h"
#include "trampoline.h"

/* Where neither the configuration nor the kernel's note asks for another size. */
#define STACK_BYTES UINT64_C(0x10000)

/* Kernel and framebuffer; each module is one more. */
#define OTHER_CLAIMS 2u

/*
 * Application processors and old devices reach no further; above is as good where there is no room.
 */
#define PREFERRED_END_BYTES (UINT64_C(1) << 32)

bool boot_take(struct boot *boot, uint64_t size_bytes, const char *what, struct plan_frames *frames,
               struct problem *problem)
{
    struct memory_request request = {
        .size_bytes = size_bytes,
        .alignment_bytes = MEMORY_PAGE_BYTES,
        .lowest = MEMORY_LOWEST_BYTES,
        .end = PREFERRED_END_BYTES,
        .from_top = true,
    };

    frames->size_bytes = size_bytes;
    if (!memory_map_pick(&boot->pages.map, &request, &frames->pa)) {
        request.end = MEMORY_END_BYTES;
    }
    return pages_take(&boot->pages, &request, what, &frames->pa, problem);
}

uint64_t boot_stack_size(const struct boot *boot)
{
    uint64_t size_bytes = boot->entry.options->stack_bytes;

    if (size_bytes == 0 && boot->entry.protocol == ENTRY_LIMINE) {
        size_bytes = limine_stack_size(boot);
    }
    size_bytes = size_bytes != 0 ? size_bytes : boot->kernel.image.wishes.stack_size_bytes;
    size_bytes = size_bytes != 0 ? size_bytes : STACK_BYTES;
    return memory_page_up(size_bytes);
}

/* 32-bit code, which a change of depth goes through, gives CR3 no more than 32 bits. */
static bool take_table_frames(struct boot *boot, struct plan_frames *frames,
                              struct problem *problem)
{
    const uint64_t size_bytes = boot->built.frame_count * MEMORY_PAGE_BYTES;

    if (!boot_take(boot, size_bytes, "page tables", frames, problem)) {
        return false;
    }
    if ((boot->changes_depth || boot->limine.starts_others) &&
        frames->pa + size_bytes > TRAMPOLINE_END_BYTES) {
        return problem_set(problem, PROBLEM_DEPTH_NO_LOW, text_of("page tables"), size_bytes,
                           TRAMPOLINE_END_BYTES);
    }
    return true;
}

/* In the same 2 MiB as stack and hand-off, as long as there is room. */
static bool take_reporter(struct boot *boot, struct problem *problem)
{
    struct plan_reporter *reporter = &boot->input.reporter;

    if (!boot->entry.options->early_faults ||
        (boot->entry.protocol == ENTRY_LIMINE && !limine_lets_report(boot))) {
        return true;
    }
    faults_measure(reporter);
    return boot_take(boot, reporter->frames.size_bytes, "fault reporter", &reporter->frames,
                     problem);
}

/* Stack, hand-off, fault reporter and the lists that the plan needs. */
static bool take_memory(struct boot *boot, struct problem *problem)
{
    const struct memory_map *map = &boot->pages.map;
    const size_t plan_limit = plan_capacity(&boot->input);
    const uint64_t plan_bytes = plan_limit * sizeof(*boot->plan.ranges);
    const uint64_t map_bytes = map->capacity * sizeof(*map->ranges);
    void *memory;

    boot->handoff_room = (struct handoff_room){
        .mapping_count = plan_limit,
        .memory_range_count = map->capacity,
        .command_line_bytes = boot->entry.cmdline.length,
        .module_count = boot->modules.count,
        .module_text_bytes = boot->modules.text_bytes,
    };
    if (!boot_take(boot, boot_stack_size(boot), "stack", &boot->stack, problem) ||
        !boot_take(boot, handoff_size(&boot->handoff_room), "hand-off", &boot->handoff_block,
                   problem) ||
        !take_reporter(boot, problem) ||
        !pages_take_anywhere(map_bytes + plan_bytes, "plan", &memory, problem)) {
        return false;
    }
    __builtin_memset((void *)(uintptr_t)boot->stack.pa, 0, boot->stack.size_bytes);
    boot->planned = (struct memory_map){memory, map->count, map->capacity, 0};
    __builtin_memcpy(memory, map->ranges, map->count * sizeof(*map->ranges));
    boot->plan.ranges = (struct plan_range *)(void *)((uint8_t *)memory + map_bytes);
    boot->plan.capacity = plan_limit;
    boot->input.memory = &boot->planned;
    return true;
}

/*
 * The firmware maps all RAM at its physical address, no CPU uses these tables yet, and their frames
 * are had beforehand: the library needs nothing of us.
 */
static const struct hoist_hooks no_hooks;

void boot_end_phase(struct boot *boot, enum hoist_phase phase)
{
    const uint64_t now = read_tsc();

    boot->phase_ticks[phase] = now - boot->phase_tsc;
    boot->phase_tsc = now;
}

/* A screen that cannot be used is no reason not to boot; what lies there is not ours to take. */
static bool claim_screen(struct boot *boot, struct problem *problem)
{
    const struct config_entry *options = boot->entry.options;
    struct memory_range pages;
    struct problem warning;

    if (!options->framebuffer) {
        return true;
    }
    if (options->resolution.width_pixels != 0) {
        graphics_set_resolution(&options->resolution);
    }
    if (!graphics_find(&boot->framebuffer, &warning)) {
        if (warning.kind != PROBLEM_NONE) {
            console_warn(&warning);
        }
        return true;
    }
    if (!framebuffer_pages(&boot->framebuffer, &boot->pages.map, boot->cpu.paging.physical_bits,
                           &pages, &warning)) {
        boot->framebuffer = (struct hoist_framebuffer){0};
        console_warn(&warning);
        return true;
    }
    boot->screen = (struct plan_frames){pages.base, pages.size_bytes};
    pages_claim(&boot->pages, &pages);
    return pages_read_map(&boot->pages, problem);
}

bool boot_survey(struct boot *boot, struct problem *problem)
{
    const size_t claim_limit = OTHER_CLAIMS + boot->entry.options->module_count +
                               (boot->entry.protocol == ENTRY_LIMINE ? LIMINE_CLAIM_LIMIT : 0);

    cpu_probe(&boot->cpu);
    if (!pages_open_map(&boot->pages, boot->cpu.paging.physical_bits, claim_limit, problem) ||
        !claim_screen(boot, problem)) {
        return false;
    }
    if (boot->pages.map.beyond_bytes != 0) {
        struct problem warning;

        problem_set(&warning, PROBLEM_MEMORY_MAP_BEYOND, (struct text){NULL, 0},
                    boot->pages.map.beyond_bytes, boot->cpu.paging.physical_bits);
        console_warn(&warning);
    }
    return true;
}

bool boot_load_kernel(struct boot *boot, struct problem *problem)
{
    if (!kernel_load(&boot->kernel, &boot->entry, &boot->pages, problem)) {
        return false;
    }
    pages_claim(&boot->pages, &(struct memory_range){boot->kernel.pa, boot->kernel.image.size_bytes,
                                                     MEMORY_KERNEL});
    if (boot->entry.protocol != ENTRY_LIMINE) {
        kernel_drop_file(&boot->kernel, &boot->pages);
    }
    return (boot->entry.protocol != ENTRY_LIMINE || limine_read_requests(boot, problem)) &&
           modules_load(&boot->modules, boot->entry.options, &boot->limine.modules, &boot->pages,
                        problem);
}

bool boot_make_plan(struct boot *boot, struct problem *problem)
{
    const struct config_entry *options = boot->entry.options;
    struct plan_input *input = &boot->input;

    input->kernel = &boot->kernel.image;
    input->kernel_pa = boot->kernel.pa;
    input->memory = &boot->pages.map;
    input->mtrr = &boot->cpu.mtrr;
    input->levels = boot->cpu.paging.levels;
    input->wx_strict = options->wx == CONFIG_WX_STRICT || (options->wx == CONFIG_WX_BY_PROTOCOL &&
                                                           boot->entry.protocol != ENTRY_LIMINE);
    if (boot->entry.protocol == ENTRY_LIMINE && !limine_prepare_plan(boot, problem)) {
        return false;
    }
    if (options->runtime) {
        boot->runtime = (struct runtime_source){
            .memory = &boot->pages.map,
            .raw = {.descriptors = boot->pages.raw,
                    .size_bytes = boot->pages.raw_size_bytes,
                    .descriptor_size_bytes = boot->pages.descriptor_size_bytes},
            .attributes = runtime_read_attributes(system_tables_memory_attributes()),
        };
        input->runtime = &boot->runtime;
    }
    if (!take_memory(boot, problem) ||
        !trampoline_take(&boot->pages, boot->changes_depth, &input->trampoline, problem)) {
        return false;
    }
    input->framebuffer_cache = boot->cpu.has_pat ? HOIST_WRITE_COMBINING : HOIST_UNCACHED;
    if (boot->entry.protocol != ENTRY_LIMINE) {
        input->stack = boot->stack;
        input->framebuffer = boot->screen;
    }
    if (boot->entry.protocol != ENTRY_LIMINE || input->reporter.frames.size_bytes != 0) {
        input->handoff = boot->handoff_block;
    }
    return plan_make(&boot->plan, input, &boot->places, problem);
}

bool boot_build_tables(struct boot *boot, struct problem *problem)
{
    struct plan_frames frames;
    enum hoist_result result = hoist_space_init(&boot->space, &boot->cpu.paging, &no_hooks, NULL);

    if (result != HOIST_OK) {
        return problem_set(problem, PROBLEM_CPU_WIDTH, (struct text){NULL, 0},
                           boot->cpu.paging.physical_bits, 0);
    }
    if (!plan_count(&boot->plan, &boot->space, &boot->built.frame_count, problem) ||
        !take_table_frames(boot, &frames, problem)) {
        return false;
    }
    boot->built.pa = frames.pa;
    for (uint64_t i = boot->built.frame_count; i-- != 0;) {
        hoist_reserve_add(&boot->space, &boot->table_frames,
                          (struct hoist_frame_4k){frames.pa + i * HOIST_SIZE_4K});
    }
    boot->space.frames = &boot->table_frames;
    return plan_build(&boot->plan, &boot->space, problem);
}

static void hand_modules_over(struct boot *boot)
{
    for (size_t i = 0; i < boot->modules.count; i++) {
        const struct module *module = &boot->modules.list[i];

        handoff_add_module(
            &boot->handoff,
            &(struct handoff_module){
                .pa = module->pa,
                .va = module->size_bytes == 0 ? 0 : boot->places.direct_map_va + module->pa,
                .size_bytes = module->size_bytes,
                .path = module->path,
                .command_line = module->cmdline,
            });
    }
}

/*
 * The buffer that the final map was read into is the loader's memory, and in the direct map it can
 * be written: a kernel may fill virtual addresses in for SetVirtualAddressMap where it is.
 */
static void hand_raw_map_over(struct boot *boot)
{
    const struct pages_map *pages = &boot->pages;
    struct hoist_handoff *body = boot->handoff.body;

    body->efi_memory_map =
        (const void *)(uintptr_t)(boot->places.direct_map_va + (uint64_t)(uintptr_t)pages->raw);
    body->efi_memory_map_size_bytes = pages->raw_size_bytes;
    body->efi_descriptor_size_bytes = (uint32_t)pages->descriptor_size_bytes;
    body->efi_descriptor_version = pages->descriptor_version;
}

/* Without a reporter the GDT is the hand-off's, and there is no IDT. */
static void install_reporter(struct boot *boot)
{
    const uint64_t *segments = (const uint64_t *)(uintptr_t)boot->handoff_block.pa;

    boot->tables = (struct faults_tables){.gdt = boot->handoff.gdt_va,
                                          .gdt_limit = HANDOFF_GDT_ENTRIES * sizeof(*segments) - 1};
    if (boot->places.reporter_va != 0) {
        boot->tables = faults_install(&boot->input.reporter, boot->places.reporter_va,
                                      boot->handoff.body, segments, boot->entry.path);
        boot->handoff.body->flags |= HOIST_FLAG_EARLY_FAULTS;
    }
}

void boot_prepare_handoff(struct boot *boot)
{
    void *memory = (void *)(uintptr_t)boot->handoff_block.pa;
    struct hoist_handoff *body;

    __builtin_memset(memory, 0, boot->handoff_block.size_bytes);
    handoff_lay_out(&boot->handoff, memory, boot->places.handoff_va, &boot->handoff_room,
                    boot->entry.cmdline);
    handoff_set_mappings(&boot->handoff, &boot->plan);
    mapping_details(&boot->view.mapping, boot->handoff.details);
    hand_modules_over(boot);
    body = boot->handoff.body;
    body->kernel_virtual_base = boot->kernel.image.va_base;
    body->kernel_physical_base = boot->kernel.pa;
    body->kernel_size_bytes = boot->kernel.image.size_bytes;
    body->kernel_slide = boot->kernel.image.slide;
    body->direct_map_offset = boot->places.direct_map_va;
    body->direct_map_size_bytes = plan_direct_map_size(&boot->plan);
    body->stack_base = boot->entry.protocol == ENTRY_LIMINE
                           ? boot->places.direct_map_va + boot->stack.pa
                           : boot->places.stack_va;
    body->stack_size_bytes = boot->stack.size_bytes;
    body->cr3 = hoist_table_pa(boot->space.root);
    body->table_physical_base = boot->built.pa;
    body->table_frame_count = boot->built.frame_count;
    body->trampoline = boot->input.trampoline.pa;
    body->framebuffer = boot->framebuffer;
    if (boot->framebuffer.size_bytes != 0) {
        body->framebuffer.address =
            boot->entry.protocol == ENTRY_LIMINE
                ? boot->places.direct_map_va + boot->framebuffer.physical_base
                : boot->places.framebuffer_va +
                      (boot->framebuffer.physical_base & (MEMORY_PAGE_BYTES - 1));
    }
    system_tables_hand_over(body);
    body->boot_time_seconds = clock_read();
    body->tsc_hz = boot->cpu.tsc_hz;
    body->loader_start_tsc = boot->start_tsc;
    body->paging_levels = boot->cpu.paging.levels;
    body->flags |= boot->input.runtime != NULL ? HOIST_FLAG_RUNTIME_MAPPED : 0;
    body->flags |= boot->input.wx_strict ? HOIST_FLAG_WX_STRICT : 0;
    install_reporter(boot);
    if (boot->entry.protocol == ENTRY_LIMINE) {
        limine_prepare(boot);
    }
}

bool boot_leave_firmware(struct boot *boot, struct problem *problem)
{
    console_use_screen(&boot->framebuffer);
    if (!leave_firmware(&boot->pages, &boot->planned, boot->cpu.tsc_hz, problem)) {
        return false;
    }
    handoff_set_memory_map(&boot->handoff, &boot->pages.map);
    hand_raw_map_over(boot);
    if (boot->entry.protocol == ENTRY_LIMINE) {
        limine_finish(boot);
    }
    return true;
}
