/* SPDX-License-Identifier: BSD-2-Clause */
/* Draws the mark, pixel by pixel, in whatever layout the screen has. */
#include "mark.h"

#include <stddef.h>

#define MARK_BACKGROUND UINT32_C(0x0d1117)

#define MARK_LETTERS       5
#define MARK_LETTER_WIDTH  5 /* cells */
#define MARK_LETTER_HEIGHT 7
#define MARK_LETTER_STEP   (MARK_LETTER_WIDTH + 1)
#define MARK_MARGIN \
    3 /* cells from the frame's outside to the letters, the frame's own cell included */
#define MARK_WIDTH        (MARK_LETTERS * MARK_LETTER_STEP - 1 + 2 * MARK_MARGIN)
#define MARK_HEIGHT       (MARK_LETTER_HEIGHT + 2 * MARK_MARGIN)
#define MARK_SCREEN_CELLS 160 /* cells across the whole screen: the mark takes about a fifth */

/* One bit a cell, the leftmost in bit 4: H, O, I, S, T. */
static const uint8_t glyphs[MARK_LETTERS][MARK_LETTER_HEIGHT] = {
    {0x11, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11}, {0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e},
    {0x0e, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e}, {0x0f, 0x10, 0x10, 0x0e, 0x01, 0x01, 0x1e},
    {0x1f, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04},
};

static uint32_t mark_component(struct hoist_colour_mask mask, uint32_t value)
{
    uint32_t scaled =
        mask.size_bits <= 8 ? value >> (8 - mask.size_bits) : value << (mask.size_bits - 8);

    return scaled << mask.shift_bits;
}

uint32_t mark_pixel(const struct hoist_framebuffer *screen, uint32_t colour)
{
    return mark_component(screen->red, colour >> 16 & 0xff) |
           mark_component(screen->green, colour >> 8 & 0xff) |
           mark_component(screen->blue, colour & 0xff);
}

static volatile uint8_t *mark_place(const struct hoist_framebuffer *screen, uint32_t x, uint32_t y)
{
    return (volatile uint8_t *)(screen->address + (uint64_t)y * screen->pitch_bytes +
                                (uint64_t)x * (screen->bits_per_pixel / 8));
}

void mark_write_pixel(const struct hoist_framebuffer *screen, uint32_t x, uint32_t y,
                      uint32_t pixel)
{
    volatile uint8_t *place = mark_place(screen, x, y);

    if (screen->bits_per_pixel == 32) {
        *(volatile uint32_t *)place = pixel;
        return;
    }
    for (uint32_t i = 0; i < screen->bits_per_pixel / 8; i++) {
        place[i] = (uint8_t)(pixel >> (8 * i));
    }
}

uint32_t mark_read_pixel(const struct hoist_framebuffer *screen, uint32_t x, uint32_t y)
{
    const volatile uint8_t *place = mark_place(screen, x, y);
    uint32_t pixel = 0;

    for (uint32_t i = 0; i < screen->bits_per_pixel / 8; i++) {
        pixel |= (uint32_t)place[i] << (8 * i);
    }
    return pixel;
}

/* Whether a cell of the mark is drawn in the verdict's colour: the frame and the letters are. */
static bool mark_is_set(uint32_t column, uint32_t row)
{
    uint32_t letter;
    uint32_t cell;

    if (column == 0 || row == 0 || column == MARK_WIDTH - 1 || row == MARK_HEIGHT - 1) {
        return true;
    }
    if (column < MARK_MARGIN || column >= MARK_WIDTH - MARK_MARGIN || row < MARK_MARGIN ||
        row >= MARK_HEIGHT - MARK_MARGIN) {
        return false;
    }
    letter = (column - MARK_MARGIN) / MARK_LETTER_STEP;
    cell = (column - MARK_MARGIN) % MARK_LETTER_STEP;
    return cell < MARK_LETTER_WIDTH &&
           (glyphs[letter][row - MARK_MARGIN] >> (MARK_LETTER_WIDTH - 1 - cell) & 1) != 0;
}

void mark_draw(const struct hoist_framebuffer *screen, uint32_t colour)
{
    uint32_t cell_pixels =
        screen->width_pixels < MARK_SCREEN_CELLS ? 1 : screen->width_pixels / MARK_SCREEN_CELLS;
    uint32_t width = MARK_WIDTH * cell_pixels;
    uint32_t height = MARK_HEIGHT * cell_pixels;
    uint32_t gap = 2 * cell_pixels;
    uint32_t set = mark_pixel(screen, colour);
    uint32_t clear = mark_pixel(screen, MARK_BACKGROUND);

    if (screen->width_pixels < width + gap || screen->height_pixels < height + gap) {
        return;
    }
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            mark_write_pixel(screen, screen->width_pixels - gap - width + x,
                             screen->height_pixels - gap - height + y,
                             mark_is_set(x / cell_pixels, y / cell_pixels) ? set : clear);
        }
    }
}
