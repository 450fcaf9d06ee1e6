/* SPDX-License-Identifier: BSD-2-Clause */
/* The mark on the screen: the name in block letters in a frame, in the colour of the verdict. */
#ifndef MARK_H
#define MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "hoist.h"

/* Colours as 0xRRGGBB. */
#define MARK_PASSED  UINT32_C(0x3fb950) /* green */
#define MARK_FAILED  UINT32_C(0xe5534b) /* red */
#define MARK_RUNNING UINT32_C(0xc0c0c0) /* grey: no verdict yet */

/*
 * Draws in the lower right corner; on a screen too small for it, nothing. The framebuffer must be
 * mapped as its members tell.
 */
void mark_draw(const struct hoist_framebuffer *screen, uint32_t colour);

/*
 * A colour as a pixel of this screen, and the pixel at a place. Only 16, 24 and 32 bits a pixel are
 * known.
 */
uint32_t mark_pixel(const struct hoist_framebuffer *screen, uint32_t colour);
void mark_write_pixel(const struct hoist_framebuffer *screen, uint32_t x, uint32_t y,
                      uint32_t pixel);
uint32_t mark_read_pixel(const struct hoist_framebuffer *screen, uint32_t x, uint32_t y);

#endif
