/* SPDX-License-Identifier: BSD-2-Clause */
/* The Limine protocol's part in each step of a boot. */
#include "boot.h"

#include "clock.h"
#include "console.h"
#include "entropy.h"
#include "files.h"
#include "graphics.h"
#include "kept_tables.h"
#include "port.h"
#include "regions.h"
#include "sections.h"
#include "system_tables.h"
#include "volumes.h"

/* The least that the protocol promises. */
#define STACK_BYTES UINT64_C(0x10000)

#define GIB_BYTES       UINT64_C(0x40000000)
#define HHDM_END        UINT64_C(0xffffff0000000000)
#define MODULE_REVISION 1u
#define STRICT_REVISION 5u
#define US_PER_SECOND   UINT64_C(1000000)

static uint64_t random_number(void)
{
    uint64_t random;

    entropy_read(&random);
    return random;
}

static void *asked(const struct boot *boot, enum limine_feature feature)
{
    return boot->limine.requests.asked[feature];
}

static bool read_part(void *context, uint64_t offset_bytes, void *target, uint64_t size_bytes)
{
    struct problem ignored;

    return file_read(context, offset_bytes, target, size_bytes, &ignored);
}

/* Only base revision 0 may have the section; nothing else tells it before it is looked for. */
static bool find_list(struct boot *boot, struct elf_range *list, struct problem *problem)
{
    struct file file;

    if (!file_open(&file, boot->kernel.configured_path, problem)) {
        return false;
    }
    *list = sections_find_requests(&(struct sections_file){read_part, &file, file.size_bytes});
    list->va += boot->kernel.image.slide;
    file_close(&file);
    return true;
}

/* All that a module has is a text in the image; its path is that of the kernel's folder and its own. */
static bool read_module(const struct boot *boot, uint64_t va, struct modules_wish *wish,
                        struct problem *problem)
{
    const struct limine_image *image = &boot->limine.image;
    const struct limine_internal_module *module = limine_at(image, va, sizeof(*module));

    if (module == NULL || !limine_text_at(image, module->path, &wish->path) ||
        !limine_text_at(image, module->string, &wish->cmdline)) {
        return problem_set_all(problem, &(struct problem){.kind = PROBLEM_LIMINE_OUTSIDE,
                                                          .name = image->name,
                                                          .other = text_of("an internal module"),
                                                          .numbers = {va, sizeof(*module)}});
    }
    if ((module->flags & LIMINE_MODULE_COMPRESSED) != 0) {
        return problem_set_all(problem, &(struct problem){.kind = PROBLEM_LIMINE_PACKED,
                                                          .name = image->name,
                                                          .other = wish->path});
    }
    wish->is_required = (module->flags & LIMINE_MODULE_REQUIRED) != 0;
    return true;
}

static bool read_modules(struct boot *boot, struct problem *problem)
{
    const struct limine_image *image = &boot->limine.image;
    const struct limine_module_request *request = asked(boot, LIMINE_MODULE);
    struct modules_wanted *wanted = &boot->limine.modules;
    static struct modules_wish wishes[LIMINE_MODULE_LIMIT];
    const uint64_t *list;

    if (request == NULL || request->request.revision < MODULE_REVISION ||
        request->internal_module_count == 0) {
        return true;
    }
    if (request->internal_module_count > LIMINE_MODULE_LIMIT) {
        return problem_set(problem, PROBLEM_LIMINE_MODULES, image->name,
                           request->internal_module_count, LIMINE_MODULE_LIMIT);
    }
    wanted->list = wishes;
    wanted->count = (size_t)request->internal_module_count;
    wanted->folder = text_take(boot->entry.path, text_find_last(boot->entry.path, '/') + 1);
    list = limine_at(image, request->internal_modules, wanted->count * sizeof(*list));
    for (size_t i = 0; i < wanted->count; i++) {
        if (!read_module(boot, list == NULL ? 0 : list[i], &wishes[i], problem)) {
            return false;
        }
    }
    return true;
}

/* An entry point of its own must lie where the kernel can be executed. */
static bool read_entry(struct boot *boot, struct problem *problem)
{
    const struct limine_entry_point_request *request = asked(boot, LIMINE_ENTRY_POINT);
    struct elf_image *elf = &boot->kernel.image;

    if (request == NULL) {
        return true;
    }
    for (size_t i = 0; i < elf->segment_count; i++) {
        if (elf->segments[i].executable &&
            request->entry - elf->segments[i].va < elf->segments[i].size_bytes) {
            elf->entry = request->entry;
            return true;
        }
    }
    return problem_set(problem, PROBLEM_LIMINE_ENTRY, boot->limine.image.name, request->entry, 0);
}

bool limine_read_requests(struct boot *boot, struct problem *problem)
{
    struct limine_boot *limine = &boot->limine;

    limine->image = (struct limine_image){
        .name = boot->kernel.path,
        .elf = &boot->kernel.image,
        .memory = (unsigned char *)(uintptr_t)boot->kernel.pa,
        .takes_newer = boot->entry.options->newer_base_revision == CONFIG_NEWER_HIGHEST,
    };
    if (!find_list(boot, &limine->image.list, problem) ||
        !limine_find_requests(&limine->image, &limine->requests, problem) ||
        !read_entry(boot, problem) || !read_modules(boot, problem)) {
        return false;
    }
    console_detail("hoist: Limine protocol, base revision %u\n", limine->requests.base_revision);
    if (boot->kernel.image.has_write_execute) {
        console_warn(&(struct problem){.kind = PROBLEM_LIMINE_RIGHTS, .name = limine->image.name});
    }
    if (asked(boot, LIMINE_EXECUTABLE_FILE) != NULL) {
        return kernel_keep_file(&boot->kernel, &boot->pages, problem);
    }
    kernel_drop_file(&boot->kernel, &boot->pages);
    return true;
}

uint64_t limine_stack_size(const struct boot *boot)
{
    const struct limine_stack_size_request *request = asked(boot, LIMINE_STACK_SIZE);

    return request != NULL && request->stack_size > STACK_BYTES ? request->stack_size : STACK_BYTES;
}

static uint32_t levels_of(uint64_t mode)
{
    return mode == 0 ? DEPTH_LEAST : DEPTH_MOST;
}

struct depth_wishes limine_depth(const struct boot *boot)
{
    const struct limine_paging_mode_request *request = asked(boot, LIMINE_PAGING_MODE);
    struct depth_wishes wishes = {text_of("kernel"), 0, DEPTH_LEAST, DEPTH_LEAST};

    if (request != NULL && request->request.revision == 0) {
        wishes.most = levels_of(request->mode);
    } else if (request != NULL) {
        wishes.least = levels_of(request->min_mode);
        wishes.most = levels_of(request->max_mode);
    }
    /* The mode is what is liked best, not a must. */
    if (request != NULL && wishes.least != wishes.most) {
        const bool wants_five = levels_of(request->mode) == DEPTH_MOST && boot->cpu.has_five_levels;

        wishes.least = wishes.most = wants_five ? DEPTH_MOST : DEPTH_LEAST;
    }
    return wishes;
}

bool limine_lets_report(const struct boot *boot)
{
    return boot->limine.requests.base_revision < STRICT_REVISION;
}

/* By gigabytes, so that it costs no table; 0 where the lowest place will do. */
static uint64_t choose_base(const struct boot *boot)
{
    const struct memory_map *map = &boot->pages.map;
    const struct memory_range *last = &map->ranges[map->count - 1];
    const uint64_t end = last->base + last->size_bytes;
    const uint64_t size_bytes = end > 4 * GIB_BYTES ? end : 4 * GIB_BYTES;
    const uint64_t room_bytes = HHDM_END - PLAN_DIRECT_MAP_LOWEST;
    const uint8_t wish = boot->entry.options->randomise_hhdm_base;
    const bool is_random = wish == CONFIG_HHDM_RANDOM ||
                           (wish == CONFIG_HHDM_BY_KASLR && boot->kernel.randomness != NULL);

    if (!is_random || size_bytes >= room_bytes) {
        return 0;
    }
    return PLAN_DIRECT_MAP_LOWEST +
           random_number() % ((room_bytes - size_bytes) / GIB_BYTES + 1) * GIB_BYTES;
}

/* What the protocol promises to be mapped becomes a kind of its own, where the firmware has it elsewhere. */
static void claim_tables(void *context, uint64_t pa, uint64_t size_bytes)
{
    struct boot *boot = context;
    struct memory_range rest = {memory_page_down(pa),
                                memory_page_up(pa + size_bytes) - memory_page_down(pa),
                                MEMORY_TABLES};
    struct memory_range run;

    while (
        regions_next_unmapped(&boot->pages.map, boot->limine.requests.base_revision, &rest, &run)) {
        pages_claim(&boot->pages, &run);
    }
}

static bool claim_kept_tables(struct boot *boot, struct problem *problem)
{
    const unsigned revision = boot->limine.requests.base_revision;
    EFI_STATUS status;

    if (revision < KEPT_TABLES_REVISION) {
        return true;
    }
    /* The map is made anew, with what was taken since. */
    status = pages_get_map(&boot->pages);
    if (status != EFI_SUCCESS) {
        return problem_set(problem, PROBLEM_MEMORY_MAP_UNREADABLE, text_of(""), status, 0);
    }
    kept_tables_visit(revision >= STRICT_REVISION, claim_tables, boot);
    return pages_read_map(&boot->pages, problem);
}

static struct limine_origin origin_of(EFI_HANDLE device)
{
    struct volumes_origin volume;
    struct limine_origin origin = {0};

    volumes_origin(device, &volume);
    origin.partition_index = volume.partition_index;
    origin.mbr_disk_id = volume.mbr_disk_id;
    __builtin_memcpy(&origin.disk, volume.gpt_disk_guid, sizeof(origin.disk));
    __builtin_memcpy(&origin.partition, volume.gpt_partition_guid, sizeof(origin.partition));
    return origin;
}

static struct limine_loaded loaded_module(const struct module *module)
{
    return (struct limine_loaded){.pa = module->pa,
                                  .size_bytes = module->size_bytes,
                                  .path = module->file_path,
                                  .string = module->cmdline,
                                  .origin = origin_of(module->device)};
}

static bool list_modules(struct boot *boot, struct problem *problem)
{
    struct limine_facts *facts = &boot->limine.facts;
    void *memory = NULL;

    facts->module_count = boot->modules.count;
    if (facts->module_count == 0) {
        return true;
    }
    if (!pages_take_anywhere(facts->module_count * sizeof(*boot->limine.loaded), "list of modules",
                             &memory, problem)) {
        return false;
    }
    boot->limine.loaded = memory;
    for (size_t i = 0; i < facts->module_count; i++) {
        boot->limine.loaded[i] = loaded_module(&boot->modules.list[i]);
    }
    facts->modules = boot->limine.loaded;
    return true;
}

/* All but the addresses that the plan chooses. */
static bool gather_facts(struct boot *boot, struct problem *problem)
{
    struct limine_boot *limine = &boot->limine;
    struct limine_facts *facts = &limine->facts;
    struct hoist_handoff tables = {0};

    *facts = (struct limine_facts){
        .base_revision = limine->requests.base_revision,
        .processors = limine->processors.list,
        .processor_count = limine->processors.count,
        .uses_x2apic = limine->processors.uses_x2apic,
        .paging_mode = boot->cpu.paging.levels == 5,
        .kernel_pa = boot->kernel.pa,
        .kernel_va = boot->kernel.image.va_base,
        .boot_time_seconds = asked(boot, LIMINE_DATE_AT_BOOT) == NULL ? 0 : clock_read(),
        .tsc_hz = boot->cpu.tsc_hz,
        .memory_range_limit = boot->pages.map.capacity,
        .random = random_number,
    };
    facts->kernel = (struct limine_loaded){.pa = boot->kernel.file_pa,
                                           .size_bytes = boot->kernel.file_size_bytes,
                                           .path = boot->kernel.path,
                                           .string = boot->entry.cmdline,
                                           .origin = origin_of(boot->kernel.device)};
    system_tables_hand_over(&tables);
    facts->rsdp = tables.rsdp_physical;
    facts->smbios_32 = tables.smbios_physical;
    facts->smbios_64 = tables.smbios3_physical;
    facts->efi_system_table = tables.efi_system_table_physical;
    if (boot->framebuffer.size_bytes != 0) {
        limine->screens[0].framebuffer = boot->framebuffer;
        facts->screens = limine->screens;
        facts->screen_count = 1;
    }
    return list_modules(boot, problem);
}

/* Nobody is started who is not asked for. */
static bool find_processors(struct boot *boot, struct problem *problem)
{
    const struct limine_mp_request *request = asked(boot, LIMINE_MP);
    struct limine_boot *limine = &boot->limine;
    struct hoist_handoff tables;

    if (request == NULL) {
        return true;
    }
    system_tables_hand_over(&tables);
    if (!processors_find(&limine->processors, tables.rsdp_physical,
                         (request->flags & LIMINE_MP_X2APIC) != 0, &boot->pages, problem)) {
        return false;
    }
    limine->starts_others = limine->processors.count > 1;
    boot->input.parking = limine->processors.page;
    return !limine->starts_others ||
           boot_take(boot, (limine->processors.count - 1) * boot_stack_size(boot),
                     "stacks of other processors", &limine->stacks, problem);
}

bool limine_prepare_plan(struct boot *boot, struct problem *problem)
{
    struct limine_boot *limine = &boot->limine;
    uint64_t size_bytes;

    limine->direct_map = limine_direct_map(limine->requests.base_revision, boot->input.wx_strict);
    limine->direct_map.base = choose_base(boot);
    boot->input.direct_map = &limine->direct_map;
    if (!find_processors(boot, problem) || !claim_kept_tables(boot, problem) ||
        !gather_facts(boot, problem)) {
        return false;
    }
    size_bytes = limine_answer(&limine->requests, &limine->facts, NULL, 0, &limine->late);
    return boot_take(boot, memory_page_up(size_bytes), "responses", &limine->block, problem);
}

void limine_prepare(struct boot *boot)
{
    struct limine_boot *limine = &boot->limine;
    void *memory = (void *)(uintptr_t)limine->block.pa;

    __builtin_memset(memory, 0, limine->block.size_bytes);
    limine->facts.hhdm = boot->places.direct_map_va;
    limine_answer(&limine->requests, &limine->facts, memory, limine->facts.hhdm + limine->block.pa,
                  &limine->late);
}

/*
 * The GDT is reached through the direct map, which kernels have in tables of their own. Who has no
 * reporter has no task either: TR becomes one of base 0 and limit 0.
 */
void limine_set_state(struct boot *boot)
{
    struct faults_tables *tables = &boot->enter.tables;

    boot->enter.handoff = 0;
    tables->gdt = boot->places.direct_map_va + boot->handoff_block.pa;
    tables->gdt_limit = HANDOFF_GDT_WITH_TASK * sizeof(uint64_t) - 1;
    if (boot->places.reporter_va == 0) {
        tables->task_gdt = tables->gdt;
    }
}

static void place_processor(void *context, size_t index, struct processors_place *place)
{
    const struct boot *boot = context;
    const uint64_t hhdm = boot->places.direct_map_va;
    const struct limine_late *late = &boot->limine.late;
    struct limine_mp_info *info = &late->processor_infos[index];
    const uint64_t va = late->processor_infos_va + index * sizeof(*info);

    *place = (struct processors_place){
        .goto_va = va + offsetof(struct limine_mp_info, goto_address),
        .argument_va = va,
        .arrived_va = va + offsetof(struct limine_mp_info, reserved),
        .arrived = &info->reserved,
        .stack_va = hhdm + boot->limine.stacks.pa + index * boot->stack.size_bytes,
    };
}

/* They have the first one's state. */
static void start_processors(struct boot *boot)
{
    const struct enter_state *enter = &boot->enter;
    struct limine_boot *limine = &boot->limine;
    const struct processors_state state = {
        .cr0 = enter->cr0,
        .cr3 = enter->cr3,
        .cr4 = enter->new_cr4 != 0 ? enter->new_cr4 : enter->cr4,
        .efer = enter->efer,
        .pat = enter->pat,
        .gdt = enter->tables.gdt,
        .gdt_limit = enter->tables.gdt_limit,
        .has_task = boot->places.reporter_va == 0,
        .task = (uint64_t *)(uintptr_t)boot->handoff_block.pa + HANDOFF_GDT_ENTRIES,
    };

    if (limine->late.processors != NULL) {
        processors_start(&limine->processors, &state, place_processor, boot, boot->cpu.tsc_hz);
        limine_answer_processors(&limine->late, limine->processors.has_started);
    }
}

static uint64_t microseconds(const struct boot *boot, uint64_t ticks)
{
    return ticks / (boot->cpu.tsc_hz / US_PER_SECOND);
}

void limine_finish(struct boot *boot)
{
    const struct limine_late *late = &boot->limine.late;
    const struct pages_map *pages = &boot->pages;

    limine_answer_memory(late, &pages->map, boot->limine.facts.base_revision);
    start_processors(boot);
    if (late->efi_map != NULL) {
        *late->efi_map = (struct limine_efi_memmap_response){
            .memmap = boot->places.direct_map_va + (uint64_t)(uintptr_t)pages->raw,
            .memmap_size = pages->raw_size_bytes,
            .desc_size = pages->descriptor_size_bytes,
            .desc_version = pages->descriptor_version,
        };
    }
    if (late->performance != NULL && boot->cpu.tsc_hz >= US_PER_SECOND) {
        late->performance->init_usec = microseconds(boot, boot->start_tsc);
        late->performance->exec_usec = microseconds(boot, read_tsc());
    }
}
