/* SPDX-License-Identifier: BSD-2-Clause */
/* Draws glyphs as rectangles, in whatever pixel the screen has. */
#include "screen.h"

#include <stddef.h>

#include "font.h"

#define TEXT_COLOUR       UINT32_C(0xf2f2f2)
#define BACKGROUND_COLOUR UINT32_C(0x4a1018)

#define CELL_COLUMNS (FONT_COLUMNS + 1)
#define CELL_ROWS    (FONT_ROWS + 1)

/* The largest dots with which a line has so many characters. */
#define WANTED_COLUMNS 85u

struct rectangle {
    uint32_t x;
    uint32_t y;
    uint32_t width;
    uint32_t height;
};

static uint32_t component(struct hoist_colour_mask mask, uint32_t value)
{
    return (mask.size_bits <= 8 ? value >> (8u - mask.size_bits) : value << (mask.size_bits - 8u))
           << mask.shift_bits;
}

static uint32_t pixel_of(const struct hoist_framebuffer *screen, uint32_t colour)
{
    return component(screen->red, colour >> 16) |
           component(screen->green, (colour >> 8) & UINT32_C(0xff)) |
           component(screen->blue, colour & UINT32_C(0xff));
}

static void fill(const struct hoist_framebuffer *screen, struct rectangle area, uint32_t colour)
{
    const uint32_t pixel = pixel_of(screen, colour);
    const uint32_t pixel_bytes = screen->bits_per_pixel / 8u;

    for (uint32_t y = area.y; y < area.y + area.height; y++) {
        volatile uint8_t *place =
            (volatile uint8_t *)(uintptr_t)(screen->address + (uint64_t)y * screen->pitch_bytes +
                                            (uint64_t)area.x * pixel_bytes);

        for (uint32_t x = 0; x < area.width; x++) {
            if (pixel_bytes == 4) {
                *(volatile uint32_t *)(volatile void *)place = pixel;
            } else {
                for (uint32_t i = 0; i < pixel_bytes; i++) {
                    place[i] = (uint8_t)(pixel >> (8u * i));
                }
            }
            place += pixel_bytes;
        }
    }
}

static void clear_line(struct screen *screen)
{
    const uint32_t height = CELL_ROWS * screen->scale;

    fill(screen->framebuffer,
         (struct rectangle){0, screen->row * height, screen->framebuffer->width_pixels, height},
         BACKGROUND_COLOUR);
}

static void draw(const struct screen *screen, char character)
{
    const uint32_t scale = screen->scale;
    const uint32_t left = screen->column * CELL_COLUMNS * scale;
    const uint32_t top = screen->row * CELL_ROWS * scale;

    if (character < FONT_FIRST || character > FONT_LAST) {
        character = '?';
    }
    for (uint32_t column = 0; column < FONT_COLUMNS; column++) {
        const uint8_t rows = font_columns[character - FONT_FIRST][column];

        for (uint32_t row = 0; row < FONT_ROWS; row++) {
            if (((rows >> row) & 1) != 0) {
                fill(screen->framebuffer,
                     (struct rectangle){left + column * scale, top + row * scale, scale, scale},
                     TEXT_COLOUR);
            }
        }
    }
}

static void end_line(struct screen *screen)
{
    screen->column = 0;
    screen->row = screen->row + 1 < screen->rows ? screen->row + 1 : 0;
    screen->line_is_clear = 0;
}

void screen_open(struct screen *screen, const struct hoist_framebuffer *framebuffer)
{
    const uint32_t scale = framebuffer->width_pixels / (CELL_COLUMNS * WANTED_COLUMNS);

    screen->framebuffer = framebuffer;
    screen->scale = scale == 0 ? 1 : scale;
    screen->columns = framebuffer->width_pixels / (CELL_COLUMNS * screen->scale);
    screen->rows = framebuffer->height_pixels / (CELL_ROWS * screen->scale);
    screen->column = 0;
    screen->row = 0;
    screen->line_is_clear = 0;
    if (framebuffer->address == 0 || screen->columns == 0 || screen->rows == 0 ||
        framebuffer->bits_per_pixel == 0 || framebuffer->bits_per_pixel > 32) {
        screen->framebuffer = NULL;
    }
}

void screen_write(struct screen *screen, const char *string)
{
    if (screen->framebuffer == NULL) {
        return;
    }
    for (; *string != '\0'; string++) {
        if (screen->column == screen->columns && *string != '\n') {
            end_line(screen);
        }
        if (screen->line_is_clear == 0) {
            clear_line(screen);
            screen->line_is_clear = 1;
        }
        if (*string == '\n') {
            end_line(screen);
        } else {
            draw(screen, *string);
            screen->column++;
        }
    }
}
