/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Throws files at all that the loader does with a kernel before the page tables: headers, segments,
 * notes, the choice of a place, loading, relocating. Whatever is refused must have a sentence;
 * whatever is relocated must be as it was outside of the segments. The input is the whole file.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "placement.h"
#include "relocation.h"
#include "require.h"
#include "require_sentence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Larger images would only be slow. */
#define IMAGE_LIMIT_BYTES (UINT64_C(64) << 10)

#define LOWEST UINT64_C(0xffffffff80000000)
#define END    UINT64_C(0xffffffffffe00000)

static const char name[] = "/kernel.elf";

static bool read_notes(const struct elf_source *source, const uint8_t *data,
                       struct elf_image *image, struct problem *problem)
{
    for (size_t i = 0; i < image->note_count; i++) {
        const struct elf_note_place *place = &image->notes[i];
        unsigned char *bytes;
        bool good;

        REQUIRE(place->size_bytes <= ELF_NOTE_LIMIT_BYTES);
        REQUIRE(place->file_offset_bytes <= source->size_bytes &&
                place->size_bytes <= source->size_bytes - place->file_offset_bytes);
        bytes = require_copy(data + place->file_offset_bytes, place->size_bytes);
        good = elf_read_notes(source, place, bytes, image, problem);
        free(bytes);
        if (!good) {
            return false;
        }
    }
    return true;
}

static bool read_file(const struct elf_source *source, const uint8_t *data, struct elf_image *image,
                      struct problem *problem)
{
    struct elf_table table;
    unsigned char *bytes = require_copy(
        data, source->size_bytes < ELF_HEADER_BYTES ? source->size_bytes : ELF_HEADER_BYTES);
    bool good = elf_read_header(source, bytes, &table, problem);

    free(bytes);
    if (!good) {
        return false;
    }
    bytes = require_copy(data + table.offset_bytes, table.size_bytes);
    good = elf_read_segments(source, &table, bytes, image, problem);
    free(bytes);
    return good && read_notes(source, data, image, problem);
}

static unsigned char *load(const struct elf_image *image, const uint8_t *data)
{
    unsigned char *memory = calloc(1, image->size_bytes);

    REQUIRE(memory != NULL);
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        if (segment->file_size_bytes != 0) {
            memcpy(memory + (segment->va - image->va_base), data + segment->file_offset_bytes,
                   segment->file_size_bytes);
        }
    }
    return memory;
}

static void require_gaps(const struct elf_image *image, const unsigned char *memory)
{
    uint64_t at = 0;

    for (size_t i = 0; i <= image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        const uint64_t end =
            i < image->segment_count ? segment->va - image->va_base : image->size_bytes;

        for (; at < end; at++) {
            REQUIRE(memory[at] == 0);
        }
        at = i < image->segment_count ? end + segment->size_bytes : end;
    }
}

static void require_place(const struct elf_image *image)
{
    const struct elf_range *relro = &image->relro;

    if (image->movable) {
        REQUIRE(image->va_base >= LOWEST && image->va_base < END);
        REQUIRE(image->size_bytes <= END - image->va_base);
    }
    REQUIRE(image->slide % image->alignment_bytes == 0);
    REQUIRE(relro->va % 4096 == 0 && relro->size_bytes % 4096 == 0);
    REQUIRE(relro->size_bytes == 0 ||
            (relro->va >= image->va_base &&
             relro->va - image->va_base <= image->size_bytes - relro->size_bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct elf_image image;
    const struct elf_source source = {text_of(name), size, false};
    const uint64_t random = size < 8 ? 0 : UINT64_C(0x9e3779b97f4a7c15) * (size + data[size - 1]);
    struct problem problem = {.kind = PROBLEM_NONE};
    unsigned char *memory;
    uint64_t count;

    if (!read_file(&source, data, &image, &problem) ||
        !placement_move(&source, &image, &random, &problem)) {
        require_sentence(&problem, name, "");
        return 0;
    }
    require_place(&image);
    if (image.size_bytes > IMAGE_LIMIT_BYTES) {
        return 0;
    }
    memory = load(&image, data);
    if (!relocate(&source, &image, memory, &count, &problem)) {
        require_sentence(&problem, name, "");
    }
    require_gaps(&image, memory);
    free(memory);
    return 0;
}
