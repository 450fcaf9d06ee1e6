/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program headers of an ELF64 file: which bytes go where, with which rights. Sums are never
 * formed before it is known that they fit.
 */
#include "elf.h"

#include "elf_raw.h"

static bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

bool elf_raw_check_file_range(const struct elf_source *source, const struct elf_raw_segment *raw,
                              struct problem *problem)
{
    if (raw->offset > UINT64_MAX - raw->file_size) {
        return elf_raw_refuse(source, PROBLEM_ELF_FILE_OVERFLOW,
                              (uint64_t[4]){raw->index, raw->offset, raw->file_size}, problem);
    }
    /* Where nothing is taken from the file, the offset may point anywhere. */
    if (raw->file_size != 0 && raw->offset + raw->file_size > source->size_bytes) {
        return elf_raw_refuse(
            source, PROBLEM_ELF_OUTSIDE_FILE,
            (uint64_t[4]){raw->index, raw->offset, raw->file_size, source->size_bytes}, problem);
    }
    return true;
}

/* 0 and 1 ask for no alignment. The ABI asks for congruence modulo p_align alone, so this does too.
 */
static bool check_alignment(const struct elf_source *source, const struct elf_raw_segment *raw,
                            struct problem *problem)
{
    if (raw->alignment <= 1) {
        return true;
    }
    if (!is_power_of_two(raw->alignment)) {
        return elf_raw_refuse(source, PROBLEM_ELF_ALIGNMENT,
                              (uint64_t[4]){raw->index, raw->alignment}, problem);
    }
    if (((raw->address ^ raw->offset) & (raw->alignment - 1)) != 0) {
        return elf_raw_refuse(source, PROBLEM_ELF_CONGRUENCE,
                              (uint64_t[4]){raw->index, raw->address, raw->offset, raw->alignment},
                              problem);
    }
    return true;
}

/*
 * The last page of the address space is refused as well: the end of a range that reaches into it is
 * no number of 64 bits once it is rounded up to whole pages.
 */
static bool check_address(const struct elf_source *source, const struct elf_raw_segment *raw,
                          bool movable, struct problem *problem)
{
    const uint64_t place[4] = {raw->index, raw->address, raw->size};

    if (raw->address < ELF_UPPER_HALF && !movable) {
        return elf_raw_refuse(source, PROBLEM_ELF_LOWER_HALF,
                              (uint64_t[4]){raw->index, raw->address, ELF_UPPER_HALF}, problem);
    }
    if (raw->size - 1 > UINT64_MAX - raw->address) {
        return elf_raw_refuse(source, PROBLEM_ELF_WRAPS, place, problem);
    }
    if (raw->address + (raw->size - 1) >= elf_raw_page_start(UINT64_MAX)) {
        return elf_raw_refuse(source, PROBLEM_ELF_LAST_PAGE, place, problem);
    }
    return true;
}

static bool check_rights(const struct elf_source *source, const struct elf_raw_segment *raw,
                         struct problem *problem)
{
    const uint32_t write_execute = SEGMENT_FLAG_WRITE | SEGMENT_FLAG_EXECUTE;

    if (source->lets_write_execute) {
        return true;
    }
    if ((raw->flags & write_execute) == write_execute) {
        return elf_raw_refuse(source, PROBLEM_ELF_WRITE_EXECUTE,
                              (uint64_t[4]){raw->index, raw->address, raw->size}, problem);
    }
    /* A page that is mapped can be read: a segment that forbids it could not be honoured. */
    if ((raw->flags & SEGMENT_FLAG_READ) == 0) {
        return elf_raw_refuse(source, PROBLEM_ELF_UNREADABLE,
                              (uint64_t[4]){raw->index, raw->address, raw->flags}, problem);
    }
    return true;
}

/* Puts a checked segment in its place by address. The image has room for it. */
static void insert_segment(struct elf_image *image, const struct elf_raw_segment *raw)
{
    size_t place = image->segment_count;

    while (place > 0 && image->segments[place - 1].va > raw->address) {
        image->segments[place] = image->segments[place - 1];
        place--;
    }
    image->segments[place] = (struct elf_segment){
        .va = raw->address,
        .size_bytes = raw->size,
        .file_offset_bytes = raw->offset,
        .file_size_bytes = raw->file_size,
        .writable = (raw->flags & SEGMENT_FLAG_WRITE) != 0,
        .executable = (raw->flags & SEGMENT_FLAG_EXECUTE) != 0,
        .index = raw->index,
    };
    image->has_write_execute |=
        (raw->flags & SEGMENT_FLAG_WRITE) != 0 && (raw->flags & SEGMENT_FLAG_EXECUTE) != 0;
    image->segment_count++;
    if (raw->alignment > image->alignment_bytes) {
        image->alignment_bytes =
            raw->alignment < ELF_ALIGNMENT_LIMIT_BYTES ? raw->alignment : ELF_ALIGNMENT_LIMIT_BYTES;
    }
}

/* Checks one program header and takes its segment into the image when it is one to load. */
static bool take_segment(const struct elf_source *source, const struct elf_raw_segment *raw,
                         struct elf_image *image, struct problem *problem)
{
    if (raw->type == SEGMENT_TYPE_INTERPRETER) {
        return elf_raw_refuse(source, PROBLEM_ELF_INTERPRETER, (uint64_t[4]){raw->index}, problem);
    }
    if (raw->type != SEGMENT_TYPE_LOAD) {
        return true;
    }
    if (raw->file_size > raw->size) {
        return elf_raw_refuse(source, PROBLEM_ELF_FILE_SIZE,
                              (uint64_t[4]){raw->index, raw->file_size, raw->size}, problem);
    }
    if (raw->size == 0) {
        return true;
    }
    if (!elf_raw_check_file_range(source, raw, problem) || !check_alignment(source, raw, problem) ||
        !check_address(source, raw, image->movable, problem) ||
        !check_rights(source, raw, problem)) {
        return false;
    }
    if (image->segment_count == ELF_SEGMENT_LIMIT) {
        return problem_set(problem, PROBLEM_ELF_TOO_MANY_SEGMENTS, source->name, ELF_SEGMENT_LIMIT,
                           0);
    }
    insert_segment(image, raw);
    return true;
}

/* The segments are sorted, so it is enough to look at neighbours. */
static bool check_neighbours(const struct elf_source *source, const struct elf_image *image,
                             struct problem *problem)
{
    for (size_t i = 1; i < image->segment_count; i++) {
        const struct elf_segment *low = &image->segments[i - 1];
        const struct elf_segment *high = &image->segments[i];
        uint64_t low_last = low->va + (low->size_bytes - 1);

        if (high->va <= low_last) {
            return elf_raw_refuse(source, PROBLEM_ELF_OVERLAP,
                                  (uint64_t[4]){low->index, high->index, high->va}, problem);
        }
        if (elf_raw_page_start(low_last) == elf_raw_page_start(high->va) &&
            (low->writable != high->writable || low->executable != high->executable)) {
            return elf_raw_refuse(
                source, PROBLEM_ELF_RIGHTS_ON_PAGE,
                (uint64_t[4]){low->index, high->index, elf_raw_page_start(high->va)}, problem);
        }
    }
    return true;
}

static bool entry_is_executable(const struct elf_image *image)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        if (segment->executable && image->entry >= segment->va &&
            image->entry - segment->va < segment->size_bytes) {
            return true;
        }
    }
    return false;
}

bool elf_read_segments(const struct elf_source *source, const struct elf_table *table,
                       const unsigned char *program_headers, struct elf_image *image,
                       struct problem *problem)
{
    const struct elf_segment *last;

    *image = (struct elf_image){
        .entry = table->entry, .alignment_bytes = ELF_PAGE_BYTES, .movable = table->movable};
    for (unsigned i = 0; i < table->count; i++) {
        struct elf_raw_segment raw = elf_raw_read(program_headers, i);

        if (!take_segment(source, &raw, image, problem)) {
            return false;
        }
    }
    if (image->segment_count == 0) {
        return problem_set(problem, PROBLEM_ELF_NO_SEGMENT, source->name, table->count, 0);
    }
    if (!check_neighbours(source, image, problem)) {
        return false;
    }
    if (!entry_is_executable(image)) {
        return problem_set(problem, PROBLEM_ELF_ENTRY, source->name, image->entry, 0);
    }
    last = &image->segments[image->segment_count - 1];
    image->va_base = elf_raw_page_start(image->segments[0].va);
    image->size_bytes =
        elf_raw_page_start(last->va + (last->size_bytes - 1)) + ELF_PAGE_BYTES - image->va_base;
    return elf_raw_take_parts(source, table, program_headers, image, problem);
}
