/* SPDX-License-Identifier: BSD-2-Clause */
/* Going through the handles with graphics output. */
#include "screens.h"

#include "graphics.h"

/* UEFI 12.9.2; gnu-efi does not know them. */
#define EDID_ACTIVE_GUID                                   \
    {                                                      \
        0xbd8c1056, 0x9f36, 0x44ec,                        \
        {                                                  \
            0x92, 0xa8, 0xa6, 0x33, 0x7f, 0x81, 0x79, 0x86 \
        }                                                  \
    }
#define EDID_DISCOVERED_GUID                               \
    {                                                      \
        0x1c0c34f6, 0xd380, 0x41fa,                        \
        {                                                  \
            0xa0, 0x49, 0x8a, 0xd0, 0x6c, 0x1a, 0x66, 0xaa \
        }                                                  \
    }

#define EDID_LIMIT_BYTES 32768u

struct edid {
    UINT32 size_bytes;
    const void *bytes;
};

static void find_edid(EFI_HANDLE device, struct limine_screen *screen)
{
    static const EFI_GUID guids[] = {EDID_ACTIVE_GUID, EDID_DISCOVERED_GUID};

    for (unsigned i = 0; i < 2 && screen->edid_bytes == 0; i++) {
        EFI_GUID guid = guids[i];
        const struct edid *edid = NULL;

        if (firmware.boot->HandleProtocol(device, &guid, (void **)&edid) == EFI_SUCCESS &&
            edid->bytes != NULL && edid->size_bytes <= EDID_LIMIT_BYTES) {
            screen->edid = edid->bytes;
            screen->edid_bytes = edid->size_bytes;
        }
    }
}

static void list_modes(EFI_GRAPHICS_OUTPUT_PROTOCOL *graphics, struct limine_screen *screen,
                       struct hoist_framebuffer *modes)
{
    screen->modes = modes;
    for (UINT32 i = 0; i < graphics->Mode->MaxMode && screen->mode_count < SCREENS_MODE_LIMIT;
         i++) {
        EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode = NULL;
        UINTN size_bytes = 0;

        if (graphics->QueryMode(graphics, i, &size_bytes, &mode) == EFI_SUCCESS) {
            screen->mode_count += graphics_describe(mode, &modes[screen->mode_count]);
            firmware.boot->FreePool(mode);
        }
    }
}

/* The same framebuffer may be behind several handles. */
static bool is_listed(const struct limine_screen *screens, size_t count, uint64_t pa)
{
    for (size_t i = 0; i < count; i++) {
        if (screens[i].framebuffer.physical_base == pa) {
            return true;
        }
    }
    return false;
}

size_t screens_list(uint64_t first_pa, struct limine_screen screens[SCREENS_LIMIT])
{
    static struct hoist_framebuffer modes[SCREENS_LIMIT][SCREENS_MODE_LIMIT];
    EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
    EFI_HANDLE *handles = NULL;
    UINTN handle_count = 0;
    size_t count = 0;

    if (firmware.boot->LocateHandleBuffer(ByProtocol, &guid, NULL, &handle_count, &handles) !=
        EFI_SUCCESS) {
        return 0;
    }
    for (UINTN i = 0; i < handle_count && count < SCREENS_LIMIT; i++) {
        struct limine_screen screen = {0};
        EFI_GRAPHICS_OUTPUT_PROTOCOL *graphics = NULL;
        struct problem ignored;

        if (firmware.boot->HandleProtocol(handles[i], &guid, (void **)&graphics) != EFI_SUCCESS ||
            graphics->Mode == NULL || graphics->Mode->Info == NULL ||
            !graphics_measure(graphics, &screen.framebuffer, &ignored) ||
            is_listed(screens, count, screen.framebuffer.physical_base)) {
            continue;
        }
        find_edid(handles[i], &screen);
        list_modes(graphics, &screen, modes[count]);
        screens[count++] = screen;
        if (screen.framebuffer.physical_base == first_pa) {
            screens[count - 1] = screens[0];
            screens[0] = screen;
        }
    }
    firmware.boot->FreePool(handles);
    return count;
}
