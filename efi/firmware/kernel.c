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

/* The kernel's file; one with a hash is read once, as a whole, and taken from memory after that. */
struct source {
    struct file file;
    struct elf_source elf;
    const unsigned char *held; /* NULL: it is read in parts */
};

static bool read_part(struct source *source, uint64_t offset_bytes, void *target,
                      uint64_t size_bytes, struct problem *problem)
{
    if (source->held == NULL) {
        return file_read(&source->file, offset_bytes, target, size_bytes, problem);
    }
    __builtin_memcpy(target, source->held + offset_bytes, size_bytes);
    return true;
}

/* Headers one after the other, then notes. */
static union {
    unsigned char header[ELF_HEADER_BYTES];
    unsigned char program_headers[ELF_TABLE_LIMIT * ELF_PROGRAM_HEADER_BYTES];
    unsigned char notes[ELF_NOTE_LIMIT_BYTES];
} buffer;

static bool read_headers(struct elf_image *image, struct source *source, struct problem *problem)
{
    const uint64_t header_bytes = source->file.size_bytes < sizeof(buffer.header)
                                      ? source->file.size_bytes
                                      : sizeof(buffer.header);
    struct elf_table table;

    return read_part(source, 0, buffer.header, header_bytes, problem) &&
           elf_read_header(&source->elf, buffer.header, &table, problem) &&
           read_part(source, table.offset_bytes, buffer.program_headers, table.size_bytes,
                     problem) &&
           elf_read_segments(&source->elf, &table, buffer.program_headers, image, problem);
}

static bool read_notes(struct elf_image *image, struct source *source, struct problem *problem)
{
    for (size_t i = 0; i < image->note_count; i++) {
        const struct elf_note_place *place = &image->notes[i];

        if (!read_part(source, place->file_offset_bytes, buffer.notes, place->size_bytes,
                       problem) ||
            !elf_read_notes(&source->elf, place, buffer.notes, image, problem)) {
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

static bool read_segments(const struct kernel *kernel, struct source *source,
                          struct problem *problem)
{
    const struct elf_image *image = &kernel->image;
    unsigned char *memory = (unsigned char *)(uintptr_t)kernel->pa;
    uint64_t written_bytes = 0;

    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        const uint64_t start = segment->va - image->va_base;

        __builtin_memset(memory + written_bytes, 0, start - written_bytes);
        if (!read_part(source, segment->file_offset_bytes, memory + start, segment->file_size_bytes,
                       problem)) {
            return false;
        }
        written_bytes = start + segment->file_size_bytes;
    }
    __builtin_memset(memory + written_bytes, 0, image->size_bytes - written_bytes);
    return true;
}

/* Pages for the whole file, which stay: they are the file that the kernel may ask for. */
static bool hold(struct kernel *kernel, struct source *source, struct pages_map *pages,
                 struct problem *problem)
{
    struct module module = {.path = kernel->configured_path};

    if (!modules_read_file(&module, &source->file, pages, problem)) {
        return false;
    }
    kernel->file_pa = module.pa;
    source->held = (const unsigned char *)(uintptr_t)module.pa;
    return true;
}

bool kernel_load(struct kernel *kernel, const struct entry *entry, struct pages_map *pages,
                 struct problem *problem)
{
    struct source source = {.held = NULL};
    bool done;

    *kernel = (struct kernel){.configured_path = entry->path};
    if (!file_open(&source.file, entry->path, problem)) {
        return false;
    }
    source.elf = (struct elf_source){.name = source.file.name,
                                     .size_bytes = source.file.size_bytes,
                                     .lets_write_execute = entry->protocol == ENTRY_LIMINE};
    kernel->path = source.file.name;
    kernel->device = source.file.device;
    kernel->file_size_bytes = source.file.size_bytes;
    done = (!source.file.has_hash || source.file.size_bytes == 0 ||
            hold(kernel, &source, pages, problem)) &&
           read_headers(&kernel->image, &source, problem) &&
           read_notes(&kernel->image, &source, problem) &&
           choose_place(kernel, entry, &source.elf, problem) &&
           take_frames(kernel, pages, problem) && read_segments(kernel, &source, problem);
    file_close(&source.file);
    return done && relocate(&source.elf, &kernel->image, (unsigned char *)(uintptr_t)kernel->pa,
                            &kernel->relocation_count, problem);
}

bool kernel_keep_file(struct kernel *kernel, struct pages_map *pages, struct problem *problem)
{
    struct module module = {.path = kernel->configured_path};
    const bool done = kernel->file_pa != 0 || modules_load_one(&module, pages, problem);

    kernel->file_pa = kernel->file_pa != 0 ? kernel->file_pa : module.pa;
    return done;
}

void kernel_drop_file(struct kernel *kernel, struct pages_map *pages)
{
    if (kernel->file_pa != 0) {
        pages_return(pages, kernel->file_pa);
        kernel->file_pa = 0;
    }
}
