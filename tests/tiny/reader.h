/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads raw tables by the manual's words, without a line of the library (SDM volume 3, section
 * 4.5).
 */
#ifndef TINY_READER_H
#define TINY_READER_H

#include "memory.h"

/* To be called once, before all others. */
void tiny_reader_init(void);

/* The leaf that maps the page so as the model says; it maps the first page of a larger leaf. */
uint64_t tiny_leaf(uint8_t mapped, unsigned page);

/* A link to a table, by what the model says of it. */
uint64_t tiny_link(unsigned frame, uint8_t table);

/* A link to the same table that lets everything through. */
uint64_t tiny_widest(uint64_t link);

/*
 * Holds every entry of every table against the state: frames, sizes, rights, what links let
 * through, nothing where nothing is mapped; each table in a frame of its own that is handed out,
 * and no other frame handed out. Returns NULL or what is wrong.
 */
const char *tiny_compare(const struct tiny_memory *memory, uint64_t root,
                         const struct tiny_state *state);

/*
 * What the page is mapped to, as the model writes it; 0xff where it cannot be written so. The walk
 * begins with this link to a table of this level.
 */
uint8_t tiny_look_up(const struct tiny_memory *memory, uint64_t link, unsigned level,
                     unsigned page);

/* The link to the table of this level above the page; 0 if there is none. */
uint64_t tiny_find_link(const struct tiny_memory *memory, uint64_t root, unsigned level,
                        unsigned page);

#endif
