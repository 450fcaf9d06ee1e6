/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Little-endian numbers at any place of a file's bytes. Read byte by byte: nothing in a file is
 * trusted to be aligned. For the two elf_*.c files only.
 */
#ifndef ELF_BYTES_H
#define ELF_BYTES_H

#include <stdint.h>

static inline uint64_t elf_bytes_read(const unsigned char *bytes, unsigned count)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < count; i++) {
        value |= (uint64_t)bytes[i] << (8 * i);
    }
    return value;
}

static inline uint16_t elf_bytes_16(const unsigned char *bytes)
{
    return (uint16_t)elf_bytes_read(bytes, 2);
}

static inline uint32_t elf_bytes_32(const unsigned char *bytes)
{
    return (uint32_t)elf_bytes_read(bytes, 4);
}

static inline uint64_t elf_bytes_64(const unsigned char *bytes)
{
    return elf_bytes_read(bytes, 8);
}

#endif
