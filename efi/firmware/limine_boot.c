/* SPDX-License-Identifier: BSD-2-Clause */
/* The Limine protocol's part in each step of a boot. */
#include "boot.h"

#include "clock.h"
#include "console.h"
#include "entropy.h"
#include "framebuffer.h"
#include "graphics.h"
#include "kept_tables.h"
#include "port.h"
#include "regions.h"
#include "system_tables.h"
#include "volumes.h"

#define GIB_BYTES     UINT64_C(0x40000000)
#define HHDM_END      UINT64_C(0xffffff0000000000)
#define US_PER_SECOND UINT64_C(1000000)

static uint64_t random_number(void)
{
    uint64_t random;

    entropy_read(&random);
    return random;
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

/*
 * The first screen is the one that is claimed already; others are left out where their memory is in use
 * otherwise.
 */
static void claim_screens(struct boot *boot)
{
    struct limine_boot *limine = &boot->limine;
    struct memory_range pages;
    struct problem warning;
    size_t count = 1;

    if (boot->framebuffer.size_bytes == 0 || limine_asked(boot, LIMINE_FRAMEBUFFER) == NULL) {
        return;
    }
    limine->screen_count = screens_list(boot->framebuffer.physical_base, limine->screens);
    for (size_t i = 1; i < limine->screen_count; i++) {
        if (framebuffer_pages(&limine->screens[i].framebuffer, &boot->pages.map,
                              boot->cpu.paging.physical_bits, &pages, &warning)) {
            pages_claim(&boot->pages, &pages);
            limine->screens[count++] = limine->screens[i];
        } else {
            console_warn(&warning);
        }
    }
    limine->screen_count = limine->screen_count != 0 ? count : 0;
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
    const struct limine_boot *limine = &boot->limine;
    const unsigned revision = limine->requests.base_revision;
    EFI_STATUS status;

    if (revision < KEPT_TABLES_REVISION && limine->screen_count < 2) {
        return true;
    }
    /* The map is made anew, with what was taken since. */
    status = pages_get_map(&boot->pages);
    if (status != EFI_SUCCESS) {
        return problem_set(problem, PROBLEM_MEMORY_MAP_UNREADABLE, text_of(""), status, 0);
    }
    if (revision >= KEPT_TABLES_REVISION) {
        kept_tables_visit(revision >= LIMINE_STRICT_REVISION, claim_tables, boot);
    }
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

/* Measured well only for who asks. */
static uint64_t tsc_hz(struct boot *boot)
{
    if (limine_asked(boot, LIMINE_TSC_FREQUENCY) != NULL ||
        limine_asked(boot, LIMINE_PERFORMANCE) != NULL) {
        cpu_refine_tsc(&boot->cpu);
    }
    return boot->cpu.tsc_hz;
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
        .boot_time_seconds = limine_asked(boot, LIMINE_DATE_AT_BOOT) == NULL ? 0 : clock_read(),
        .tsc_hz = tsc_hz(boot),
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
    if (!limine_lets_report(boot) && limine_asked(boot, LIMINE_KEEP_IOMMU) == NULL) {
        iommu_find(&limine->iommu, facts->rsdp);
    }
    facts->screens = limine->screens;
    facts->screen_count = limine->screen_count;
    return list_modules(boot, problem);
}

/* Nobody is started who is not asked for. */
static bool find_processors(struct boot *boot, struct problem *problem)
{
    const struct limine_mp_request *request = limine_asked(boot, LIMINE_MP);
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
    claim_screens(boot);
    if (!find_processors(boot, problem) || !claim_kept_tables(boot, problem) ||
        !gather_facts(boot, problem)) {
        return false;
    }
    size_bytes = limine_answer(&limine->requests, &limine->facts, NULL, 0, &limine->late);
    /* Who is answered nothing needs no room for it. */
    return size_bytes == 0 ||
           boot_take(boot, memory_page_up(size_bytes), "responses", &limine->block, problem);
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
    /* Kernels find the lower half empty, for their own programs, but for the identity map. */
    if (!boot->limine.direct_map.has_identity) {
        boot->enter.away = boot->places.trampoline_va - boot->input.trampoline.pa;
        boot->enter.root = boot->places.direct_map_va + boot->enter.cr3;
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
        .page =
            limine->direct_map.has_identity ? limine->processors.page.pa : boot->places.parking_va,
        .has_task = boot->places.reporter_va == 0,
        .is_strict = !limine_lets_report(boot),
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

/* Kernels draw on what they take to be black. */
static void clear_screens(const struct boot *boot)
{
    for (size_t i = 0; i < boot->limine.screen_count; i++) {
        const struct hoist_framebuffer *screen = &boot->limine.screens[i].framebuffer;
        void *place = (void *)(uintptr_t)screen->physical_base;
        uint64_t words = screen->size_bytes / sizeof(uint64_t);

        __asm__ volatile("rep stosq" : "+D"(place), "+c"(words) : "a"(0) : "memory");
    }
}

void limine_finish(struct boot *boot)
{
    const struct limine_late *late = &boot->limine.late;
    const struct pages_map *pages = &boot->pages;

    limine_answer_memory(late, &pages->map, boot->limine.facts.base_revision);
    start_processors(boot);
    iommu_disable(&boot->limine.iommu);
    clear_screens(boot);
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
