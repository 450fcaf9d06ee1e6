/* SPDX-License-Identifier: BSD-2-Clause */
/* BLAKE2b against the example of RFC 7693, appendix A, and hashes that another program has made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "blake2b.h"

#define LONGEST 400u

static void hash_of(const void *bytes, size_t size_bytes, char text[2 * BLAKE2B_HASH_BYTES + 1])
{
    struct blake2b hash;
    uint8_t result[BLAKE2B_HASH_BYTES];

    blake2b_begin(&hash);
    blake2b_add(&hash, bytes, size_bytes);
    blake2b_end(&hash, result);
    for (unsigned i = 0; i < BLAKE2B_HASH_BYTES; i++) {
        snprintf(text + 2 * i, 3, "%02x", result[i]);
    }
}

static void the_example_of_the_rfc_comes_out(void **state)
{
    char text[2 * BLAKE2B_HASH_BYTES + 1];

    (void)state;
    hash_of("abc", 3, text);
    assert_string_equal(text, "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                              "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

static void nothing_has_a_hash(void **state)
{
    char text[2 * BLAKE2B_HASH_BYTES + 1];

    (void)state;
    hash_of("", 0, text);
    assert_string_equal(text, "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419"
                              "d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce");
}

/* The hash of the hashes of 0 to 399 bytes 0, 1, 2 ..., as Python's hashlib has it. */
static void every_length_around_the_blocks_is_right(void **state)
{
    static uint8_t bytes[LONGEST];
    char all[2 * BLAKE2B_HASH_BYTES + 1];
    struct blake2b hashes;
    uint8_t result[BLAKE2B_HASH_BYTES];

    (void)state;
    blake2b_begin(&hashes);
    for (unsigned i = 0; i < LONGEST; i++) {
        struct blake2b hash;

        blake2b_begin(&hash);
        blake2b_add(&hash, bytes, i);
        blake2b_end(&hash, result);
        blake2b_add(&hashes, result, sizeof(result));
        bytes[i] = (uint8_t)i;
    }
    blake2b_end(&hashes, result);
    for (unsigned i = 0; i < BLAKE2B_HASH_BYTES; i++) {
        snprintf(all + 2 * i, 3, "%02x", result[i]);
    }
    assert_string_equal(all, "d7be84fece2832ba3859611a9558d8eedf63f9e802180c5b32436fa8568d771a"
                             "7d8fd75d20c900ebba22887a3f0396efbeaa27cd71a0f6bed931f727a5e620bb");
}

static void pieces_add_up(void **state)
{
    static uint8_t bytes[LONGEST];
    char whole[2 * BLAKE2B_HASH_BYTES + 1];
    uint8_t result[BLAKE2B_HASH_BYTES];
    char text[3];

    (void)state;
    for (unsigned i = 0; i < LONGEST; i++) {
        bytes[i] = (uint8_t)(i * 7);
    }
    hash_of(bytes, LONGEST, whole);
    for (unsigned step = 1; step < LONGEST; step += 13) {
        struct blake2b hash;

        blake2b_begin(&hash);
        for (unsigned at = 0; at < LONGEST; at += step) {
            blake2b_add(&hash, bytes + at, at + step < LONGEST ? step : LONGEST - at);
            blake2b_add(&hash, bytes, 0);
        }
        blake2b_end(&hash, result);
        for (unsigned i = 0; i < BLAKE2B_HASH_BYTES; i++) {
            snprintf(text, sizeof(text), "%02x", result[i]);
            assert_memory_equal(text, whole + 2 * i, 2);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_rfc_comes_out),
        cmocka_unit_test(nothing_has_a_hash),
        cmocka_unit_test(every_length_around_the_blocks_is_right),
        cmocka_unit_test(pieces_add_up),
    };

    return cmocka_run_group_tests_name("blake2b", tests, NULL, NULL);
}
