/* SPDX-License-Identifier: BSD-2-Clause */
/* What the workloads map: a list of regions, ascending, made anew by each of the functions below.
 */
#ifndef REGIONS_H
#define REGIONS_H

#include <stddef.h>
#include <stdint.h>

#include "hoist_paging.h"

#define REGIONS_MAX 200u

extern struct hoist_extent regions[REGIONS_MAX];
extern size_t region_count;

void regions_4k(void);  /* 1 GiB, frames that only 4 KiB leaves fit */
void regions_2m(void);  /* 64 GiB, frames that 2 MiB leaves fit */
void regions_1g(void);  /* 4 TiB, frames that 1 GiB leaves fit */
void regions_64m(void); /* 64 MiB, frames that 2 MiB leaves fit */
void regions_odd(void); /* 200 regions of odd lengths with gaps, 64 GiB in all */

/* Addresses in random regions, each region as likely as it is large; the same ones each time. */
void regions_choose_addresses(uint64_t *addresses, size_t count);

#endif
