/* SPDX-License-Identifier: BSD-2-Clause */
/* Packs bytes for efi/pure/unpack.h, which has the format. */
#ifndef PACK_H
#define PACK_H

#include <stddef.h>
#include <stdint.h>

/*
 * Packs length bytes into *packed, which the caller frees, and returns how many bytes it has; 0
 * when there is no memory, and then *packed is NULL. The same bytes are packed alike everywhere.
 */
size_t pack(const uint8_t *bytes, size_t length, uint8_t **packed);

#endif
