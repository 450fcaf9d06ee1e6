/* SPDX-License-Identifier: BSD-2-Clause */
/* Notes (gABI, "Note Section"): among other people's, what the kernel wishes of this loader. */
#include "elf.h"

#include "bytes.h"
#include "hoist.h"

#define NOTE_HEADER_BYTES 12u
#define NOTE_NAME         "Hoist" /* with its terminator, as the ABI counts it */

#define WISHES_BYTES sizeof(struct hoist_wishes)

static bool is_levels(uint32_t levels)
{
    return levels == 0 || levels == 4 || levels == 5;
}

static bool refuse(const struct elf_source *source, enum problem_kind kind, uint64_t first,
                   uint64_t second, struct problem *problem)
{
    return problem_set(problem, kind, source->name, first, second);
}

static bool check_wishes(const struct elf_source *source, const struct elf_wishes *wishes,
                         struct problem *problem)
{
    const uint32_t min = wishes->min_paging_levels;
    const uint32_t max = wishes->max_paging_levels;
    const uint32_t levels = wishes->paging_levels;

    if (wishes->oldest_version > HOIST_VERSION) {
        return refuse(source, PROBLEM_NOTE_VERSION, wishes->oldest_version, HOIST_VERSION, problem);
    }
    if (!is_levels(levels) || !is_levels(min) || !is_levels(max)) {
        return refuse(source, PROBLEM_NOTE_LEVELS,
                      !is_levels(levels) ? levels : (!is_levels(min) ? min : max), 0, problem);
    }
    return true;
}

/* A later header may have more wishes behind those known here: they must not be uttered. */
static bool check_rest(const struct elf_source *source, const unsigned char *description,
                       uint64_t size_bytes, struct problem *problem)
{
    if (size_bytes < WISHES_BYTES) {
        return refuse(source, PROBLEM_NOTE_SIZE, size_bytes, WISHES_BYTES, problem);
    }
    for (uint64_t i = WISHES_BYTES; i < size_bytes; i++) {
        if (description[i] != 0) {
            return refuse(source, PROBLEM_NOTE_WISH, i, WISHES_BYTES, problem);
        }
    }
    return true;
}

static uint32_t read_wish(const unsigned char *description, size_t offset)
{
    return bytes_32(description + offset);
}

static bool take_wishes(const struct elf_source *source, const unsigned char *description,
                        uint64_t size_bytes, struct elf_image *image, struct problem *problem)
{
    if (!check_rest(source, description, size_bytes, problem)) {
        return false;
    }
    image->wishes = (struct elf_wishes){
        .oldest_version = read_wish(description, offsetof(struct hoist_wishes, oldest_version)),
        .stack_size_bytes = read_wish(description, offsetof(struct hoist_wishes, stack_size_bytes)),
        .paging_levels = read_wish(description, offsetof(struct hoist_wishes, paging_levels)),
        .min_paging_levels =
            read_wish(description, offsetof(struct hoist_wishes, min_paging_levels)),
        .max_paging_levels =
            read_wish(description, offsetof(struct hoist_wishes, max_paging_levels)),
    };
    return check_wishes(source, &image->wishes, problem);
}

static uint64_t padded(uint64_t size_bytes, unsigned padding_bytes)
{
    return (size_bytes + padding_bytes - 1) & ~((uint64_t)padding_bytes - 1);
}

/* Sizes are of 32 bits each: their sums fit. What is cut off is nobody's note, ours or another. */
bool elf_read_notes(const struct elf_source *source, const struct elf_note_place *place,
                    const unsigned char *bytes, struct elf_image *image, struct problem *problem)
{
    uint64_t at = 0;

    while (place->size_bytes - at >= NOTE_HEADER_BYTES) {
        const unsigned char *note = bytes + at;
        const uint64_t name_bytes = bytes_32(note);
        const uint64_t description_bytes = bytes_32(note + 4);
        const uint64_t start = padded(NOTE_HEADER_BYTES + name_bytes, place->padding_bytes);
        const uint32_t type = bytes_32(note + 8);

        if (start + description_bytes > place->size_bytes - at) {
            return true;
        }
        if (name_bytes == sizeof(NOTE_NAME) &&
            __builtin_memcmp(note + NOTE_HEADER_BYTES, NOTE_NAME, sizeof(NOTE_NAME)) == 0) {
            if (type != HOIST_NOTE_WISHES) {
                return refuse(source, PROBLEM_NOTE_TYPE, type, 0, problem);
            }
            if (!take_wishes(source, note + start, description_bytes, image, problem)) {
                return false;
            }
        }
        at += padded(start + description_bytes, place->padding_bytes);
        if (at > place->size_bytes) {
            return true;
        }
    }
    return true;
}
