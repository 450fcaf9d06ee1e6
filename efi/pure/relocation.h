/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Relocates a movable kernel in memory (psABI for AMD64, 4.4): R_X86_64_RELATIVE, _64, _GLOB_DAT
 * and _JUMP_SLOT, and DT_RELR. Whatever the file says, nothing outside the image's segments is
 * read or written, and the time it takes is bounded by the image's size.
 */
#ifndef RELOCATION_H
#define RELOCATION_H

#include "elf.h"
#include "problem.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * `memory` holds the image at its place, image->size_bytes long, segments read and the rest
 * cleared; image->slide says how far it was moved. Every relocation is checked before the first is
 * applied. An image that cannot be moved, or without a dynamic section, is left alone. *count is
 * how many places were changed. On failure *problem, whose texts may lie in the image, says why.
 */
bool relocate(const struct elf_source *source, const struct elf_image *image, unsigned char *memory,
              uint64_t *count, struct problem *problem);

#endif
