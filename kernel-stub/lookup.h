/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Questions to the two lists of the hand-off. Both lists are short, so each question reads them
 * from the start; none of them needs a sorted list, so that they still answer when the order is
 * what is wrong.
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "hoist.h"

/* The mapping that holds the address, or NULL. */
const struct hoist_mapped_range *lookup_mapping(const struct hoist_handoff *handoff, uint64_t va);

/* Whether each byte of the range lies in a mapping with exactly these rights. */
bool lookup_has_rights(const struct hoist_handoff *handoff, uint64_t va, uint64_t size_bytes,
                       uint32_t rights);

/* Whether each byte of the range is mapped, with whatever rights. */
bool lookup_is_mapped(const struct hoist_handoff *handoff, uint64_t va, uint64_t size_bytes);

/* The rights of a page of RAM in the direct map: read-only where another mapping of it is. */
uint32_t lookup_direct_rights(const struct hoist_handoff *handoff, uint64_t physical);

/* "read-only", "read and write" ... */
const char *lookup_rights_name(uint32_t rights);

/* The physical address behind a mapped address; va must lie in a mapping. */
uint64_t lookup_physical(const struct hoist_handoff *handoff, uint64_t va);

/* Whether a mapping is part of the direct map. */
bool lookup_is_direct(const struct hoist_handoff *handoff,
                      const struct hoist_mapped_range *mapping);

/* The memory range that holds the address, or NULL. */
const struct hoist_memory_range *lookup_memory(const struct hoist_handoff *handoff,
                                               uint64_t physical);

/* Whether each byte of the physical range has this type. */
bool lookup_has_type(const struct hoist_handoff *handoff, uint64_t physical, uint64_t size_bytes,
                     uint32_t type);

/* Whether memory of this type is RAM, which the direct map holds. */
bool lookup_is_ram(uint32_t type);

/* Whether a physical address belongs to the page tables. */
bool lookup_is_table(const struct hoist_handoff *handoff, uint64_t physical);

#endif
