/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Builds small ELF64 kernels in memory, good ones and hostile ones. It shares no constant with the
 * reader under test: the offsets are written down again, from the System V ABI (figures 4-3 and
 * 5-1).
 */
#ifndef ELF_BUILDER_H
#define ELF_BUILDER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define E_CLASS         4
#define E_DATA          5
#define E_IDENT_VERSION 6
#define E_TYPE          16
#define E_MACHINE       18
#define E_VERSION       20
#define E_ENTRY         24
#define E_PHOFF         32
#define E_EHSIZE        52
#define E_PHENTSIZE     54
#define E_PHNUM         56

#define P_TYPE   0
#define P_FLAGS  4
#define P_OFFSET 8
#define P_VADDR  16
#define P_PADDR  24
#define P_FILESZ 32
#define P_MEMSZ  40
#define P_ALIGN  48

#define P_R 4U
#define P_W 2U
#define P_X 1U

#define BUILDER_HEADER_BYTES         64
#define BUILDER_PROGRAM_HEADER_BYTES 56
#define BUILDER_CAPACITY_BYTES       65536

struct elf_builder {
    unsigned char bytes[BUILDER_CAPACITY_BYTES];
    uint64_t size_bytes; /* of the file; what lies behind it is not there */
};

struct elf_builder_segment {
    uint32_t flags;
    uint64_t offset;
    uint64_t va;
    uint64_t file_size;
    uint64_t size;
    uint64_t alignment;
};

static inline void elf_builder_put(struct elf_builder *builder, size_t offset, unsigned width,
                                   uint64_t value)
{
    for (unsigned i = 0; i < width; i++) {
        builder->bytes[offset + i] = (unsigned char)(value >> (8 * i));
    }
}

/* Where a field of a program header lies. */
static inline size_t elf_builder_field(unsigned index, size_t field)
{
    return BUILDER_HEADER_BYTES + (size_t)index * BUILDER_PROGRAM_HEADER_BYTES + field;
}

static inline void elf_builder_segment(struct elf_builder *builder, unsigned index,
                                       struct elf_builder_segment segment)
{
    elf_builder_put(builder, elf_builder_field(index, P_TYPE), 4, 1);
    elf_builder_put(builder, elf_builder_field(index, P_FLAGS), 4, segment.flags);
    elf_builder_put(builder, elf_builder_field(index, P_OFFSET), 8, segment.offset);
    elf_builder_put(builder, elf_builder_field(index, P_VADDR), 8, segment.va);
    elf_builder_put(builder, elf_builder_field(index, P_PADDR), 8, 0x123);
    elf_builder_put(builder, elf_builder_field(index, P_FILESZ), 8, segment.file_size);
    elf_builder_put(builder, elf_builder_field(index, P_MEMSZ), 8, segment.size);
    elf_builder_put(builder, elf_builder_field(index, P_ALIGN), 8, segment.alignment);
}

/* A file header that says `count` program headers follow at once. */
static inline void elf_builder_header(struct elf_builder *builder, unsigned count, uint64_t entry)
{
    static const unsigned char identification[16] = {0x7f, 'E', 'L', 'F', 2, 1, 1};

    memset(builder, 0, sizeof(*builder));
    memcpy(builder->bytes, identification, sizeof(identification));
    elf_builder_put(builder, E_TYPE, 2, 2);
    elf_builder_put(builder, E_MACHINE, 2, 62);
    elf_builder_put(builder, E_VERSION, 4, 1);
    elf_builder_put(builder, E_ENTRY, 8, entry);
    elf_builder_put(builder, E_PHOFF, 8, BUILDER_HEADER_BYTES);
    elf_builder_put(builder, E_EHSIZE, 2, BUILDER_HEADER_BYTES);
    elf_builder_put(builder, E_PHENTSIZE, 2, BUILDER_PROGRAM_HEADER_BYTES);
    elf_builder_put(builder, E_PHNUM, 2, count);
}

#define BUILDER_BASE       UINT64_C(0xffffffff80000000)
#define BUILDER_FILE_BYTES 0x4000

/* A kernel as linkers make it: text, read-only data, and data with zeroes behind it, a page or more
 * each. */
static inline void elf_builder_kernel(struct elf_builder *builder)
{
    elf_builder_header(builder, 3, BUILDER_BASE + 0x10);
    elf_builder_segment(
        builder, 0,
        (struct elf_builder_segment){P_R | P_X, 0x1000, BUILDER_BASE, 0x800, 0x800, 0x1000});
    elf_builder_segment(
        builder, 1,
        (struct elf_builder_segment){P_R, 0x2000, BUILDER_BASE + 0x1000, 0x1000, 0x1000, 0x1000});
    elf_builder_segment(builder, 2,
                        (struct elf_builder_segment){P_R | P_W, 0x3000, BUILDER_BASE + 0x2000,
                                                     0x100, 0x2345, 0x1000});
    builder->size_bytes = BUILDER_FILE_BYTES;
}

/* A copy of exactly these bytes on the heap, so that the sanitizer sees every byte read too many.
 * Free it. */
static inline unsigned char *elf_builder_copy(const struct elf_builder *builder, uint64_t offset,
                                              uint64_t size_bytes)
{
    unsigned char *copy = malloc(size_bytes == 0 ? 1 : size_bytes);

    if (copy == NULL) {
        abort();
    }
    memcpy(copy, builder->bytes + offset, size_bytes);
    return copy;
}

#endif
