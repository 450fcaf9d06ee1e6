/* SPDX-License-Identifier: BSD-2-Clause */
/* The block of responses, as a kernel reads it: counted as it is written, and reached by its addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "regions.h"

#define HHDM     UINT64_C(0xffff800000000000)
#define BLOCK_PA UINT64_C(0x7000000)

/* Room for a request with all its members, for each feature. */
struct asked {
    union {
        struct limine_request request;
        uint64_t words[9];
    } one[LIMINE_FEATURE_COUNT];
};

struct fixture {
    struct asked asked;
    struct limine_requests requests;
    struct limine_facts facts;
    struct limine_late late;
    unsigned char *memory;
    size_t size_bytes;
};

static uint64_t random_number(void)
{
    static uint64_t number;

    return ++number * UINT64_C(0x9e3779b97f4a7c15);
}

static struct limine_loaded modules[2];
static struct limine_screen screens[2];
static struct hoist_framebuffer modes[3];
static struct madt_processor processors[3] = {{7, 0}, {8, 2}, {9, 4}};
static const char edid[128] = "edid";

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    assert_non_null(f);
    for (unsigned i = 0; i < LIMINE_FEATURE_COUNT; i++) {
        f->requests.asked[i] = &f->asked.one[i].request;
    }
    modules[0] = (struct limine_loaded){.pa = 0x200000,
                                        .size_bytes = 5,
                                        .path = text_of("/a"),
                                        .string = text_of("first"),
                                        .origin = {2, 0x1234, {{1}}, {{2}}, {{3}}}};
    modules[1] = (struct limine_loaded){.path = text_of("/empty"), .string = text_of("")};
    for (unsigned i = 0; i < 3; i++) {
        modes[i] = (struct hoist_framebuffer){.width_pixels = 640 + i,
                                              .height_pixels = 480,
                                              .pitch_bytes = 2560,
                                              .bits_per_pixel = 32,
                                              .red = {8, 16},
                                              .green = {8, 8},
                                              .blue = {8, 0}};
    }
    screens[0] = (struct limine_screen){.framebuffer = modes[0],
                                        .modes = modes,
                                        .mode_count = 3,
                                        .edid = edid,
                                        .edid_bytes = sizeof(edid)};
    screens[0].framebuffer.physical_base = 0x80000000;
    screens[1] = (struct limine_screen){.framebuffer = modes[1]};
    screens[1].framebuffer.physical_base = 0x90000000;
    f->facts = (struct limine_facts){.base_revision = 2,
                                     .hhdm = HHDM,
                                     .kernel = {.pa = 0x300000,
                                                .size_bytes = 99,
                                                .path = text_of("/boot/k"),
                                                .string = text_of("a b")},
                                     .modules = modules,
                                     .module_count = 2,
                                     .screens = screens,
                                     .screen_count = 2,
                                     .processors = processors,
                                     .processor_count = 3,
                                     .paging_mode = 1,
                                     .kernel_pa = 0x100000,
                                     .kernel_va = UINT64_C(0xffffffff80000000),
                                     .rsdp = 0xf0000,
                                     .smbios_32 = 0xf1000,
                                     .efi_system_table = 0xf2000,
                                     .boot_time_seconds = 1700000000,
                                     .tsc_hz = 3000000000u,
                                     .memory_range_limit = 8,
                                     .random = random_number};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    free(f->memory);
    free(f);
    return 0;
}

/* Counts, then writes to just as many bytes. */
static void answer(struct fixture *f)
{
    f->size_bytes = limine_answer(&f->requests, &f->facts, NULL, 0, &f->late);
    free(f->memory);
    f->memory = calloc(1, f->size_bytes == 0 ? 1 : f->size_bytes);
    assert_non_null(f->memory);
    assert_int_equal(limine_answer(&f->requests, &f->facts, f->memory, HHDM + BLOCK_PA, &f->late),
                     f->size_bytes);
}

/* What an address of the block leads to. */
static const void *at(const struct fixture *f, uint64_t va, size_t size_bytes)
{
    assert_true(va >= HHDM + BLOCK_PA);
    assert_true(va - HHDM - BLOCK_PA + size_bytes <= f->size_bytes);
    return f->memory + (va - HHDM - BLOCK_PA);
}

static const void *response(const struct fixture *f, enum limine_feature feature, size_t size_bytes)
{
    return at(f, f->asked.one[feature].request.response, size_bytes);
}

static uint64_t number(const struct fixture *f, enum limine_feature feature)
{
    const struct limine_number_response *found = response(f, feature, sizeof(*found));

    assert_int_equal(found->revision, 0);
    return found->number;
}

static const struct limine_list_response *list(const struct fixture *f, enum limine_feature feature)
{
    return response(f, feature, sizeof(struct limine_list_response));
}

static uint64_t entry(const struct fixture *f, uint64_t list_va, size_t index)
{
    return ((const uint64_t *)at(f, list_va, (index + 1) * 8))[index];
}

static void words_are_answered(void **state)
{
    struct fixture *f = *state;
    const struct limine_bootloader_info_response *info;
    const struct limine_executable_address_response *address;

    answer(f);
    info = response(f, LIMINE_BOOTLOADER_INFO, sizeof(*info));
    assert_string_equal(at(f, info->name, 6), "Hoist");
    assert_true(strlen(at(f, info->version, 1)) >= 5);
    address = response(f, LIMINE_EXECUTABLE_ADDRESS, sizeof(*address));
    assert_int_equal(address->physical_base, 0x100000);
    assert_int_equal(address->virtual_base, UINT64_C(0xffffffff80000000));
    assert_int_equal(number(f, LIMINE_FIRMWARE_TYPE), 2);
    assert_int_equal(number(f, LIMINE_HHDM), HHDM);
    assert_int_equal(number(f, LIMINE_PAGING_MODE), 1);
    assert_int_equal(number(f, LIMINE_TSC_FREQUENCY), 3000000000u);
    assert_int_equal(number(f, LIMINE_DATE_AT_BOOT), 1700000000);
    number(f, LIMINE_STACK_SIZE);
    number(f, LIMINE_ENTRY_POINT);
    number(f, LIMINE_KEEP_IOMMU);
    assert_non_null(f->late.performance);
    assert_non_null(f->late.efi_map);
}

static void tables_are_physical_by_some_revisions_only(void **state)
{
    struct fixture *f = *state;

    for (unsigned revision = 0; revision <= 6; revision++) {
        const struct limine_smbios_response *smbios;
        const uint64_t offset = revision == 3 || revision == 4 ? 0 : HHDM;

        f->facts.base_revision = revision;
        answer(f);
        assert_int_equal(number(f, LIMINE_RSDP), 0xf0000 + (revision == 3 ? 0 : HHDM));
        assert_int_equal(number(f, LIMINE_EFI_SYSTEM_TABLE), 0xf2000 + offset);
        smbios = response(f, LIMINE_SMBIOS, sizeof(*smbios));
        assert_int_equal(smbios->entry_32, 0xf1000 + offset);
        assert_int_equal(smbios->entry_64, 0);
    }
    f->facts.smbios_32 = 0;
    f->facts.smbios_64 = 0xf3000;
    f->facts.base_revision = 6;
    answer(f);
    assert_int_equal(
        ((const struct limine_smbios_response *)response(f, LIMINE_SMBIOS, 24))->entry_64,
        HHDM + 0xf3000);
}

static void files_are_described(void **state)
{
    struct fixture *f = *state;
    const struct limine_file *file;
    const struct limine_list_response *found;

    answer(f);
    file = at(f, number(f, LIMINE_EXECUTABLE_FILE), sizeof(*file));
    assert_int_equal(file->address, HHDM + 0x300000);
    assert_int_equal(file->size, 99);
    assert_string_equal(at(f, file->path, 8), "/boot/k");
    assert_int_equal(file->string, number(f, LIMINE_EXECUTABLE_CMDLINE));
    assert_string_equal(at(f, file->string, 4), "a b");
    found = list(f, LIMINE_MODULE);
    assert_int_equal(found->revision, 1);
    assert_int_equal(found->count, 2);
    file = at(f, entry(f, found->list, 0), sizeof(*file));
    assert_int_equal(file->address, HHDM + 0x200000);
    assert_int_equal(file->size, 5);
    assert_string_equal(at(f, file->path, 3), "/a");
    assert_string_equal(at(f, file->string, 6), "first");
    assert_int_equal(file->partition_index, 2);
    assert_int_equal(file->mbr_disk_id, 0x1234);
    assert_int_equal(file->gpt_disk_uuid.bytes[0], 1);
    assert_int_equal(file->gpt_part_uuid.bytes[0], 2);
    assert_int_equal(file->part_uuid.bytes[0], 3);
    file = at(f, entry(f, found->list, 1), sizeof(*file));
    assert_int_equal(file->size, 0);
    assert_int_equal(file->address % 4096, 0);
    assert_string_equal(at(f, file->string, 1), "");
}

static void screens_have_their_modes(void **state)
{
    struct fixture *f = *state;
    const struct limine_list_response *found;
    const struct limine_framebuffer *screen;
    const struct limine_video_mode *mode;

    answer(f);
    found = list(f, LIMINE_FRAMEBUFFER);
    assert_int_equal(found->revision, 1);
    assert_int_equal(found->count, 2);
    screen = at(f, entry(f, found->list, 0), sizeof(*screen));
    assert_int_equal(screen->address, HHDM + 0x80000000);
    assert_int_equal(screen->width, 640);
    assert_int_equal(screen->height, 480);
    assert_int_equal(screen->pitch, 2560);
    assert_int_equal(screen->pixel.bpp, 32);
    assert_int_equal(screen->pixel.memory_model, 1);
    assert_int_equal(screen->pixel.red_mask_shift, 16);
    assert_int_equal(screen->pixel.green_mask_shift, 8);
    assert_int_equal(screen->pixel.blue_mask_size, 8);
    assert_int_equal(screen->edid_size, 128);
    assert_string_equal(at(f, screen->edid, 128), "edid");
    assert_int_equal(screen->mode_count, 3);
    mode = at(f, entry(f, screen->modes, 2), sizeof(*mode));
    assert_int_equal(mode->width, 642);
    assert_int_equal(mode->pixel.red_mask_size, 8);
    screen = at(f, entry(f, found->list, 1), sizeof(*screen));
    assert_int_equal(screen->address, HHDM + 0x90000000);
    assert_int_equal(screen->edid, 0);
    assert_int_equal(screen->mode_count, 0);
}

static void who_has_not_started_is_left_out(void **state)
{
    struct fixture *f = *state;
    const bool has_started[3] = {false, false, true};
    const struct limine_mp_response *found;
    const struct limine_mp_info *info;

    f->facts.uses_x2apic = true;
    answer(f);
    found = response(f, LIMINE_MP, sizeof(*found));
    assert_int_equal(found->flags, 1);
    assert_int_equal(found->bsp_lapic_id, 0);
    assert_int_equal(found->cpu_count, 3);
    limine_answer_processors(&f->late, has_started);
    assert_int_equal(found->cpu_count, 2);
    info = at(f, entry(f, found->cpus, 0), sizeof(*info));
    assert_int_equal(info->processor_id, 7);
    info = at(f, entry(f, found->cpus, 1), sizeof(*info));
    assert_int_equal(info->processor_id, 9);
    assert_int_equal(info->lapic_id, 4);
    assert_int_equal(info->goto_address, 0);
}

static void the_memory_map_is_filled_in_at_the_end(void **state)
{
    struct fixture *f = *state;
    struct memory_range ranges[] = {{0, 0x1000, MEMORY_RESERVED},
                                    {0x1000, 0x9f000, MEMORY_FREE},
                                    {0x100000, 0x1000, MEMORY_BOOT},
                                    {0x101000, 0x1000, MEMORY_LOADER},
                                    {0x200000, 0x1000, MEMORY_KERNEL}};
    const struct memory_map map = {ranges, 5, 5, 0};
    const struct limine_list_response *found;
    const struct limine_memmap_entry *range;

    answer(f);
    limine_answer_memory(&f->late, &map, 2);
    found = list(f, LIMINE_MEMMAP);
    assert_int_equal(found->count, 4);
    range = at(f, entry(f, found->list, 2), sizeof(*range));
    assert_int_equal(range->base, 0x100000);
    assert_int_equal(range->length, 0x2000);
    assert_int_equal(range->type, LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE);
    range = at(f, entry(f, found->list, 3), sizeof(*range));
    assert_int_equal(range->type, LIMINE_MEMORY_EXECUTABLE_AND_MODULES);
}

static void random_numbers_are_as_many_as_asked_for_up_to_the_limit(void **state)
{
    struct fixture *f = *state;
    struct limine_entropy_request *wish = (void *)&f->asked.one[LIMINE_ENTROPY];
    const struct limine_list_response *found;

    wish->value_count = 3;
    answer(f);
    found = list(f, LIMINE_ENTROPY);
    assert_int_equal(found->count, 3);
    assert_int_not_equal(entry(f, found->list, 0), entry(f, found->list, 2));
    wish->value_count = UINT64_MAX;
    answer(f);
    assert_int_equal(list(f, LIMINE_ENTROPY)->count, LIMINE_ENTROPY_LIMIT);
    entry(f, list(f, LIMINE_ENTROPY)->list, LIMINE_ENTROPY_LIMIT - 1);
    wish->value_count = 0;
    answer(f);
    assert_int_equal(list(f, LIMINE_ENTROPY)->count, 0);
    assert_int_equal(list(f, LIMINE_ENTROPY)->list, 0);
}

static void what_is_not_there_is_not_answered(void **state)
{
    static const enum limine_feature absent[] = {
        LIMINE_FRAMEBUFFER,   LIMINE_MODULE,      LIMINE_RSDP,        LIMINE_SMBIOS,
        LIMINE_TSC_FREQUENCY, LIMINE_PERFORMANCE, LIMINE_DATE_AT_BOOT};
    struct fixture *f = *state;

    f->facts.screen_count = f->facts.module_count = 0;
    f->facts.rsdp = f->facts.smbios_32 = f->facts.tsc_hz = 0;
    f->facts.boot_time_seconds = 0;
    answer(f);
    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        assert_int_equal(f->asked.one[absent[i]].request.response, 0);
    }
    assert_null(f->late.performance);
}

static void who_asks_for_nothing_gets_nothing(void **state)
{
    struct fixture *f = *state;
    const bool has_started[3] = {true, true, true};
    const struct memory_map map = {NULL, 0, 0, 0};

    f->requests = (struct limine_requests){0};
    answer(f);
    assert_int_equal(f->size_bytes, 0);
    limine_answer_memory(&f->late, &map, 0);
    limine_answer_processors(&f->late, has_started);
    /* One alone brings no others. */
    f->requests.asked[LIMINE_EXECUTABLE_CMDLINE] = &f->asked.one[LIMINE_EXECUTABLE_CMDLINE].request;
    answer(f);
    assert_string_equal(at(f, number(f, LIMINE_EXECUTABLE_CMDLINE), 4), "a b");
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(words_are_answered),
        TEST(tables_are_physical_by_some_revisions_only),
        TEST(files_are_described),
        TEST(screens_have_their_modes),
        TEST(who_has_not_started_is_left_out),
        TEST(the_memory_map_is_filled_in_at_the_end),
        TEST(random_numbers_are_as_many_as_asked_for_up_to_the_limit),
        TEST(what_is_not_there_is_not_answered),
        TEST(who_asks_for_nothing_gets_nothing),
    };

    return cmocka_run_group_tests_name("limine_answers", tests, NULL, NULL);
}
