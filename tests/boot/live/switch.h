/* SPDX-License-Identifier: BSD-2-Clause */
/* The one way from four levels to five: CR4.LA57 cannot change while paging is on. */
#ifndef SWITCH_H
#define SWITCH_H

#include <stdint.h>

/*
 * `page` is a frame below 4 GiB that is mapped executable at its physical address in the tables in
 * use and in the new ones; it is overwritten. `root` is the new root table, below 4 GiB as well.
 * Both must map the kernel and its stack.
 */
void switch_to_five_levels(uint64_t page, uint64_t root);

#endif
