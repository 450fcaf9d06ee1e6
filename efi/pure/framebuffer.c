/* SPDX-License-Identifier: BSD-2-Clause */
/* Holding a framebuffer against the memory map. */
#include "framebuffer.h"

/*
 * Boot services count as free here: there are firmwares whose driver has allocated its framebuffer.
 */
static bool may_hold_a_screen(enum memory_kind kind)
{
    return kind == MEMORY_FREE || kind == MEMORY_BOOT || kind >= MEMORY_DEVICE;
}

bool framebuffer_measure(struct hoist_framebuffer *framebuffer, uint32_t line_pixels,
                         uint64_t offered_bytes, struct problem *problem)
{
    const uint64_t pitch_bytes = (uint64_t)line_pixels * (framebuffer->bits_per_pixel / 8u);

    if (framebuffer->width_pixels == 0 || framebuffer->height_pixels == 0 || pitch_bytes == 0 ||
        pitch_bytes > UINT32_MAX || line_pixels < framebuffer->width_pixels) {
        return problem_set_all(
            problem,
            &(struct problem){.kind = PROBLEM_SCREEN_SHAPE,
                              .numbers = {framebuffer->width_pixels, framebuffer->height_pixels,
                                          line_pixels, framebuffer->bits_per_pixel}});
    }
    framebuffer->pitch_bytes = (uint32_t)pitch_bytes;
    framebuffer->size_bytes = pitch_bytes * framebuffer->height_pixels;
    return framebuffer->size_bytes <= offered_bytes ||
           problem_set(problem, PROBLEM_SCREEN_SHORT, (struct text){NULL, 0},
                       framebuffer->size_bytes, offered_bytes);
}

bool framebuffer_pages(const struct hoist_framebuffer *framebuffer, const struct memory_map *map,
                       unsigned physical_bits, struct memory_range *pages, struct problem *problem)
{
    const uint64_t start = framebuffer->physical_base;
    const uint64_t size_bytes = framebuffer->size_bytes;
    const uint64_t limit = UINT64_C(1) << physical_bits;
    const uint64_t base = memory_page_down(start);
    uint64_t end;

    if (size_bytes > FRAMEBUFFER_LIMIT_BYTES) {
        return problem_set_all(
            problem, &(struct problem){.kind = PROBLEM_SCREEN_TOO_LARGE,
                                       .numbers = {start, size_bytes, FRAMEBUFFER_LIMIT_BYTES}});
    }
    if (start >= limit || size_bytes > limit - start) {
        return problem_set_all(problem,
                               &(struct problem){.kind = PROBLEM_SCREEN_BEYOND,
                                                 .numbers = {start, size_bytes, physical_bits}});
    }
    end = memory_page_up(start + size_bytes);
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_range *range = &map->ranges[i];
        const bool has_page_0 = base == 0 && range->base == 0;

        if (range->base < end && range->base + range->size_bytes > base &&
            (has_page_0 || !may_hold_a_screen(range->kind))) {
            return problem_set_all(
                problem, &(struct problem){.kind = PROBLEM_SCREEN_IN_USE,
                                           .name = text_of(memory_kind_name(range->kind)),
                                           .numbers = {start, size_bytes,
                                                       range->base > base ? range->base : base}});
        }
    }
    *pages = (struct memory_range){base, end - base, MEMORY_FRAMEBUFFER};
    return true;
}
