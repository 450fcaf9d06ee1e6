/* SPDX-License-Identifier: BSD-2-Clause */
/* Displays without a framebuffer, and framebuffers that cannot be. */
#include "faulty.h"

/* A good mode, of which the numbers of the faults are changed. */
#define WIDTH_PIXELS  800u
#define HEIGHT_PIXELS 600u
#define PIXEL_BYTES   4u
#define SCREEN_PAGES  (WIDTH_PIXELS * HEIGHT_PIXELS * PIXEL_BYTES / PAGE_BYTES + 1)

static EFI_GRAPHICS_OUTPUT_MODE_INFORMATION info;
static EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE mode;
static EFI_GRAPHICS_OUTPUT_PROTOCOL protocol_face;

static bool is_wanted(void)
{
    return faults.gop_no_mode != 0 || faults.gop_no_info != 0 || faults.gop_format != 0 ||
           faults.gop_base != 0 || faults.gop_size != 0 || faults.gop_width != 0 ||
           faults.gop_height != 0 || faults.gop_pitch != 0 || faults.gop_mask != 0 ||
           faults.gop_in_ram != 0;
}

/* A number of 1 stands for 0, which a fault cannot be. */
static UINTN number_or(UINTN number, UINTN otherwise)
{
    return number == 0 ? otherwise : number == 1 ? 0 : number;
}

/* Pages at the top of what is free: above 4 GiB where there is RAM. */
static EFI_PHYSICAL_ADDRESS own_screen(void)
{
    struct map map;
    EFI_PHYSICAL_ADDRESS place = 0;

    if (map_read(&map) == EFI_SUCCESS) {
        for (UINTN i = 0; i < map.count; i++) {
            const EFI_MEMORY_DESCRIPTOR *entry = &map.entries[i];

            if (entry->Type == EfiConventionalMemory && entry->PhysicalStart > place &&
                entry->NumberOfPages > 8 * SCREEN_PAGES) {
                place = entry->PhysicalStart + 4 * SCREEN_PAGES * PAGE_BYTES + PAGE_BYTES;
            }
        }
    }
    return memory_own(AllocateAddress, EfiBootServicesData, SCREEN_PAGES, &place) ? place : 0;
}

static void make_mode(void)
{
    info = (EFI_GRAPHICS_OUTPUT_MODE_INFORMATION){
        .HorizontalResolution = (UINT32)number_or(faults.gop_width, WIDTH_PIXELS),
        .VerticalResolution = (UINT32)number_or(faults.gop_height, HEIGHT_PIXELS),
        .PixelFormat = faults.gop_mask != 0
                           ? PixelBitMask
                           : (EFI_GRAPHICS_PIXEL_FORMAT)number_or(
                                 faults.gop_format, PixelBlueGreenRedReserved8BitPerColor),
        .PixelsPerScanLine = (UINT32)number_or(faults.gop_pitch, WIDTH_PIXELS),
    };
    if (faults.gop_mask > 1) {
        info.PixelInformation = (EFI_PIXEL_BITMASK){(UINT32)faults.gop_mask, 0xff00, 0xff, 0};
    }
    mode = (EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE){
        .MaxMode = 1,
        .Info = faults.gop_no_info != 0 ? NULL : &info,
        .SizeOfInfo = sizeof(info),
        .FrameBufferBase = number_or(faults.gop_base, own_screen()),
        .FrameBufferSize = number_or(faults.gop_size, WIDTH_PIXELS * HEIGHT_PIXELS * PIXEL_BYTES),
    };
    protocol_face.Mode = faults.gop_no_mode != 0 ? NULL : &mode;
}

EFI_STATUS graphics_find(EFI_STATUS status, const EFI_GUID *protocol, void **interface)
{
    static const EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;

    if (__builtin_memcmp(protocol, &guid, sizeof(guid)) != 0) {
        return status;
    }
    if (faults.gop_missing != 0) {
        return EFI_NOT_FOUND;
    }
    if (!is_wanted()) {
        return status;
    }
    *interface = &protocol_face;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI locate_protocol(EFI_GUID *protocol, void *registration, void **interface)
{
    return graphics_find(real->LocateProtocol(protocol, registration, interface), protocol,
                         interface);
}

void graphics_wrap(EFI_BOOT_SERVICES *table)
{
    if (is_wanted()) {
        make_mode();
    }
    table->LocateProtocol = locate_protocol;
}
