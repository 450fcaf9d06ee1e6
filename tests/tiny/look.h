/* SPDX-License-Identifier: BSD-2-Clause */
/* What the library says of a state without changing it. */
#ifndef TINY_LOOK_H
#define TINY_LOOK_H

#include "trial.h"

/* Asks for every page, and for all leaves of the space, and holds the answers against the model. */
void tiny_look(struct tiny_bench *bench, const struct tiny_start *start);

#endif
