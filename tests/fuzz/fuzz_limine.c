/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Throws images at the search for requests of the Limine protocol, and answers what is found. All that is
 * read and written lies within the image, what is refused has a sentence, and responses take as many bytes
 * as were counted. The first 8 bytes are how much the file fills, and the place and size of a list; the rest
 * is the image.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "bytes.h"
#include "require.h"
#include "require_sentence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BASE        UINT64_C(0xffffffff80000000)
#define HEAD_BYTES  8u
#define LIMIT_BYTES 8192u
#define HHDM        UINT64_C(0xffff800000000000)

static const char name[] = "/kernel.elf";

static uint64_t random_number(void)
{
    return 4;
}

static void require_requests(const struct limine_image *image,
                             const struct limine_requests *requests)
{
    REQUIRE(requests->base_revision <= LIMINE_NEWEST_BASE_REVISION);
    REQUIRE(requests->tag == NULL || requests->tag[1] == requests->base_revision);
    for (enum limine_feature i = 0; i < LIMINE_FEATURE_COUNT; i++) {
        const unsigned char *place = (const unsigned char *)requests->asked[i];

        if (place != NULL) {
            REQUIRE(place >= image->memory &&
                    (size_t)(place - image->memory) + sizeof(struct limine_request) <=
                        image->elf->size_bytes);
            REQUIRE((place - image->memory) % 8 == 0);
        }
    }
}

/* A kernel's own modules, read as the loader does. */
static void read_modules(const struct limine_image *image, const struct limine_requests *requests)
{
    const struct limine_module_request *request = (const void *)requests->asked[LIMINE_MODULE];
    const uint64_t *list;
    struct text text;

    if (request == NULL || request->request.revision == 0 || request->internal_module_count > 64) {
        return;
    }
    list = limine_at(image, request->internal_modules, request->internal_module_count * 8);
    for (uint64_t i = 0; list != NULL && i < request->internal_module_count; i++) {
        const struct limine_internal_module *module = limine_at(image, list[i], sizeof(*module));

        if (module != NULL && limine_text_at(image, module->path, &text)) {
            REQUIRE(text.start[text.length] == '\0');
        }
    }
}

static void answer(const struct limine_requests *requests)
{
    static struct madt_processor processors[2];
    static const bool has_started[2] = {true, false};
    const struct limine_facts facts = {.base_revision = requests->base_revision,
                                       .hhdm = HHDM,
                                       .processors = processors,
                                       .processor_count = 2,
                                       .rsdp = 1,
                                       .smbios_32 = 1,
                                       .efi_system_table = 1,
                                       .boot_time_seconds = 1,
                                       .tsc_hz = 1000000,
                                       .memory_range_limit = 4,
                                       .random = random_number};
    const struct memory_map map = {NULL, 0, 0, 0};
    struct limine_late late;
    const size_t size_bytes = limine_answer(requests, &facts, NULL, 0, &late);
    unsigned char *memory = calloc(1, size_bytes + 1);

    REQUIRE(memory != NULL);
    REQUIRE(limine_answer(requests, &facts, memory, HHDM, &late) == size_bytes);
    REQUIRE(memory[size_bytes] == 0);
    limine_answer_memory(&late, &map, facts.base_revision);
    limine_answer_processors(&late, has_started);
    free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct limine_requests requests;
    struct problem problem = {.kind = PROBLEM_NONE};
    struct elf_image elf = {.va_base = BASE, .segment_count = 1};
    struct limine_image image = {.name = text_of(name), .elf = &elf};

    if (size < HEAD_BYTES || size - HEAD_BYTES > LIMIT_BYTES) {
        return 0;
    }
    elf.size_bytes = (size - HEAD_BYTES) & ~UINT64_C(7);
    elf.segments[0] = (struct elf_segment){.va = BASE, .size_bytes = elf.size_bytes};
    elf.segments[0].file_size_bytes =
        bytes_16(data) < elf.size_bytes ? bytes_16(data) : elf.size_bytes;
    image.list = (struct elf_range){BASE + bytes_16(data + 2), bytes_16(data + 4)};
    image.takes_newer = (data[6] & 1) != 0;
    image.memory = malloc(elf.size_bytes + 1);
    REQUIRE(image.memory != NULL);
    memcpy(image.memory, data + HEAD_BYTES, elf.size_bytes);
    if (limine_find_requests(&image, &requests, &problem)) {
        require_requests(&image, &requests);
        read_modules(&image, &requests);
        answer(&requests);
    } else {
        require_sentence(&problem, name, "");
    }
    free(image.memory);
    return 0;
}
