/* SPDX-License-Identifier: BSD-2-Clause */
/* One sentence about what is wrong, for the user. */
#ifndef COMPLAINT_H
#define COMPLAINT_H

#include <stdbool.h>

#define COMPLAINT_CAPACITY 512

struct complaint {
    char text[COMPLAINT_CAPACITY]; /* terminated; no line end, no dot */
};

/*
 * Writes the sentence and returns false, so that a function can end with it. The sentence replaces
 * any older one; what does not fit is cut off. Characters of files and names that could disturb a
 * terminal come out as '?'.
 */
__attribute__((format(printf, 2, 3))) bool complain(struct complaint *complaint, const char *format,
                                                    ...);

#endif
