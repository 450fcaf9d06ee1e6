/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that says which partition it was started from and with what options, and goes back. */
#include "parent.h"

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

static void say_character(CHAR16 unit)
{
    static const char digits[] = "0123456789abcdef";
    const char plain[] = {(char)unit, '\0'};
    const char shown[] = {'<',
                          digits[unit >> 12],
                          digits[unit >> 8 & 15],
                          digits[unit >> 4 & 15],
                          digits[unit & 15],
                          '>',
                          '\0'};

    say(unit >= ' ' && unit <= '~' ? plain : shown);
}

/* The number of the partition in a device path, one digit; 0: the device is none. */
static unsigned partition_of(const uint8_t *node)
{
    for (; node[0] != END_DEVICE_PATH_TYPE; node += node[2] | (unsigned)node[3] << 8) {
        if (node[0] == MEDIA_DEVICE_PATH && node[1] == MEDIA_HARDDRIVE_DP) {
            return node[4];
        }
    }
    return 0;
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    EFI_GUID image_guid = LOADED_IMAGE_PROTOCOL;
    EFI_GUID path_guid = DEVICE_PATH_PROTOCOL;
    EFI_BOOT_SERVICES *services = system_table->BootServices;
    EFI_LOADED_IMAGE *self = NULL;
    const uint8_t *path = NULL;
    const CHAR16 *file;
    const CHAR16 *options;

    if (services->HandleProtocol(image, &image_guid, (void **)&self) != EFI_SUCCESS ||
        services->HandleProtocol(self->DeviceHandle, &path_guid, (void **)&path) != EFI_SUCCESS) {
        return EFI_NOT_FOUND;
    }
    say("echo: partition ");
    say_character((CHAR16)('0' + partition_of(path)));
    say(", file ");
    file =
        (const CHAR16 *)(const void *)((const uint8_t *)self->FilePath + sizeof(EFI_DEVICE_PATH));
    for (; *file != 0; file++) {
        say_character(*file);
    }
    say(", options ");
    options = self->LoadOptions;
    for (UINT32 i = 0; i < self->LoadOptionsSize / sizeof(*options); i++) {
        say_character(options[i]);
    }
    say("\r\n");
    return EFI_ABORTED;
}
