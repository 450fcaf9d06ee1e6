/* SPDX-License-Identifier: BSD-2-Clause */
/* The sentences of problem.c, with placeholders for the problem's data. */
#ifndef PROBLEM_TEXTS_H
#define PROBLEM_TEXTS_H

#include "problem.h"

extern const char *const problem_texts[PROBLEM_KIND_COUNT];

#endif
