/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cmocka programs about relocating share: an image in memory as it lies there once it is
 * loaded, with its tables, and assertions on what becomes of it. Numbers of the ABI are written
 * down again. Include cmocka.h first.
 */
#ifndef TEST_RELOCATION_FIXTURE_H
#define TEST_RELOCATION_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "relocation.h"

#define LINKED UINT64_C(0x10000)
#define SLIDE  UINT64_C(0xffffffff92000000)

/* Offsets in the image: code, a gap, tables, a page in no segment, data, and the gap behind. */
#define CODE         0x0
#define CODE_BYTES   0x800
#define TABLES       0x1000
#define TABLES_BYTES 0x1000
#define RELA         0x1000
#define JMPREL       0x1200
#define RELR         0x1400
#define SYMTAB       0x1600
#define STRTAB       0x1800
#define HASH         0x1a00
#define GNU_HASH     0x1b00
#define DATA         0x3000
#define DATA_BYTES   0x1010
#define PLACES       0x3000
#define DYNAMIC      0x3800
#define IMAGE_BYTES  0x5000

#define DT_NULL     0
#define DT_NEEDED   1
#define DT_PLTRELSZ 2
#define DT_HASH     4
#define DT_STRTAB   5
#define DT_SYMTAB   6
#define DT_RELA     7
#define DT_RELASZ   8
#define DT_RELAENT  9
#define DT_STRSZ    10
#define DT_SYMENT   11
#define DT_REL      17
#define DT_PLTREL   20
#define DT_JMPREL   23
#define DT_RELRSZ   35
#define DT_RELR     36
#define DT_RELRENT  37
#define DT_GNU_HASH 0x6ffffef5

#define R_NONE      0
#define R_64        1
#define R_GLOB_DAT  6
#define R_JUMP_SLOT 7
#define R_RELATIVE  8

#define GLOBAL_OBJECT (1 << 4 | 1)
#define WEAK_OBJECT   (2 << 4 | 1)
#define GLOBAL_IFUNC  (1 << 4 | 10)

static struct elf_image image;
static unsigned char *memory;
static struct problem problem;
static uint64_t changed;
static unsigned dynamic_count;
static unsigned string_bytes;

static inline void put(uint64_t offset, unsigned width, uint64_t value)
{
    assert_true(offset + width <= IMAGE_BYTES);
    for (unsigned i = 0; i < width; i++) {
        memory[offset + i] = (unsigned char)(value >> (8 * i));
    }
}

static inline uint64_t word_at(uint64_t offset)
{
    uint64_t value = 0;

    for (unsigned i = 8; i-- > 0;) {
        value = value << 8 | memory[offset + i];
    }
    return value;
}

static inline void add_tag(uint64_t tag, uint64_t value)
{
    put(DYNAMIC + 16 * dynamic_count, 8, tag);
    put(DYNAMIC + 16 * dynamic_count + 8, 8, value);
    dynamic_count++;
    image.dynamic.size_bytes = 16 * dynamic_count;
}

static inline void put_rela_at(uint64_t table, unsigned index, const uint64_t fields[4])
{
    put(table + 24 * index, 8, fields[0]);
    put(table + 24 * index + 8, 4, fields[1]);
    put(table + 24 * index + 12, 4, fields[2]);
    put(table + 24 * index + 16, 8, fields[3]);
}

/* Address, type, symbol, addend. */
#define put_rela(index, ...) put_rela_at(RELA, index, (const uint64_t[4]){__VA_ARGS__})

static inline void put_symbol(unsigned index, const char *name, unsigned info, unsigned section,
                              uint64_t value)
{
    put(SYMTAB + 24 * index, 4, string_bytes);
    put(SYMTAB + 24 * index + 4, 1, info);
    put(SYMTAB + 24 * index + 6, 2, section);
    put(SYMTAB + 24 * index + 8, 8, value);
    memcpy(memory + STRTAB + string_bytes, name, strlen(name) + 1);
    string_bytes += (unsigned)strlen(name) + 1;
}

/* So many relocations; symbols are counted by DT_HASH. */
static inline void add_tables(unsigned rela_count, unsigned symbol_count)
{
    add_tag(DT_RELA, LINKED + RELA);
    add_tag(DT_RELASZ, 24 * rela_count);
    add_tag(DT_RELAENT, 24);
    add_tag(DT_SYMTAB, LINKED + SYMTAB);
    add_tag(DT_SYMENT, 24);
    add_tag(DT_STRTAB, LINKED + STRTAB);
    add_tag(DT_STRSZ, 0x100);
    add_tag(DT_HASH, LINKED + HASH);
    put(HASH, 4, 1);
    put(HASH + 4, 4, symbol_count);
}

static inline int relocation_setup(void **state)
{
    (void)state;
    memory = calloc(1, IMAGE_BYTES);
    assert_non_null(memory);
    image = (struct elf_image){.entry = LINKED,
                               .va_base = LINKED,
                               .size_bytes = IMAGE_BYTES,
                               .alignment_bytes = 0x1000,
                               .movable = true,
                               .dynamic = {LINKED + DYNAMIC, 0},
                               .segment_count = 3,
                               .segments = {{.va = LINKED + CODE, .size_bytes = CODE_BYTES},
                                            {.va = LINKED + TABLES, .size_bytes = TABLES_BYTES},
                                            {.va = LINKED + DATA, .size_bytes = DATA_BYTES}}};
    memset(&problem, 0, sizeof(problem));
    changed = 77;
    dynamic_count = 0;
    string_bytes = 1;
    return 0;
}

static inline int relocation_teardown(void **state)
{
    (void)state;
    free(memory);
    return 0;
}

#define RELOCATION_TEST(name) \
    cmocka_unit_test_setup_teardown(name, relocation_setup, relocation_teardown)

static inline bool relocate_here(void)
{
    const struct elf_source source = {text_of("/kernel.elf"), 0x10000, false};
    struct elf_image moved = image;

    elf_move(&moved, SLIDE);
    return relocate(&source, &moved, memory, &changed, &problem);
}

static inline void assert_relocated(uint64_t count)
{
    if (!relocate_here()) {
        char sentence[PROBLEM_SENTENCE_CAPACITY];

        problem_sentence(&problem, sentence, sizeof(sentence));
        fail_msg("refused: %s", sentence);
    }
    assert_int_equal(changed, count);
}

/* Refused with this sentence, and nothing was changed. */
static inline void assert_sentence(const char *expected)
{
    static unsigned char before[IMAGE_BYTES];
    char sentence[PROBLEM_SENTENCE_CAPACITY];

    memcpy(before, memory, sizeof(before));
    assert_false(relocate_here());
    problem_sentence(&problem, sentence, sizeof(sentence));
    assert_string_equal(sentence, expected);
    assert_memory_equal(before, memory, sizeof(before));
}

#endif
