/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole library. What a user reads, in this order:
 *
 *     address.h   virtual and physical addresses, pages and frames of each size, ranges
 *     access.h    rights and cache types
 *     result.h    what every function answers
 *     space.h     an address space, its CPU, and the caller's hooks
 *     range.h     ranges: map, map again, protect, unmap, split, and the frames that takes
 *     page.h      one page of a chosen size, in one call
 *     chain.h     one page in two steps: ensure_chain, set_leaf
 *     cursor.h    many 4 KiB pages, one after the other
 *     query.h     what one address means
 *     visit.h     all leaves or runs, in order
 *     edit.h      single entries, and leaves with the right to change them
 *     tidy.h      empty tables freed, uniform ones merged, spaces cleared
 *     owned.h     pages that belong to a space
 *     flush.h     what CPUs may still know
 *     reserve.h   frames for tables, had beforehand
 *     cpu.h       CR3 and the ready-made flusher; include it by itself, in kernels
 *     any_size.h  the primitives once more, picked by the type of the page; include it by itself
 */
#ifndef HOIST_PAGING_H
#define HOIST_PAGING_H

#ifdef __cplusplus
extern "C" {
#endif

#include "access.h"
#include "address.h"
#include "chain.h"
#include "cursor.h"
#include "edit.h"
#include "flush.h"
#include "owned.h"
#include "page.h"
#include "query.h"
#include "range.h"
#include "reserve.h"
#include "result.h"
#include "space.h"
#include "tidy.h"
#include "visit.h"

#ifdef __cplusplus
}
#endif

#endif
