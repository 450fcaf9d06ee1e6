/* SPDX-License-Identifier: BSD-2-Clause */
/* Handles, their device paths, and what stands in them. */
#include "volumes.h"

#include "bytes.h"

#define GPT_SIGNATURE     "EFI PART"
#define GPT_DISK_GUID     56u
#define MBR_DISK_ID       440u
#define BLOCK_LIMIT_BYTES 4096u

/* UEFI 13.5: the label is a terminated string. */
#define VOLUME_LABEL_GUID                                  \
    {                                                      \
        0xdb47d7d3, 0xfe81, 0x11d3,                        \
        {                                                  \
            0x9a, 0x35, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d \
        }                                                  \
    }
#define LABEL_UNITS 128u

/* A path with more in it is none. */
#define DEVICE_PATH_LIMIT 4096u

EFI_HANDLE volumes_boot_device(void)
{
    EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
    EFI_LOADED_IMAGE *image = NULL;

    return firmware.boot->HandleProtocol(firmware.image, &guid, (void **)&image) == EFI_SUCCESS
               ? image->DeviceHandle
               : NULL;
}

EFI_DEVICE_PATH *volumes_device_path(EFI_HANDLE device)
{
    EFI_GUID guid = DEVICE_PATH_PROTOCOL;
    EFI_DEVICE_PATH *path = NULL;

    return firmware.boot->HandleProtocol(device, &guid, (void **)&path) == EFI_SUCCESS ? path
                                                                                       : NULL;
}

static const EFI_DEVICE_PATH *node_at(const EFI_DEVICE_PATH *path, size_t offset)
{
    return (const EFI_DEVICE_PATH *)(const void *)((const uint8_t *)path + offset);
}

static size_t node_bytes(const EFI_DEVICE_PATH *node)
{
    return node->Length[0] | (size_t)node->Length[1] << 8;
}

/* The partition of a device path; *disk_bytes is the length of what leads to its disk. */
static const HARDDRIVE_DEVICE_PATH *partition_of(const EFI_DEVICE_PATH *path, size_t *disk_bytes)
{
    const HARDDRIVE_DEVICE_PATH *partition = NULL;
    size_t at = 0;

    while (at < DEVICE_PATH_LIMIT && node_at(path, at)->Type != END_DEVICE_PATH_TYPE &&
           node_bytes(node_at(path, at)) >= sizeof(*path)) {
        const EFI_DEVICE_PATH *node = node_at(path, at);

        if (node->Type == MEDIA_DEVICE_PATH && node->SubType == MEDIA_HARDDRIVE_DP) {
            partition = (const HARDDRIVE_DEVICE_PATH *)(const void *)node;
            break;
        }
        at += node_bytes(node);
    }
    *disk_bytes = at;
    return partition;
}

size_t volumes_path_bytes(const EFI_DEVICE_PATH *path)
{
    size_t at = 0;

    while (at < DEVICE_PATH_LIMIT && node_at(path, at)->Type != END_DEVICE_PATH_TYPE &&
           node_bytes(node_at(path, at)) >= sizeof(*path)) {
        at += node_bytes(node_at(path, at));
    }
    return at;
}

/* Whether both paths lead to one disk. */
static bool is_same_disk(const EFI_DEVICE_PATH *one, const EFI_DEVICE_PATH *other)
{
    size_t one_bytes;
    size_t other_bytes;

    partition_of(one, &one_bytes);
    partition_of(other, &other_bytes);
    return one_bytes == other_bytes && __builtin_memcmp(one, other, one_bytes) == 0;
}

static EFI_HANDLE *list(EFI_GUID guid, UINTN *count)
{
    EFI_HANDLE *handles = NULL;

    *count = 0;
    if (firmware.boot->LocateHandleBuffer(ByProtocol, &guid, NULL, count, &handles) !=
        EFI_SUCCESS) {
        *count = 0;
        return NULL;
    }
    return handles;
}

static EFI_BLOCK_IO *block_io(EFI_HANDLE device)
{
    EFI_GUID guid = BLOCK_IO_PROTOCOL;
    EFI_BLOCK_IO *blocks = NULL;

    return firmware.boot->HandleProtocol(device, &guid, (void **)&blocks) == EFI_SUCCESS ? blocks
                                                                                         : NULL;
}

/*
 * The whole disk at that place in the list, counted from 1, or the one that a path lies on; NULL: there
 * is none.
 */
static EFI_HANDLE find_disk(uint64_t drive, const EFI_DEVICE_PATH *on_it)
{
    UINTN count;
    EFI_HANDLE *handles = list((EFI_GUID)BLOCK_IO_PROTOCOL, &count);
    EFI_HANDLE found = NULL;
    uint64_t number = 0;

    for (UINTN i = 0; i < count && found == NULL; i++) {
        const EFI_BLOCK_IO *blocks = block_io(handles[i]);
        const EFI_DEVICE_PATH *path = volumes_device_path(handles[i]);

        if (blocks == NULL || path == NULL || blocks->Media->LogicalPartition ||
            !blocks->Media->MediaPresent) {
            continue;
        }
        number++;
        if (on_it != NULL ? is_same_disk(path, on_it) : number == drive) {
            found = handles[i];
        }
    }
    if (handles != NULL) {
        firmware.boot->FreePool(handles);
    }
    return found;
}

static bool has_label(EFI_HANDLE device, struct text label)
{
    static CHAR16 units[LABEL_UNITS];
    EFI_GUID volume_guid = SIMPLE_FILE_SYSTEM_PROTOCOL;
    EFI_GUID label_guid = VOLUME_LABEL_GUID;
    UINTN size_bytes = sizeof(units) - sizeof(units[0]);
    EFI_FILE_IO_INTERFACE *file_system = NULL;
    EFI_FILE_HANDLE volume;
    bool is_equal = false;

    __builtin_memset(units, 0, sizeof(units));
    if (firmware.boot->HandleProtocol(device, &volume_guid, (void **)&file_system) != EFI_SUCCESS ||
        file_system->OpenVolume(file_system, &volume) != EFI_SUCCESS) {
        return false;
    }
    if (volume->GetInfo(volume, &label_guid, &size_bytes, units) == EFI_SUCCESS) {
        is_equal = label.length < LABEL_UNITS && units[label.length] == 0;
        for (size_t i = 0; is_equal && i < label.length; i++) {
            is_equal = units[i] < 0x80 && text_lower((char)units[i]) == text_lower(label.start[i]);
        }
    }
    volume->Close(volume);
    return is_equal;
}

/* `disk`: a path on the disk that is meant, where one is. */
static bool is_meant(EFI_HANDLE device, const struct path *path, const EFI_DEVICE_PATH *disk)
{
    const EFI_DEVICE_PATH *own = volumes_device_path(device);
    const HARDDRIVE_DEVICE_PATH *partition;
    size_t disk_bytes;

    if (own == NULL) {
        return false;
    }
    partition = partition_of(own, &disk_bytes);
    switch (path->resource) {
    case PATH_GUID:
        return partition != NULL && partition->SignatureType == SIGNATURE_TYPE_GUID &&
               __builtin_memcmp(partition->Signature, path->guid, sizeof(path->guid)) == 0;
    case PATH_LABEL: return has_label(device, path->label);
    default:
        return disk != NULL && is_same_disk(own, disk) &&
               (partition == NULL ? 0 : partition->PartitionNumber) == path->partition;
    }
}

bool volumes_find(const struct path *path, struct text name, EFI_HANDLE *device,
                  struct problem *problem)
{
    EFI_HANDLE boot = volumes_boot_device();
    const EFI_DEVICE_PATH *disk = NULL;
    EFI_HANDLE *handles;
    UINTN count;

    *device = path->resource == PATH_BOOT && path->partition == 0 ? boot : NULL;
    if (*device != NULL) {
        return true;
    }
    if (path->resource == PATH_BOOT && boot != NULL) {
        disk = volumes_device_path(boot);
    } else if (path->resource == PATH_DISK) {
        EFI_HANDLE whole = find_disk(path->drive, NULL);

        disk = whole == NULL ? NULL : volumes_device_path(whole);
    }
    handles = list((EFI_GUID)SIMPLE_FILE_SYSTEM_PROTOCOL, &count);
    for (UINTN i = 0; i < count && *device == NULL; i++) {
        *device = is_meant(handles[i], path, disk) ? handles[i] : NULL;
    }
    if (handles != NULL) {
        firmware.boot->FreePool(handles);
    }
    return *device != NULL || problem_set(problem, PROBLEM_FILE_RESOURCE, name, count, 0);
}

static bool read_block(EFI_HANDLE disk, uint64_t number, uint8_t *block)
{
    EFI_BLOCK_IO *blocks = disk == NULL ? NULL : block_io(disk);

    return blocks != NULL && blocks->Media->BlockSize <= BLOCK_LIMIT_BYTES &&
           blocks->ReadBlocks(blocks, blocks->Media->MediaId, number, blocks->Media->BlockSize,
                              block) == EFI_SUCCESS;
}

void volumes_origin(EFI_HANDLE device, struct volumes_origin *origin)
{
    static uint8_t block[BLOCK_LIMIT_BYTES] __attribute__((aligned(BLOCK_LIMIT_BYTES)));
    const EFI_DEVICE_PATH *path = volumes_device_path(device);
    const HARDDRIVE_DEVICE_PATH *partition;
    size_t disk_bytes;
    EFI_HANDLE disk;

    *origin = (struct volumes_origin){0};
    if (path == NULL) {
        return;
    }
    partition = partition_of(path, &disk_bytes);
    disk = find_disk(0, path);
    if (partition != NULL) {
        origin->partition_index = partition->PartitionNumber;
        if (partition->SignatureType == SIGNATURE_TYPE_GUID) {
            __builtin_memcpy(origin->gpt_partition_guid, partition->Signature,
                             sizeof(origin->gpt_partition_guid));
        }
    }
    if (read_block(disk, 0, block)) {
        origin->mbr_disk_id = bytes_32(block + MBR_DISK_ID);
    }
    if (read_block(disk, 1, block) &&
        __builtin_memcmp(block, GPT_SIGNATURE, sizeof(GPT_SIGNATURE) - 1) == 0) {
        __builtin_memcpy(origin->gpt_disk_guid, block + GPT_DISK_GUID,
                         sizeof(origin->gpt_disk_guid));
    }
}
