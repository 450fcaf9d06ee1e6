/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing a file on the boot volume, from the beginning (UEFI 13.5). A file that cannot be written
 * whole is taken away again.
 */
#ifndef FILE_OUT_H
#define FILE_OUT_H

#include "firmware.h"

#include "problem.h"

/* The firmware's calls are slow, so they get much at a time. */
#define FILE_OUT_BYTES 16384u

/* Keep it out of the stack. */
struct file_out {
    EFI_FILE_HANDLE handle; /* NULL: it could not be made */
    EFI_STATUS status;      /* of the first call that failed */
    uint64_t written_bytes;
    size_t waiting_bytes;
    char waiting[FILE_OUT_BYTES];
};

/*
 * Makes the file anew, one of that name is gone. `folder` is made where it is missing. Both are
 * names for EFI_FILE_PROTOCOL.Open(), the file's with the folder's before it.
 */
void file_out_open(struct file_out *out, const CHAR16 *folder, const CHAR16 *name);

/* Adds bytes. What fails is kept for file_out_close(). */
void file_out_write(struct file_out *out, const char *text, size_t length);

/*
 * Writes what is waiting. Where anything has failed the file is taken away, and *problem, with
 * `name` in it, is PROBLEM_FILE_CREATE or _WRITE.
 */
bool file_out_close(struct file_out *out, struct text name, struct problem *problem);

#endif
