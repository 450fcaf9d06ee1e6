/* SPDX-License-Identifier: BSD-2-Clause */
/* Files on the firmware's volumes (UEFI 13.4, 13.5). */
#ifndef FILES_H
#define FILES_H

#include "firmware.h"

#include "path.h"
#include "problem.h"
#include "text.h"

struct file {
    struct text name;  /* in its volume, with a leading slash; a piece of the caller's path */
    EFI_HANDLE device; /* of its volume */
    bool has_hash;
    uint8_t hash[BLAKE2B_HASH_BYTES]; /* that its path asks for */
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

/* Whether a file with another hash than its path's is refused, or a warning. Refused at first. */
void files_refuse_hashes(bool on);

/*
 * Opens a file for reading, by its whole path; file_close() closes it. A missing one fails with PROBLEM_FILE_MISSING, or
 * _ABSENT on another volume than the boot volume; also PROBLEM_FILE_OPEN, _INFO, _DIRECTORY, _RESOURCE, and PROBLEM_PATH_ kinds.
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

/* Reads all of it, once; fails with PROBLEM_FILE_HASH too, where its path asks for another hash. */
bool file_read_whole(struct file *file, void *target, struct problem *problem);

#endif
