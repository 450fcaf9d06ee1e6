/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header at the start of an ELF64 file: is this a kernel for this machine, and where are its
 * program headers?
 */
#include "elf.h"

#include "bytes.h"

/* The file header (System V ABI, figure 4-3): offsets, and the values that a kernel must have. */
#define ELF_CLASS_OFFSET                4
#define ELF_DATA_OFFSET                 5
#define ELF_IDENT_VERSION_OFFSET        6
#define ELF_TYPE_OFFSET                 16
#define ELF_MACHINE_OFFSET              18
#define ELF_VERSION_OFFSET              20
#define ELF_ENTRY_OFFSET                24
#define ELF_TABLE_OFFSET                32
#define ELF_HEADER_SIZE_OFFSET          52
#define ELF_PROGRAM_HEADER_SIZE_OFFSET  54
#define ELF_PROGRAM_HEADER_COUNT_OFFSET 56

#define ELF_MAGIC_BYTES      4
#define ELF_MAGIC            UINT32_C(0x7f454c46)
#define ELF_CLASS_32         1
#define ELF_CLASS_64         2
#define ELF_DATA_LITTLE      1
#define ELF_DATA_BIG         2
#define ELF_VERSION_CURRENT  1
#define ELF_TYPE_RELOCATABLE 1
#define ELF_TYPE_EXECUTABLE  2
#define ELF_TYPE_DYNAMIC     3
#define ELF_MACHINE_X86_64   62

/* A file too short for a header may still be told from one that is no ELF file at all: that says
 * more. */
static bool check_magic(const struct elf_source *source, const unsigned char *header,
                        struct problem *problem)
{
    uint32_t magic = 0;
    uint32_t expected = ELF_MAGIC;

    if (source->size_bytes == 0) {
        return problem_set(problem, PROBLEM_ELF_EMPTY, source->name, 0, 0);
    }
    for (unsigned i = 0; i < ELF_MAGIC_BYTES && i < source->size_bytes; i++) {
        magic = magic << 8 | header[i];
    }
    if (source->size_bytes < ELF_MAGIC_BYTES) {
        expected >>= 8 * (ELF_MAGIC_BYTES - source->size_bytes);
    }
    if (magic != expected) {
        return problem_set(problem, PROBLEM_ELF_MAGIC, source->name, magic, 0);
    }
    if (source->size_bytes < ELF_HEADER_BYTES) {
        return problem_set(problem, PROBLEM_ELF_TRUNCATED, source->name, source->size_bytes,
                           ELF_HEADER_BYTES);
    }
    return true;
}

/* The fields that say whether the rest can be read at all: word size, byte order, version. */
static bool check_identification(const struct elf_source *source, const unsigned char *header,
                                 struct problem *problem)
{
    unsigned class = header[ELF_CLASS_OFFSET];
    unsigned data = header[ELF_DATA_OFFSET];

    if (class != ELF_CLASS_64) {
        return problem_set(problem, class == ELF_CLASS_32 ? PROBLEM_ELF_32_BIT : PROBLEM_ELF_CLASS,
                           source->name, class, 0);
    }
    if (data != ELF_DATA_LITTLE) {
        return problem_set(problem,
                           data == ELF_DATA_BIG ? PROBLEM_ELF_BIG_ENDIAN : PROBLEM_ELF_DATA,
                           source->name, data, 0);
    }
    if (header[ELF_IDENT_VERSION_OFFSET] != ELF_VERSION_CURRENT) {
        return problem_set(problem, PROBLEM_ELF_VERSION, source->name,
                           header[ELF_IDENT_VERSION_OFFSET], 0);
    }
    if (bytes_32(header + ELF_VERSION_OFFSET) != ELF_VERSION_CURRENT) {
        return problem_set(problem, PROBLEM_ELF_VERSION, source->name,
                           bytes_32(header + ELF_VERSION_OFFSET), 0);
    }
    return true;
}

/* The machine comes first: another machine's shared object is refused for the machine. */
static bool check_type(const struct elf_source *source, const unsigned char *header,
                       struct problem *problem)
{
    unsigned type = bytes_16(header + ELF_TYPE_OFFSET);
    unsigned machine = bytes_16(header + ELF_MACHINE_OFFSET);

    if (machine != ELF_MACHINE_X86_64) {
        return problem_set(problem, PROBLEM_ELF_MACHINE, source->name, machine, 0);
    }
    switch (type) {
    case ELF_TYPE_EXECUTABLE:
    case ELF_TYPE_DYNAMIC: return true;
    case ELF_TYPE_RELOCATABLE:
        return problem_set(problem, PROBLEM_ELF_RELOCATABLE, source->name, 0, 0);
    default: return problem_set(problem, PROBLEM_ELF_TYPE, source->name, type, 0);
    }
}

static bool check_table(const struct elf_source *source, const struct elf_table *table,
                        struct problem *problem)
{
    if (table->count == 0) {
        return problem_set(problem, PROBLEM_ELF_NO_PROGRAM_HEADERS, source->name, 0, 0);
    }
    /* ffff would mean that the count is found elsewhere (PN_XNUM): too many in any case. */
    if (table->count > ELF_TABLE_LIMIT) {
        return problem_set(problem, PROBLEM_ELF_TOO_MANY_HEADERS, source->name, table->count,
                           ELF_TABLE_LIMIT);
    }
    if (table->offset_bytes > UINT64_MAX - table->size_bytes) {
        return problem_set(problem, PROBLEM_ELF_TABLE_OVERFLOW, source->name, table->offset_bytes,
                           table->size_bytes);
    }
    if (table->offset_bytes + table->size_bytes > source->size_bytes) {
        return problem_set_all(
            problem, &(struct problem){
                         .kind = PROBLEM_ELF_TABLE_OUTSIDE,
                         .name = source->name,
                         .numbers = {table->offset_bytes, table->size_bytes, source->size_bytes},
                     });
    }
    return true;
}

bool elf_read_header(const struct elf_source *source, const unsigned char *header,
                     struct elf_table *table, struct problem *problem)
{
    struct elf_table found;
    unsigned header_size;
    unsigned program_header_size;

    if (!check_magic(source, header, problem) || !check_identification(source, header, problem) ||
        !check_type(source, header, problem)) {
        return false;
    }
    header_size = bytes_16(header + ELF_HEADER_SIZE_OFFSET);
    program_header_size = bytes_16(header + ELF_PROGRAM_HEADER_SIZE_OFFSET);
    if (header_size != ELF_HEADER_BYTES) {
        return problem_set(problem, PROBLEM_ELF_HEADER_SIZE, source->name, header_size,
                           ELF_HEADER_BYTES);
    }
    found.count = bytes_16(header + ELF_PROGRAM_HEADER_COUNT_OFFSET);
    /* A file without program headers may well leave their size 0: the count says more. */
    if (found.count != 0 && program_header_size != ELF_PROGRAM_HEADER_BYTES) {
        return problem_set(problem, PROBLEM_ELF_PROGRAM_HEADER_SIZE, source->name,
                           program_header_size, ELF_PROGRAM_HEADER_BYTES);
    }
    found.offset_bytes = bytes_64(header + ELF_TABLE_OFFSET);
    found.size_bytes = found.count * ELF_PROGRAM_HEADER_BYTES;
    found.entry = bytes_64(header + ELF_ENTRY_OFFSET);
    found.movable = bytes_16(header + ELF_TYPE_OFFSET) == ELF_TYPE_DYNAMIC;
    if (!check_table(source, &found, problem)) {
        return false;
    }
    *table = found;
    return true;
}
