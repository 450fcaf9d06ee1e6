/* SPDX-License-Identifier: BSD-2-Clause */
/* Framebuffers: pixels can be written and stay, and the modes are plausible. */
#include "kernel.h"

#define RGB             1
#define WRITE_COMBINING 5u
#define EDID_BYTES      128u
#define WRITE_EXECUTE   (RIGHT_WRITE | RIGHT_EXECUTE)

static bool is_pixel(const struct pixel_format *pixel)
{
    return pixel->bpp == 32 && pixel->memory_model == RGB && pixel->red_mask_size == 8 &&
           pixel->green_mask_size == 8 && pixel->blue_mask_size == 8 &&
           (pixel->red_mask_shift | pixel->green_mask_shift | pixel->blue_mask_shift) == 24;
}

static void check_modes(const struct framebuffer *screen)
{
    const struct video_mode *const *modes = (const struct video_mode *const *)screen->modes;
    bool is_there = false;

    check("the list of modes lies in reclaimable memory",
          screen->mode_count > 0 && is_handed_over(screen->modes, 8 * screen->mode_count));
    for (uint64_t i = 0; i < screen->mode_count; i++) {
        const struct video_mode *one = modes[i];

        hold("mode", is_handed_over((uint64_t)one, sizeof(*one)), i);
        hold("pixels", is_pixel(&one->pixel) && one->pitch >= one->width * 4 && one->height > 0, i);
        is_there |= one->width == screen->width && one->height == screen->height &&
                    one->pitch == screen->pitch;
    }
    conclude("the modes are plausible");
    check("the present mode is one of them", is_there);
}

static void check_edid(const struct framebuffer *screen)
{
    static const uint8_t header[] = {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0};
    const uint8_t *edid = (const uint8_t *)screen->edid;

    if (edid == NULL) {
        check_equal("without EDID its size is 0", screen->edid_size, 0);
    } else {
        check("EDID lies in reclaimable memory, with its header and checksum",
              screen->edid_size >= EDID_BYTES && is_handed_over(screen->edid, screen->edid_size) &&
                  same_bytes(edid, header, sizeof(header)) && sum_of(edid, EDID_BYTES) == 0);
    }
}

static void check_pixels(const struct framebuffer *screen)
{
    uint64_t size = screen->pitch * screen->height;
    volatile uint32_t *pixels = (volatile uint32_t *)screen->address;
    struct run run = {.va = screen->address,
                      .size_bytes = size,
                      .pa = screen->address - memory.offset,
                      .rights = word("wx") != NULL ? RIGHT_WRITE : WRITE_EXECUTE,
                      .pat = WRITE_COMBINING};

    check("the framebuffer is in the direct map, write-combining", is_mapped(&run));
    check("the framebuffer is marked in the memory map",
          lies_in(run.pa, size, TYPE(FRAMEBUFFER_MEMORY)));
    for (uint64_t y = 0; y < screen->height; y += 16) {
        for (uint64_t x = 0; x < screen->width; x += 16) {
            pixels[y * (screen->pitch / 4) + x] = (uint32_t)(y << 12 | x);
        }
    }
    pixels[size / 4 - 1] = 0;
    for (uint64_t y = 0; y < screen->height; y += 16) {
        for (uint64_t x = 0; x < screen->width; x += 16) {
            hold("pixel", pixels[y * (screen->pitch / 4) + x] == (uint32_t)(y << 12 | x), x);
        }
    }
    conclude("pixels can be written and keep what is written");
}

void check_screen(void)
{
    const struct list_response *answer = response_to(FRAMEBUFFER);
    const struct framebuffer *const *screens;

    if (answer == NULL) {
        return;
    }
    screens = (const struct framebuffer *const *)answer->list;
    check_equal("there are as many framebuffers as displays", answer->count,
                number_word("display", 1));
    check("the list of framebuffers lies in reclaimable memory",
          is_handed_over(answer->list, 8 * answer->count));
    for (uint64_t i = 0; i < answer->count; i++) {
        const struct framebuffer *screen = screens[i];

        check("the framebuffer's description lies in reclaimable memory",
              is_handed_over((uint64_t)screen, sizeof(*screen)));
        check("the framebuffer has pixels of 32 bits",
              is_pixel(&screen->pixel) && screen->width >= 640 && screen->height >= 400 &&
                  screen->pitch >= screen->width * 4);
        print("screen:");
        print_value("width", screen->width);
        print_value("height", screen->height);
        print_value("edid", screen->edid_size);
        print_value("modes", answer->revision >= 1 ? screen->mode_count : 0);
        print("\n");
        check_edid(screen);
        if (check("the framebuffer's response is of revision 1", answer->revision >= 1)) {
            check_modes(screen);
        }
        check_pixels(screen);
    }
}
