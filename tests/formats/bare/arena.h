/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory for tables and pages out of the program itself; physical addresses are pointers. */
#ifndef BARE_ARENA_H
#define BARE_ARENA_H

#include <stdbool.h>
#include <stdint.h>

#include "address.h"

/* For struct hoist_tree_hooks; nothing comes back. */
bool arena_allocate(void *context, uint64_t size_bytes, struct hoist_pa *pa);

/* The same for the program: filled with zeroes. Stops the machine where there is none left. */
uint64_t arena_get(uint64_t size_bytes);

/* All is free again. */
void arena_begin(void);

#endif
