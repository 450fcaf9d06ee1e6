/* SPDX-License-Identifier: BSD-2-Clause */
/* Files on the volume that the loader was started from (UEFI 13.4, 13.5). */
#ifndef FILES_H
#define FILES_H

#include "firmware.h"

#include "problem.h"
#include "text.h"

struct file {
    struct text name; /* the caller's */
    EFI_FILE_HANDLE handle;
    uint64_t size_bytes;
    EFI_EVENT second;       /* comes once a second while a large file is open; NULL: none */
    bool progress_is_shown; /* the console's line is not ended yet */
};

/*
 * Opens the boot volume; files_close() closes it, and every file must be closed before. Fails with
 * PROBLEM_FILE_NO_VOLUME.
 */
bool files_open(struct problem *problem);
void files_close(void);

/* The volume, between the two. */
EFI_FILE_HANDLE files_volume(void);

/*
 * Opens a file for reading; file_close() closes it. A missing one fails with PROBLEM_FILE_MISSING;
 * also PROBLEM_FILE_OPEN, _INFO, _DIRECTORY, and PROBLEM_PATH_ kinds.
 */
bool file_open(struct file *file, struct text path, struct problem *problem);
void file_close(struct file *file);

/*
 * Reads exactly that part of the file; PROBLEM_FILE_READ or _SHORT otherwise. Large parts come in
 * pieces of some MiB; once a second the console is told how far it is. Firmwares are several times
 * slower where target and offset are not equal modulo 8.
 */
bool file_read(struct file *file, uint64_t offset_bytes, void *target, uint64_t size_bytes,
               struct problem *problem);

#endif
