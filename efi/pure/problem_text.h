/* SPDX-License-Identifier: BSD-2-Clause */
/* The sentences of problem_texts.c, which the loader carries packed: its file has to be small. */
#ifndef PROBLEM_TEXT_H
#define PROBLEM_TEXT_H

#include "problem.h"

/*
 * The text of a kind below PROBLEM_KIND_COUNT, with its placeholders; it is never freed. The first
 * call unpacks all of them.
 */
const char *problem_text(enum problem_kind kind);

/* What the build makes of the table: one text after the other, each with its zero. */
extern const uint8_t problem_texts_packed[];
extern const size_t problem_texts_bytes;
/* Room for as many bytes, all zero until they are unpacked. */
extern char problem_texts_unpacked[];

#endif
