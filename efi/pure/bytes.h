/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Little-endian numbers at any place: nothing in a file or in a firmware's table is trusted to be
 * aligned.
 */
#ifndef BYTES_H
#define BYTES_H

#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are taken as they lie there");

static inline uint16_t bytes_16(const unsigned char *bytes)
{
    uint16_t value;

    __builtin_memcpy(&value, bytes, sizeof(value));
    return value;
}

static inline uint32_t bytes_32(const unsigned char *bytes)
{
    uint32_t value;

    __builtin_memcpy(&value, bytes, sizeof(value));
    return value;
}

static inline uint64_t bytes_64(const unsigned char *bytes)
{
    uint64_t value;

    __builtin_memcpy(&value, bytes, sizeof(value));
    return value;
}

#endif
