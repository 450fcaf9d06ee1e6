/* SPDX-License-Identifier: BSD-2-Clause */
/* The screen that the firmware has set up, taken as it is. */
#ifndef GRAPHICS_H
#define GRAPHICS_H

#include <stdbool.h>

#include "hoist.h"

/*
 * Fills in the framebuffer but for its virtual address. False, with a framebuffer of zeroes: there
 * is no screen, or one without a linear framebuffer; that is no error.
 */
bool graphics_find(struct hoist_framebuffer *framebuffer);

#endif
