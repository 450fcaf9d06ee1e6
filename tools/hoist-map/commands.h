/* SPDX-License-Identifier: BSD-2-Clause */
/* What hoist-map does with mappings. All write to standard output and return an exit status. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "loaded.h"

enum exit_status { EXIT_WELL, EXIT_FOUND, EXIT_USAGE, EXIT_UNREADABLE };

/* The whole mapping: as text, or as JSON. */
int command_show(const struct loaded *loaded, bool is_coloured);
int command_json(const struct loaded *loaded);

/* The mapping as a page, in a file of that name, replaced as a whole or not at all. */
int command_html(const struct loaded *loaded, const char *path, struct complaint *complaint);

/* The rules; EXIT_FOUND where one fails, or where the file says something else of one. */
int command_audit(const struct loaded *loaded, bool is_coloured);

/* What is mapped otherwise in `now`; EXIT_FOUND where anything is. */
int command_diff(const struct loaded *old, const struct loaded *now);

/* All that reaches an address; EXIT_FOUND where nothing does. */
int command_find(const struct loaded *loaded, const char *address, struct complaint *complaint);

#endif
