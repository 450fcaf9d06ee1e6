/* SPDX-License-Identifier: BSD-2-Clause */
/* From the file to frames. */
#include "kernel.h"

#include "console.h"
#include "entropy.h"
#include "files.h"
#include "modules.h"
#include "path.h"
#include "placement.h"
#include "relocation.h"

#define LARGE_PAGE_BYTES UINT64_C(0x200000)

/* Headers one after the other, then notes. */
static union {
    unsigned char header[ELF_HEADER_BYTES];
    unsigned char program_headers[ELF_TABLE_LIMIT * ELF_PROGRAM_HEADER_BYTES];
    unsigned char notes[ELF_NOTE_LIMIT_BYTES];
} buffer;

static bool read_headers(struct elf_image *image, struct file *file,
                         const struct elf_source *source, struct problem *problem)
{
    const uint64_t header_bytes =
        file->size_bytes < sizeof(buffer.header) ? file->size_bytes : sizeof(buffer.header);
    struct elf_table table;

    return file_read(file, 0, buffer.header, header_bytes, problem) &&
           elf_read_header(source, buffer.header, &table, problem) &&
           file_read(file, table.offset_bytes, buffer.program_headers, table.size_bytes, problem) &&
           elf_read_segments(source, &table, buffer.program_headers, image, problem);
}

static bool read_notes(struct elf_image *image, struct file *file, const struct elf_source *source,
                       struct problem *problem)
{
    for (size_t i = 0; i < image->note_count; i++) {
        const struct elf_note_place *place = &image->notes[i];

        if (!file_read(file, place->file_offset_bytes, buffer.notes, place->size_bytes, problem) ||
            !elf_read_notes(source, place, buffer.notes, image, problem)) {
            return false;
        }
    }
    return true;
}

static void warn(enum problem_kind kind, const struct elf_source *source)
{
    console_warn(&(struct problem){.kind = kind, .name = source->name});
}

static bool choose_place(struct kernel *kernel, const struct entry *entry,
                         const struct elf_source *source, struct problem *problem)
{
    struct elf_image *image = &kernel->image;
    uint64_t random = 0;

    if (image->wants_executable_stack) {
        warn(PROBLEM_ELF_STACK, source);
    }
    if (image->movable && entry->options->kaslr != CONFIG_KASLR_NO) {
        kernel->randomness = entropy_read(&random);
    } else if (entry->options->kaslr == CONFIG_KASLR_YES) {
        warn(PROBLEM_PLACEMENT_FIXED, source);
    }
    return placement_move(source, image, kernel->randomness != NULL ? &random : NULL, problem);
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

static bool read_segments(const struct kernel *kernel, struct file *file, struct problem *problem)
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

bool kernel_load(struct kernel *kernel, const struct entry *entry, struct pages_map *pages,
                 struct problem *problem)
{
    struct elf_source source;
    struct file file;
    bool done;

    if (!path_resolve(entry->path, &source.name, problem) ||
        !file_open(&file, source.name, problem)) {
        return false;
    }
    source.size_bytes = file.size_bytes;
    source.lets_write_execute = entry->protocol == ENTRY_LIMINE;
    *kernel = (struct kernel){
        .configured_path = entry->path, .path = source.name, .file_size_bytes = file.size_bytes};
    done = read_headers(&kernel->image, &file, &source, problem) &&
           read_notes(&kernel->image, &file, &source, problem) &&
           choose_place(kernel, entry, &source, problem) && take_frames(kernel, pages, problem) &&
           read_segments(kernel, &file, problem);
    file_close(&file);
    return done && relocate(&source, &kernel->image, (unsigned char *)(uintptr_t)kernel->pa,
                            &kernel->relocation_count, problem);
}

bool kernel_keep_file(const struct kernel *kernel, struct pages_map *pages, uint64_t *pa,
                      struct problem *problem)
{
    struct module module = {.path = kernel->configured_path};
    const bool done = modules_load_one(&module, pages, problem);

    *pa = module.pa;
    return done;
}
