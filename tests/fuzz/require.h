/* SPDX-License-Identifier: BSD-2-Clause */
/* What a fuzzer insists on: libFuzzer keeps the input that ends the program here. */
#ifndef FUZZ_REQUIRE_H
#define FUZZ_REQUIRE_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(condition)                                                          \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                \
        }                                                                           \
    } while (0)

/* A copy without a byte to spare, for free(): the sanitizer sees every byte read behind it. */
static inline void *require_copy(const void *data, size_t size)
{
    void *copy = malloc(size == 0 ? 1 : size);

    REQUIRE(copy != NULL);
    if (size != 0) {
        memcpy(copy, data, size);
    }
    return copy;
}

#endif
