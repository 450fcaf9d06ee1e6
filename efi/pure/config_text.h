/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a configuration file may consist of, before any line of it means something: plain UTF-8 in
 * lines of a reasonable length, with all macros replaced. For config.c only.
 */
#ifndef CONFIG_TEXT_H
#define CONFIG_TEXT_H

#include "problem.h"
#include "text.h"

#include <stdbool.h>
#include <stdint.h>

/* Why a text is refused: the kind, the piece at fault, and the kind's numbers behind the line's. */
struct config_text_fault {
    enum problem_kind kind;
    struct text culprit;
    uint64_t numbers[2];
};

/* Looks at the start and size of the file; takes a byte-order mark of UTF-8 off. False sets *fault.
 */
bool config_text_begin(struct text *source, struct config_text_fault *fault);

/* Takes a line off the front of the source; what it returns lacks its line end, LF or CRLF. */
struct text config_next_line(struct text *source);

/* Looks at one line, given without its line end. False sets *fault. */
bool config_text_check_line(struct text line, struct config_text_fault *fault);

#endif
