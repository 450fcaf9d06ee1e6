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

#ifdef __arm__
/* The names that the procedure call standard's run-time part has for them. */
void __aeabi_memclr(void *to, size_t size_bytes);
void __aeabi_memclr4(void *to, size_t size_bytes) __attribute__((alias("__aeabi_memclr")));
void __aeabi_memclr8(void *to, size_t size_bytes) __attribute__((alias("__aeabi_memclr")));
void __aeabi_memcpy(void *to, const void *from, size_t size_bytes) __attribute__((alias("memcpy")));
void __aeabi_memcpy4(void *to, const void *from, size_t size_bytes)
    __attribute__((alias("memcpy")));
void __aeabi_memcpy8(void *to, const void *from, size_t size_bytes)
    __attribute__((alias("memcpy")));

void __aeabi_memclr(void *to, size_t size_bytes)
{
    memset(to, 0, size_bytes);
}
#endif
