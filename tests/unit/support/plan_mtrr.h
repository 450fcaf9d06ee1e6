/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The MTRRs of the machine (plan_machine.h), and what they say, found page by page from the SDM, volume 3, section
 * 12.11, without a line of the loader's.
 */
#ifndef TEST_PLAN_MTRR_H
#define TEST_PLAN_MTRR_H

#include <stdbool.h>
#include <stdint.h>

/* The memory type of one page; 0xff: the SDM does not say. */
unsigned machine_type_at(uint64_t pa);

/* Whether all pages have one type. The size is a power of two, of a page or more, and pa a multiple of it. */
bool machine_has_one_type(uint64_t pa, uint64_t size_bytes);

/* Whether the range of any register begins or ends in there; same arguments. */
bool machine_has_an_edge(uint64_t pa, uint64_t size_bytes);

/* Whether a register's mask has a gap, so that it stands for many ranges. */
bool machine_has_a_gap(void);

/* Whether the many ranges of such a register are smaller than 2 MiB. */
bool machine_has_small_gaps(void);

#endif
