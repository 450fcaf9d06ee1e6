/* SPDX-License-Identifier: BSD-2-Clause */
/* Gives the Rust part memory and a way to print; see main.rs. */
#include <inttypes.h>
#include <stdio.h>

#define FRAMES 16
#define PAGE   4096

static void print(const char *text, uint64_t va, uint64_t pa, uint64_t size_kib)
{
    printf("%016" PRIx64 " -> %09" PRIx64 " %8" PRIu64 " KiB %s\n", va, pa, size_kib, text);
}

typedef void print_function(const char *text, uint64_t va, uint64_t pa, uint64_t size_kib);
const char *rust_main(unsigned char *memory, uint64_t count, print_function *how);

int main(void)
{
    static _Alignas(PAGE) unsigned char memory[FRAMES * PAGE];
    const char *problem = rust_main(memory, FRAMES, print);

    if (problem != NULL) {
        fprintf(stderr, "rust: %s\n", problem);
    }
    return problem != NULL;
}
