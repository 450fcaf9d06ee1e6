/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For each number of bytes from the start, the cheapest way known to have packed them with a copy
 * at the end, and the cheapest with plain bytes behind it: from each, all steps forward are tried.
 * Of copies of one length only the nearest is, for it costs least.
 */
#include "pack.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The numbers of a step, as unpack.h has them. */
#define PLAIN_MOST   3u
#define KIND_MOST    7u
#define LENGTH_MOST  7u
#define LENGTH_LEAST 2u
#define NEAR         (256u * (KIND_MOST - 1))
#define FAR          (NEAR + (256u * 256u))

/* A cost is bits, and one more for each step: of two ways of a size that with fewer steps is taken,
 * for they take time. */
#define BYTE_COST 8u
#define STEP_COST 9u

/* So many earlier places are looked at; no copy is longer than the limit, and none is looked for
 * behind one as long; so many plain bytes are tried behind every copy, more of them behind one. */
#define PLACES_LIMIT 4096u
#define COPY_LIMIT   1024u
#define PLAIN_TRIED  64u

#define NOWHERE UINT_MAX

/* To have packed all bytes up to some place. */
struct way {
    unsigned cost;
    unsigned from;     /* where the step begins: with its plain bytes */
    unsigned copy;     /* where its copy begins */
    unsigned distance; /* how far back that reaches; 0: there is none yet */
};

struct search {
    const uint8_t *bytes;
    unsigned length;
    struct way *copied; /* by place: with a copy that ends there */
    struct way *plain;  /* by place: with a copy and plain bytes, of which there may be none */
    unsigned *earlier;  /* by place: the last place before it with the same two bytes */
    unsigned *newest;   /* by two bytes: the last place that has them */
};

static unsigned more_bytes(unsigned count, unsigned most)
{
    return count < most ? 0 : 1 + (count - most) / 255;
}

/* How many bytes from `at` on are what stands `distance` back. */
static unsigned equal_bytes(const struct search *search, unsigned at, unsigned distance)
{
    const unsigned rest = search->length - at;
    const unsigned limit = rest < COPY_LIMIT ? rest : COPY_LIMIT;
    const uint8_t *here = search->bytes + at;
    unsigned count = 0;

    while (count < limit && here[count] == *(here + count - distance)) {
        count++;
    }
    return count;
}

static void try_plain(struct search *search, unsigned from, unsigned at)
{
    const struct way before = search->copied[from];
    const unsigned count = at - from;
    unsigned cost = before.cost + BYTE_COST * (count + more_bytes(count, PLAIN_MOST));

    /* Before a copy they are a part of its step. */
    cost += at == search->length && count > 0 ? STEP_COST : 0;
    if (before.cost != UINT_MAX && cost < search->plain[at].cost) {
        search->plain[at] = (struct way){cost, from, at, before.distance};
    }
}

/* Copies from as far back of all lengths above `shorter`; returns the longest. */
static unsigned try_copies(struct search *search, unsigned at, unsigned distance, unsigned shorter)
{
    const struct way before = search->plain[at];
    const unsigned longest = equal_bytes(search, at, distance);
    unsigned cost = before.cost + STEP_COST;

    if (distance != before.distance) {
        cost += BYTE_COST * (distance > NEAR ? 2 : 1);
    }
    for (unsigned length = shorter + 1; length <= longest; length++) {
        const unsigned whole = cost + BYTE_COST * more_bytes(length - LENGTH_LEAST, LENGTH_MOST);

        if (whole < search->copied[at + length].cost) {
            search->copied[at + length] = (struct way){whole, before.from, at, distance};
        }
    }
    return longest > shorter ? longest : shorter;
}

static void try_all_copies(struct search *search, unsigned at)
{
    const uint8_t *here = search->bytes + at;
    unsigned *newest = &search->newest[here[0] | here[1] << 8];
    unsigned place = *newest;
    unsigned longest = LENGTH_LEAST - 1;

    if (search->plain[at].distance != 0) {
        try_copies(search, at, search->plain[at].distance, LENGTH_LEAST - 1);
    }
    for (unsigned i = 0; i < PLACES_LIMIT && place != NOWHERE && at - place <= FAR; i++) {
        if (longest >= COPY_LIMIT || at + longest >= search->length) {
            break;
        }
        if (search->bytes[place + longest] == here[longest]) {
            longest = try_copies(search, at, at - place, longest);
        }
        place = search->earlier[place];
    }
    search->earlier[at] = *newest;
    *newest = at;
}

static void find_ways(struct search *search)
{
    memset(search->newest, 0xff, (1u << 16) * sizeof(*search->newest));
    memset(search->copied, 0xff, (search->length + 1) * sizeof(*search->copied));
    memset(search->plain, 0xff, (search->length + 1) * sizeof(*search->plain));
    search->copied[0] = (struct way){0};
    for (unsigned at = 0; at <= search->length; at++) {
        for (unsigned from = at < PLAIN_TRIED ? 0 : at - PLAIN_TRIED; from <= at; from++) {
            try_plain(search, from, at);
        }
        if (at > 0) {
            try_plain(search, search->plain[at - 1].from, at);
        }
        if (at + LENGTH_LEAST <= search->length) {
            try_all_copies(search, at);
        }
    }
}

static void put_more(uint8_t **target, unsigned count, unsigned most)
{
    if (count >= most) {
        for (count -= most; count >= 255; count -= 255) {
            *(*target)++ = 255;
        }
        *(*target)++ = (uint8_t)count;
    }
}

static unsigned at_most(unsigned count, unsigned most)
{
    return count < most ? count : most;
}

/* The step that ends at `end`, with no copy where that is where the copy would begin. */
static void put_step(uint8_t **target, const struct search *search, const struct way *step,
                     unsigned end)
{
    const unsigned plain = step->copy - step->from;
    const unsigned back = step->distance - 1;
    const unsigned length = end == step->copy ? 0 : end - step->copy - LENGTH_LEAST;
    unsigned kind = 0;

    if (end != step->copy && step->distance != search->copied[step->from].distance) {
        kind = at_most(back / 256 + 1, KIND_MOST);
    }
    *(*target)++ =
        (uint8_t)(at_most(plain, PLAIN_MOST) << 6 | kind << 3 | at_most(length, LENGTH_MOST));
    put_more(target, plain, PLAIN_MOST);
    memcpy(*target, search->bytes + step->from, plain);
    *target += plain;
    if (kind != 0) {
        *(*target)++ = (uint8_t)(back % 256);
    }
    if (kind == KIND_MOST) {
        *(*target)++ = (uint8_t)(back / 256 + 1 - KIND_MOST);
    }
    put_more(target, length, LENGTH_MOST);
}

/* Back to front, the way is known; `ends` takes where its steps end, by where they begin. */
static uint8_t *put_ways(uint8_t *target, const struct search *search, unsigned *ends)
{
    const struct way *last = &search->plain[search->length];
    unsigned from = 0;

    for (unsigned end = last->from; end > 0; end = search->copied[end].from) {
        ends[search->copied[end].from] = end;
    }
    for (; from < last->from; from = ends[from]) {
        put_step(&target, search, &search->copied[ends[from]], ends[from]);
    }
    if (from < search->length) {
        put_step(&target, search, last, search->length);
    }
    return target;
}

size_t pack(const uint8_t *bytes, size_t length, uint8_t **packed)
{
    const size_t places = length + 1;
    struct search search = {
        .bytes = bytes,
        .length = (unsigned)length,
        .copied = calloc(places, sizeof(*search.copied)),
        .plain = calloc(places, sizeof(*search.plain)),
        .earlier = calloc(places, sizeof(*search.earlier)),
        .newest = calloc(1u << 16, sizeof(*search.newest)),
    };
    size_t packed_bytes = 0;

    *packed = malloc(length + length / 64 + 16);
    if (search.copied != NULL && search.plain != NULL && search.earlier != NULL &&
        search.newest != NULL && *packed != NULL) {
        find_ways(&search);
        /* The earlier places are not needed any more. */
        packed_bytes = (size_t)(put_ways(*packed, &search, search.earlier) - *packed);
    } else {
        free(*packed);
        *packed = NULL;
    }
    free(search.copied);
    free(search.plain);
    free(search.earlier);
    free(search.newest);
    return packed_bytes;
}
