/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory from the firmware, EfiLoaderData but for what is code, all of it remembered: when something fails,
 * pages_give_back() returns every page, and the firmware has what it had before.
 */
#ifndef PAGES_H
#define PAGES_H

#include "firmware.h"

#include "memory_map.h"
#include "problem.h"
#include "text.h"

/*
 * The firmware's map, raw and orderly. The buffers are sized once, with room for the map to grow.
 */
struct pages_map {
    struct memory_map map;
    struct memory_map scratch;
    unsigned physical_bits;
    struct memory_range *claims; /* what pages_read_map() puts into the map */
    size_t claim_count;
    size_t claim_capacity;
    void *raw;
    uint64_t raw_capacity_bytes;
    uint64_t raw_size_bytes;
    uint64_t descriptor_size_bytes;
    uint32_t descriptor_version;
    UINTN key;
};

/*
 * Allocates the buffers, with room for so many claims, and reads the map, as far as a CPU with so
 * many physical address bits can reach. Fails with a PROBLEM_MEMORY_ kind.
 */
bool pages_open_map(struct pages_map *pages, unsigned physical_bits, size_t claim_capacity,
                    struct problem *problem);

/*
 * Reads the map again into the same buffers, without allocating, so that nothing changes it. Only
 * the second step, which calls no firmware, can find fault with what is in the map.
 */
EFI_STATUS pages_get_map(struct pages_map *pages);
bool pages_read_map(struct pages_map *pages, struct problem *problem);

/*
 * These whole pages are of this kind: at once where they were taken, else from the next
 * pages_read_map() on. At most as many claims as room was asked for.
 */
void pages_claim(struct pages_map *pages, const struct memory_range *claim);

/*
 * Picks a place by the request, takes exactly that place from the firmware, and marks it in the
 * map. Where the firmware refuses a place, another is picked, a few times. `what` names it in
 * messages. PROBLEM_MEMORY_OUT, _NO_RUN or _PLACE_TAKEN.
 */
bool pages_take(struct pages_map *pages, const struct memory_request *request, const char *what,
                uint64_t *pa, struct problem *problem);

/* The same for code, as EfiLoaderCode. */
bool pages_take_code(struct pages_map *pages, const struct memory_request *request,
                     const char *what, uint64_t *pa, struct problem *problem);

/* Takes pages wherever the firmware likes, not cleared. PROBLEM_MEMORY_ALLOCATE. */
bool pages_take_anywhere(uint64_t size_bytes, const char *what, void **memory,
                         struct problem *problem);

/* Returns what was taken at this place, and what is claimed of it. */
void pages_return(struct pages_map *pages, uint64_t pa);

/* Returns everything that was taken. */
void pages_give_back(void);

#endif
