/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole library. What a user reads, in this order:
 *
 *     address.h   virtual and physical addresses, pages and frames of each size
 *     access.h    rights and cache types
 *     result.h    what every function answers
 *     space.h     an address space, its CPU, and the caller's hooks
 *     chain.h     one page: ensure_chain, set_leaf
 *     range.h     ranges: map, count
 *     query.h     what one address means
 *     visit.h     all leaves, in order
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
#include "query.h"
#include "range.h"
#include "result.h"
#include "space.h"
#include "visit.h"

#ifdef __cplusplus
}
#endif

#endif
