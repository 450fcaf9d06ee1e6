/* SPDX-License-Identifier: BSD-2-Clause */
/* The choice of a place for a movable kernel. */
#include "placement.h"

static uint64_t step_of(const struct elf_image *image)
{
    return image->alignment_bytes > PLACEMENT_STEP_BYTES ? image->alignment_bytes
                                                         : PLACEMENT_STEP_BYTES;
}

/* The lowest place: what is left of the address below a whole step stays as it is in the file. */
static uint64_t lowest_of(const struct elf_image *image)
{
    return PLACEMENT_LOWEST + (image->va_base & (step_of(image) - 1));
}

uint64_t placement_count(const struct elf_image *image)
{
    const uint64_t lowest = lowest_of(image);

    if (lowest >= PLACEMENT_END || image->size_bytes > PLACEMENT_END - lowest) {
        return 0;
    }
    return (PLACEMENT_END - lowest - image->size_bytes) / step_of(image) + 1;
}

bool placement_move(const struct elf_source *source, struct elf_image *image,
                    const uint64_t *random, struct problem *problem)
{
    const uint64_t count = placement_count(image);
    uint64_t place = 0;

    if (!image->movable || (random == NULL && image->va_base >= ELF_UPPER_HALF)) {
        return true;
    }
    if (count == 0) {
        return problem_set_all(
            problem, &(struct problem){.kind = PROBLEM_PLACEMENT_NONE,
                                       .name = source->name,
                                       .numbers = {image->size_bytes, image->alignment_bytes,
                                                   PLACEMENT_LOWEST, PLACEMENT_END}});
    }
    /* There are at most 1023 places: 32 random bits favour none by more than one in millions. */
    if (random != NULL) {
        place = (*random >> 32) * count >> 32;
    }
    elf_move(image, lowest_of(image) + place * step_of(image) - image->va_base);
    return true;
}
