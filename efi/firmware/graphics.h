/* SPDX-License-Identifier: BSD-2-Clause */
/* The screen that the firmware has set up, taken as it is unless another mode is asked for. */
#ifndef GRAPHICS_H
#define GRAPHICS_H

#include <stdbool.h>

#include "config.h"
#include "hoist.h"
#include "problem.h"

/*
 * Fills in the framebuffer but for its virtual address. False, with a framebuffer of zeroes: there
 * is no screen, or one without a linear framebuffer; or what the firmware says of it contradicts
 * itself, and then *problem, otherwise PROBLEM_NONE, says how. Neither is a reason not to boot.
 */
bool graphics_find(struct hoist_framebuffer *framebuffer, struct problem *problem);

/*
 * Sets the mode that has this resolution, unless it is set already. Where there is none, or the
 * firmware cannot set it, that is a warning, and the screen stays as it is; without a screen nothing
 * happens.
 */
void graphics_set_resolution(const struct config_resolution *wanted);

/* A mode without an address; false: it has no framebuffer. */
bool graphics_describe(const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode,
                       struct hoist_framebuffer *framebuffer);

/* Like graphics_find(), of one screen among several. */
bool graphics_measure(const EFI_GRAPHICS_OUTPUT_PROTOCOL *graphics,
                      struct hoist_framebuffer *framebuffer, struct problem *problem);

#endif
