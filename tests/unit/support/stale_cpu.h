/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A CPU that keeps whatever it may: every translation that the tables ever held, until it is told
 * to forget it (SDM volume 3, sections 4.10.2 to 4.10.4), and every table on the way. There is one.
 *
 * It complains (property.h) where it knows a page in two sizes with two meanings, where a table
 * that it may still walk is freed, and where it is left with a translation that the tables do not
 * hold.
 */
#ifndef TEST_STALE_CPU_H
#define TEST_STALE_CPU_H

#include "arena.h"

/* The CPU that model.cpu describes; it knows nothing. Takes the arena's on_flush over. */
void stale_cpu_begin(struct arena *arena, struct hoist_space *space);

/*
 * Before a change: the CPU reads all of the tables. Where `salt` is not 0 it uses some of what it
 * reads, which sets accessed and dirty bits.
 */
void stale_cpu_look(uint64_t salt);

/*
 * After a change. Where nothing is left to be flushed, all that the CPU still knows must be so.
 * `keeps_state`: accessed and dirty bits must be those of the leaves that were there before.
 */
void stale_cpu_check(bool is_flushed, bool keeps_state);

/* Somebody has flushed everything. */
void stale_cpu_forget(void);

/* It knows so much that it is better flushed. */
bool stale_cpu_is_full(void);

#endif
