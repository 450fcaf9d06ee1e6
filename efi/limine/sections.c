/* SPDX-License-Identifier: BSD-2-Clause */
/* One section by its name. A kernel needs no section headers, so nothing is wrong with bad ones. */
#include "sections.h"

#include "bytes.h"

#define HEADER_TABLE_OFFSET 0x28u
#define HEADER_ENTRY_SIZE   0x3au
#define HEADER_COUNT        0x3cu
#define HEADER_NAMES        0x3eu

#define SECTION_BYTES       64u
#define SECTION_ADDRESS     0x10u
#define SECTION_FILE_OFFSET 0x18u
#define SECTION_SIZE        0x20u

static const char wanted[] = ".limine_reqs";

static bool read_part(const struct sections_file *file, uint64_t offset_bytes, void *target,
                      uint64_t size_bytes)
{
    return offset_bytes <= file->size_bytes && size_bytes <= file->size_bytes - offset_bytes &&
           file->read(file->context, offset_bytes, target, size_bytes);
}

struct elf_range sections_find_requests(const struct sections_file *file)
{
    const struct elf_range none = {0, 0};
    unsigned char header[ELF_HEADER_BYTES];
    unsigned char section[SECTION_BYTES];
    char name[sizeof(wanted)];
    uint64_t table;
    uint64_t names;

    if (!read_part(file, 0, header, sizeof(header)) ||
        bytes_16(header + HEADER_ENTRY_SIZE) != sizeof(section)) {
        return none;
    }
    table = bytes_64(header + HEADER_TABLE_OFFSET);
    if (table > file->size_bytes ||
        !read_part(file, table + (uint64_t)bytes_16(header + HEADER_NAMES) * sizeof(section),
                   section, sizeof(section))) {
        return none;
    }
    names = bytes_64(section + SECTION_FILE_OFFSET);
    for (unsigned i = 0; names <= file->size_bytes && i < bytes_16(header + HEADER_COUNT); i++) {
        if (!read_part(file, table + (uint64_t)i * sizeof(section), section, sizeof(section))) {
            return none;
        }
        if (read_part(file, names + bytes_32(section), name, sizeof(name)) &&
            __builtin_memcmp(name, wanted, sizeof(name)) == 0) {
            return (struct elf_range){bytes_64(section + SECTION_ADDRESS),
                                      bytes_64(section + SECTION_SIZE)};
        }
    }
    return none;
}
