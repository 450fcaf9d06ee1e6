/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sentences of problem.c, with placeholders for the problem's data: what the build packs and
 * tests compare with. The loader has them from problem_text().
 */
#ifndef PROBLEM_TEXTS_H
#define PROBLEM_TEXTS_H

#include "problem.h"

extern const char *const problem_texts[PROBLEM_KIND_COUNT];

#endif
