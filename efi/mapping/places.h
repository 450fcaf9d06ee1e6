/* SPDX-License-Identifier: BSD-2-Clause */
/* What lies at physical addresses: kinds of memory and MTRR types. Internal to the reader. */
#ifndef PLACES_H
#define PLACES_H

#include "mapping.h"

/* The stretch of physical memory around the last address, alike all over. All 0 at first. */
struct places {
    uint64_t kind_start;
    uint64_t kind_end;
    uint32_t kind; /* bit of mapping_range.memory */
    uint64_t type_start;
    uint64_t type_end;
    uint8_t type; /* enum mtrr_type */
};

/* Classes of memory that one leaf must not hold together. */
#define PLACES_RAM     1u
#define PLACES_RUNTIME 2u
#define PLACES_OTHER   4u /* reserved, device, bad; or in no map */

/* The classes among these bits, as bits. */
unsigned places_classes(uint32_t memory);

/* Fills in a leaf's memory, MTRR type, and the marks for a leaf that reaches across. */
void places_look(struct places *places, const struct mapping_facts *facts,
                 struct mapping_range *leaf);

#endif
