/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The four functions that compilers call by themselves, for a program without a C library.
 *
 * They move eight bytes at a time: kernels of many megabytes are cleared with them. On the host the
 * C library has its own, so this file stands with the firmware files.
 */
#include <stddef.h>
#include <stdint.h>

void *memset(void *target, int value, size_t size_bytes);
void *memcpy(void *restrict target, const void *restrict source, size_t size_bytes);
void *memmove(void *target, const void *source, size_t size_bytes);
int memcmp(const void *left, const void *right, size_t size_bytes);

void *memset(void *target, int value, size_t size_bytes)
{
    const uint64_t word = (unsigned char)value * UINT64_C(0x0101010101010101);
    void *words = target;
    size_t word_count = size_bytes / sizeof(word);
    unsigned char *rest;

    __asm__ volatile("rep stosq" : "+D"(words), "+c"(word_count) : "a"(word) : "memory");
    rest = words;
    for (size_t i = 0; i < size_bytes % sizeof(word); i++) {
        ((volatile unsigned char *)rest)[i] = (unsigned char)value;
    }
    return target;
}

void *memcpy(void *restrict target, const void *restrict source, size_t size_bytes)
{
    void *to = target;
    const void *from = source;
    size_t word_count = size_bytes / sizeof(uint64_t);
    size_t rest_bytes = size_bytes % sizeof(uint64_t);

    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(word_count) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(rest_bytes) : : "memory");
    return target;
}

void *memmove(void *target, const void *source, size_t size_bytes)
{
    volatile unsigned char *to = target;
    const volatile unsigned char *from = source;

    if ((uintptr_t)target <= (uintptr_t)source) {
        for (size_t i = 0; i < size_bytes; i++) {
            to[i] = from[i];
        }
    } else {
        for (size_t i = size_bytes; i > 0; i--) {
            to[i - 1] = from[i - 1];
        }
    }
    return target;
}

int memcmp(const void *left, const void *right, size_t size_bytes)
{
    const volatile unsigned char *a = left;
    const volatile unsigned char *b = right;

    for (size_t i = 0; i < size_bytes; i++) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return 0;
}
