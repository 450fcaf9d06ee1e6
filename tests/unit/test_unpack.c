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

#define BYTES_LIMIT 4096

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
    size_t length = problem_texts_bytes > BYTES_LIMIT ? BYTES_LIMIT : problem_texts_bytes;

    (void)state;
    memcpy(plain, problem_text(PROBLEM_NONE), length);
    assert_in_range(there_and_back(length), 1, length / 2);
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
            assert_in_range(there_and_back(length), 0, length + length / 8 + 1);
        }
    }
}

static void long_runs_and_far_copies_come_back_and_take_few_bytes(void **state)
{
    (void)state;
    memset(plain, 0, sizeof(plain));
    assert_in_range(there_and_back(BYTES_LIMIT), 1, 8);
    for (size_t i = 0; i < 64; i++) {
        plain[i] = (uint8_t)(i * 37);
        plain[BYTES_LIMIT - 64 + i] = plain[i];
    }
    assert_in_range(there_and_back(BYTES_LIMIT), 64, 96);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_is_unpacked_as_it_stands_in_the_table),
        cmocka_unit_test(packed_sentences_are_less_than_half_as_long),
        cmocka_unit_test(bytes_by_chance_come_back),
        cmocka_unit_test(long_runs_and_far_copies_come_back_and_take_few_bytes),
    };

    return cmocka_run_group_tests_name("unpack", tests, NULL, NULL);
}
