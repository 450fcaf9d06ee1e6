/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding the volume that a path names: by device paths (UEFI 10.3.5) and labels (UEFI 13.5). */
#ifndef VOLUMES_H
#define VOLUMES_H

#include "firmware.h"

#include "path.h"
#include "problem.h"

/* Where a volume lies; all 0 where that is not known. GUIDs as they lie in memory. */
struct volumes_origin {
    uint32_t partition_index; /* counted from 1 */
    uint32_t mbr_disk_id;
    uint8_t gpt_disk_guid[16];
    uint8_t gpt_partition_guid[16];
};

/*
 * The device of the path's volume. Disks are counted in the order of the firmware's handles. Fails with
 * PROBLEM_FILE_RESOURCE; `name` is the whole path.
 */
bool volumes_find(const struct path *path, struct text name, EFI_HANDLE *device,
                  struct problem *problem);

/* Reads the disk's first two blocks for it. */
void volumes_origin(EFI_HANDLE device, struct volumes_origin *origin);

/* The device that the loader was started from; NULL: unknown. */
EFI_HANDLE volumes_boot_device(void);

/* A device's path; NULL: it has none. */
EFI_DEVICE_PATH *volumes_device_path(EFI_HANDLE device);

/* Its length in bytes, without its last node, which ends it. */
size_t volumes_path_bytes(const EFI_DEVICE_PATH *path);

#endif
