/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names for the numbers that appear in sentences: firmware status codes, ELF machines, types of
 * relocation, cache types.
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

/* The name of an x86-64 relocation that a kernel cannot have, without R_X86_64_; NULL for others. */
const char *problem_relocation_name(uint64_t type);

#endif
