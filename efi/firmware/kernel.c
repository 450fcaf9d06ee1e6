/* SPDX-License-Identifier: BSD-2-Clause */
/* From the file to frames. */
#include "kernel.h"

#include "files.h"
#include "path.h"

#define LARGE_PAGE_BYTES UINT64_C(0x200000)

static bool read_headers(struct kernel *kernel, const struct file *file, struct problem *problem)
{
    static unsigned char header[ELF_HEADER_BYTES];
    static unsigned char program_headers[ELF_TABLE_LIMIT * ELF_PROGRAM_HEADER_BYTES];
    const struct elf_source source = {file->name, file->size_bytes};
    const uint64_t header_bytes =
        file->size_bytes < sizeof(header) ? file->size_bytes : sizeof(header);
    struct elf_table table;

    kernel->file_size_bytes = file->size_bytes;
    return file_read(file, 0, header, header_bytes, problem) &&
           elf_read_header(&source, header, &table, problem) &&
           file_read(file, table.offset_bytes, program_headers, table.size_bytes, problem) &&
           elf_read_segments(&source, &table, program_headers, &kernel->image, problem);
}

/*
 * One run of frames, at the lowest place above 1 MiB. Where the image could be mapped by 2 MiB
 * leaves, the place is congruent to the addresses modulo 2 MiB, unless memory is too tight for
 * that.
 */
static bool take_frames(struct kernel *kernel, struct pages_map *pages, struct problem *problem)
{
    const struct elf_image *image = &kernel->image;
    const bool may_be_large =
        image->size_bytes >= LARGE_PAGE_BYTES && image->alignment_bytes < LARGE_PAGE_BYTES;
    struct memory_request request = {
        .size_bytes = image->size_bytes,
        .alignment_bytes = may_be_large ? LARGE_PAGE_BYTES : image->alignment_bytes,
        .lowest = MEMORY_LOWEST_BYTES,
        .end = MEMORY_END_BYTES,
    };

    request.remainder_bytes = image->va_base & (request.alignment_bytes - 1);
    if (may_be_large && !memory_map_pick(&pages->map, &request, &kernel->pa)) {
        request.alignment_bytes = image->alignment_bytes;
        request.remainder_bytes = image->va_base & (request.alignment_bytes - 1);
    }
    return pages_take(pages, &request, "kernel", &kernel->pa, problem);
}

static bool read_segments(const struct kernel *kernel, const struct file *file,
                          struct problem *problem)
{
    const struct elf_image *image = &kernel->image;
    unsigned char *memory = (unsigned char *)(uintptr_t)kernel->pa;
    uint64_t written_bytes = 0;

    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        const uint64_t start = segment->va - image->va_base;

        __builtin_memset(memory + written_bytes, 0, start - written_bytes);
        if (!file_read(file, segment->file_offset_bytes, memory + start, segment->file_size_bytes,
                       problem)) {
            return false;
        }
        written_bytes = start + segment->file_size_bytes;
    }
    __builtin_memset(memory + written_bytes, 0, image->size_bytes - written_bytes);
    return true;
}

bool kernel_load(struct kernel *kernel, struct text path, struct pages_map *pages,
                 struct problem *problem)
{
    struct text resolved;
    struct file file;
    bool done;

    if (!path_resolve(path, &resolved, problem) || !file_open(&file, resolved, problem)) {
        return false;
    }
    done = read_headers(kernel, &file, problem) && take_frames(kernel, pages, problem) &&
           read_segments(kernel, &file, problem);
    file_close(&file);
    return done;
}
