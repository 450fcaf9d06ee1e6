/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Program headers that are no segments to load but speak of them: PT_DYNAMIC, PT_NOTE, PT_TLS,
 * PT_GNU_STACK and PT_GNU_RELRO.
 */
#include "elf_raw.h"

/* gABI: notes of 64-bit files are padded to 8 bytes. In practice those alone are that say so. */
#define NOTE_PADDING_BYTES      4u
#define NOTE_WIDE_PADDING_BYTES 8u

static uint64_t segment_last(const struct elf_segment *segment)
{
    return segment->va + (segment->size_bytes - 1);
}

/* The segment that holds the range, up to the end of its last page if `whole_pages`; or NULL. */
static const struct elf_segment *find_holder(const struct elf_image *image, struct elf_range range,
                                             bool whole_pages)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        const uint64_t last =
            whole_pages ? segment_last(segment) | (ELF_PAGE_BYTES - 1) : segment_last(segment);

        if (range.va >= segment->va && range.va <= last &&
            range.size_bytes <= last - range.va + 1) {
            return segment;
        }
    }
    return NULL;
}

static bool refuse_part(const struct elf_source *source, const struct elf_raw_segment *raw,
                        const char *type, struct problem *problem)
{
    return problem_set_all(problem,
                           &(struct problem){.kind = PROBLEM_ELF_PART_OUTSIDE,
                                             .name = source->name,
                                             .other = text_of(type),
                                             .numbers = {raw->index, raw->address, raw->size}});
}

static bool take_dynamic(const struct elf_source *source, const struct elf_raw_segment *raw,
                         struct elf_image *image, struct problem *problem)
{
    const struct elf_range range = {raw->address, raw->size};

    /* Linkers leave nothing to relocate in an executable. */
    if (!image->movable || raw->size == 0) {
        return true;
    }
    if (find_holder(image, range, false) == NULL) {
        return refuse_part(source, raw, "PT_DYNAMIC", problem);
    }
    image->dynamic = range;
    return true;
}

static bool take_note(const struct elf_source *source, const struct elf_raw_segment *raw,
                      struct elf_image *image, struct problem *problem)
{
    if (raw->file_size == 0) {
        return true;
    }
    if (!elf_raw_check_file_range(source, raw, problem)) {
        return false;
    }
    if (raw->file_size > ELF_NOTE_LIMIT_BYTES) {
        return elf_raw_refuse(source, PROBLEM_ELF_NOTE_TOO_LONG,
                              (uint64_t[4]){raw->index, raw->file_size, ELF_NOTE_LIMIT_BYTES},
                              problem);
    }
    if (image->note_count == ELF_NOTE_LIMIT) {
        return elf_raw_refuse(source, PROBLEM_ELF_TOO_MANY_NOTES,
                              (uint64_t[4]){raw->index, ELF_NOTE_LIMIT}, problem);
    }
    image->notes[image->note_count++] = (struct elf_note_place){
        raw->offset, raw->file_size,
        raw->alignment == NOTE_WIDE_PADDING_BYTES ? NOTE_WIDE_PADDING_BYTES : NOTE_PADDING_BYTES,
        raw->index};
    return true;
}

/* The kernel makes its own blocks of thread-local data: all it needs is the template in memory. */
static bool check_tls(const struct elf_source *source, const struct elf_raw_segment *raw,
                      const struct elf_image *image, struct problem *problem)
{
    const struct elf_range range = {raw->address, raw->file_size};

    if (raw->file_size > raw->size) {
        return elf_raw_refuse(source, PROBLEM_ELF_FILE_SIZE,
                              (uint64_t[4]){raw->index, raw->file_size, raw->size}, problem);
    }
    return raw->file_size == 0 || find_holder(image, range, false) != NULL ||
           refuse_part(source, raw, "PT_TLS", problem);
}

/* Whether another segment has bytes on that page as well. */
static bool page_is_shared(const struct elf_image *image, const struct elf_segment *segment,
                           uint64_t page)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *other = &image->segments[i];

        if (other != segment && elf_raw_page_start(other->va) <= page &&
            page <= segment_last(other)) {
            return true;
        }
    }
    return false;
}

/*
 * Pages on which nothing else lies: those wholly inside, and at the segment's ends those on which
 * the segment has no other bytes.
 */
static bool take_relro(const struct elf_source *source, const struct elf_raw_segment *raw,
                       struct elf_image *image, struct problem *problem)
{
    const struct elf_range range = {raw->address, raw->size};
    const struct elf_segment *segment;
    uint64_t start;
    uint64_t end;

    if (raw->size == 0) {
        return true;
    }
    /* Linkers round its size up to the end of a page, which the segment need not reach. */
    segment = find_holder(image, range, true);
    if (segment == NULL) {
        return refuse_part(source, raw, "PT_GNU_RELRO", problem);
    }
    if (!segment->writable) {
        return true;
    }
    start = elf_raw_page_start(range.va == segment->va ? range.va : range.va + ELF_PAGE_BYTES - 1);
    end = range.va + (range.size_bytes - 1) >= segment_last(segment)
              ? elf_raw_page_start(segment_last(segment)) + ELF_PAGE_BYTES
              : elf_raw_page_start(range.va + range.size_bytes);
    if (start < end && page_is_shared(image, segment, start)) {
        start += ELF_PAGE_BYTES;
    }
    if (start < end && page_is_shared(image, segment, end - ELF_PAGE_BYTES)) {
        end -= ELF_PAGE_BYTES;
    }
    if (start < end) {
        image->relro = (struct elf_range){start, end - start};
    }
    return true;
}

bool elf_raw_take_parts(const struct elf_source *source, const struct elf_table *table,
                        const unsigned char *program_headers, struct elf_image *image,
                        struct problem *problem)
{
    bool good = true;

    for (unsigned i = 0; i < table->count && good; i++) {
        const struct elf_raw_segment raw = elf_raw_read(program_headers, i);

        switch (raw.type) {
        case SEGMENT_TYPE_DYNAMIC: good = take_dynamic(source, &raw, image, problem); break;
        case SEGMENT_TYPE_NOTE: good = take_note(source, &raw, image, problem); break;
        case SEGMENT_TYPE_TLS: good = check_tls(source, &raw, image, problem); break;
        case SEGMENT_TYPE_RELRO: good = take_relro(source, &raw, image, problem); break;
        case SEGMENT_TYPE_STACK:
            image->wants_executable_stack |= (raw.flags & SEGMENT_FLAG_EXECUTE) != 0;
            break;
        default: break;
        }
    }
    return good;
}

void elf_move(struct elf_image *image, uint64_t slide)
{
    image->slide += slide;
    image->entry += slide;
    image->va_base += slide;
    image->relro.va += image->relro.size_bytes != 0 ? slide : 0;
    image->dynamic.va += image->dynamic.size_bytes != 0 ? slide : 0;
    for (size_t i = 0; i < image->segment_count; i++) {
        image->segments[i].va += slide;
    }
}
