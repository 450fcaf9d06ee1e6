/* SPDX-License-Identifier: BSD-2-Clause */
/* What every refusal has to be: one sentence that can be printed. */
#ifndef FUZZ_REQUIRE_SENTENCE_H
#define FUZZ_REQUIRE_SENTENCE_H

#include <string.h>

#include "problem.h"
#include "require.h"

/*
 * One line of characters that can be printed, with the name `mentioned` in it, and without the
 * characters `forbidden`: braces are a placeholder that was not filled in, unless the input has them.
 */
static inline void require_sentence(const struct problem *problem, const char *mentioned,
                                    const char *forbidden)
{
    char sentence[PROBLEM_SENTENCE_CAPACITY];
    const size_t length = problem_sentence(problem, sentence, sizeof(sentence));

    REQUIRE(problem->kind > PROBLEM_NONE && problem->kind < PROBLEM_KIND_COUNT);
    REQUIRE(length == strlen(sentence) && length > 20 && length < sizeof(sentence) - 1);
    REQUIRE(strstr(sentence, mentioned) != NULL);
    REQUIRE(strpbrk(sentence, forbidden) == NULL);
    for (size_t i = 0; i < length; i++) {
        REQUIRE((unsigned char)sentence[i] >= 0x20 && sentence[i] != 0x7f);
    }
}

#endif
