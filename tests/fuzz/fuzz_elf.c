/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Throws bytes at the ELF reader. Whatever it accepts must be as elf.h promises; whatever it
 * refuses must have a sentence. libFuzzer calls LLVMFuzzerTestOneInput(); the input is the whole
 * file.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf.h"
#include "require.h"
#include "require_sentence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char name[] = "/kernel.elf";

static void require_segment(const struct elf_image *image, const struct elf_segment *segment,
                            size_t size)
{
    REQUIRE(segment->size_bytes > 0);
    REQUIRE(segment->file_size_bytes <= segment->size_bytes);
    REQUIRE(segment->file_size_bytes == 0 ||
            (segment->file_offset_bytes <= size &&
             segment->file_size_bytes <= size - segment->file_offset_bytes));
    REQUIRE(!(segment->writable && segment->executable));
    REQUIRE(segment->va >= image->va_base);
    REQUIRE(segment->va - image->va_base <= image->size_bytes - segment->size_bytes);
    REQUIRE(segment->index < ELF_TABLE_LIMIT);
}

static void require_neighbours(const struct elf_segment *low, const struct elf_segment *high)
{
    uint64_t low_last = low->va + (low->size_bytes - 1);

    REQUIRE(low_last >= low->va && high->va > low_last);
    REQUIRE(low_last / 4096 != high->va / 4096 ||
            (low->writable == high->writable && low->executable == high->executable));
}

static void require_image(const struct elf_image *image, size_t size)
{
    const struct elf_segment *last = &image->segments[image->segment_count - 1];
    bool entry_is_code = false;

    REQUIRE(image->segment_count >= 1 && image->segment_count <= ELF_SEGMENT_LIMIT);
    REQUIRE(image->movable || image->va_base >= UINT64_C(0xffff800000000000));
    REQUIRE(image->va_base % 4096 == 0 && image->size_bytes % 4096 == 0);
    /* The end must be a number: neither 0 nor past it. */
    REQUIRE(image->va_base + image->size_bytes > image->va_base);
    REQUIRE(image->alignment_bytes >= 4096 && image->alignment_bytes <= UINT64_C(1) << 30);
    REQUIRE((image->alignment_bytes & (image->alignment_bytes - 1)) == 0);
    REQUIRE(image->segments[0].va - image->va_base < 4096);
    REQUIRE(image->va_base + image->size_bytes - (last->va + last->size_bytes) < 4096);
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        require_segment(image, segment, size);
        if (i > 0) {
            require_neighbours(segment - 1, segment);
        }
        entry_is_code |= segment->executable && image->entry >= segment->va &&
                         image->entry < segment->va + segment->size_bytes;
    }
    REQUIRE(entry_is_code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct elf_image image;
    const struct elf_source source = {text_of(name), size, false};
    struct elf_table table;
    struct problem problem = {.kind = PROBLEM_NONE};
    unsigned char *bytes = require_copy(data, size < ELF_HEADER_BYTES ? size : ELF_HEADER_BYTES);
    bool accepted = elf_read_header(&source, bytes, &table, &problem);

    free(bytes);
    if (!accepted) {
        require_sentence(&problem, name, "{}");
        return 0;
    }
    REQUIRE(table.count >= 1 && table.count <= ELF_TABLE_LIMIT);
    REQUIRE(table.size_bytes == table.count * ELF_PROGRAM_HEADER_BYTES);
    REQUIRE(table.offset_bytes <= size && table.size_bytes <= size - table.offset_bytes);
    bytes = require_copy(data + table.offset_bytes, (size_t)table.size_bytes);
    memset(&image, 0xa5, sizeof(image));
    accepted = elf_read_segments(&source, &table, bytes, &image, &problem);
    free(bytes);
    if (accepted) {
        require_image(&image, size);
    } else {
        require_sentence(&problem, name, "{}");
    }
    return 0;
}
