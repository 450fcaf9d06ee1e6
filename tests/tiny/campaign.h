/* SPDX-License-Identifier: BSD-2-Clause */
/* All sequences of some number of operations, on an address space that is empty at first. */
#ifndef TINY_CAMPAIGN_H
#define TINY_CAMPAIGN_H

#include "operation.h"

#define TINY_DEPTH_MAX 4u

struct tiny_campaign {
    struct tiny_choice choice;
    unsigned depth;          /* how many operations are a sequence */
    unsigned thorough_depth; /* up to this one they are tried thoroughly (trial.h), */
    unsigned watched_depth;  /* and up to this one watched */
    unsigned stride;         /* of the last operations, one in so many is tried; 1: every one */
};

/*
 * Those together that lead to the same tables (states.h), which are always put in the same places.
 * Prints how much was done; the sequences that this covers must be as many as the product says.
 */
void tiny_run_merged(const struct tiny_campaign *campaign);

/*
 * Each by itself, but for what it has in common with the one before, in tables that lie as they
 * came to lie.
 */
void tiny_run_one_by_one(const struct tiny_campaign *campaign);

#endif
