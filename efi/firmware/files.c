/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening and reading files, with every answer of the firmware looked at. */
#include "files.h"

#include "bytes.h"
#include "console.h"
#include "path.h"
#include "print.h"
#include "volumes.h"

/* EFI_FILE_INFO ends in the file's name; FAT allows 255 characters of it. */
#define INFO_CAPACITY_BYTES (sizeof(EFI_FILE_INFO) + 256 * sizeof(CHAR16))

/*
 * Smaller pieces cost more calls; larger ones make the console wait, on the slowest of disks. All
 * but the first start at a multiple of it in the file: no cluster is read in parts.
 */
#define PIECE_BYTES      UINT64_C(0x800000)
#define MIB_BYTES        UINT64_C(0x100000)
#define TICKS_PER_SECOND UINT64_C(10000000) /* SetTimer counts in 100 ns (UEFI 7.1) */

static EFI_FILE_HANDLE volume;
static bool takes_other_hashes;

static EFI_STATUS open_volume(EFI_HANDLE device, EFI_FILE_HANDLE *root)
{
    EFI_GUID guid = SIMPLE_FILE_SYSTEM_PROTOCOL;
    EFI_FILE_IO_INTERFACE *file_system = NULL;
    const EFI_STATUS status = firmware.boot->HandleProtocol(device, &guid, (void **)&file_system);

    return status != EFI_SUCCESS ? status : file_system->OpenVolume(file_system, root);
}

bool files_open(struct problem *problem)
{
    EFI_HANDLE device = volumes_boot_device();
    const EFI_STATUS status = device == NULL ? EFI_UNSUPPORTED : open_volume(device, &volume);

    if (status != EFI_SUCCESS) {
        volume = NULL;
        return problem_set(problem, PROBLEM_FILE_NO_VOLUME, text_of("/hoist.conf"), status, 0);
    }
    return true;
}

void files_refuse_hashes(bool on)
{
    takes_other_hashes = !on;
}

void files_close(void)
{
    if (volume != NULL) {
        volume->Close(volume);
        volume = NULL;
    }
}

EFI_FILE_HANDLE files_volume(void)
{
    return volume;
}

static bool read_info(struct file *file, struct problem *problem)
{
    static union {
        EFI_FILE_INFO info;
        uint8_t bytes[INFO_CAPACITY_BYTES];
    } buffer;
    EFI_GUID info_guid = EFI_FILE_INFO_ID;
    UINTN size_bytes = sizeof(buffer);
    const EFI_STATUS status = file->handle->GetInfo(file->handle, &info_guid, &size_bytes, &buffer);

    if (status != EFI_SUCCESS) {
        return problem_set(problem, PROBLEM_FILE_INFO, file->name, status, 0);
    }
    if ((buffer.info.Attribute & EFI_FILE_DIRECTORY) != 0) {
        return problem_set(problem, PROBLEM_FILE_DIRECTORY, file->name, 0, 0);
    }
    file->size_bytes = buffer.info.FileSize;
    return true;
}

/* A file that is there at once needs no clock, and without one there is no progress to be seen. */
static void start_clock(struct file *file)
{
    EFI_EVENT event;

    if (file->size_bytes <= PIECE_BYTES ||
        firmware.boot->CreateEvent(EVT_TIMER, TPL_APPLICATION, NULL, NULL, &event) != EFI_SUCCESS) {
        return;
    }
    file->second = event;
    firmware.boot->SetTimer(event, TimerPeriodic, TICKS_PER_SECOND);
}

/* In place: each time over the line before. */
static void show_progress(struct file *file, uint64_t done_bytes)
{
    if (file->second == NULL || firmware.boot->CheckEvent(file->second) != EFI_SUCCESS) {
        return;
    }
    file->progress_is_shown = true;
    console_print("\rhoist: reading %.*s: %" PRINT_64 "u of %" PRINT_64 "u MiB",
                  TEXT_ARGUMENTS(file->name), done_bytes / MIB_BYTES, file->size_bytes / MIB_BYTES);
}

/* On the boot volume, or on one that is opened for this file alone. */
static EFI_STATUS open_handle(struct file *file, uint16_t *wide)
{
    EFI_FILE_HANDLE root = volume;
    EFI_STATUS status = EFI_SUCCESS;

    if (file->device != volumes_boot_device()) {
        status = open_volume(file->device, &root);
    }
    if (status == EFI_SUCCESS) {
        status = root->Open(root, &file->handle, wide, EFI_FILE_MODE_READ, 0);
        if (root != volume) {
            root->Close(root);
        }
    }
    return status;
}

bool file_open(struct file *file, struct text path, struct problem *problem)
{
    static uint16_t wide[PATH_CAPACITY_UNITS];
    struct path parsed;
    EFI_STATUS status;

    if (!path_parse(path, &parsed, problem) ||
        !path_to_utf16(parsed.file, wide, PATH_CAPACITY_UNITS, problem)) {
        return false;
    }
    *file = (struct file){.name = parsed.file, .has_hash = parsed.has_hash};
    __builtin_memcpy(file->hash, parsed.hash, sizeof(file->hash));
    if (!volumes_find(&parsed, path, &file->device, problem)) {
        return false;
    }
    status = open_handle(file, wide);
    if (status == EFI_NOT_FOUND && file->device != volumes_boot_device()) {
        return problem_set(problem, PROBLEM_FILE_ABSENT, path, status, 0);
    }
    if (status != EFI_SUCCESS) {
        return problem_set(problem,
                           status == EFI_NOT_FOUND ? PROBLEM_FILE_MISSING : PROBLEM_FILE_OPEN,
                           file->name, status, 0);
    }
    if (!read_info(file, problem)) {
        file_close(file);
        return false;
    }
    start_clock(file);
    return true;
}

void file_close(struct file *file)
{
    if (file->second != NULL) {
        firmware.boot->CloseEvent(file->second);
    }
    if (file->progress_is_shown) {
        console_print("\n");
    }
    file->handle->Close(file->handle);
}

bool file_read(struct file *file, uint64_t offset_bytes, void *target, uint64_t size_bytes,
               struct problem *problem)
{
    EFI_STATUS status = file->handle->SetPosition(file->handle, offset_bytes);
    uint64_t done_bytes = 0;

    while (status == EFI_SUCCESS && done_bytes < size_bytes) {
        const uint64_t left_bytes = size_bytes - done_bytes;
        const uint64_t whole_bytes =
            PIECE_BYTES - ((offset_bytes + done_bytes) & (PIECE_BYTES - 1));
        UINTN piece_bytes = left_bytes < whole_bytes ? left_bytes : whole_bytes;

        status = file->handle->Read(file->handle, &piece_bytes, (uint8_t *)target + done_bytes);
        if (status == EFI_SUCCESS && piece_bytes == 0) {
            return problem_set_all(
                problem, &(struct problem){.kind = PROBLEM_FILE_SHORT,
                                           .name = file->name,
                                           .numbers = {size_bytes, done_bytes, offset_bytes}});
        }
        done_bytes += piece_bytes;
        show_progress(file, offset_bytes + done_bytes);
    }
    if (status != EFI_SUCCESS) {
        return problem_set(problem, PROBLEM_FILE_READ, file->name, status, offset_bytes);
    }
    return true;
}

bool file_read_whole(struct file *file, void *target, struct problem *problem)
{
    static struct blake2b hash;
    uint8_t found[BLAKE2B_HASH_BYTES];
    size_t at = 0;

    if (!file_read(file, 0, target, file->size_bytes, problem)) {
        return false;
    }
    if (!file->has_hash) {
        return true;
    }
    blake2b_begin(&hash);
    blake2b_add(&hash, target, file->size_bytes);
    blake2b_end(&hash, found);
    while (at < sizeof(found) && bytes_64(found + at) == bytes_64(file->hash + at)) {
        at += sizeof(uint64_t);
    }
    if (at == sizeof(found)) {
        return true;
    }
    problem_set_all(
        problem,
        &(struct problem){.kind = PROBLEM_FILE_HASH,
                          .name = file->name,
                          .numbers = {__builtin_bswap64(bytes_64(found + at)),
                                      __builtin_bswap64(bytes_64(file->hash + at)), at + 1}});
    if (takes_other_hashes) {
        console_warn(problem);
    }
    return takes_other_hashes;
}
