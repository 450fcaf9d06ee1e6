/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program header as the file states it (System V ABI, figure 5-1), nothing checked yet. For the
 * elf_*.c files only.
 */
#ifndef ELF_RAW_H
#define ELF_RAW_H

#include "elf.h"
#include "bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEGMENT_TYPE_OFFSET      0
#define SEGMENT_FLAGS_OFFSET     4
#define SEGMENT_FILE_OFFSET      8
#define SEGMENT_ADDRESS_OFFSET   16
#define SEGMENT_FILE_SIZE_OFFSET 32
#define SEGMENT_SIZE_OFFSET      40
#define SEGMENT_ALIGNMENT_OFFSET 48

#define SEGMENT_TYPE_LOAD        1u
#define SEGMENT_TYPE_DYNAMIC     2u
#define SEGMENT_TYPE_INTERPRETER 3u
#define SEGMENT_TYPE_NOTE        4u
#define SEGMENT_TYPE_TLS         7u
#define SEGMENT_TYPE_STACK       0x6474e551u
#define SEGMENT_TYPE_RELRO       0x6474e552u

#define SEGMENT_FLAG_EXECUTE 1u
#define SEGMENT_FLAG_WRITE   2u
#define SEGMENT_FLAG_READ    4u

struct elf_raw_segment {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t address;
    uint64_t file_size;
    uint64_t size;
    uint64_t alignment;
    unsigned index;
};

static inline struct elf_raw_segment elf_raw_read(const unsigned char *program_headers,
                                                  unsigned index)
{
    const unsigned char *bytes = program_headers + (size_t)index * ELF_PROGRAM_HEADER_BYTES;

    return (struct elf_raw_segment){
        .type = bytes_32(bytes + SEGMENT_TYPE_OFFSET),
        .flags = bytes_32(bytes + SEGMENT_FLAGS_OFFSET),
        .offset = bytes_64(bytes + SEGMENT_FILE_OFFSET),
        .address = bytes_64(bytes + SEGMENT_ADDRESS_OFFSET),
        .file_size = bytes_64(bytes + SEGMENT_FILE_SIZE_OFFSET),
        .size = bytes_64(bytes + SEGMENT_SIZE_OFFSET),
        .alignment = bytes_64(bytes + SEGMENT_ALIGNMENT_OFFSET),
        .index = index,
    };
}

static inline uint64_t elf_raw_page_start(uint64_t va)
{
    return va & ~(ELF_PAGE_BYTES - 1);
}

/* A problem with a segment: four numbers, the program header's first. */
static inline bool elf_raw_refuse(const struct elf_source *source, enum problem_kind kind,
                                  const uint64_t numbers[PROBLEM_NUMBER_LIMIT],
                                  struct problem *problem)
{
    return problem_set_all(problem, &(struct problem){
                                        .kind = kind,
                                        .name = source->name,
                                        .numbers = {numbers[0], numbers[1], numbers[2], numbers[3]},
                                    });
}

/* elf_segments.c: whether what the header wants of the file is there. */
bool elf_raw_check_file_range(const struct elf_source *source, const struct elf_raw_segment *raw,
                              struct problem *problem);

/*
 * elf_parts.c: takes what is not PT_LOAD into the image, whose segments are there already, and
 * checks it.
 */
bool elf_raw_take_parts(const struct elf_source *source, const struct elf_table *table,
                        const unsigned char *program_headers, struct elf_image *image,
                        struct problem *problem);

#endif
