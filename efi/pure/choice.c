/* SPDX-License-Identifier: BSD-2-Clause */
/* One key after the other. */
#include "choice.h"

static enum choice_step move(struct choice *choice, unsigned key)
{
    const size_t zero_based = choice->marked - 1;
    const size_t step = key == CHOICE_KEY_DOWN ? 1 : choice->entry_count - 1;

    choice->marked = (zero_based + step) % choice->entry_count + 1;
    choice->typed = 0;
    return CHOICE_MOVED;
}

enum choice_step choice_take(struct choice *choice, unsigned key)
{
    const size_t number = choice->typed * 10 + (key - '0');

    if (key == CHOICE_KEY_UP || key == CHOICE_KEY_DOWN) {
        return move(choice, key);
    }
    if (key < '0' || key > '9') {
        return CHOICE_DONE;
    }
    if (number == 0 || number > choice->entry_count) {
        const enum choice_step step = choice->typed == 0 ? CHOICE_DONE : CHOICE_WAIT;

        choice->typed = 0;
        return step;
    }
    choice->typed = number;
    choice->marked = number;
    return number * 10 > choice->entry_count ? CHOICE_DONE : CHOICE_MOVED;
}
