/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The dynamic section of a movable kernel (gABI, "Dynamic Section"), read where it lies in memory
 * once the segments are loaded. No number in it is trusted: whatever it speaks of is looked up in
 * the segments first. For relocation.c and dynamic.c only.
 */
#ifndef DYNAMIC_H
#define DYNAMIC_H

#include "elf.h"
#include "problem.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DYNAMIC_SYMBOL_BYTES      24u
#define DYNAMIC_RELOCATION_BYTES  24u
#define DYNAMIC_COMPRESSED_BYTES  8u
#define DYNAMIC_SYMBOLS_UNCOUNTED UINT64_MAX

/* The image as it lies in memory, image->size_bytes long. */
struct dynamic_image {
    const struct elf_image *image;
    unsigned char *memory;
    struct text file_name;
    size_t last_segment; /* where the last address was found, to be tried first */
};

/* Addresses in here are those of the file, before the slide. */
struct dynamic_table {
    const char *name;
    uint64_t va;
    uint64_t size_bytes;
};

struct dynamic {
    struct dynamic_table compressed;     /* DT_RELR */
    struct dynamic_table relocations[2]; /* DT_RELA and DT_JMPREL */
    uint64_t symbols_va;
    uint64_t symbol_count; /* DYNAMIC_SYMBOLS_UNCOUNTED: no hash table tells */
    struct dynamic_table strings;
};

/* A symbol as its table has it; the name lies in the image. */
struct dynamic_symbol {
    struct text name;
    uint64_t value;
    unsigned binding;
    unsigned type;
    unsigned section;
};

/* Where an address of the file lies in memory; NULL unless all bytes lie in one segment. */
unsigned char *dynamic_find(struct dynamic_image *loaded, uint64_t va, uint64_t size_bytes);

/* Reads the section that image->dynamic names. Fails with a PROBLEM_RELOCATE_ kind. */
bool dynamic_read(struct dynamic_image *loaded, struct dynamic *dynamic, struct problem *problem);

/* False: there is no such symbol. */
bool dynamic_read_symbol(struct dynamic_image *loaded, const struct dynamic *dynamic,
                         uint64_t index, struct dynamic_symbol *symbol);

#endif
