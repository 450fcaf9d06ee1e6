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

#endif
