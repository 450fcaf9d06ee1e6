/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cmocka programs about the ELF reader share: a kernel to spoil, reading it, and
 * assertions on what comes out. Include cmocka.h first.
 */
#ifndef TEST_ELF_FIXTURE_H
#define TEST_ELF_FIXTURE_H

#include "elf.h"
#include "elf_builder.h"

#define UPPER UINT64_C(0xffff800000000000)

/* The file, and what the last call of read_kernel left. */
static struct elf_builder kernel;
static struct elf_image image;
static struct problem problem;

/* Reads the whole of `kernel` as the loader does: the header, then the table it names. */
static inline bool read_kernel(void)
{
    struct elf_source source = {text_of("/kernel.elf"), kernel.size_bytes, false};
    struct elf_table table;
    unsigned char *bytes;
    bool result;

    memset(&problem, 0, sizeof(problem));
    bytes = elf_builder_copy(&kernel, 0, kernel.size_bytes < 64 ? kernel.size_bytes : 64);
    result = elf_read_header(&source, bytes, &table, &problem);
    free(bytes);
    if (!result) {
        return false;
    }
    assert_true(table.offset_bytes + table.size_bytes <= kernel.size_bytes);
    assert_int_equal(table.size_bytes, table.count * 56);
    bytes = elf_builder_copy(&kernel, table.offset_bytes, table.size_bytes);
    result = elf_read_segments(&source, &table, bytes, &image, &problem);
    free(bytes);
    return result;
}

static inline void assert_accepted(void)
{
    if (!read_kernel()) {
        char sentence[PROBLEM_SENTENCE_CAPACITY];

        problem_sentence(&problem, sentence, sizeof(sentence));
        fail_msg("refused: %s", sentence);
    }
}

/* Refused for this reason, with these numbers; the name is always the file's. */
static inline void assert_refused(enum problem_kind kind, uint64_t first, uint64_t second,
                                  uint64_t third, uint64_t fourth)
{
    assert_false(read_kernel());
    assert_int_equal(problem.kind, kind);
    assert_true(text_equals(problem.name, text_of("/kernel.elf")));
    assert_int_equal(problem.numbers[0], first);
    assert_int_equal(problem.numbers[1], second);
    assert_int_equal(problem.numbers[2], third);
    assert_int_equal(problem.numbers[3], fourth);
}

static inline void put(size_t offset, unsigned width, uint64_t value)
{
    elf_builder_put(&kernel, offset, width, value);
}

static inline void put_field(unsigned index, size_t field, uint64_t value)
{
    put(elf_builder_field(index, field), field < P_OFFSET ? 4 : 8, value);
}

/* A kernel of one executable segment. */
static inline void one_segment(struct elf_builder_segment segment)
{
    elf_builder_header(&kernel, 1, segment.va);
    elf_builder_segment(&kernel, 0, segment);
    kernel.size_bytes = BUILDER_FILE_BYTES;
}

static inline int start_with_a_good_kernel(void **state)
{
    (void)state;
    elf_builder_kernel(&kernel);
    return 0;
}

#define ELF_TEST(name) cmocka_unit_test_setup(name, start_with_a_good_kernel)

#endif
