/* SPDX-License-Identifier: BSD-2-Clause */
/* Text on a framebuffer in host memory, of every pixel size, and nothing outside of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "font.h"
#include "screen.h"

#define CELL_WIDTH    6u
#define CELL_HEIGHT   9u
#define UNTOUCHED     0xa5
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct fixture {
    uint8_t *pixels; /* exactly as many as there are */
    struct hoist_framebuffer framebuffer;
    struct screen screen;
};

static int setup(void **state)
{
    *state = calloc(1, sizeof(struct fixture));
    assert_non_null(*state);
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    free(f->pixels);
    free(f);
    return 0;
}

#define test_of(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* A screen whose lines are some bytes longer than their pixels; the last one is not. */
static void open(struct fixture *f, uint32_t width, uint32_t height, uint16_t bits)
{
    const uint32_t pitch = width * (bits / 8u) + 8u;
    const size_t size_bytes = (size_t)pitch * height - 8u;

    free(f->pixels);
    f->pixels = malloc(size_bytes);
    assert_non_null(f->pixels);
    memset(f->pixels, UNTOUCHED, size_bytes);
    f->framebuffer = (struct hoist_framebuffer){
        .address = (uint64_t)(uintptr_t)f->pixels,
        .size_bytes = size_bytes,
        .width_pixels = width,
        .height_pixels = height,
        .pitch_bytes = pitch,
        .bits_per_pixel = bits,
        .red = {bits == 16 ? 5 : 8, bits == 16 ? 11 : 16},
        .green = {bits == 16 ? 6 : 8, bits == 16 ? 5 : 8},
        .blue = {bits == 16 ? 5 : 8, 0},
    };
    screen_open(&f->screen, &f->framebuffer);
}

static uint32_t pixel(const struct fixture *f, uint32_t x, uint32_t y)
{
    const uint32_t pixel_bytes = f->framebuffer.bits_per_pixel / 8u;
    const uint8_t *place = f->pixels + (size_t)y * f->framebuffer.pitch_bytes + x * pixel_bytes;
    uint32_t value = 0;

    for (uint32_t i = 0; i < pixel_bytes; i++) {
        value |= (uint32_t)place[i] << (8u * i);
    }
    return value;
}

static uint32_t text_pixel(const struct fixture *f)
{
    return f->framebuffer.bits_per_pixel == 16 ? 0xf79e : 0xf2f2f2;
}

/* The character in a cell, found by its glyph; '\0': none of ours. */
static char character(const struct fixture *f, uint32_t column, uint32_t row)
{
    const uint32_t scale = f->screen.scale;
    uint8_t shape[FONT_COLUMNS] = {0};

    for (uint32_t x = 0; x < FONT_COLUMNS; x++) {
        for (uint32_t y = 0; y < FONT_ROWS; y++) {
            if (pixel(f, (column * CELL_WIDTH + x) * scale, (row * CELL_HEIGHT + y) * scale) ==
                text_pixel(f)) {
                shape[x] |= (uint8_t)(1u << y);
            }
        }
    }
    for (unsigned i = 0; i < FONT_GLYPHS; i++) {
        if (memcmp(font_columns[i], shape, sizeof(shape)) == 0) {
            return (char)(FONT_FIRST + i);
        }
    }
    return '\0';
}

static void assert_row(const struct fixture *f, uint32_t row, const char *expected)
{
    for (uint32_t i = 0; expected[i] != '\0'; i++) {
        assert_int_equal(character(f, i, row), expected[i]);
    }
}

static void text_is_drawn_in_every_pixel_size(void **state)
{
    static const uint16_t sizes[] = {16, 24, 32};
    struct fixture *f = *state;

    for (size_t i = 0; i < LENGTH(sizes); i++) {
        open(f, 120, 30, sizes[i]);
        screen_write(&f->screen, "Hoist: {#PF}\n~ q");
        screen_write(&f->screen, "!\n");
        assert_row(f, 0, "Hoist: {#PF}  ");
        assert_row(f, 1, "~ q!");
    }
}

static void a_line_gets_a_background_across_the_screen_and_others_stay(void **state)
{
    struct fixture *f = *state;

    open(f, 121, 40, 32);
    screen_write(&f->screen, "a\nb\n");
    assert_int_equal(pixel(f, 120, 0), 0x4a1018);
    assert_int_equal(pixel(f, 120, 2 * CELL_HEIGHT - 1), 0x4a1018);
    assert_int_equal(pixel(f, 0, 2 * CELL_HEIGHT), UINT32_C(0xa5a5a5a5));
    assert_int_equal(f->pixels[121 * 4], UNTOUCHED); /* between two lines of pixels */
}

static void long_lines_go_on_in_the_next_and_the_last_goes_on_at_the_top(void **state)
{
    struct fixture *f = *state;

    open(f, 4 * CELL_WIDTH, 2 * CELL_HEIGHT, 32);
    screen_write(&f->screen, "abcdefgh");
    assert_row(f, 0, "abcd");
    assert_row(f, 1, "efgh");
    screen_write(&f->screen, "\nij");
    assert_row(f, 0, "ij  ");
    assert_row(f, 1, "efgh");
}

static void dots_grow_with_the_screen(void **state)
{
    static const uint32_t widths[][2] = {{640, 1}, {1019, 1}, {1020, 2}, {1280, 2}, {3840, 7}};
    struct fixture *f = *state;

    for (size_t i = 0; i < LENGTH(widths); i++) {
        open(f, widths[i][0], 100, 32);
        assert_int_equal(f->screen.scale, widths[i][1]);
        screen_write(&f->screen, "Wide");
        assert_row(f, 0, "Wide");
    }
}

static void what_has_no_glyph_is_a_question_mark(void **state)
{
    struct fixture *f = *state;

    open(f, 120, 30, 32);
    screen_write(&f->screen, "\x01\x7f\xc3\xa4");
    assert_row(f, 0, "????");
}

static void a_screen_that_cannot_be_drawn_on_shows_nothing(void **state)
{
    struct fixture *f = *state;
    struct screen zero = {0};

    screen_write(&zero, "nothing");
    open(f, 120, 30, 32);
    f->framebuffer.address = 0;
    screen_open(&f->screen, &f->framebuffer);
    screen_write(&f->screen, "nothing");
    open(f, 5, 30, 32);
    screen_write(&f->screen, "nothing");
    open(f, 30, 8, 32);
    screen_write(&f->screen, "nothing");
    assert_int_equal(f->pixels[0], UNTOUCHED);
}

static void no_two_characters_look_the_same(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FONT_GLYPHS; i++) {
        for (unsigned j = 0; j < i; j++) {
            assert_memory_not_equal(font_columns[i], font_columns[j], FONT_COLUMNS);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(text_is_drawn_in_every_pixel_size),
        test_of(a_line_gets_a_background_across_the_screen_and_others_stay),
        test_of(long_lines_go_on_in_the_next_and_the_last_goes_on_at_the_top),
        test_of(dots_grow_with_the_screen),
        test_of(what_has_no_glyph_is_a_question_mark),
        test_of(a_screen_that_cannot_be_drawn_on_shows_nothing),
        test_of(no_two_characters_look_the_same),
    };

    return cmocka_run_group_tests_name("text on the screen", tests, NULL, NULL);
}
