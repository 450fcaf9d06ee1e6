/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the build packs (tools/pack) and the loader unpacks: its sentences.
 *
 * Packed bytes are a row of steps until all bytes are there. A step begins with one or two bits:
 *
 *     0   a byte as it is
 *     10  a copy of earlier bytes: a number h, a byte l and a number n stand for n + 1 bytes from
 *         256 * (h - 1) + l + 1 bytes back
 *     11  a copy of n bytes from as far back as the copy before it: a number n
 *
 * Bits are taken from a byte, the highest first; the next byte is taken when a bit is needed and
 * none is left, so that whole bytes stand between the bytes of bits. A number is at least 1: behind
 * its leading binary digit, each further digit follows a bit 1, and a bit 0 ends it. A copy may
 * reach into the bytes that it makes.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include <stddef.h>
#include <stdint.h>

/*
 * Writes size_bytes bytes. `packed` must be what the build has packed from as many bytes: nothing
 * is checked, for it is a part of the program.
 */
void unpack(void *target, size_t size_bytes, const uint8_t *packed);

#endif
