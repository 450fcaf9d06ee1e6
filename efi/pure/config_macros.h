/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Macros of a configuration: `${NAME}=value` on a line of its own defines one, `${NAME}` anywhere else
 * stands for the value, wherever in the file it is defined. Values may hold macros themselves.
 * `${ARCH}` is there beforehand.
 */
#ifndef CONFIG_MACROS_H
#define CONFIG_MACROS_H

#include "text.h"

#include <stdbool.h>
#include <stddef.h>

/* Definitions beyond these, and replacements beyond these, are left as they stand. */
#define CONFIG_MACRO_LIMIT       64u
#define CONFIG_MACRO_DEPTH       8u
#define CONFIG_REPLACEMENT_LIMIT 4096u

/* Whether there is anything to replace. */
bool config_has_macros(struct text source);

/*
 * Writes the source with its macros replaced. Definitions become empty lines, so that lines keep their
 * numbers; comments stay; what has no definition stays too, for config_parse() to refuse. False: it does
 * not fit.
 */
bool config_replace_macros(struct text source, char *target, size_t capacity,
                           struct text *replaced);

#endif
