/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that cannot be read as their size promises; open ones are counted. */
#include "faulty.h"

#define FILE_LIMIT 16u

/* The first member is what the loader holds. */
struct wrapped_file {
    EFI_FILE face;
    EFI_FILE_HANDLE file; /* the firmware's; NULL: free */
    UINT64 position_bytes;
};

static struct wrapped_file wrapped[FILE_LIMIT];
static EFI_FILE_IO_INTERFACE face;
static EFI_FILE_IO_INTERFACE *file_system;

static EFI_STATUS wrap(EFI_FILE_HANDLE file, EFI_FILE_HANDLE *handle);

static struct wrapped_file *of(EFI_FILE_HANDLE handle)
{
    return (struct wrapped_file *)(void *)handle;
}

static EFI_STATUS EFIAPI open(EFI_FILE_HANDLE handle, EFI_FILE_HANDLE *opened, CHAR16 *name,
                              UINT64 mode, UINT64 attributes)
{
    EFI_FILE_HANDLE file = NULL;
    const EFI_STATUS status =
        of(handle)->file->Open(of(handle)->file, &file, name, mode, attributes);

    return status == EFI_SUCCESS ? wrap(file, opened) : status;
}

static EFI_STATUS EFIAPI close(EFI_FILE_HANDLE handle)
{
    const EFI_STATUS status = of(handle)->file->Close(of(handle)->file);

    of(handle)->file = NULL;
    held.file_count--;
    return status;
}

static EFI_STATUS EFIAPI read(EFI_FILE_HANDLE handle, UINTN *size_bytes, void *buffer)
{
    struct wrapped_file *one = of(handle);
    EFI_STATUS status;

    if (faults.short_reads != 0 && *size_bytes > faults.short_reads) {
        *size_bytes = faults.short_reads;
        say("\r\nfaulty: a short read\r\n");
    }
    if (faults.broken_at != 0 && one->position_bytes + *size_bytes > faults.broken_at) {
        return EFI_DEVICE_ERROR;
    }
    if (faults.end_at != 0 && one->position_bytes + *size_bytes > faults.end_at) {
        *size_bytes = one->position_bytes < faults.end_at ? faults.end_at - one->position_bytes : 0;
    }
    status = one->file->Read(one->file, size_bytes, buffer);
    if (status == EFI_SUCCESS) {
        one->position_bytes += *size_bytes;
    }
    return status;
}

static EFI_STATUS EFIAPI set_position(EFI_FILE_HANDLE handle, UINT64 position_bytes)
{
    of(handle)->position_bytes = position_bytes;
    return of(handle)->file->SetPosition(of(handle)->file, position_bytes);
}

static EFI_STATUS EFIAPI get_info(EFI_FILE_HANDLE handle, EFI_GUID *type, UINTN *size_bytes,
                                  void *buffer)
{
    return of(handle)->file->GetInfo(of(handle)->file, type, size_bytes, buffer);
}

/* Calls that are not listed stay as the firmware has them, and would crash on our handle: none is used. */
static EFI_STATUS wrap(EFI_FILE_HANDLE file, EFI_FILE_HANDLE *handle)
{
    for (size_t i = 0; i < FILE_LIMIT; i++) {
        if (wrapped[i].file == NULL) {
            wrapped[i] = (struct wrapped_file){*file, file, 0};
            wrapped[i].face.Open = open;
            wrapped[i].face.Close = close;
            wrapped[i].face.Read = read;
            wrapped[i].face.SetPosition = set_position;
            wrapped[i].face.GetInfo = get_info;
            *handle = &wrapped[i].face;
            held.file_count++;
            return EFI_SUCCESS;
        }
    }
    file->Close(file);
    return EFI_OUT_OF_RESOURCES;
}

static EFI_STATUS EFIAPI open_volume(EFI_FILE_IO_INTERFACE *self, EFI_FILE_HANDLE *root)
{
    EFI_FILE_HANDLE file = NULL;
    const EFI_STATUS status = file_system->OpenVolume(file_system, &file);

    (void)self;
    return status == EFI_SUCCESS ? wrap(file, root) : status;
}

static EFI_STATUS EFIAPI handle_protocol(EFI_HANDLE handle, EFI_GUID *protocol, void **interface)
{
    static const EFI_GUID volume_guid = SIMPLE_FILE_SYSTEM_PROTOCOL;
    const EFI_STATUS status = real->HandleProtocol(handle, protocol, interface);

    if (status == EFI_SUCCESS &&
        __builtin_memcmp(protocol, &volume_guid, sizeof(volume_guid)) == 0) {
        file_system = *interface;
        face = *file_system;
        face.OpenVolume = open_volume;
        *interface = &face;
    }
    return status;
}

void files_wrap(EFI_BOOT_SERVICES *table)
{
    for (size_t i = 0; i < FILE_LIMIT; i++) {
        wrapped[i].file = NULL;
    }
    table->HandleProtocol = handle_protocol;
}
