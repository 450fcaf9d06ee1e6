/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths of files as the configuration names them, and as the firmware wants them.
 */
#ifndef PATH_H
#define PATH_H

#include "blake2b.h"
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

enum path_resource {
    PATH_BOOT, /* boot(): the volume that the loader was started from, or a partition of its disk */
    PATH_DISK, /* hdd(D:P): a partition of a disk */
    PATH_GUID, /* guid(...), uuid(...): a partition of a GPT */
    PATH_LABEL, /* fslabel(...) */
};

/* A path in its parts. Texts are pieces of it. */
struct path {
    struct text file; /* on its volume, with a leading slash */
    enum path_resource resource;
    uint64_t drive;     /* counted from 1 */
    uint64_t partition; /* counted from 1; 0: the boot volume, or a disk without partitions */
    uint8_t guid[16];   /* as it lies in memory (UEFI, appendix A) */
    struct text label;
    bool has_hash;
    uint8_t hash[BLAKE2B_HASH_BYTES];
};

/*
 * Reads `/x/y`, `RESOURCE(ARGUMENT):/x/y`, either with a BLAKE2b hash behind a `#`. Unknown resources,
 * arguments and hashes of another form, relative, empty and overlong paths are refused: false, *problem
 * says why and *parsed is unchanged.
 */
bool path_parse(struct text path, struct path *parsed, struct problem *problem);

/*
 * Writes the path as the terminated UCS-2 of EFI_FILE_PROTOCOL.Open (UEFI 13.5), with `\` for `/`.
 * Refused are invalid UTF-8, characters beyond UCS-2, control characters, a backslash (the firmware
 * would take it for a separator) and a path that does not fit: false, *problem says why, the
 * buffer's content is of no use.
 */
bool path_to_utf16(struct text file, uint16_t *buffer, size_t capacity_units,
                   struct problem *problem);

#endif
