/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The four functions that a freestanding compiler may call on its own. They are string
 * instructions, so that no compiler can turn their loop into a call of themselves.
 */
#include <stddef.h>

void *memcpy(void *restrict target, const void *restrict source, size_t size_bytes);
void *memmove(void *target, const void *source, size_t size_bytes);
void *memset(void *target, int value, size_t size_bytes);
int memcmp(const void *left, const void *right, size_t size_bytes);

void *memcpy(void *restrict target, const void *restrict source, size_t size_bytes)
{
    void *at = target;

    __asm__ volatile("rep movsb" : "+D"(at), "+S"(source), "+c"(size_bytes) : : "memory");
    return target;
}

void *memmove(void *target, const void *source, size_t size_bytes)
{
    char *to = target;
    const char *from = source;

    if (size_bytes == 0 || to <= from) {
        return memcpy(target, source, size_bytes);
    }
    to += size_bytes - 1;
    from += size_bytes - 1;
    __asm__ volatile("std; rep movsb; cld" : "+D"(to), "+S"(from), "+c"(size_bytes) : : "memory");
    return target;
}

void *memset(void *target, int value, size_t size_bytes)
{
    void *at = target;

    __asm__ volatile("rep stosb" : "+D"(at), "+c"(size_bytes) : "a"(value) : "memory");
    return target;
}

int memcmp(const void *left, const void *right, size_t size_bytes)
{
    const unsigned char *a = left;
    const unsigned char *b = right;

    for (size_t i = 0; i < size_bytes; i++) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return 0;
}
