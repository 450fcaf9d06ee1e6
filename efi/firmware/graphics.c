/* SPDX-License-Identifier: BSD-2-Clause */
/* The graphics output protocol, UEFI 12.9. The mode is never set: that costs much and may fail. */
#include "firmware.h"

#include "graphics.h"

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

bool graphics_find(struct hoist_framebuffer *framebuffer)
{
    EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
    EFI_GRAPHICS_OUTPUT_PROTOCOL *graphics = NULL;
    const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode;
    EFI_PIXEL_BITMASK masks;
    struct hoist_framebuffer found = {0};

    *framebuffer = found;
    if (firmware.boot->LocateProtocol(&guid, NULL, (void **)&graphics) != EFI_SUCCESS ||
        graphics->Mode == NULL || graphics->Mode->Info == NULL) {
        return false;
    }
    mode = graphics->Mode->Info;
    if (!find_masks(mode, &masks) || graphics->Mode->FrameBufferBase == 0) {
        return false;
    }
    found.physical_base = graphics->Mode->FrameBufferBase;
    found.width_pixels = mode->HorizontalResolution;
    found.height_pixels = mode->VerticalResolution;
    found.bits_per_pixel = pixel_bits(&masks);
    found.pitch_bytes = mode->PixelsPerScanLine * (found.bits_per_pixel / 8u);
    found.red = mask_of(masks.RedMask);
    found.green = mask_of(masks.GreenMask);
    found.blue = mask_of(masks.BlueMask);
    found.size_bytes = (uint64_t)found.pitch_bytes * found.height_pixels;
    if (found.size_bytes == 0 || found.size_bytes > graphics->Mode->FrameBufferSize) {
        return false;
    }
    *framebuffer = found;
    return true;
}
