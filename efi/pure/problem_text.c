/* SPDX-License-Identifier: BSD-2-Clause */
#include "problem_text.h"

#include "unpack.h"

const char *problem_text(enum problem_kind kind)
{
    const char *text = problem_texts_unpacked;

    /* The first text is not empty. */
    if (text[0] == '\0') {
        unpack(problem_texts_unpacked, problem_texts_bytes, problem_texts_packed);
    }
    for (unsigned i = 0; i < (unsigned)kind; i++) {
        while (*text++ != '\0') {
        }
    }
    return text;
}
