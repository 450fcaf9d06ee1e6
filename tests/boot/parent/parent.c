/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the words and the loader, and loading it. */
#include "parent.h"

#define LOADER_LIMIT_BYTES ((UINTN)1 << 20)

#define COM1        0x3f8
#define COM1_STATUS 0x3fd
#define CAN_SEND    0x20

void say(const char *text)
{
    for (; *text != '\0'; text++) {
        uint8_t status;

        do {
            __asm__ volatile("inb %1, %0" : "=a"(status) : "Nd"((uint16_t)COM1_STATUS));
        } while ((status & CAN_SEND) == 0);
        __asm__ volatile("outb %0, %1" : : "a"(*text), "Nd"((uint16_t)COM1));
    }
}

static EFI_STATUS read_file(EFI_FILE_HANDLE volume, CHAR16 *path, void *buffer, UINTN *size_bytes)
{
    EFI_FILE_HANDLE file;
    EFI_STATUS status = volume->Open(volume, &file, path, EFI_FILE_MODE_READ, 0);

    if (status == EFI_SUCCESS) {
        status = file->Read(file, size_bytes, buffer);
        file->Close(file);
    }
    return status;
}

bool parent_open(struct parent *parent, const struct parent_words *words)
{
    EFI_GUID image_guid = LOADED_IMAGE_PROTOCOL;
    EFI_GUID volume_guid = SIMPLE_FILE_SYSTEM_PROTOCOL;
    EFI_BOOT_SERVICES *services = parent->services;
    EFI_LOADED_IMAGE *self = NULL;
    EFI_FILE_IO_INTERFACE *file_system = NULL;
    EFI_FILE_HANDLE volume = NULL;
    UINTN text_bytes = words->capacity_bytes - 1;
    bool done;

    if (services->HandleProtocol(parent->image, &image_guid, (void **)&self) != EFI_SUCCESS ||
        services->HandleProtocol(self->DeviceHandle, &volume_guid, (void **)&file_system) !=
            EFI_SUCCESS ||
        file_system->OpenVolume(file_system, &volume) != EFI_SUCCESS) {
        return false;
    }
    parent->device = self->DeviceHandle;
    parent->loader_bytes = LOADER_LIMIT_BYTES;
    done =
        services->AllocatePool(EfiLoaderData, LOADER_LIMIT_BYTES, &parent->loader) == EFI_SUCCESS &&
        read_file(volume, words->path, words->text, &text_bytes) == EFI_SUCCESS &&
        read_file(volume, u"\\loader.efi", parent->loader, &parent->loader_bytes) == EFI_SUCCESS;
    words->text[done ? text_bytes : 0] = '\0';
    volume->Close(volume);
    return done;
}

EFI_STATUS parent_load(const struct parent *parent, EFI_HANDLE *child, EFI_LOADED_IMAGE **loaded)
{
    EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
    EFI_STATUS status = parent->services->LoadImage(FALSE, parent->image, NULL, parent->loader,
                                                    parent->loader_bytes, child);

    if (status == EFI_SUCCESS) {
        status = parent->services->HandleProtocol(*child, &guid, (void **)loaded);
    }
    if (status != EFI_SUCCESS) {
        say("parent: the loader cannot be loaded\r\n");
        return status;
    }
    (*loaded)->DeviceHandle = parent->device;
    return EFI_SUCCESS;
}
