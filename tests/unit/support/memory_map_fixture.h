/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cmocka programs about the memory map share: firmware with a map, and assertions on what it is read into.
 * Include cmocka.h first.
 */
#ifndef TEST_MEMORY_MAP_FIXTURE_H
#define TEST_MEMORY_MAP_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "firmware_map.h"

#define KIB  UINT64_C(0x400)
#define MIB  UINT64_C(0x100000)
#define PAGE UINT64_C(0x1000)
#define END  (UINT64_C(1) << 52)

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct fixture {
    struct firmware_map firmware;
    struct read_map read;
    struct problem problem;
    unsigned physical_bits;
};

static inline int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    f->physical_bits = 52;
    firmware_map_open(&f->firmware, 48);
    *state = f;
    return 0;
}

static inline int teardown(void **state)
{
    struct fixture *f = *state;

    firmware_map_close(&f->firmware);
    read_map_close(&f->read);
    free(f);
    return 0;
}

#define test_of(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static inline void add(struct fixture *f, uint32_t type, uint64_t base, uint64_t size_bytes)
{
    firmware_map_add(&f->firmware, type, base, size_bytes / PAGE);
}

/* With no more room than the loader promises. */
static inline bool read_with_claim(struct fixture *f, const struct memory_range *claim)
{
    struct memory_source source = firmware_map_source(&f->firmware);

    source.physical_bits = f->physical_bits;
    source.claims = claim;
    source.claim_count = claim == NULL ? 0 : 1;
    read_map_close(&f->read);
    read_map_open(&f->read, memory_map_capacity(f->firmware.count + source.claim_count));
    return memory_map_read(&f->read.map, &f->read.scratch, &source, &f->problem);
}

static inline bool read(struct fixture *f)
{
    return read_with_claim(f, NULL);
}

static inline void assert_ranges(const struct memory_map *map, const struct memory_range *expected,
                                 size_t count)
{
    for (size_t i = 0; i < count && i < map->count; i++) {
        if (map->ranges[i].base != expected[i].base ||
            map->ranges[i].size_bytes != expected[i].size_bytes ||
            map->ranges[i].kind != expected[i].kind) {
            fail_msg("range %zu is %llx, %llx bytes, %s", i,
                     (unsigned long long)map->ranges[i].base,
                     (unsigned long long)map->ranges[i].size_bytes,
                     memory_kind_name(map->ranges[i].kind));
        }
    }
    assert_int_equal(map->count, count);
}

#define PAGE_0 ((struct memory_range){0, PAGE, MEMORY_RESERVED})
#define assert_map(f, ...)                                     \
    do {                                                       \
        const struct memory_range wanted[] = {__VA_ARGS__};    \
        assert_ranges(&(f)->read.map, wanted, LENGTH(wanted)); \
    } while (0)

static inline void assert_sentence(const struct fixture *f, const char *expected)
{
    char sentence[PROBLEM_SENTENCE_CAPACITY];

    problem_sentence(&f->problem, sentence, sizeof(sentence));
    assert_string_equal(sentence, expected);
}

#endif
