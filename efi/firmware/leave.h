/* SPDX-License-Identifier: BSD-2-Clause */
/* Leaving the firmware. */
#ifndef LEAVE_H
#define LEAVE_H

#include "memory_map.h"
#include "pages.h"
#include "problem.h"

/*
 * Reads the final map and exits boot services; tries again with a fresh map where the firmware says
 * that the map has changed. `planned` is a copy of the RAM that the address space was planned with:
 * where the final map has other RAM, nothing was left yet, and this fails with
 * PROBLEM_LEAVE_MAP_CHANGED while the console still lives.
 *
 * On success the firmware is gone, pages->map is the final map with what was claimed, and interrupts are
 * off. After a failed try at leaving there is no way back: then the sentence goes to
 * the serial port and the screen, and the machine is reset some seconds later, by the TSC at tsc_hz (0: unknown).
 */
bool leave_firmware(struct pages_map *pages, const struct memory_map *planned, uint64_t tsc_hz,
                    struct problem *problem);

#endif
