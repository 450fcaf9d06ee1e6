/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BOOTX64.EFI: unpacks the loader, and has the firmware load and start it as if it lay where this
 * file does. Places, relocations, rights and signatures stay the firmware's.
 */
#include "firmware.h"

#include "console.h"
#include "print.h"
#include "unpack.h"

/* Long enough to read a sentence. */
#define PAUSE_MICROSECONDS 5000000u

/* packed.S has it. */
extern const struct packed_file {
    uint32_t unpacked_bytes;
    uint8_t packed[];
} *const packed_loader;

struct firmware firmware;

/* UEFI 9.1 and 9.2. */
static EFI_GUID image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
static EFI_GUID image_path_guid = EFI_LOADED_IMAGE_DEVICE_PATH_PROTOCOL_GUID;

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

/* What the loader learns from its image is what this one was told. */
static void hand_on(EFI_HANDLE loader)
{
    EFI_LOADED_IMAGE *mine;
    EFI_LOADED_IMAGE *its;

    if (firmware.boot->HandleProtocol(firmware.image, &image_guid, (void **)&mine) == EFI_SUCCESS &&
        firmware.boot->HandleProtocol(loader, &image_guid, (void **)&its) == EFI_SUCCESS) {
        its->DeviceHandle = mine->DeviceHandle;
        its->LoadOptions = mine->LoadOptions;
        its->LoadOptionsSize = mine->LoadOptionsSize;
    }
}

/* NULL in *loader: there is none. */
static EFI_STATUS load(EFI_HANDLE *loader, const char **failed)
{
    const UINTN file_bytes = packed_loader->unpacked_bytes;
    const UINTN pages = EFI_SIZE_TO_PAGES(file_bytes);
    EFI_DEVICE_PATH *path = NULL;
    EFI_PHYSICAL_ADDRESS file;
    EFI_STATUS status;

    *failed = "gave no memory to unpack";
    status = firmware.boot->AllocatePages(AllocateAnyPages, EfiLoaderData, pages, &file);
    if (status != EFI_SUCCESS) {
        return status;
    }
    unpack((void *)file, file_bytes, packed_loader->packed);
    /* Without a path, which it needs not have, the loader is what it is. */
    firmware.boot->HandleProtocol(firmware.image, &image_path_guid, (void **)&path);
    *failed = "did not load";
    status =
        firmware.boot->LoadImage(FALSE, firmware.image, path, (void *)file, file_bytes, loader);
    firmware.boot->FreePages(file, pages);
    return status;
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    EFI_HANDLE loader = NULL;
    const char *failed;
    EFI_STATUS status;

    firmware = (struct firmware){image, system_table, system_table->BootServices,
                                 system_table->RuntimeServices};
    status = load(&loader, &failed);
    if (status == EFI_SUCCESS) {
        hand_on(loader);
        return firmware.boot->StartImage(loader, NULL, NULL);
    }
    console_open();
    console_print("hoist: error: the firmware %s the loader that is packed in this file: status "
                  "0x%" PRINT_64 "x%s\n",
                  failed, (uint64_t)status,
                  status == EFI_SECURITY_VIOLATION || status == EFI_ACCESS_DENIED
                      ? " (Secure Boot wants a signature: sign loader.efi and boot that)"
                      : "");
    /* With a refusal for its signature there is an image all the same (UEFI 7.4.1). */
    if (loader != NULL) {
        firmware.boot->UnloadImage(loader);
    }
    firmware.boot->Stall(PAUSE_MICROSECONDS);
    return status;
}
