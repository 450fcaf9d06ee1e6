/* SPDX-License-Identifier: BSD-2-Clause */
/* What compilers call for structures. */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size_bytes);
void *memset(void *to, int value, size_t size_bytes);

void *memcpy(void *restrict to, const void *restrict from, size_t size_bytes)
{
    for (size_t i = 0; i < size_bytes; i++) {
        ((volatile char *)to)[i] = ((const char *)from)[i];
    }
    return to;
}

void *memset(void *to, int value, size_t size_bytes)
{
    for (size_t i = 0; i < size_bytes; i++) {
        ((volatile char *)to)[i] = (char)value;
    }
    return to;
}
