/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes that are read from an offset: those of a file, or of a fuzzer. */
#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
    /* False: they cannot be read, all of them. The caller stays within size_bytes. */
    bool (*read)(void *context, uint64_t offset_bytes, void *buffer, size_t length_bytes);
    void *context;
    uint64_t size_bytes;
};

/* False: they are not all there, or cannot be read. */
static inline bool bytes_read(const struct bytes *bytes, uint64_t offset_bytes, void *buffer,
                              size_t length_bytes)
{
    return offset_bytes <= bytes->size_bytes && length_bytes <= bytes->size_bytes - offset_bytes &&
           bytes->read(bytes->context, offset_bytes, buffer, length_bytes);
}

#endif
