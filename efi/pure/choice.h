/* SPDX-License-Identifier: BSD-2-Clause */
/* The menu's thinking: what a key means to a list of entries. */
#ifndef CHOICE_H
#define CHOICE_H

#include <stddef.h>

/* Keys without a character; all others are their character, and 0 is no key. */
#define CHOICE_KEY_UP   0xf001u
#define CHOICE_KEY_DOWN 0xf002u

/* Entries count from 1. To begin with, `marked` is the default entry and nothing is typed. */
struct choice {
    size_t entry_count;
    size_t marked;
    size_t typed; /* the number so far; 0: none */
};

enum choice_step {
    CHOICE_WAIT,  /* for another key */
    CHOICE_MOVED, /* another entry is marked: say so, and wait for another key */
    CHOICE_DONE   /* the marked entry boots */
};

/*
 * A number marks its entry, and boots it as soon as no digit could follow; the arrow keys move the
 * mark; any other key boots the marked entry. So does a first digit that no number begins with; a
 * later one that makes no entry's number starts the number again.
 */
enum choice_step choice_take(struct choice *choice, unsigned key);

#endif
