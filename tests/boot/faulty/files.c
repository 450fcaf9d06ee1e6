/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that cannot be read as their size promises; open ones are counted. */
#include "faulty.h"

#define FILE_LIMIT    16u
#define PATH_CAPACITY 600u

/* The first member is what the loader holds. */
struct wrapped_file {
    EFI_FILE face;
    EFI_FILE_HANDLE file; /* the firmware's; NULL: free */
    UINT64 position_bytes;
};

static struct wrapped_file wrapped[FILE_LIMIT];
static EFI_FILE_IO_INTERFACE face;
static EFI_FILE_IO_INTERFACE *file_system;

static UINTN open_count;
static UINTN info_count;
static UINTN failed_read_count;
static UINTN half_read_count;
static UINTN empty_read_count;

static EFI_STATUS wrap(EFI_FILE_HANDLE file, EFI_FILE_HANDLE *handle);

static struct wrapped_file *of(EFI_FILE_HANDLE handle)
{
    return (struct wrapped_file *)(void *)handle;
}

/* The path in the folder that stands for the volume's root. */
static CHAR16 *in_folder(const CHAR16 *name)
{
    static CHAR16 path[PATH_CAPACITY];
    size_t length = 3;

    path[0] = u'\\';
    path[1] = (CHAR16)(u'0' + faults.folder / 10);
    path[2] = (CHAR16)(u'0' + faults.folder % 10);
    while (*name != 0 && length < PATH_CAPACITY - 1) {
        path[length++] = *name++;
    }
    path[length] = 0;
    return path;
}

static EFI_STATUS EFIAPI open(EFI_FILE_HANDLE handle, EFI_FILE_HANDLE *opened, CHAR16 *name,
                              UINT64 mode, UINT64 attributes)
{
    EFI_FILE_HANDLE file = NULL;
    EFI_STATUS status = EFI_DEVICE_ERROR;

    if (!fault_is_now(&faults.fail_open, &open_count)) {
        status = of(handle)->file->Open(
            of(handle)->file, &file, faults.folder != 0 ? in_folder(name) : name, mode, attributes);
    }
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
    if (fault_is_now(&faults.half_read, &half_read_count) && *size_bytes > 1) {
        *size_bytes /= 2;
    }
    if (fault_is_now(&faults.empty_read, &empty_read_count)) {
        *size_bytes = 0;
        return EFI_SUCCESS;
    }
    if (fault_is_now(&faults.fail_read, &failed_read_count)) {
        return EFI_DEVICE_ERROR;
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
    if (fault_is_now(&faults.fail_info, &info_count)) {
        return EFI_DEVICE_ERROR;
    }
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
    const EFI_STATUS status =
        graphics_find(real->HandleProtocol(handle, protocol, interface), protocol, interface);

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
    open_count = 0;
    info_count = 0;
    failed_read_count = 0;
    half_read_count = 0;
    empty_read_count = 0;
    table->HandleProtocol = handle_protocol;
}
