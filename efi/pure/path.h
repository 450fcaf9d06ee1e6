/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths of files as the configuration names them, and as the firmware wants them.
 */
#ifndef PATH_H
#define PATH_H

#include "problem.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest path accepted, in bytes of UTF-8. */
#define PATH_LIMIT_BYTES 512

/* Units that always hold what path_to_utf16() makes of a path within the limit, terminator
 * included: no character has more units than it has bytes. */
#define PATH_CAPACITY_UNITS (PATH_LIMIT_BYTES + 1)

/*
 * Turns `/x/y` or `boot():/x/y` into the absolute path on the boot volume, in *file, a piece of
 * `path`. Other resources, other partitions (`boot(2):`), hashes (`#...`), relative, empty and
 * overlong paths are refused: false, *problem says why and *file is unchanged.
 */
bool path_resolve(struct text path, struct text *file, struct problem *problem);

/*
 * Writes the path as the terminated UCS-2 of EFI_FILE_PROTOCOL.Open (UEFI 13.5), with `\` for `/`.
 * Refused are invalid UTF-8, characters beyond UCS-2, control characters, a backslash (the firmware
 * would take it for a separator) and a path that does not fit: false, *problem says why, the
 * buffer's content is of no use.
 */
bool path_to_utf16(struct text file, uint16_t *buffer, size_t capacity_units,
                   struct problem *problem);

#endif
