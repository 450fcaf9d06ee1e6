/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "complaint.h"

#include <stddef.h>
#include <stdint.h>

enum command {
    COMMAND_SHOW,
    COMMAND_DIFF,
    COMMAND_AUDIT,
    COMMAND_FIND,
    COMMAND_HELP,
    COMMAND_VERSION
};

enum colour_use { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

#define OPTIONS_WORDS 2u

/* A number that may not be given. */
struct optional {
    bool is_given;
    uint64_t value;
};

/* Texts belong to the command line. */
struct options {
    enum command command;
    enum colour_use colour;
    bool json;
    bool no_nx;
    bool no_1g;
    struct optional cr3;
    struct optional base;
    struct optional levels;
    struct optional physical_bits;
    struct optional pat;
    const char *context; /* NULL where it is not given; likewise: */
    const char *qmp;
    const char *html;
    const char *format;
    const char *words[OPTIONS_WORDS]; /* files and addresses, as the command wants them */
    size_t word_count;
};

/* Reads the command line; fails with a sentence about the word that is wrong. */
bool options_read(struct options *options, int count, char **words, struct complaint *complaint);

/* What --help says. */
extern const char options_help[];

#endif
