/* SPDX-License-Identifier: BSD-2-Clause */
/* The framebuffer: what is told about it fits together, and pixels keep what is drawn. */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "lookup.h"
#include "mark.h"

static bool framebuffer_is_empty(const struct hoist_framebuffer *screen)
{
    const uint8_t *bytes = (const uint8_t *)screen;

    for (size_t i = 0; i < sizeof(*screen); i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

static uint32_t framebuffer_mask(struct hoist_colour_mask mask)
{
    return ((UINT32_C(1) << mask.size_bits) - 1) << mask.shift_bits;
}

static bool framebuffer_masks_fit(const struct hoist_framebuffer *screen)
{
    const struct hoist_colour_mask masks[3] = {screen->red, screen->green, screen->blue};
    uint32_t seen = 0;

    for (uint32_t i = 0; i < 3; i++) {
        if (masks[i].size_bits == 0 || masks[i].size_bits > 16 ||
            masks[i].size_bits + masks[i].shift_bits > screen->bits_per_pixel ||
            (seen & framebuffer_mask(masks[i])) != 0) {
            return false;
        }
        seen |= framebuffer_mask(masks[i]);
    }
    return true;
}

static bool framebuffer_check_layout(const struct hoist_framebuffer *screen)
{
    uint64_t line_bytes = (uint64_t)screen->width_pixels * screen->bits_per_pixel / 8;

    if (screen->bits_per_pixel != 16 && screen->bits_per_pixel != 24 &&
        screen->bits_per_pixel != 32) {
        check_fail("the framebuffer's pixels are known: expected 16, 24 or 32 bits, got %u",
                   (uint32_t)screen->bits_per_pixel);
        return false;
    }
    if (screen->width_pixels == 0 || screen->height_pixels == 0 ||
        screen->pitch_bytes < line_bytes ||
        screen->size_bytes <
            (uint64_t)screen->pitch_bytes * (screen->height_pixels - 1) + line_bytes) {
        check_fail("the framebuffer holds its lines: expected %lu bytes a line, %u lines, got a "
                   "pitch of %u, %lu bytes in all",
                   line_bytes, screen->height_pixels, screen->pitch_bytes, screen->size_bytes);
        return false;
    }
    if (!framebuffer_masks_fit(screen)) {
        check_fail("the framebuffer's colours lie side by side: expected so, got %u@%u %u@%u %u@%u "
                   "in %u bits",
                   (uint32_t)screen->red.size_bits, (uint32_t)screen->red.shift_bits,
                   (uint32_t)screen->green.size_bits, (uint32_t)screen->green.shift_bits,
                   (uint32_t)screen->blue.size_bits, (uint32_t)screen->blue.shift_bits,
                   (uint32_t)screen->bits_per_pixel);
        return false;
    }
    check_pass("the framebuffer's members fit together (%u x %u, %u bits, pitch %u)",
               screen->width_pixels, screen->height_pixels, (uint32_t)screen->bits_per_pixel,
               screen->pitch_bytes);
    return true;
}

/* A CPU without PAT cannot combine writes: there the framebuffer is uncached. */
static bool framebuffer_check_mapping(const struct hoist_handoff *handoff)
{
    const struct hoist_framebuffer *screen = &handoff->framebuffer;
    const struct hoist_mapped_range *mapping = lookup_mapping(handoff, screen->address);
    uint32_t cache = cpu_has_pat() ? HOIST_MAPPING_WRITE_COMBINING : HOIST_MAPPING_UNCACHED;
    const char *name = cpu_has_pat() ? "write-combining" : "uncached (this CPU has no PAT)";

    if (mapping == NULL || mapping->cache != cache ||
        !lookup_has_rights(handoff, screen->address, screen->size_bytes, HOIST_MAPPING_WRITE) ||
        lookup_physical(handoff, screen->address) != screen->physical_base) {
        check_fail("the framebuffer is mapped writable and %s: expected %lx bytes at %lx to %lx, "
                   "got \"%s\", cache type %u",
                   name, screen->size_bytes, screen->address, screen->physical_base,
                   mapping == NULL ? "nothing" : mapping->name,
                   mapping == NULL ? 0 : mapping->cache);
        return false;
    }
    check_pass("the framebuffer is mapped writable and %s (%lx to %lx)", name, screen->address,
               screen->physical_base);
    return true;
}

/* All four corners take a pixel and give it back. */
static bool framebuffer_check_pixels(const struct hoist_framebuffer *screen)
{
    uint32_t pixel = mark_pixel(screen, MARK_RUNNING);
    uint32_t mask = framebuffer_mask(screen->red) | framebuffer_mask(screen->green) |
                    framebuffer_mask(screen->blue);

    for (uint32_t corner = 0; corner < 4; corner++) {
        uint32_t x = (corner & 1) != 0 ? screen->width_pixels - 1 : 0;
        uint32_t y = (corner & 2) != 0 ? screen->height_pixels - 1 : 0;
        uint64_t va = screen->address + (uint64_t)y * screen->pitch_bytes +
                      (uint64_t)x * (screen->bits_per_pixel / 8);
        uint32_t saved;
        uint32_t got;

        if (probe(PROBE_WRITE, va)->happened) {
            check_fail(
                "the framebuffer can be drawn on: expected no fault at %lx, got error code %lx", va,
                fault_record.error_code);
            return false;
        }
        saved = mark_read_pixel(screen, x, y);
        mark_write_pixel(screen, x, y, pixel);
        got = mark_read_pixel(screen, x, y) & mask;
        mark_write_pixel(screen, x, y, saved);
        if (got != pixel) {
            check_fail("the framebuffer keeps what is drawn: expected %x at %u, %u, got %x", pixel,
                       x, y, got);
            return false;
        }
    }
    check_pass("the framebuffer keeps what is drawn (%x in all four corners)", pixel);
    return true;
}

bool check_framebuffer(const struct hoist_handoff *handoff)
{
    const struct hoist_framebuffer *screen = &handoff->framebuffer;

    if (screen->address == 0) {
        if (framebuffer_is_empty(screen)) {
            check_pass("there is no framebuffer, and all its members are 0");
        } else {
            check_fail("without a framebuffer all its members are 0: expected so, got physical "
                       "base %lx, %lx bytes",
                       screen->physical_base, screen->size_bytes);
        }
        return false;
    }
    return framebuffer_check_mapping(handoff) && framebuffer_check_layout(screen) &&
           framebuffer_check_pixels(screen);
}
