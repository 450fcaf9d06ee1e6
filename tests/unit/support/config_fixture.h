/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cmocka programs about the configuration file share: parsing a string, and assertions on
 * what comes out. Include cmocka.h first.
 */
#ifndef TEST_CONFIG_FIXTURE_H
#define TEST_CONFIG_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "config.h"

#define WARNING_LIMIT 8

/* What the last call of parse left. */
static struct config config;
static struct problem problem;
static struct problem warnings[WARNING_LIMIT];
static size_t warning_count;
/* The source, on the heap and without a byte to spare, so that the sanitizer sees every byte read
 * too many. */
static char *source;

static inline void remember_warning(void *context, const struct problem *warning)
{
    assert_ptr_equal(context, &warning_count);
    assert_true(warning_count < WARNING_LIMIT);
    warnings[warning_count++] = *warning;
}

static inline bool parse_named(const char *bytes, size_t length, const char *name)
{
    const struct config_warnings listener = {remember_warning, &warning_count};

    free(source);
    source = malloc(length == 0 ? 1 : length);
    assert_non_null(source);
    memcpy(source, bytes, length);
    warning_count = 0;
    memset(&config, 0xa5, sizeof(config));
    memset(&problem, 0, sizeof(problem));
    return config_parse((struct text){source, length}, text_of(name), &config, &listener, &problem);
}

static inline bool parse_bytes(const char *bytes, size_t length)
{
    return parse_named(bytes, length, "/hoist.conf");
}

static inline bool parse(const char *string)
{
    return parse_bytes(string, strlen(string));
}

static inline void assert_accepted(const char *string)
{
    if (!parse(string)) {
        char sentence[PROBLEM_SENTENCE_CAPACITY];

        problem_sentence(&problem, sentence, sizeof(sentence));
        fail_msg("refused: %s", sentence);
    }
}

static inline void assert_text(struct text text, const char *expected)
{
    if (!text_equals(text, text_of(expected))) {
        fail_msg("\"%.*s\" is not \"%s\"", TEXT_ARGUMENTS(text), expected);
    }
}

static inline void assert_refused(const char *string, enum problem_kind kind, unsigned line,
                                  const char *other)
{
    assert_false(parse(string));
    assert_int_equal(problem.kind, kind);
    assert_text(problem.name, "/hoist.conf");
    assert_int_equal(problem.numbers[0], line);
    if (other != NULL) {
        assert_text(problem.other, other);
    }
}

static inline void assert_warned(size_t index, enum problem_kind kind, unsigned line,
                                 const char *key)
{
    assert_true(index < warning_count);
    assert_int_equal(warnings[index].kind, kind);
    assert_text(warnings[index].name, "/hoist.conf");
    assert_int_equal(warnings[index].numbers[0], line);
    assert_text(warnings[index].other, key);
}

static inline int free_the_source(void **state)
{
    (void)state;
    free(source);
    source = NULL;
    return 0;
}

#define CONFIG_TEST(name) cmocka_unit_test_teardown(name, free_the_source)

#endif
