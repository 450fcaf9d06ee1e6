/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For each number of bytes from the start, the cheapest way known to have packed them: from each,
 * all steps forward are tried. Of copies of one length only the nearest is, for it costs least.
 */
#include "pack.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

#define LITERAL_BITS 9

struct way {
    unsigned bits;   /* that all steps up to here take */
    unsigned last;   /* how far back the last copy reached; 0: there was none */
    size_t from;     /* where the last step began */
    size_t distance; /* how far back it reached; 0: a byte as it is */
};

static unsigned number_bits(size_t number)
{
    unsigned bits = 1;

    for (; number > 1; number >>= 1) {
        bits += 2;
    }
    return bits;
}

static void offer(struct way *ways, size_t end, struct way way)
{
    if (way.bits < ways[end].bits) {
        ways[end] = way;
    }
}

/* How many bytes from `at` on are what stands `distance` back. */
static size_t equal_bytes(const uint8_t *bytes, size_t length, size_t at, size_t distance)
{
    size_t count = 0;

    while (at + count < length && bytes[at + count] == bytes[at + count - distance]) {
        count++;
    }
    return count;
}

static void try_steps(struct way *ways, const uint8_t *bytes, size_t length, size_t at)
{
    const struct way here = ways[at];
    size_t longest = 1;

    offer(ways, at + 1, (struct way){here.bits + LITERAL_BITS, here.last, at, 0});
    if (here.last != 0) {
        for (size_t n = equal_bytes(bytes, length, at, here.last); n > 0; n--) {
            offer(ways, at + n,
                  (struct way){here.bits + 2 + number_bits(n), here.last, at, here.last});
        }
    }
    for (size_t back = 1; back <= at && at + longest < length; back++) {
        if (bytes[at + longest] == bytes[at + longest - back]) {
            const size_t count = equal_bytes(bytes, length, at, back);
            const unsigned bits = here.bits + 10 + number_bits((back - 1) / 256 + 1);

            for (size_t n = longest + 1; n <= count; n++) {
                offer(ways, at + n,
                      (struct way){bits + number_bits(n - 1), (unsigned)back, at, back});
            }
            longest = count > longest ? count : longest;
        }
    }
}

struct target {
    uint8_t *bytes;
    size_t length;
    size_t bits_at; /* the byte that bits go to */
    unsigned left;  /* how many of its bits are free */
};

static void put_bit(struct target *target, bool bit)
{
    if (target->left == 0) {
        target->bits_at = target->length++;
        target->bytes[target->bits_at] = 0;
        target->left = 8;
    }
    target->left--;
    target->bytes[target->bits_at] |= (uint8_t)(bit << target->left);
}

static void put_number(struct target *target, size_t number)
{
    unsigned digits = 0;

    while (number >> digits > 1) {
        digits++;
    }
    while (digits > 0) {
        digits--;
        put_bit(target, true);
        put_bit(target, number >> digits & 1);
    }
    put_bit(target, false);
}

/* The step that ends at `end`, given what the copy before it left behind. */
static void put_step(struct target *target, const struct way *ways, size_t end,
                     const uint8_t *bytes)
{
    const struct way *step = &ways[end];
    const bool is_copy = step->distance != 0;
    const bool is_as_before = step->distance == ways[step->from].last;
    const size_t length = end - step->from;

    put_bit(target, is_copy);
    if (!is_copy) {
        target->bytes[target->length++] = bytes[step->from];
        return;
    }
    put_bit(target, is_as_before);
    if (!is_as_before) {
        put_number(target, (step->distance - 1) / 256 + 1);
        target->bytes[target->length++] = (uint8_t)((step->distance - 1) % 256);
    }
    put_number(target, is_as_before ? length : length - 1);
}

/* Makes the steps of the cheapest way known by where they end: to[from] from the start on. */
static void turn_round(const struct way *ways, size_t length, size_t *to)
{
    for (size_t end = length; end > 0; end = ways[end].from) {
        to[ways[end].from] = end;
    }
}

size_t pack(const uint8_t *bytes, size_t length, uint8_t **packed)
{
    struct way *ways = malloc((length + 1) * sizeof(*ways));
    size_t *to = malloc((length + 1) * sizeof(*to));
    struct target target = {.bytes = malloc(2 * length + 1)};

    if (ways != NULL && to != NULL && target.bytes != NULL) {
        for (size_t i = 0; i <= length; i++) {
            ways[i] = (struct way){.bits = i == 0 ? 0 : UINT_MAX};
        }
        for (size_t i = 0; i < length; i++) {
            try_steps(ways, bytes, length, i);
        }
        turn_round(ways, length, to);
        for (size_t i = 0; i < length; i = to[i]) {
            put_step(&target, ways, to[i], bytes);
        }
    } else {
        free(target.bytes);
        target.bytes = NULL;
    }
    free(ways);
    free(to);
    *packed = target.bytes;
    return target.length;
}
