/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a mapping comes from: a JSON, a memory dump, or a running guest. */
#ifndef SOURCE_H
#define SOURCE_H

#include "loaded.h"
#include "options.h"

/*
 * Loads the mapping of a file, by what the file is, or of the guest at options->qmp where `name` is
 * NULL, into an empty `loaded`, and judges the rules.
 */
bool source_load(struct loaded *loaded, const char *name, const struct options *options,
                 struct complaint *complaint);

#endif
