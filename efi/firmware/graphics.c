/* SPDX-License-Identifier: BSD-2-Clause */
/* The graphics output protocol, UEFI 12.9. A mode is set only when asked for: it costs much. */
#include "firmware.h"

#include "graphics.h"

#include "framebuffer.h"

#include "console.h"
#include "print.h"

#define RESOLUTION_CAPACITY 32

static struct hoist_colour_mask mask_of(uint32_t bits)
{
    struct hoist_colour_mask mask = {0, 0};

    if (bits == 0) {
        return mask;
    }
    while (((bits >> mask.shift_bits) & 1) == 0) {
        mask.shift_bits++;
    }
    while (mask.shift_bits + mask.size_bits < 32 &&
           ((bits >> (mask.shift_bits + mask.size_bits)) & 1) != 0) {
        mask.size_bits++;
    }
    return mask;
}

/* Masks in the order red, green, blue; false: a format without a framebuffer. */
static bool find_masks(const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode, EFI_PIXEL_BITMASK *masks)
{
    static const EFI_PIXEL_BITMASK rgb = {0x0000ff, 0x00ff00, 0xff0000, 0xff000000};
    static const EFI_PIXEL_BITMASK bgr = {0xff0000, 0x00ff00, 0x0000ff, 0xff000000};

    switch (mode->PixelFormat) {
    case PixelRedGreenBlueReserved8BitPerColor: *masks = rgb; return true;
    case PixelBlueGreenRedReserved8BitPerColor: *masks = bgr; return true;
    case PixelBitMask: *masks = mode->PixelInformation; return true;
    default: return false;
    }
}

/* The pixel is as wide as the highest bit of any mask, reserved bits included (UEFI 12.9.1). */
static uint16_t pixel_bits(const EFI_PIXEL_BITMASK *masks)
{
    const uint32_t all = masks->RedMask | masks->GreenMask | masks->BlueMask | masks->ReservedMask;
    uint16_t bits = 0;

    while (bits < 32 && (all >> bits) != 0) {
        bits++;
    }
    return (uint16_t)((bits + 7u) / 8u * 8u);
}

bool graphics_describe(const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode,
                       struct hoist_framebuffer *framebuffer)
{
    EFI_PIXEL_BITMASK masks;

    *framebuffer = (struct hoist_framebuffer){0};
    if (!find_masks(mode, &masks)) {
        return false;
    }
    framebuffer->width_pixels = mode->HorizontalResolution;
    framebuffer->height_pixels = mode->VerticalResolution;
    framebuffer->bits_per_pixel = pixel_bits(&masks);
    framebuffer->pitch_bytes = mode->PixelsPerScanLine * (framebuffer->bits_per_pixel / 8u);
    framebuffer->red = mask_of(masks.RedMask);
    framebuffer->green = mask_of(masks.GreenMask);
    framebuffer->blue = mask_of(masks.BlueMask);
    return true;
}

bool graphics_measure(const EFI_GRAPHICS_OUTPUT_PROTOCOL *graphics,
                      struct hoist_framebuffer *framebuffer, struct problem *problem)
{
    const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode = graphics->Mode->Info;
    struct hoist_framebuffer found;

    *framebuffer = (struct hoist_framebuffer){0};
    problem->kind = PROBLEM_NONE;
    if (graphics->Mode->FrameBufferBase == 0 || !graphics_describe(mode, &found)) {
        return false;
    }
    found.physical_base = graphics->Mode->FrameBufferBase;
    if (!framebuffer_measure(&found, mode->PixelsPerScanLine, graphics->Mode->FrameBufferSize,
                             problem)) {
        return false;
    }
    *framebuffer = found;
    return true;
}

/* NULL: there is no screen. */
static EFI_GRAPHICS_OUTPUT_PROTOCOL *find_protocol(void)
{
    EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
    EFI_GRAPHICS_OUTPUT_PROTOCOL *graphics = NULL;

    if (firmware.boot->LocateProtocol(&guid, NULL, (void **)&graphics) != EFI_SUCCESS ||
        graphics->Mode == NULL || graphics->Mode->Info == NULL) {
        return NULL;
    }
    return graphics;
}

static bool is_wanted(const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode,
                      const struct config_resolution *wanted)
{
    EFI_PIXEL_BITMASK masks;

    return find_masks(mode, &masks) && mode->HorizontalResolution == wanted->width_pixels &&
           mode->VerticalResolution == wanted->height_pixels &&
           (wanted->bits_per_pixel == 0 || wanted->bits_per_pixel == pixel_bits(&masks));
}

static uint64_t distance(uint32_t left, uint32_t right)
{
    return left < right ? right - left : left - right;
}

/* Looks for the mode; *nearest is the best of the others where there is none. */
static bool find_mode(EFI_GRAPHICS_OUTPUT_PROTOCOL *graphics,
                      const struct config_resolution *wanted, uint32_t *number,
                      struct config_resolution *nearest)
{
    uint64_t least = UINT64_MAX;
    bool is_found = false;

    for (*number = 0; *number < graphics->Mode->MaxMode; ++*number) {
        EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode = NULL;
        EFI_PIXEL_BITMASK masks;
        UINTN size_bytes = 0;
        uint64_t far;

        if (graphics->QueryMode(graphics, *number, &size_bytes, &mode) != EFI_SUCCESS) {
            continue;
        }
        is_found = is_wanted(mode, wanted);
        far = distance(mode->HorizontalResolution, wanted->width_pixels) +
              distance(mode->VerticalResolution, wanted->height_pixels);
        if (find_masks(mode, &masks) && far < least) {
            least = far;
            *nearest = (struct config_resolution){mode->HorizontalResolution,
                                                  mode->VerticalResolution, pixel_bits(&masks)};
        }
        firmware.boot->FreePool(mode);
        if (is_found) {
            return true;
        }
    }
    return false;
}

void graphics_set_resolution(const struct config_resolution *wanted)
{
    EFI_GRAPHICS_OUTPUT_PROTOCOL *graphics = find_protocol();
    struct config_resolution nearest = {0};
    struct problem problem = {.kind = PROBLEM_SCREEN_MODE};
    char name[RESOLUTION_CAPACITY];
    uint32_t number;

    if (graphics == NULL || is_wanted(graphics->Mode->Info, wanted)) {
        return;
    }
    print_to(name, sizeof(name), wanted->bits_per_pixel == 0 ? "%ux%u" : "%ux%ux%u",
             wanted->width_pixels, wanted->height_pixels, wanted->bits_per_pixel);
    problem.name = text_of(name);
    if (find_mode(graphics, wanted, &number, &nearest)) {
        problem.numbers[0] = graphics->SetMode(graphics, number);
        if (problem.numbers[0] == EFI_SUCCESS) {
            return;
        }
    } else {
        problem.kind = PROBLEM_SCREEN_NO_MODE;
        problem.numbers[0] = nearest.width_pixels;
        problem.numbers[1] = nearest.height_pixels;
        problem.numbers[2] = nearest.bits_per_pixel;
        problem.numbers[3] = graphics->Mode->MaxMode;
    }
    console_warn(&problem);
}

bool graphics_find(struct hoist_framebuffer *framebuffer, struct problem *problem)
{
    const EFI_GRAPHICS_OUTPUT_PROTOCOL *graphics = find_protocol();

    *framebuffer = (struct hoist_framebuffer){0};
    problem->kind = PROBLEM_NONE;
    return graphics != NULL && graphics_measure(graphics, framebuffer, problem);
}
