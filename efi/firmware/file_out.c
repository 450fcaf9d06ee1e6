/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing files. */
#include "file_out.h"

#include "files.h"

#define READ_WRITE (EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE)
#define CREATE     (READ_WRITE | EFI_FILE_MODE_CREATE)

static EFI_STATUS open(EFI_FILE_HANDLE *handle, const CHAR16 *name, uint64_t mode,
                       uint64_t attributes)
{
    EFI_FILE_HANDLE volume = files_volume();

    /* The declaration has no const; the name is only read. */
    return volume->Open(volume, handle, (CHAR16 *)(uintptr_t)name, mode, attributes);
}

void file_out_open(struct file_out *out, const CHAR16 *folder, const CHAR16 *name)
{
    EFI_FILE_HANDLE handle;

    out->handle = NULL;
    out->written_bytes = 0;
    out->waiting_bytes = 0;
    out->status = open(&handle, folder, CREATE, EFI_FILE_DIRECTORY);
    if (out->status != EFI_SUCCESS) {
        return;
    }
    handle->Close(handle);
    /* An old file may be longer. Delete() closes it, whatever it answers. */
    if (open(&handle, name, READ_WRITE, 0) == EFI_SUCCESS) {
        handle->Delete(handle);
    }
    out->status = open(&handle, name, CREATE, 0);
    if (out->status == EFI_SUCCESS) {
        out->handle = handle;
    }
}

static void flush(struct file_out *out)
{
    UINTN size_bytes = out->waiting_bytes;

    if (out->status == EFI_SUCCESS && size_bytes != 0) {
        out->status = out->handle->Write(out->handle, &size_bytes, out->waiting);
        out->written_bytes += size_bytes;
        if (out->status == EFI_SUCCESS && size_bytes < out->waiting_bytes) {
            out->status = EFI_VOLUME_FULL;
        }
    }
    out->waiting_bytes = 0;
}

void file_out_write(struct file_out *out, const char *text, size_t length)
{
    while (length != 0) {
        const size_t room = FILE_OUT_BYTES - out->waiting_bytes;
        const size_t piece = length < room ? length : room;

        __builtin_memcpy(out->waiting + out->waiting_bytes, text, piece);
        out->waiting_bytes += piece;
        text += piece;
        length -= piece;
        if (out->waiting_bytes == FILE_OUT_BYTES) {
            flush(out);
        }
    }
}

bool file_out_close(struct file_out *out, struct text name, struct problem *problem)
{
    if (out->handle == NULL) {
        return problem_set(problem, PROBLEM_FILE_CREATE, name, out->status, 0);
    }
    flush(out);
    if (out->status == EFI_SUCCESS) {
        out->status = out->handle->Flush(out->handle);
    }
    if (out->status != EFI_SUCCESS) {
        out->handle->Delete(out->handle);
        return problem_set(problem, PROBLEM_FILE_WRITE, name, out->status, out->written_bytes);
    }
    out->handle->Close(out->handle);
    return true;
}
