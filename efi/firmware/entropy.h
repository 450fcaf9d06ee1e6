/* SPDX-License-Identifier: BSD-2-Clause */
/* Random numbers from whoever has some. */
#ifndef ENTROPY_H
#define ENTROPY_H

#include <stdint.h>

/*
 * 64 random bits: from the firmware's EFI_RNG_PROTOCOL (UEFI 37.5), else the CPU's RDRAND (SDM
 * volume 1, 7.3.17), else made of the TSC, which can be guessed. Never fails; returns the name of
 * the source, for the log.
 */
const char *entropy_read(uint64_t *random);

#endif
