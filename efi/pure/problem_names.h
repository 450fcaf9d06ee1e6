/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names for the numbers that appear in sentences: firmware status codes, ELF machines, cache types.
 */
#ifndef PROBLEM_NAMES_H
#define PROBLEM_NAMES_H

#include <stdint.h>

/* The firmware's word for an EFI_STATUS (UEFI appendix D), such as "not found"; NULL for a number
 * without one. */
const char *problem_status_name(uint64_t status);

/* The name of an ELF machine that is not ours (e_machine in the System V ABI); NULL for one that is
 * not known. */
const char *problem_machine_name(uint64_t machine);

/* The short name of an index into the PAT as Hoist programs it, such as "wb"; NULL for a number
 * that is no such index. */
const char *problem_cache_name(uint64_t cache);

#endif
