/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries that are programs of the firmware's (UEFI 7.4): `protocol: efi`. */
#ifndef CHAINLOAD_H
#define CHAINLOAD_H

#include "firmware.h"

#include "entry.h"
#include "problem.h"

/*
 * Reads the entry's program, sets the resolution asked for, and has the firmware load the program with
 * the entry's cmdline as its load options. Fails like file_open() and file_read_whole(), or with
 * PROBLEM_FILE_START. What was taken from the firmware may be given back after it.
 */
bool chainload_load(const struct entry *entry, EFI_HANDLE *program, struct problem *problem);

/* Starts it. When it comes back, that is PROBLEM_FILE_RETURNED, with its status. */
void chainload_start(EFI_HANDLE program, struct problem *problem);

#endif
