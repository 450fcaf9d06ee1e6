/* SPDX-License-Identifier: BSD-2-Clause */
/* All screens, with their modes and what their monitors say of themselves (UEFI 12.9). */
#ifndef SCREENS_H
#define SCREENS_H

#include "firmware.h"

#include "answers.h"

#include <stddef.h>

#define SCREENS_LIMIT      4u
#define SCREENS_MODE_LIMIT 64u

/*
 * Lists the screens that have a framebuffer, the one at `first_pa` first; returns how many. What they
 * point to stays until the next call.
 */
size_t screens_list(uint64_t first_pa, struct limine_screen screens[SCREENS_LIMIT]);

#endif
