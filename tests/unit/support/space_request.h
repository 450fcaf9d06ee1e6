/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What to do to an address space next: random, but near what is there already and near the edges of
 * the address space, where mistakes are.
 */
#ifndef TEST_SPACE_REQUEST_H
#define TEST_SPACE_REQUEST_H

#include "space_model.h"

struct request {
    struct hoist_extent extent;
    struct hoist_access access;
    unsigned largest;
};

/* The start of a page; always canonical. */
uint64_t request_va(void);

/* Bytes from va to the end of its half. */
uint64_t request_room_above(uint64_t va);

/* Where the model's physical addresses end. */
uint64_t request_pa_end(void);

/* Frames for va: what is there already, or the same offset in its gigabyte, or anything. */
uint64_t request_pa(uint64_t va, uint64_t size);

/* Mostly the access of what is there, so that mapping again succeeds now and then. */
struct hoist_access request_access(uint64_t va);

/* All of it; the arguments are valid, what comes of it is open. */
struct request request_make(void);

/* Makes one argument wrong. How hoist_map refuses it is returned; HOIST_OK where nothing was
 * changed, because the model's CPU takes what was chosen. */
enum hoist_result request_spoil(struct request *request);

#endif
