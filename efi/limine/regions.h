/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical memory by the Limine boot protocol: what each base revision maps, and calls what. */
#ifndef REGIONS_H
#define REGIONS_H

#include "limine.h"
#include "memory_map.h"
#include "plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kinds of memory that the direct map has, and what else the base revision says of it. */
struct plan_direct_map limine_direct_map(unsigned base_revision, bool wx_strict);

/* What a kernel is told of a kind of memory. */
enum limine_memory_type limine_memory_type(enum memory_kind kind, unsigned base_revision);

/*
 * Writes the map for the kernel, neighbours of one type merged. `entries` has room for map->count.
 * Returns how many were written.
 */
size_t limine_hand_over(const struct memory_map *map, unsigned base_revision,
                        struct limine_memmap_entry *entries);

/* From this base revision on the firmware's ACPI tables are mapped wherever they lie. */
#define KEPT_TABLES_REVISION 4u

/*
 * The next part of *rest, in whole pages, that the base revision maps by none of its own kinds for what
 * the firmware keeps; *rest shrinks. False: there is no more.
 */
bool regions_next_unmapped(const struct memory_map *map, unsigned base_revision,
                           struct memory_range *rest, struct memory_range *run);

#endif
