/* SPDX-License-Identifier: BSD-2-Clause */
#include "unpack.h"

/* What does not fit into its bits of a step's first byte goes on in whole bytes. */
static size_t take_count(const uint8_t **next, size_t count, size_t most)
{
    unsigned more = count == most ? 255 : 0;

    while (more == 255) {
        more = *(*next)++;
        count += more;
    }
    return count;
}

void unpack(void *target, size_t size_bytes, const uint8_t *packed)
{
    uint8_t *place = target;
    const uint8_t *const end = place + size_bytes;
    size_t distance = 0;

    while (place < end) {
        const unsigned first = *packed++;
        unsigned kind = first >> 3 & 7;
        size_t count;

        for (count = take_count(&packed, first >> 6, 3); count > 0; count--) {
            *place++ = *packed++;
        }
        if (place == end) {
            break;
        }
        if (kind != 0) {
            distance = *packed++ + 1u;
            if (kind == 7) {
                kind += *packed++;
            }
            distance += (kind - 1) << 8;
        }
        for (count = take_count(&packed, first & 7, 7) + 2; count > 0; count--) {
            *place = *(place - distance);
            place++;
        }
    }
}
