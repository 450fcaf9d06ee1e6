/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes and texts, sums over them, and the words of the command line. */
#include "kernel.h"

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)
#define CRC_32    0xedb88320u

/* The compiler may call these. */
void *memset(void *target, int value, size_t size_bytes);
void *memcpy(void *target, const void *source, size_t size_bytes);

void *memset(void *target, int value, size_t size_bytes)
{
    void *at = target;

    __asm__ volatile("rep stosb" : "+D"(at), "+c"(size_bytes) : "a"(value) : "memory");
    return target;
}

void *memcpy(void *target, const void *source, size_t size_bytes)
{
    void *at = target;

    __asm__ volatile("rep movsb" : "+D"(at), "+S"(source), "+c"(size_bytes) : : "memory");
    return target;
}

bool same_bytes(const void *left, const void *right, size_t size_bytes)
{
    const volatile uint8_t *a = left;
    const volatile uint8_t *b = right;

    for (size_t i = 0; i < size_bytes; i++) {
        if (a[i] != b[i]) {
            return false;
        }
    }
    return true;
}

size_t length_of(const char *text)
{
    size_t length = 0;

    while (((const volatile char *)text)[length] != '\0') {
        length++;
    }
    return length;
}

uint64_t hash_of(const void *data, size_t size_bytes)
{
    uint64_t hash = FNV_BASIS;

    for (size_t i = 0; i < size_bytes; i++) {
        hash = (hash ^ ((const uint8_t *)data)[i]) * FNV_PRIME;
    }
    return hash;
}

uint8_t sum_of(const void *data, size_t size_bytes)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < size_bytes; i++) {
        sum = (uint8_t)(sum + ((const uint8_t *)data)[i]);
    }
    return sum;
}

uint32_t crc_of(const uint8_t *data, size_t size_bytes, size_t zero_at)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < size_bytes; i++) {
        crc ^= i - zero_at < 4 ? 0 : data[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? CRC_32 : 0);
        }
    }
    return ~crc;
}

const char *word(const char *name)
{
    const struct number_response *answer = response_to(EXECUTABLE_CMDLINE);
    const struct number_response *own = response_to(EXECUTABLE_FILE);
    const char *line = answer != NULL ? (const char *)answer->number : "";
    size_t length = length_of(name);

    /* Loaders that do not know the request for the command line have it here. */
    if (answer == NULL && own != NULL) {
        line = (const char *)((const struct file *)own->number)->string;
    }
    while (*line != '\0') {
        if (same_bytes(line, name, length) &&
            (line[length] == '\0' || line[length] == ' ' || line[length] == '=')) {
            return line + length;
        }
        while (*line != '\0' && *line++ != ' ') {
        }
    }
    return NULL;
}

uint64_t number_word(const char *name, uint64_t otherwise)
{
    const char *value = word(name);
    uint64_t number = 0;

    if (value == NULL || *value != '=') {
        return otherwise;
    }
    while (*++value >= '0' && *value <= '9') {
        number = number * 10 + (uint64_t)(*value - '0');
    }
    return number;
}
