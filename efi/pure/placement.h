/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a movable kernel goes: into the top two gigabytes, in steps of 2 MiB or of its alignment,
 * where that is larger. The direct map and the loader's own ranges end below; the last 2 MiB stay
 * free, so that sums of addresses and small numbers do not wrap.
 */
#ifndef PLACEMENT_H
#define PLACEMENT_H

#include "elf.h"
#include "problem.h"

#include <stdbool.h>
#include <stdint.h>

#define PLACEMENT_LOWEST     UINT64_C(0xffffffff80000000)
#define PLACEMENT_END        UINT64_C(0xffffffffffe00000)
#define PLACEMENT_STEP_BYTES UINT64_C(0x200000)

/* In how many places the image fits; 0: in none. */
uint64_t placement_count(const struct elf_image *image);

/*
 * Moves a movable image, whose place is still that of the file: to a place picked by `random` (all
 * 64 bits of it are random, every place is as likely as the others), or, if `random` is NULL, to
 * the lowest place unless it is linked to the upper half. Any other image stays. Fails with
 * PROBLEM_PLACEMENT_NONE where there is no place for it.
 */
bool placement_move(const struct elf_source *source, struct elf_image *image,
                    const uint64_t *random, struct problem *problem);

#endif
