/* SPDX-License-Identifier: BSD-2-Clause */
#include "unpack.h"

struct source {
    const uint8_t *next;
    unsigned bits; /* the byte that bits are taken from */
    unsigned left; /* how many of its bits are left */
};

static unsigned take_bit(struct source *source)
{
    if (source->left == 0) {
        source->bits = *source->next++;
        source->left = 8;
    }
    source->left--;
    return source->bits >> source->left & 1u;
}

static size_t take_number(struct source *source)
{
    size_t number = 1;

    while (take_bit(source) != 0) {
        number = number << 1 | take_bit(source);
    }
    return number;
}

void unpack(void *target, size_t size_bytes, const uint8_t *packed)
{
    struct source source = {.next = packed};
    uint8_t *place = target;
    const uint8_t *const end = place + size_bytes;
    size_t distance = 0;

    while (place < end) {
        size_t length = 0;

        if (take_bit(&source) == 0) {
            *place++ = *source.next++;
            continue;
        }
        if (take_bit(&source) == 0) {
            distance = (take_number(&source) - 1) << 8;
            distance += *source.next++ + 1u;
            length = 1;
        }
        for (length += take_number(&source); length > 0; length--) {
            *place = *(place - distance);
            place++;
        }
    }
}
