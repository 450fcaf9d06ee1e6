/* SPDX-License-Identifier: BSD-2-Clause */
/* Laying the responses out: what is pointed to first, then what points to it. */
#include "answers.h"

#include "regions.h"
#include "version.h"

#define FIRMWARE_UEFI_64 2u

struct block {
    unsigned char *memory; /* NULL: only counted */
    uint64_t va;
    uint64_t used_bytes;
};

/* Room for so many bytes; NULL where they are only counted. *va is where the kernel reaches it. */
static void *take(struct block *block, uint64_t size_bytes, uint64_t *va)
{
    unsigned char *place = block->memory == NULL ? NULL : block->memory + block->used_bytes;

    *va = block->va + block->used_bytes;
    block->used_bytes += (size_bytes + 15) & ~UINT64_C(15);
    return place;
}

static uint64_t put(struct block *block, const void *bytes, uint64_t size_bytes)
{
    uint64_t va;
    void *place = take(block, size_bytes, &va);

    if (place != NULL) {
        __builtin_memcpy(place, bytes, size_bytes);
    }
    return va;
}

/* With its terminator, which the block's memory has already. */
static uint64_t put_text(struct block *block, struct text text)
{
    uint64_t va;
    void *place = take(block, text.length + 1, &va);

    if (place != NULL) {
        __builtin_memcpy(place, text.start, text.length);
    }
    return va;
}

/* Pointers to things that lie one behind the other. */
static uint64_t put_pointers(struct block *block, uint64_t first_va, uint64_t size_bytes,
                             uint64_t count, uint64_t **pointers)
{
    uint64_t va;

    *pointers = take(block, count * sizeof(**pointers), &va);
    for (uint64_t i = 0; *pointers != NULL && i < count; i++) {
        (*pointers)[i] = first_va + i * size_bytes;
    }
    return va;
}

/* A response, whose address goes into the request. */
static void *respond(struct block *block, struct limine_request *request, const void *response,
                     uint64_t size_bytes)
{
    void *place = block->memory == NULL ? NULL : block->memory + block->used_bytes;
    const uint64_t va = put(block, response, size_bytes);

    if (place != NULL) {
        request->response = va;
    }
    return place;
}

static void respond_number(struct block *block, struct limine_request *request, uint64_t number)
{
    if (request != NULL) {
        respond(block, request, &(struct limine_number_response){0, number},
                sizeof(struct limine_number_response));
    }
}

static void *respond_list(struct block *block, struct limine_request *request, uint64_t revision,
                          uint64_t count, uint64_t list)
{
    return respond(block, request, &(struct limine_list_response){revision, count, list},
                   sizeof(struct limine_list_response));
}

/* What lies in the direct map is reached there. */
static uint64_t mapped(const struct limine_facts *facts, uint64_t pa)
{
    return pa == 0 ? 0 : facts->hhdm + pa;
}

static struct limine_file file_of(struct block *block, const struct limine_facts *facts,
                                  const struct limine_loaded *loaded)
{
    return (struct limine_file){
        /* An empty file has no page; its address is one all the same. */
        .address = facts->hhdm + (loaded->pa != 0 ? loaded->pa : MEMORY_PAGE_BYTES),
        .size = loaded->size_bytes,
        .path = put_text(block, loaded->path),
        .string = put_text(block, loaded->string),
        .partition_index = loaded->origin.partition_index,
        .mbr_disk_id = loaded->origin.mbr_disk_id,
        .gpt_disk_uuid = loaded->origin.disk,
        .gpt_part_uuid = loaded->origin.partition,
        .part_uuid = loaded->origin.filesystem,
    };
}

static struct limine_pixel pixel_of(const struct hoist_framebuffer *framebuffer)
{
    return (struct limine_pixel){
        .bpp = framebuffer->bits_per_pixel,
        .memory_model = LIMINE_FRAMEBUFFER_RGB,
        .red_mask_size = framebuffer->red.size_bits,
        .red_mask_shift = framebuffer->red.shift_bits,
        .green_mask_size = framebuffer->green.size_bits,
        .green_mask_shift = framebuffer->green.shift_bits,
        .blue_mask_size = framebuffer->blue.size_bits,
        .blue_mask_shift = framebuffer->blue.shift_bits,
    };
}

static uint64_t put_modes(struct block *block, const struct limine_screen *screen)
{
    uint64_t *pointers;
    uint64_t va;
    struct limine_video_mode *modes = take(block, screen->mode_count * sizeof(*modes), &va);

    for (size_t i = 0; modes != NULL && i < screen->mode_count; i++) {
        const struct hoist_framebuffer *mode = &screen->modes[i];

        modes[i] = (struct limine_video_mode){mode->pitch_bytes, mode->width_pixels,
                                              mode->height_pixels, pixel_of(mode)};
    }
    return put_pointers(block, va, sizeof(*modes), screen->mode_count, &pointers);
}

static void answer_screens(struct block *block, struct limine_request *request,
                           const struct limine_facts *facts)
{
    uint64_t *pointers;
    uint64_t va;
    struct limine_framebuffer *list;

    if (request == NULL || facts->screen_count == 0) {
        return;
    }
    list = take(block, facts->screen_count * sizeof(*list), &va);
    for (size_t i = 0; i < facts->screen_count; i++) {
        const struct limine_screen *screen = &facts->screens[i];
        const struct hoist_framebuffer *framebuffer = &screen->framebuffer;
        const struct limine_framebuffer answer = {
            .address = mapped(facts, framebuffer->physical_base),
            .width = framebuffer->width_pixels,
            .height = framebuffer->height_pixels,
            .pitch = framebuffer->pitch_bytes,
            .pixel = pixel_of(framebuffer),
            .edid_size = screen->edid_bytes,
            .edid = screen->edid_bytes == 0 ? 0 : put(block, screen->edid, screen->edid_bytes),
            .mode_count = screen->mode_count,
            .modes = put_modes(block, screen),
        };

        if (list != NULL) {
            list[i] = answer;
        }
    }
    va = put_pointers(block, va, sizeof(*list), facts->screen_count, &pointers);
    respond_list(block, request, 1, facts->screen_count, va);
}

static void answer_modules(struct block *block, struct limine_request *request,
                           const struct limine_facts *facts)
{
    uint64_t *pointers;
    uint64_t va;
    struct limine_file *list;

    if (request == NULL || facts->module_count == 0) {
        return;
    }
    list = take(block, facts->module_count * sizeof(*list), &va);
    for (size_t i = 0; i < facts->module_count; i++) {
        const struct limine_file file = file_of(block, facts, &facts->modules[i]);

        if (list != NULL) {
            list[i] = file;
        }
    }
    va = put_pointers(block, va, sizeof(*list), facts->module_count, &pointers);
    respond_list(block, request, 1, facts->module_count, va);
}

/* The file's string and the command line are the same memory. */
static void answer_kernel(struct block *block, const struct limine_requests *requests,
                          const struct limine_facts *facts)
{
    struct limine_request *file_request = requests->asked[LIMINE_EXECUTABLE_FILE];
    struct limine_request *text_request = requests->asked[LIMINE_EXECUTABLE_CMDLINE];
    struct limine_file file;

    if (file_request != NULL || text_request != NULL) {
        file = file_of(block, facts, &facts->kernel);
        respond_number(block, text_request, file.string);
        if (file_request != NULL) {
            respond_number(block, file_request, put(block, &file, sizeof(file)));
        }
    }
}

static void answer_processors(struct block *block, struct limine_request *request,
                              const struct limine_facts *facts, struct limine_late *late)
{
    const size_t count = facts->processor_count;
    uint64_t va;

    if (request == NULL) {
        return;
    }
    late->processor_infos =
        take(block, count * sizeof(*late->processor_infos), &late->processor_infos_va);
    for (size_t i = 0; late->processor_infos != NULL && i < count; i++) {
        late->processor_infos[i] =
            (struct limine_mp_info){.processor_id = facts->processors[i].acpi_uid,
                                    .lapic_id = facts->processors[i].apic_id};
    }
    va = put_pointers(block, late->processor_infos_va, sizeof(*late->processor_infos), count,
                      &late->processor_pointers);
    late->processors = respond(
        block, request,
        &(struct limine_mp_response){.flags = facts->uses_x2apic ? (uint32_t)LIMINE_MP_X2APIC : 0,
                                     .bsp_lapic_id = facts->processors[0].apic_id,
                                     .cpu_count = count,
                                     .cpus = va},
        sizeof(*late->processors));
}

static void answer_memory_map(struct block *block, struct limine_request *request,
                              const struct limine_facts *facts, struct limine_late *late)
{
    uint64_t va;

    if (request != NULL) {
        late->entries =
            take(block, facts->memory_range_limit * sizeof(*late->entries), &late->entries_va);
        va = put_pointers(block, late->entries_va, sizeof(*late->entries),
                          facts->memory_range_limit, &late->entry_pointers);
        late->memory_map = respond_list(block, request, 0, 0, va);
    }
}

static void answer_entropy(struct block *block, struct limine_request *request,
                           const struct limine_facts *facts)
{
    const struct limine_entropy_request *wish = (struct limine_entropy_request *)(void *)request;
    uint64_t va;
    uint64_t count;
    uint64_t *values;

    if (wish == NULL) {
        return;
    }
    count = wish->value_count < LIMINE_ENTROPY_LIMIT ? wish->value_count : LIMINE_ENTROPY_LIMIT;
    values = take(block, count * sizeof(*values), &va);
    for (uint64_t i = 0; values != NULL && i < count; i++) {
        values[i] = facts->random();
    }
    respond_list(block, request, 0, count, count == 0 ? 0 : va);
}

/* The tables of the firmware, some of them at physical addresses by some base revisions. */
static void answer_tables(struct block *block, const struct limine_requests *requests,
                          const struct limine_facts *facts)
{
    const unsigned revision = facts->base_revision;
    const uint64_t offset = revision == 3 || revision == 4 ? 0 : facts->hhdm;
    struct limine_request *smbios = requests->asked[LIMINE_SMBIOS];

    if (facts->rsdp != 0) {
        respond_number(block, requests->asked[LIMINE_RSDP],
                       facts->rsdp + (revision == 3 ? 0 : facts->hhdm));
    }
    if (smbios != NULL && (facts->smbios_32 | facts->smbios_64) != 0) {
        respond(block, smbios,
                &(struct limine_smbios_response){
                    .entry_32 = facts->smbios_32 == 0 ? 0 : facts->smbios_32 + offset,
                    .entry_64 = facts->smbios_64 == 0 ? 0 : facts->smbios_64 + offset},
                sizeof(struct limine_smbios_response));
    }
    respond_number(block, requests->asked[LIMINE_EFI_SYSTEM_TABLE],
                   facts->efi_system_table + offset);
}

/* What needs the TSC's frequency, in order to say anything in microseconds. */
static void answer_times(struct block *block, const struct limine_requests *requests,
                         const struct limine_facts *facts, struct limine_late *late)
{
    struct limine_request *performance = requests->asked[LIMINE_PERFORMANCE];

    if (facts->tsc_hz != 0) {
        respond_number(block, requests->asked[LIMINE_TSC_FREQUENCY], facts->tsc_hz);
        if (performance != NULL) {
            late->performance =
                respond(block, performance, &(struct limine_performance_response){0},
                        sizeof(*late->performance));
        }
    }
    if (facts->boot_time_seconds != 0) {
        respond_number(block, requests->asked[LIMINE_DATE_AT_BOOT],
                       (uint64_t)facts->boot_time_seconds);
    }
}

/* Responses that are no more than a word or two. */
static void answer_words(struct block *block, const struct limine_requests *requests,
                         const struct limine_facts *facts, struct limine_late *late)
{
    struct limine_request *info = requests->asked[LIMINE_BOOTLOADER_INFO];
    struct limine_request *address = requests->asked[LIMINE_EXECUTABLE_ADDRESS];
    struct limine_request *efi_map = requests->asked[LIMINE_EFI_MEMMAP];

    if (info != NULL) {
        respond(block, info,
                &(struct limine_bootloader_info_response){
                    .name = put_text(block, text_of("Hoist")),
                    .version = put_text(block, text_of(HOIST_LOADER_VERSION))},
                sizeof(struct limine_bootloader_info_response));
    }
    if (address != NULL) {
        respond(block, address,
                &(struct limine_executable_address_response){.physical_base = facts->kernel_pa,
                                                             .virtual_base = facts->kernel_va},
                sizeof(struct limine_executable_address_response));
    }
    if (efi_map != NULL) {
        late->efi_map = respond(block, efi_map, &(struct limine_efi_memmap_response){0},
                                sizeof(*late->efi_map));
    }
    respond_number(block, requests->asked[LIMINE_FIRMWARE_TYPE], FIRMWARE_UEFI_64);
    respond_number(block, requests->asked[LIMINE_STACK_SIZE], 0);
    respond_number(block, requests->asked[LIMINE_HHDM], facts->hhdm);
    respond_number(block, requests->asked[LIMINE_PAGING_MODE], facts->paging_mode);
    respond_number(block, requests->asked[LIMINE_ENTRY_POINT], 0);
    respond_number(block, requests->asked[LIMINE_KEEP_IOMMU], 0);
}

size_t limine_answer(const struct limine_requests *requests, const struct limine_facts *facts,
                     void *memory, uint64_t va, struct limine_late *late)
{
    struct block block = {memory, va, 0};

    *late = (struct limine_late){0};
    answer_words(&block, requests, facts, late);
    answer_tables(&block, requests, facts);
    answer_times(&block, requests, facts, late);
    answer_kernel(&block, requests, facts);
    answer_modules(&block, requests->asked[LIMINE_MODULE], facts);
    answer_screens(&block, requests->asked[LIMINE_FRAMEBUFFER], facts);
    answer_entropy(&block, requests->asked[LIMINE_ENTROPY], facts);
    answer_processors(&block, requests->asked[LIMINE_MP], facts, late);
    answer_memory_map(&block, requests->asked[LIMINE_MEMMAP], facts, late);
    return block.used_bytes;
}

void limine_answer_memory(const struct limine_late *late, const struct memory_map *map,
                          unsigned base_revision)
{
    if (late->memory_map != NULL) {
        late->memory_map->count = limine_hand_over(map, base_revision, late->entries);
    }
}

void limine_answer_processors(const struct limine_late *late, const bool *has_started)
{
    uint64_t count = 1;

    if (late->processors == NULL) {
        return;
    }
    for (uint64_t i = 1; i < late->processors->cpu_count; i++) {
        if (has_started[i]) {
            late->processor_pointers[count++] =
                late->processor_infos_va + i * sizeof(*late->processor_infos);
        }
    }
    late->processors->cpu_count = count;
}
