/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the build packs is unpacked again as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pack.h"
#include "problem_text.h"
#include "problem_texts.h"
#include "unpack.h"

#define BYTES_LIMIT (256u << 10)
/* No copy reaches farther back. */
#define FAR (1536 + 65536)

static uint8_t plain[BYTES_LIMIT];
static uint8_t unpacked[BYTES_LIMIT + 1];

/* Packs the first bytes of `plain`, compares, and returns how many there are packed. */
static size_t there_and_back(size_t length)
{
    uint8_t *packed;
    const size_t packed_bytes = pack(plain, length, &packed);

    assert_non_null(packed);
    memset(unpacked, 0xee, sizeof(unpacked));
    unpack(unpacked, length, packed);
    assert_memory_equal(unpacked, plain, length);
    assert_int_equal(unpacked[length], 0xee);
    free(packed);
    return packed_bytes;
}

static void every_sentence_is_unpacked_as_it_stands_in_the_table(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < PROBLEM_KIND_COUNT; kind++) {
        assert_string_equal(problem_text((enum problem_kind)kind), problem_texts[kind]);
    }
}

static void packed_sentences_are_less_than_half_as_long(void **state)
{
    (void)state;
    memcpy(plain, problem_text(PROBLEM_NONE), problem_texts_bytes);
    assert_in_range(there_and_back(problem_texts_bytes), 1, problem_texts_bytes / 2);
}

static void bytes_by_chance_come_back(void **state)
{
    uint32_t chance = 1;

    (void)state;
    /* The fewer values a byte has, the longer and nearer the copies are. */
    for (unsigned values = 1; values <= 256; values *= 2) {
        for (size_t length = 0; length <= 700; length = length * 3 / 2 + 1) {
            for (size_t i = 0; i < length; i++) {
                chance = chance * 1664525u + 1013904223u;
                plain[i] = (uint8_t)((chance >> 16) % values);
            }
            assert_in_range(there_and_back(length), 0, length + length / 200 + 2);
        }
    }
}

static void bytes_without_order(size_t length)
{
    uint32_t chance = 1;

    for (size_t i = 0; i < length; i++) {
        chance = chance * 1664525u + 1013904223u;
        plain[i] = (uint8_t)(chance >> 16);
    }
}

/* What does not fit into a step's first byte goes on in bytes: to either side of where they do. */
static void runs_and_plain_bytes_of_any_length_come_back(void **state)
{
    static const size_t lengths[] = {1,    2,    3,    4,    8,    9,    10,         257,
                                     258,  259,  263,  264,  265,  513,  519,        520,
                                     1023, 1024, 1025, 1026, 1027, 4096, BYTES_LIMIT};

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        memset(plain, 0, lengths[i]);
        assert_in_range(there_and_back(lengths[i]), 1, 4 + lengths[i] / 170);
        bytes_without_order(lengths[i]);
        assert_in_range(there_and_back(lengths[i]), lengths[i] * 15 / 16,
                        lengths[i] + 3 + lengths[i] / 200);
    }
}

/* The distances of each kind, to either side of where the next kind begins. */
static void copies_from_any_distance_come_back(void **state)
{
    static const size_t distances[] = {64,   255,  256,  257,  512,   513,     1535, 1536,
                                       1537, 1792, 1793, 4096, 65536, FAR - 1, FAR,  FAR + 1};

    (void)state;
    for (size_t i = 0; i < sizeof(distances) / sizeof(distances[0]); i++) {
        const size_t distance = distances[i];
        size_t alone;

        bytes_without_order(distance);
        alone = there_and_back(distance);
        memcpy(plain + distance, plain, 64);
        if (distance <= FAR) {
            assert_in_range(there_and_back(distance + 64), alone, alone + 5);
        } else {
            assert_in_range(there_and_back(distance + 64), alone + 32, alone + 66);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_is_unpacked_as_it_stands_in_the_table),
        cmocka_unit_test(packed_sentences_are_less_than_half_as_long),
        cmocka_unit_test(bytes_by_chance_come_back),
        cmocka_unit_test(runs_and_plain_bytes_of_any_length_come_back),
        cmocka_unit_test(copies_from_any_distance_come_back),
    };

    return cmocka_run_group_tests_name("unpack", tests, NULL, NULL);
}
